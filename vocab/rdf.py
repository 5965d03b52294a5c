"""RDF from strangers, read into plain dictionaries: by the stream, capped, and never fetching what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import IO, Any
from urllib.parse import quote, unquote

import pyoxigraph as ox
from lxml import etree
from msgspec import Struct

MOST_BYTES = 512 * 1024 * 1024
_MOST_DEPTH = 250
_MOST_WHOLE = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
_STATED = "urn:x-stated:"
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".n3": ox.RdfFormat.N3,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
}
_XML = re.compile(rb"\s*(?:<\?xml|<!--|<!DOCTYPE|<[A-Za-z][\w.-]*:RDF\b|<RDF\b)")
_TURTLE = re.compile(rb"(?:\s|#[^\n]*\n)*(?:@prefix\b|@base\b|PREFIX\s|BASE\s|<[^<>\s]*>\s|_:)", re.IGNORECASE)
_UNSAID = ("http://www.w3.org/2001/XMLSchema#string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")


class Value(Struct, frozen=True, gc=False):
    """An object of a statement: a URI (or `_:` blank node), or a text with its language tag or its datatype."""

    text: str
    language: str = ""
    is_uri: bool = False
    datatype: str = ""


Properties = dict[str, Sequence[Value]]
Graph = dict[str, Properties]  # subject -> predicate -> objects, each in the order of the file


def node(uri: str) -> ox.NamedNode:
    """The URI as a node of a graph we write; one that is no IRI stands whole, percent-encoded, in a `urn:x-stated:`."""
    whole = not uri.startswith(_STATED) and is_iri(uri)
    return ox.NamedNode(uri if whole else f"{_STATED}{quote(uri, safe='', errors='replace')}")


def is_iri(text: str) -> bool:
    """Whether the text is an absolute IRI (RFC 3987) as an RDF parser takes it."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def stated(iri: str) -> str:
    """What `node` made this IRI of."""
    return unquote(iri[len(_STATED) :]) if iri.startswith(_STATED) else iri


def format_of(name: str, content: bytes) -> ox.RdfFormat | None:
    """The RDF syntax of a file, by what it holds (for JSON all of it) and then by its name; None where it is none."""
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if _XML.match(head) and re.search(rb"[:<]RDF\b", content[:65536]):
        return ox.RdfFormat.RDF_XML
    if head.lstrip()[:1] in (b"{", b"["):
        return ox.RdfFormat.JSON_LD if re.search(rb'"@(?:context|id|graph|type)"', content) else None
    suffix = re.search(r"\.\w+$", name.lower())
    if suffix and suffix[0] in _FORMATS:
        return _FORMATS[suffix[0]]
    return ox.RdfFormat.TURTLE if _TURTLE.match(head) else None


def parse(content: bytes | IO[bytes], format: ox.RdfFormat, name: str) -> Graph:
    """All statements of a document in UTF-8, named graphs folded into one.

    Raises ValueError, naming the file and where it can the line, for a document that is not well formed, too large,
    declares XML entities or needs a context from elsewhere.
    """
    if isinstance(content, bytes):
        if len(content) > MOST_BYTES:
            raise ValueError(f"{name} holds more than {MOST_BYTES // 2**20} MB. Split it into files of a folder.")
        content = BytesIO(content.removeprefix(b"\xef\xbb\xbf"))
    start = content.tell()
    if format == ox.RdfFormat.RDF_XML:
        _refuse_hostile_xml(content, name)
    elif format == ox.RdfFormat.JSON_LD and len(content.read(_MOST_WHOLE)) == _MOST_WHOLE:
        content.seek(start)
        try:  # a large document as a stream, in a tenth of the memory, where the order of its members allows it
            return _graph(_quads(content, ox.RdfFormat.STREAMING_JSON_LD))
        except (SyntaxError, ValueError):
            pass
    content.seek(start)
    try:
        return _graph(_quads(content, format))
    except (SyntaxError, ValueError) as error:
        raise ValueError(_in_words(name, error)) from error


def merge(graphs: Iterable[Graph]) -> Graph:
    """One graph of several, each statement once, in the order they come; the graphs given are used up."""
    merged: Graph = {}
    for graph in graphs:
        for subject, properties in graph.items():
            known = merged.setdefault(subject, properties)
            if known is properties:
                continue
            for predicate, values in properties.items():
                known[predicate] = list(dict.fromkeys((*known.get(predicate, ()), *values)))
    return merged


def texts(properties: Properties, *predicates: str, language: str = "") -> list[str]:
    """The literals of the first of the predicates that has any; those in `language` only, where there are some."""
    for predicate in predicates:
        found = [value for value in properties.get(predicate, ()) if not value.is_uri and value.text.strip()]
        wanted = [value for value in found if language and value.language.lower().partition("-")[0] == language]
        if found:
            return [value.text.strip() for value in wanted or found]
    return []


def text(properties: Properties, *predicates: str, language: str = "") -> str:
    """The first literal of the first of the predicates that has any, or an empty string."""
    return next(iter(texts(properties, *predicates, language=language)), "")


def uris(properties: Properties, *predicates: str) -> list[str]:
    """The URIs that all of the predicates lead to, in order, each once; blank nodes are left out."""
    found = [value.text for predicate in predicates for value in properties.get(predicate, ()) if value.is_uri]
    if not found:
        return found
    return [uri for uri in dict.fromkeys(found) if not uri.startswith("_:")]


def _quads(content: IO[bytes], format: ox.RdfFormat) -> Iterable[ox.Quad]:
    return ox.parse(content, format=format, base_iri="urn:x-document:", rename_blank_nodes=True)


def _graph(quads: Iterable[ox.Quad]) -> Graph:
    """The statements by subject and predicate.

    Names that come again are the same object, and a value that stands alone is in a tuple: in a list the graph of a
    large framework takes half as much memory again.
    """
    graph: Graph = {}
    names: dict[str, str] = {}
    linked: dict[str, tuple[Value]] = {}
    subject = ""
    properties: Properties = {}
    for quad in quads:
        name, value = _name(quad.subject), _value(quad.object, names, linked)
        if name is None or value is None:
            continue
        if name != subject:
            subject = names.setdefault(name, name)
            properties = graph.setdefault(subject, {})
        predicate = quad.predicate.value
        before = properties.get(predicate)
        if before is None:
            properties[names.setdefault(predicate, predicate)] = value
        elif isinstance(before, list):
            before.append(value[0])
        else:
            properties[predicate] = [*before, value[0]]
    return graph


def _name(node: object) -> str | None:
    if isinstance(node, ox.NamedNode):
        return node.value
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else None


def _value(node: object, names: dict[str, str], linked: dict[str, tuple[Value]]) -> tuple[Value] | None:
    if isinstance(node, ox.Literal):
        if tag := node.language:
            return (Value(node.value, names.setdefault(tag, tag)),)
        kind = node.datatype.value
        return (Value(node.value, datatype="" if kind in _UNSAID else names.setdefault(kind, kind)),)
    uri = _name(node)
    if uri is None:
        return None
    if uri not in linked:
        uri = names.setdefault(uri, uri)
        linked[uri] = (Value(uri, is_uri=True),)
    return linked[uri]


class _Depth:
    """A target for the XML parser that keeps nothing and refuses what must not be read."""

    def __init__(self) -> None:
        self._depth = 0

    def start(self, tag: Any, attributes: Any) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise ValueError(f"nests its elements to a depth of more than {_MOST_DEPTH}. Write it flatter.")

    def end(self, tag: Any) -> None:
        self._depth -= 1

    def doctype(self, name: Any, public: Any, system: Any) -> None:
        raise ValueError("declares a DOCTYPE, which may carry entities. Save it without one.")

    def close(self) -> None:
        pass


def _refuse_hostile_xml(content: IO[bytes], name: str) -> None:
    """Entities multiply and depth makes the RDF parser quadratic (both measured), so strict lxml reads first."""
    parser = etree.XMLParser(  # type: ignore[call-overload]  # a target need not have every method of the stub
        target=_Depth(), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        while chunk := content.read(_CHUNK):
            parser.feed(chunk)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{name} is not well-formed XML: {error}.") from error
    except ValueError as error:
        raise ValueError(f"{name} {error}") from error


def _in_words(name: str, error: Exception) -> str:
    if "LoadDocumentCallback" in str(error):
        return (
            f"{name} refers to a JSON-LD context elsewhere, and contexts are not fetched. Put the context in the file."
        )
    return f"{name} is not well-formed RDF: {error}."
