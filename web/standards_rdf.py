"""A standard or a framework as SKOS, in Turtle or JSON-LD, where a machine asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
from litestar import Response

from registry.standards.browse import FrameworkPage
from registry.standards.refs import ConceptRef
from registry.standards.standard_view import StandardView
from vocab import rdf
from vocab.namespaces import SKOS
from web.forms import text_of
from web.negotiation import preferred
from web.site import AnyRequest

MOST_LINES = 1_000
"""How many of the statements below are told to a machine at once."""
_TURTLE, _JSONLD = "text/turtle", "application/ld+json"
_FORMATS = {"ttl": _TURTLE, "jsonld": _JSONLD}
_PREFIXES = {
    "skos": SKOS,
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")

View = FrameworkPage | StandardView


def rdf_answer(
    request: AnyRequest, view: View, otherwise: str = "text/html", again: Callable[[int], View] | None = None
) -> Response[bytes] | None:
    """The view in the RDF syntax that the Accept header or `format` prefers; None where it prefers `otherwise`.

    `again` gives the same view with at most so many lines below, where the one given may hold fewer.
    """
    wanted = _FORMATS.get(text_of(request.query_params, "format")) or preferred(
        request.headers.get("accept", ""), (otherwise, _JSONLD, _TURTLE)
    )
    if wanted not in (_TURTLE, _JSONLD):
        return None
    if again and view.more:
        view = again(MOST_LINES)
    triples = _framework(view) if isinstance(view, FrameworkPage) else _standard(view)
    content = _turtle(triples) if wanted == _TURTLE else _jsonld(triples)
    return Response(content, media_type=wanted, headers={"Vary": "Accept", "Cache-Control": "public, max-age=300"})


def _framework(view: FrameworkPage) -> list[ox.Triple]:
    framework = view.framework
    subject = rdf.node(framework.uri)
    triples = [
        ox.Triple(subject, _TYPE, _named("skos:ConceptScheme")),
        ox.Triple(subject, _named("skos:prefLabel"), ox.Literal(framework.title, language=framework.language)),
    ]
    for name, said in (
        ("dcterms:description", framework.description),
        ("dcterms:publisher", framework.publisher),
        ("dcterms:rights", framework.rights),
        ("owl:versionInfo", framework.version),
    ):
        if said:
            triples.append(ox.Triple(subject, _named(name), ox.Literal(said)))
    if framework.license_url:
        triples.append(ox.Triple(subject, _named("dcterms:license"), rdf.node(framework.license_url)))
    return triples + [ox.Triple(subject, _named("skos:hasTopConcept"), rdf.node(line.ref.uri)) for line in view.top]


def _standard(view: StandardView) -> list[ox.Triple]:
    subject = rdf.node(view.ref.uri)
    triples = [
        ox.Triple(subject, _TYPE, _named("skos:Concept")),
        ox.Triple(subject, _named("skos:inScheme"), rdf.node(view.framework.uri)),
    ]
    labels = {view.language: view.ref.statement} | view.translations
    triples += [
        ox.Triple(subject, _named("skos:prefLabel"), ox.Literal(said, language=language))
        for language, said in labels.items()
    ]
    for name, said in (("skos:altLabel", view.label), ("skos:note", view.notes)):
        if said and said != view.ref.statement:
            triples.append(ox.Triple(subject, _named(name), ox.Literal(said, language=view.language)))
    triples += [ox.Triple(subject, _named("skos:notation"), ox.Literal(code)) for code in view.codes]
    if view.deprecated or view.gone:
        triples.append(ox.Triple(subject, _named("owl:deprecated"), ox.Literal("true", datatype=_BOOLEAN)))
    linked: dict[str, tuple[ConceptRef, ...]] = {
        "skos:broader": tuple(dict.fromkeys((*view.ancestors[-1:], *view.parents))),
        "skos:narrower": tuple(line.ref for line in view.children),
        "skos:related": view.related,
        "skos:exactMatch": view.equivalents,
        "skos:closeMatch": view.close_matches,
        "skos:broadMatch": view.broader_matches,
        "skos:narrowMatch": view.narrower_matches,
        "dcterms:requires": view.prerequisites,
        "dcterms:isReplacedBy": view.replaced_by,
        "dcterms:replaces": view.replaces,
    }
    for name, refs in linked.items():
        triples += [ox.Triple(subject, _named(name), rdf.node(ref.uri)) for ref in refs]
    return triples


def _named(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_PREFIXES[prefix] + local)


def _short(uri: str) -> str:
    return next((f"{name}:{uri[len(base) :]}" for name, base in _PREFIXES.items() if uri.startswith(base)), uri)


def _turtle(triples: list[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES) or b""


def _jsonld(triples: list[ox.Triple]) -> bytes:
    node: dict[str, Any] = {"@context": _PREFIXES}
    for triple in triples:
        name, value = _short(triple.predicate.value), triple.object
        if isinstance(triple.subject, ox.NamedNode):
            node["@id"] = triple.subject.value
        if isinstance(value, ox.NamedNode) and triple.predicate == _TYPE:
            node["@type"] = _short(value.value)
        elif isinstance(value, ox.NamedNode):
            node.setdefault(name, []).append({"@id": value.value})
        elif isinstance(value, ox.Literal):
            node.setdefault(name, []).append(_json_value(value))
    return json.dumps(node, ensure_ascii=False).encode()


def _json_value(literal: ox.Literal) -> object:
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    return literal.value == "true" if literal.datatype == _BOOLEAN else literal.value
