"""Achievement Standards Network documents: RDF/XML, RDF/JSON and the nested manifest, one Framework each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from vocab import rdf
from vocab.frameworks.hierarchy import places
from vocab.frameworks.model import Association, Framework, Item
from vocab.grades import GRADES, grades_of
from vocab.languages import language_of
from vocab.namespaces import ASN, CC, DC, DCTERMS, GEMQ, RDF, SKOS
from vocab.rdf import Graph, Properties, Value
from vocab.resource import Problem
from vocab.schemes import scheme

_PREFIXES = {"asn": ASN, "dcterms": DCTERMS, "dc": DC, "cc": CC, "gem": GEMQ, "gemq": GEMQ, "skos": SKOS}
_RELATIONS = (
    (f"{ASN}comprisedOf", "related", False),
    (f"{ASN}derivedFrom", "related", False),
    (f"{ASN}alignTo", "related", False),
    (f"{ASN}majorAlignment", "related", False),
    (f"{ASN}minorAlignment", "related", False),
    (f"{ASN}prerequisiteAlignment", "precedes", True),
    (f"{ASN}exactAlignment", "exactMatch", False),
    (f"{ASN}broadAlignment", "broadMatch", False),
    (f"{ASN}narrowAlignment", "narrowMatch", False),
    (f"{SKOS}closeMatch", "closeMatch", False),
    (f"{SKOS}broadMatch", "broadMatch", False),
    (f"{SKOS}narrowMatch", "narrowMatch", False),
    (f"{SKOS}related", "related", False),
)
_OFFICIAL = re.compile(r"^CCSS\.(Math\.Content|ELA-Literacy)\.", re.IGNORECASE)
_DOCUMENT, _STATEMENT = f"{ASN}StandardDocument", f"{ASN}Statement"


def read_graph(graph: Graph, name: str, code: str) -> Framework:
    """The framework of an ASN graph. Raises ValueError where it holds no asn:StandardDocument."""
    documents = [uri for uri, found in graph.items() if _DOCUMENT in rdf.uris(found, f"{RDF}type")]
    statements = [uri for uri, found in graph.items() if _STATEMENT in rdf.uris(found, f"{RDF}type")]
    if not documents:
        raise ValueError(f"{name} holds no asn:StandardDocument, so it is not an ASN framework.")
    document, found = documents[0], graph[documents[0]]
    about = next((each for each in graph.values() if f"{CC}license" in each), {})
    language = _language(found)
    placed, problems = places(statements, _edges(graph), frozenset(documents))
    items = []
    for uri in statements:
        place = placed[uri]
        items.append(_item(uri, graph[uri], place.parents, place.position, language))
    return Framework(
        uri=document,
        code=code,
        title=rdf.text(found, f"{DC}title", f"{DCTERMS}title", language=language) or code,
        items=tuple(items),
        associations=tuple(_associations(graph, statements)),
        aliases=tuple(rdf.uris(found, f"{ASN}identifier")),
        version=rdf.text(found, f"{DCTERMS}valid", f"{DCTERMS}dateCopyright"),
        publisher=_publisher(found),
        language=language,
        license_url=next(iter(rdf.uris({**about, **found}, f"{CC}license", f"{DCTERMS}license")), ""),
        rights=rdf.text(found, f"{DCTERMS}rights", f"{DC}rights"),
        subjects=_subjects(found),
        problems=(*problems, *_several(documents, name)),
    )


def read_json(document: dict[str, Any], name: str, code: str) -> Framework:
    """The framework of an ASN RDF/JSON document: subject, predicate, list of values."""
    graph: Graph = {}
    for subject, properties in document.items():
        if not isinstance(properties, dict):
            raise ValueError(f"{name}: {subject} should hold an object of properties.")
        graph[subject] = {
            predicate: [
                Value(str(v["value"]), str(v.get("lang", "")), v.get("type") in ("uri", "bnode"))
                for v in values
                if isinstance(v, dict) and "value" in v
            ]
            for predicate, values in properties.items()
            if isinstance(values, list)
        }
    return read_graph(graph, name, code)


def read_manifest(statements: list[Any], name: str, code: str) -> Framework:
    """The framework of an ASN manifest: statements nested by `children`, with no document of their own."""
    uri = f"urn:x-asn-manifest:{code}"
    graph: Graph = {uri: {f"{RDF}type": [Value(_DOCUMENT, is_uri=True)], f"{DC}title": [Value(code)]}}
    waiting: list[tuple[str, Any]] = [(uri, statement) for statement in reversed(statements)]
    while waiting:
        parent, statement = waiting.pop()
        if not isinstance(statement, dict) or not isinstance(statement.get("id"), str):
            raise ValueError(f"{name}: a statement under {parent} has no id.")
        properties = graph.setdefault(statement["id"], {f"{RDF}type": [Value(_STATEMENT, is_uri=True)]})
        properties.setdefault(f"{GEMQ}isChildOf", []).append(Value(parent, is_uri=True))
        for field, stated in statement.items():
            prefix, _, local = field.partition("_")
            if prefix in _PREFIXES and local:
                properties.setdefault(f"{_PREFIXES[prefix]}{local}", []).extend(_manifest_values(stated))
        children = statement.get("children") or []
        if not isinstance(children, list):
            raise ValueError(f"{name}: the children of {statement['id']} should be a list.")
        waiting += [(statement["id"], child) for child in reversed(children)]
    return read_graph(graph, name, code)


def _manifest_values(stated: Any) -> Iterator[Value]:
    for each in stated if isinstance(stated, list) else [stated]:
        if isinstance(each, str):
            yield Value(each, is_uri=each.startswith(("http://", "https://", "urn:")))
        elif isinstance(each, dict) and isinstance(each.get("uri"), str):
            yield Value(each["uri"], is_uri=True)
        elif isinstance(each, dict) and isinstance(each.get("literal"), str):
            yield Value(each["literal"], str(each.get("language") or ""))


def _item(uri: str, found: Properties, parents: tuple[str, ...], position: int, language: str) -> Item:
    language = _language(found, language)
    described = [v for v in found.get(f"{DCTERMS}description", ()) if not v.is_uri]
    translated = {tag: v.text for v in described if (tag := language_of(v.language)) and tag != language}
    own, _ = _exact_matches(found)
    return Item(
        uri=uri,
        statement=rdf.text(found, f"{DCTERMS}description", f"{DC}title", f"{DCTERMS}title", language=language),
        codes=_codes(_texts(found, "statementNotation") + _texts(found, "altStatementNotation")),
        aliases=tuple(dict.fromkeys((*rdf.uris(found, f"{ASN}identifier"), *own))),
        parents=parents,
        position=position,
        kind=rdf.text(found, f"{ASN}statementLabel"),
        notes="\n".join((*rdf.texts(found, f"{ASN}comment"), *rdf.texts(found, f"{SKOS}note"))),
        grades=_grades(found),
        subjects=_subjects(found),
        language=language,
        labels=translated,
    )


def _codes(printed: Sequence[str]) -> tuple[str, ...]:
    """The printed codes, after the one teachers say: `4.NF.B.3` of `CCSS.Math.Content.4.NF.B.3`."""
    said = [_OFFICIAL.sub("", code) for code in printed[:1]]
    return tuple(dict.fromkeys((*said, *printed)))


def _texts(found: Properties, local: str) -> list[str]:
    return rdf.texts(found, f"{ASN}{local}")


def _edges(graph: Graph) -> Iterator[tuple[str, str]]:
    """Both directions: some exports say only hasChild, some only isChildOf; hasChild carries the order."""
    for uri, found in graph.items():
        for child in rdf.uris(found, f"{GEMQ}hasChild"):
            yield uri, child
    for uri, found in graph.items():
        for parent in rdf.uris(found, f"{GEMQ}isChildOf"):
            yield parent, uri


def _exact_matches(found: Properties) -> tuple[list[str], list[str]]:
    """What the publisher itself calls this statement elsewhere, and statements of other ASN documents."""
    matches = rdf.uris(found, f"{SKOS}exactMatch")
    others = [uri for uri in matches if "/resources/S" in uri and ("asn." in uri or "/ASN/" in uri)]
    return [uri for uri in matches if uri not in others], others


def _associations(graph: Graph, statements: list[str]) -> Iterator[Association]:
    for uri in statements:
        for other in _exact_matches(graph[uri])[1]:
            yield Association(uri, "exactMatch", other)
        for predicate, kind, reverse in _RELATIONS:
            for other in rdf.uris(graph[uri], predicate):
                yield Association(other, kind, uri) if reverse else Association(uri, kind, other)


def _grades(found: Properties) -> tuple[str, ...]:
    named = {grade for uri in rdf.uris(found, f"{DCTERMS}educationLevel") for grade in grades_of(uri)}
    return tuple(grade for grade in GRADES if grade in named)


def _subjects(found: Properties) -> tuple[str, ...]:
    known = scheme("subjects")
    stated = rdf.uris(found, f"{DCTERMS}subject") + rdf.texts(found, f"{ASN}localSubject")
    return tuple(dict.fromkeys(key for value in stated if (key := known.key_of(value))))


def _publisher(found: Properties) -> str:
    """The stated publishers, or the code of the jurisdiction (`DC`) where none is stated."""
    stated = rdf.texts(found, f"{DC}publisher", f"{DCTERMS}publisher", f"{DC}creator")
    jurisdiction = next(iter(rdf.uris(found, f"{ASN}jurisdiction")), "")
    return "; ".join(stated) or jurisdiction.rstrip("/").rpartition("/")[2]


def _language(found: Properties, otherwise: str = "en") -> str:
    stated = rdf.uris(found, f"{DCTERMS}language") + rdf.texts(found, f"{DCTERMS}language", f"{DC}language")
    return next((tag for value in stated if (tag := language_of(value))), otherwise)


def _several(documents: list[str], name: str) -> tuple[Problem, ...]:
    if len(documents) == 1:
        return ()
    hint = "Give each document a file of its own."
    return (Problem("several-documents", "asn:StandardDocument", f"{name} holds {len(documents)} documents.", hint),)
