"""A resource for machines: schema.org and LRMI as JSON-LD, and the same as Turtle or RDF/XML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import pyoxigraph as ox

from registry.catalog.card import Card
from registry.catalog.read import AlignmentView
from vocab import rdf
from vocab.crosswalks.xml_write import legal
from vocab.resource import Resource

SCHEMA = "https://schema.org/"
_DECLARATION = re.compile(r"^<\?xml[^>]*>\s*")
_RELATIONS = {"teaches": "teaches", "assesses": "assesses"}


class Told(Protocol):
    """What is known of a resource, as `read.ResourceView` and `outgoing.Described` hold it."""

    @property
    def id(self) -> str:
        """Its id here."""
        ...

    @property
    def resource(self) -> Resource:
        """What its records say, merged."""
        ...

    @property
    def card(self) -> Card:
        """What a result list shows."""
        ...

    @property
    def alignments(self) -> tuple[AlignmentView, ...]:
        """What it does for which standard."""
        ...

    @property
    def updated_at(self) -> datetime:
        """When it last changed here."""
        ...


def to_jsonld(view: Told, base_url: str) -> dict[str, Any]:
    """The resource as a schema.org LearningResource.

    `teaches` and `assesses` hold DefinedTerms; what schema.org has no property for (requires, a level within
    an alignment) stands in `educationalAlignment`, where the level is its `educationalLevel`.
    """
    resource, card = view.resource, view.card
    node: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "LearningResource",
        "@id": f"{base_url}/resources/{view.id}",
        "url": resource.url,
        "name": resource.title,
        "description": resource.summary,
        "identifier": list(card.identifiers),
        "keywords": list(resource.keywords),
        "learningResourceType": list(resource.types),
        "about": [{"@type": "DefinedTerm", "termCode": subject} for subject in resource.subjects],
        "educationalLevel": [
            {"@type": "DefinedTerm", "termCode": grade, "name": f"Grade {grade}"} for grade in resource.grades
        ],
        "inLanguage": list(resource.languages),
        "timeRequired": f"PT{resource.minutes}M" if resource.minutes else None,
        "license": card.license.url,
        "audience": [{"@type": "EducationalAudience", "educationalRole": role} for role in resource.audiences],
        "accessibilityFeature": list(resource.access_features),
        "accessibilityHazard": list(resource.access_hazards),
        "isBasedOn": list(resource.based_on),
        "isPartOf": [_without_empty({"@type": "Course", "name": c.name, "url": c.url}) for c in resource.part_of],
        "author": [{"@type": "Person", "name": name} for name in resource.creators],
        "publisher": {"@type": "Organization", "name": resource.publisher} if resource.publisher else None,
        "dateCreated": resource.created,
        "dateModified": resource.modified or view.updated_at.isoformat(),
        "educationalAlignment": [_alignment(found) for found in view.alignments],
    }
    for relation, name in _RELATIONS.items():
        node[name] = [_term(found) for found in view.alignments if found.relation == relation and found.resolved]
    return _without_empty(node)


def to_turtle(view: Told, base_url: str) -> str:
    """The same statements as Turtle."""
    return _serialized(view, base_url, ox.RdfFormat.TURTLE)


def to_rdf_xml(view: Told, base_url: str) -> str:
    """The same statements as an `rdf:RDF` element, without an XML declaration, so that it can stand in a document."""
    return legal(_DECLARATION.sub("", _serialized(view, base_url, ox.RdfFormat.RDF_XML)))


def _serialized(view: Told, base_url: str, form: ox.RdfFormat) -> str:
    triples: list[ox.Triple] = []
    node = to_jsonld(view, base_url)
    subject = ox.NamedNode(node.pop("@id"))
    node.pop("@context")
    _tell(subject, node, triples)
    written = ox.serialize(triples, format=form, prefixes={"schema": SCHEMA})
    return (written or b"").decode()


def _alignment(found: AlignmentView) -> dict[str, Any]:
    return _without_empty(
        {
            "@type": "AlignmentObject",
            "alignmentType": found.relation,
            "targetUrl": found.uri,
            "targetName": found.code,
            "targetDescription": found.statement,
            "educationalFramework": found.framework,
            "educationalLevel": found.level,
        }
    )


def _term(found: AlignmentView) -> dict[str, Any]:
    return _without_empty(
        {
            "@type": "DefinedTerm",
            "@id": found.uri,
            "termCode": found.code,
            "name": found.statement,
            "inDefinedTermSet": found.framework,
        }
    )


def _without_empty(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def _tell(subject: ox.NamedNode | ox.BlankNode, node: Mapping[str, Any], triples: list[ox.Triple]) -> None:
    """Add the statements a JSON-LD node makes; only the forms `to_jsonld` writes."""
    for name, value in node.items():
        for one in value if isinstance(value, list) else [value]:
            if name == "@type":
                kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
                triples.append(ox.Triple(subject, kind, ox.NamedNode(SCHEMA + one)))
            elif isinstance(one, dict):
                inner = rdf.node(one["@id"]) if "@id" in one else ox.BlankNode()
                triples.append(ox.Triple(subject, ox.NamedNode(SCHEMA + name), inner))
                _tell(inner, {key: item for key, item in one.items() if key != "@id"}, triples)
            else:
                triples.append(ox.Triple(subject, ox.NamedNode(SCHEMA + name), _literal(name, str(one))))


def _literal(name: str, text: str) -> ox.NamedNode | ox.Literal:
    if name in ("url", "license", "targetUrl", "isBasedOn") and text.startswith(("http://", "https://")):
        try:
            return ox.NamedNode(text)
        except ValueError:  # Not every address people write is an IRI.
            return ox.Literal(text)
    return ox.Literal(text)
