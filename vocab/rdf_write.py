"""RDF written by the stream, a subject at a time: Turtle, N-Triples, JSON-LD with its context inside, RDF/XML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from vocab.namespaces import RDF
from vocab.rdf import Value

Node = tuple[str, Sequence[tuple[str, Value]]]
"""A subject (an IRI) and what is said of it, in order: predicate (an IRI) and object."""
FORMATS = ("ttl", "nt", "jsonld", "rdf")
_CHUNK = 64 * 1024
_TYPE = f"{RDF}type"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def written(nodes: Iterable[Node], format: str, prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """The document in one of `FORMATS`, in UTF-8, in chunks. `prefixes` are for the formats that have any."""
    names = _Names(prefixes)
    kept: list[str] = []
    size = 0
    for text in _WRITERS[format](nodes, names):
        kept.append(text)
        size += len(text)
        if size > _CHUNK:
            yield "".join(kept).encode("utf-8", "replace")
            kept, size = [], 0
    yield "".join(kept).encode("utf-8", "replace")


class _Names(dict[str, str]):
    """Predicates, types and datatypes to their prefixed names, found once each."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes

    def __missing__(self, iri: str) -> str:
        found = iri
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace) and re.fullmatch(r"[A-Za-z]\w*", iri[len(namespace) :], re.ASCII):
                found = f"{prefix}:{iri[len(namespace) :]}"
        self[iri] = found
        return found


def _turtle(nodes: Iterable[Node], names: _Names) -> Iterator[str]:
    for prefix, namespace in names.prefixes.items():
        yield f"@prefix {prefix}: <{namespace}> .\n"

    def bare(iri: str) -> str:
        return name if (name := names[iri]) != iri else f"<{iri}>"

    for subject, stated in nodes:
        lines: list[str] = []
        before = ""
        for predicate, value in stated:
            said = bare(value.text) if predicate == _TYPE else _term(value, bare)
            if predicate == before:
                lines[-1] += f", {said}"
            else:
                lines.append(f"{'a' if predicate == _TYPE else bare(predicate)} {said}")
            before = predicate
        if lines:
            said = " ;\n    ".join(lines)
            yield f"\n<{subject}> {said} .\n"


def _ntriples(nodes: Iterable[Node], names: _Names) -> Iterator[str]:
    for subject, stated in nodes:
        for predicate, value in stated:
            yield f"<{subject}> <{predicate}> {_term(value, '<{}>'.format)} .\n"


def _term(value: Value, name: Callable[[str], str]) -> str:
    if value.is_uri:
        return f"<{value.text}>"
    text = encode_basestring(value.text)  # JSON's escapes are among those of Turtle and N-Triples
    if value.language:
        return f"{text}@{value.language}"
    return f"{text}^^{name(value.datatype)}" if value.datatype else text


def _jsonld(nodes: Iterable[Node], names: _Names) -> Iterator[str]:
    yield f'{{"@context": {json.dumps(names.prefixes)},\n"@graph": ['
    mark = "\n"
    for subject, stated in nodes:
        # Types before all else, so that a reader can take the document as a stream (JSON-LD 1.1 Streaming)
        types = [names[value.text] for predicate, value in stated if predicate == _TYPE]
        node: dict[str, object] = {**({"@type": types} if types else {}), "@id": _id(subject, names)}
        for predicate, value in stated:
            if predicate != _TYPE:
                _under(node, names[predicate]).append(_json(value, names))
        yield f"{mark}{json.dumps(node, ensure_ascii=False)}"
        mark = ",\n"
    yield "\n]}\n"


def _under(node: dict[str, object], name: str) -> list[object]:
    found = node.setdefault(name, [])
    return found if isinstance(found, list) else []


def _json(value: Value, names: _Names) -> object:
    if value.is_uri:
        return {"@id": _id(value.text, names)}
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return {"@type": names[value.datatype], "@value": value.text} if value.datatype else value.text


def _id(iri: str, names: _Names) -> str:
    """The IRI, unless it would be read as a prefixed name: then as `vocab.rdf.node` writes what is no IRI."""
    return f"urn:x-stated:{quote(iri, safe='')}" if iri.partition(":")[0] in names.prefixes else iri


def _rdfxml(nodes: Iterable[Node], names: _Names) -> Iterator[str]:
    spaces = "".join(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in names.prefixes.items())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'
    for subject, stated in nodes:
        yield f"<rdf:Description rdf:about={_quoted(subject)}>\n"
        for predicate, value in stated:
            tag, space = names[predicate], ""
            if tag == predicate:
                at = max(predicate.rfind("/"), predicate.rfind("#")) + 1
                tag, space = f"n:{predicate[at:]}", f" xmlns:n={_quoted(predicate[:at])}"
            if value.is_uri:
                yield f"  <{tag}{space} rdf:resource={_quoted(value.text)}/>\n"
                continue
            kind = f" xml:lang={_quoted(value.language)}" if value.language else ""
            kind = f" rdf:datatype={_quoted(value.datatype)}" if value.datatype else kind
            yield f"  <{tag}{space}{kind}>{_xml(value.text)}</{tag}>\n"
        yield "</rdf:Description>\n"
    yield "</rdf:RDF>\n"


def _xml(text: str) -> str:
    """Text of an element; the few control characters that XML cannot hold become U+FFFD."""
    return _NOT_XML.sub("\ufffd", escape(text, {"\r": "&#13;"}))


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))


_WRITERS: dict[str, Callable[[Iterable[Node], _Names], Iterator[str]]] = {
    "ttl": _turtle,
    "nt": _ntriples,
    "jsonld": _jsonld,
    "rdf": _rdfxml,
}
