"""Achievement Standards Network documents: RDF/XML, RDF/JSON and the nested manifest, one Framework each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from vocab import rdf
from vocab.frameworks import rdf_details
from vocab.frameworks.hierarchy import places
from vocab.frameworks.model import Association, Framework, Item
from vocab.grades import GRADES, grades_of
from vocab.languages import language_of
from vocab.namespaces import ASN, CC, DC, DCTERMS, GEMQ, RDF, SKOS
from vocab.rdf import Graph, Properties, Value
from vocab.resource import Problem
from vocab.schemes import scheme
from vocab.terms import PRECEDES

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
    (f"{DCTERMS}isReplacedBy", "replacedBy", False),
    (f"{DCTERMS}replaces", "replacedBy", True),
    (PRECEDES, "precedes", False),
)
_OFFICIAL = re.compile(r"^CCSS\.(Math\.Content|ELA-Literacy)\.", re.IGNORECASE)
_DOCUMENT, _STATEMENT = f"{ASN}StandardDocument", f"{ASN}Statement"
_LISTED = {f"{ASN}listID": "listEnumeration"}
_TERMED = (f"{ASN}conceptTerm", f"{ASN}conceptKeyword")
_OF_BOTH = (
    *(f"{RDF}type", f"{GEMQ}hasChild", f"{GEMQ}isChildOf", f"{ASN}identifier", f"{DCTERMS}subject"),
    *(f"{DCTERMS}language", f"{DC}language", f"{DCTERMS}educationLevel", f"{ASN}localSubject"),
    *_LISTED,
    *_TERMED,
)
_OF_A_STATEMENT = frozenset(
    (
        *_OF_BOTH,
        *(predicate for predicate, _, _ in _RELATIONS),
        *(f"{SKOS}exactMatch", f"{SKOS}note", f"{DCTERMS}description", f"{DCTERMS}isPartOf", f"{ASN}comment"),
        *(f"{ASN}statementNotation", f"{ASN}altStatementNotation"),
    )
)
_OF_A_DOCUMENT = frozenset(_OF_BOTH)


def read_graph(graph: Graph, name: str, code: str) -> Framework:
    """The framework of an ASN graph, which is used up. Raises ValueError where it holds no asn:StandardDocument."""
    documents = [uri for uri, found in graph.items() if _DOCUMENT in rdf.uris(found, f"{RDF}type")]
    statements = [uri for uri, found in graph.items() if _STATEMENT in rdf.uris(found, f"{RDF}type")]
    if not documents:
        raise ValueError(f"{name} holds no asn:StandardDocument, so it is not an ASN framework.")
    document, found = documents[0], graph[documents[0]]
    about = next((each for each in graph.values() if f"{CC}license" in each), {})
    language = _language(found)
    placed, problems = places(statements, _edges(graph), frozenset(documents))
    associations = tuple(dict.fromkeys(_associations(graph, statements)))
    items = []
    for uri in statements:
        place = placed[uri]
        items.append(_item(uri, graph.pop(uri), place.parents, place.position, language))
    framework = Framework(
        uri=document,
        code=code,
        title=rdf.text(found, f"{DC}title", f"{DCTERMS}title", language=language) or code,
        items=tuple(items),
        associations=associations,
        aliases=tuple(rdf.uris(found, f"{ASN}identifier")),
        version=rdf.text(found, f"{DCTERMS}valid", f"{DCTERMS}dateCopyright"),
        publisher=_publisher(found),
        description=rdf.text(found, f"{DCTERMS}description", f"{DC}description", language=language),
        language=language,
        license_url=next(iter(rdf.uris({**about, **found}, f"{CC}license", f"{DCTERMS}license")), ""),
        rights=rdf.text(found, f"{DCTERMS}rights", f"{DC}rights"),
        subjects=_subjects(found),
        problems=(*problems, *_several(documents, name)),
    )
    return replace(framework, details=_details_of_document({**about, **found}, framework))


def read_json(document: dict[str, Any], name: str, code: str) -> Framework:
    """The framework of an ASN RDF/JSON document: subject, predicate, list of values."""
    graph: Graph = {}
    for subject, properties in document.items():
        if not isinstance(properties, dict):
            raise ValueError(f"{name}: {subject} should hold an object of properties.")
        graph[subject] = {
            predicate: [_json_value(v) for v in values if isinstance(v, dict) and "value" in v]
            for predicate, values in properties.items()
            if isinstance(values, list)
        }
    return read_graph(graph, name, code)


def _json_value(stated: dict[str, Any]) -> Value:
    """A value as the RDF parser gives it: the language in lower case, no datatype where it is a string."""
    datatype = str(stated.get("datatype", ""))
    return Value(
        str(stated["value"]),
        str(stated.get("lang", "")).lower(),
        stated.get("type") in ("uri", "bnode"),
        "" if datatype.endswith("#string") else datatype,
    )


def read_manifest(statements: list[Any], name: str, code: str) -> Framework:
    """The framework of an ASN manifest: statements nested by `children`, with no document of their own."""
    uri = f"urn:x-asn-manifest:{code}"
    graph: dict[str, dict[str, list[Value]]] = {
        uri: {f"{RDF}type": [Value(_DOCUMENT, is_uri=True)], f"{DC}title": [Value(code)]}
    }
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
    return read_graph({subject: dict(found) for subject, found in graph.items()}, name, code)


def _manifest_values(stated: Any) -> Iterator[Value]:
    for each in stated if isinstance(stated, list) else [stated]:
        if isinstance(each, str):
            yield Value(each, is_uri=each.startswith(("http://", "https://", "urn:")))
        elif isinstance(each, dict) and isinstance(each.get("uri"), str):
            yield Value(each["uri"], is_uri=True)
        elif isinstance(each, dict) and isinstance(each.get("literal"), str):
            yield Value(each["literal"], str(each.get("language") or "").lower())


def _item(uri: str, found: Properties, parents: tuple[str, ...], position: int, language: str) -> Item:
    language = _language(found, language)
    described = [v for v in found.get(f"{DCTERMS}description", ()) if not v.is_uri]
    translated = {tag: v.text for v in described if (tag := language_of(v.language)) and tag != language}
    own, _ = _exact_matches(found)
    levels = tuple(v.text for v in found.get(f"{DCTERMS}educationLevel", ()))
    return Item(
        uri=uri,
        statement=rdf.text(found, f"{DCTERMS}description", f"{DC}title", f"{DCTERMS}title", language=language),
        codes=_codes(_texts(found, "statementNotation") + _texts(found, "altStatementNotation")),
        aliases=tuple(dict.fromkeys((*rdf.uris(found, f"{ASN}identifier"), *own))),
        parents=parents,
        position=position,
        kind=rdf.text(found, f"{ASN}statementLabel"),
        notes="\n".join((*rdf.texts(found, f"{ASN}comment"), *rdf.texts(found, f"{SKOS}note"))),
        grades=_grades(levels)[0],
        subjects=_subjects(found),
        language=language,
        labels=translated,
        deprecated=any(v.is_uri for v in found.get(f"{DCTERMS}isReplacedBy", ())),
        details=_details_of_statement(found),
    )


def _details_of_statement(found: Properties) -> dict[str, Any]:
    label = found.get(f"{ASN}statementLabel", ())
    known = _OF_A_STATEMENT if len(label) != 1 else _OF_A_STATEMENT | {f"{ASN}statementLabel"}
    return {**_named(found), **rdf_details.rest(found, known)}


def _details_of_document(found: Properties, framework: Framework) -> dict[str, Any]:
    """What is said of the document and its file besides what became a field of the framework."""
    names = ("title", "version", "publisher", "description", "license_url", "rights")
    fields = {getattr(framework, name) for name in names}
    whole = {name for name, values in found.items() if len(values) == 1 and values[0].text.strip() in fields}
    details = {**_named(found), **rdf_details.rest(found, _OF_A_DOCUMENT | whole)}
    source = details.get("dcterms:source")
    if isinstance(source, dict) and "@id" in source:
        details["officialSourceURL"] = details.pop("dcterms:source")["@id"]
    return details


def _named(found: Properties) -> dict[str, Any]:
    """What CASE 1.1 has a name for: list marks, keywords, unknown levels and subjects."""
    details: dict[str, Any] = {}
    for predicate, name in _LISTED.items():
        if texts := rdf.texts(found, predicate):
            details[name] = texts[0]
    if keywords := list(dict.fromkeys(v.text.strip() for p in _TERMED for v in found.get(p, ()))):
        details["conceptKeywords"] = keywords
    if levels := _grades(tuple(v.text for v in found.get(f"{DCTERMS}educationLevel", ())))[1]:
        details["educationLevel"] = list(levels)
    if subjects := _other_subjects(found):
        details["subject"] = subjects
    return details


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


@lru_cache(maxsize=1024)
def _grades(levels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The grades that the levels name, and the last words of the levels that name none."""
    named = {level: grades_of(level) for level in levels}
    grades = {grade for each in named.values() for grade in each}
    return tuple(grade for grade in GRADES if grade in grades), tuple(_word(each) for each in named if not named[each])


def _subjects(found: Properties) -> tuple[str, ...]:
    known = scheme("subjects")
    return tuple(dict.fromkeys(key for value in _stated_subjects(found) if (key := known.key_of(value))))


def _other_subjects(found: Properties) -> list[str]:
    """The subjects that our list does not hold, and a jurisdiction's own words for its subjects."""
    known = scheme("subjects")
    local = rdf.texts(found, f"{ASN}localSubject")
    return list(dict.fromkeys((*local, *(_word(v) for v in _stated_subjects(found) if not known.key_of(v)))))


def _stated_subjects(found: Properties) -> Collection[str]:
    return rdf.uris(found, f"{DCTERMS}subject") + rdf.texts(found, f"{DCTERMS}subject", f"{ASN}localSubject")


def _word(stated: str) -> str:
    return stated.rstrip("/").rpartition("/")[2] if stated.startswith("http") else stated.strip()


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
