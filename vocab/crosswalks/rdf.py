"""schema.org and LRMI as RDF/XML, turned into the JSON-LD nodes that the schema.org crosswalk reads."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pyoxigraph as ox

from vocab.crosswalks.jsonld import MOST_BYTES, Node
from vocab.crosswalks.notes import refused
from vocab.crosswalks.schemaorg import from_schemaorg
from vocab.namespaces import DC, DCTERMS, RDF
from vocab.rdf import Graph, Value, parse
from vocab.resource import Context, Crosswalked

_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/|https?://purl\.org/dcx/lrmi-terms/|https?://oerschema\.org/")
_DUBLIN_CORE = {
    "title": "name",
    "description": "description",
    "abstract": "abstract",
    "subject": "about",
    "language": "inLanguage",
    "creator": "creator",
    "contributor": "contributor",
    "publisher": "publisher",
    "license": "license",
    "rights": "license",
    "type": "learningResourceType",
    "educationLevel": "educationalLevel",
    "isPartOf": "isPartOf",
    "identifier": "identifier",
    "created": "dateCreated",
    "issued": "datePublished",
    "modified": "dateModified",
}
_NAME = "http://xmlns.com/foaf/0.1/name"
_DEPTH = 4
_MOST_NODES = 500


def from_rdf(payload: bytes, context: Context) -> Crosswalked:
    """The resource that statements in schema.org or LRMI describe, or in Dublin Core where there are none of these."""
    if len(payload) > MOST_BYTES:
        return refused("payload-unreadable", "record", "larger than 16 MB")
    if b"<!DOCTYPE" in payload or b"<!ENTITY" in payload:
        return refused("doctype-refused", "record")
    try:
        graph = parse(payload, ox.RdfFormat.RDF_XML, "record")
    except (ValueError, RecursionError) as error:
        return refused("payload-unreadable", "record", str(error))
    found = nodes_of(graph) or _dublin_core_nodes(graph)
    if not found:
        return refused("payload-unreadable", "record", "no statement in schema.org, LRMI or Dublin Core")
    return from_schemaorg(msgspec.json.encode({"@context": "https://schema.org/", "@graph": found}), context)


def nodes_of(graph: Graph) -> list[Node]:
    """The subjects that schema.org or LRMI says something of, each with what it refers to inside it.

    Blank nodes stand in their places only; what refers back to itself is cut there.
    """
    referred = {value.text for properties in graph.values() for values in properties.values() for value in values}
    found: list[Node] = []
    for subject, properties in graph.items():
        spoken = any(_SCHEMA.match(predicate) for predicate in properties) or any(
            _SCHEMA.match(kind.text) for kind in properties.get(f"{RDF}type", ())
        )
        if spoken and not (subject.startswith("_:") and subject in referred):
            found.append(_node(subject, graph, ()))
        if len(found) >= _MOST_NODES:
            break
    return found


def _dublin_core_nodes(graph: Graph) -> list[Node]:
    """The subjects with a title in Dublin Core; the one of which most is said first, for the others are about it."""
    titled = [subject for subject, said in graph.items() if f"{DCTERMS}title" in said or f"{DC}title" in said]
    return sorted((_node(each, graph, ()) for each in titled[:_MOST_NODES]), key=len, reverse=True)[:1]


def _node(subject: str, graph: Graph, above: tuple[str, ...]) -> Node:
    node: Node = {} if subject.startswith("_:") else {"@id": subject.removeprefix("urn:x-document:")}
    for predicate, values in graph[subject].items():
        if predicate == f"{RDF}type":
            node["@type"] = [_SCHEMA.sub("", value.text) for value in values]
        elif name := _property(predicate):
            node.setdefault(name, []).extend(_value(value, graph, (*above, subject)) for value in values[:300])
    return node


def _property(predicate: str) -> str:
    """schema.org's name for a property; empty where neither it nor Dublin Core has one."""
    if _SCHEMA.match(predicate):
        return _SCHEMA.sub("", predicate)
    for namespace in (DCTERMS, DC):
        if predicate.startswith(namespace):
            return _DUBLIN_CORE.get(predicate.removeprefix(namespace), "")
    return "name" if predicate == _NAME else ""


def _value(value: Value, graph: Graph, above: tuple[str, ...]) -> Any:
    if not value.is_uri:
        return {"@value": value.text, "@language": value.language} if value.language else value.text
    if value.text in graph and value.text not in above and len(above) < _DEPTH:
        return _node(value.text, graph, above)
    return {"@id": value.text} if not value.text.startswith("_:") else {}
