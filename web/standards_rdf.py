"""A standard or a framework as SKOS, in Turtle or JSON-LD, where a machine asks for it."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
from litestar import Response

from registry.standards.browse import FrameworkPage, StandardView
from registry.standards.lookup import ConceptRef
from vocab import rdf
from vocab.namespaces import SKOS
from web.negotiation import preferred
from web.site import AnyRequest

_TURTLE, _JSONLD = "text/turtle", "application/ld+json"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def rdf_answer(
    request: AnyRequest, view: FrameworkPage | StandardView, otherwise: str = "text/html"
) -> Response[bytes] | None:
    """The view in the RDF syntax that the Accept header prefers; None where it prefers `otherwise`."""
    wanted = preferred(request.headers.get("accept", ""), (otherwise, _JSONLD, _TURTLE))
    if wanted not in (_TURTLE, _JSONLD):
        return None
    triples = _framework(view) if isinstance(view, FrameworkPage) else _standard(view)
    content = _turtle(triples) if wanted == _TURTLE else _jsonld(triples)
    return Response(content, media_type=wanted, headers={"Vary": "Accept", "Cache-Control": "public, max-age=300"})


def _framework(view: FrameworkPage) -> list[ox.Triple]:
    subject = rdf.node(view.framework.uri)
    triples = [
        ox.Triple(subject, _TYPE, _skos("ConceptScheme")),
        ox.Triple(subject, _skos("prefLabel"), ox.Literal(view.framework.title, language=view.framework.language)),
    ]
    return triples + [ox.Triple(subject, _skos("hasTopConcept"), rdf.node(line.ref.uri)) for line in view.top]


def _standard(view: StandardView) -> list[ox.Triple]:
    subject = rdf.node(view.ref.uri)
    triples = [
        ox.Triple(subject, _TYPE, _skos("Concept")),
        ox.Triple(subject, _skos("prefLabel"), ox.Literal(view.ref.statement, language=view.language)),
        ox.Triple(subject, _skos("inScheme"), rdf.node(view.framework.uri)),
    ]
    triples += [ox.Triple(subject, _skos("notation"), ox.Literal(code)) for code in view.codes]
    linked: dict[str, tuple[ConceptRef, ...]] = {
        "broader": view.ancestors[-1:],
        "narrower": tuple(line.ref for line in view.children),
        "exactMatch": view.equivalents,
        "closeMatch": view.close_matches,
    }
    for name, refs in linked.items():
        triples += [ox.Triple(subject, _skos(name), rdf.node(ref.uri)) for ref in refs]
    return triples


def _skos(name: str) -> ox.NamedNode:
    return ox.NamedNode(SKOS + name)


def _turtle(triples: list[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"skos": SKOS}) or b""


def _jsonld(triples: list[ox.Triple]) -> bytes:
    node: dict[str, Any] = {"@context": {"skos": SKOS}}
    for triple in triples:
        name, value = f"skos:{triple.predicate.value.removeprefix(SKOS)}", triple.object
        if isinstance(triple.subject, ox.NamedNode):
            node["@id"] = triple.subject.value
        if isinstance(value, ox.NamedNode) and triple.predicate == _TYPE:
            node["@type"] = f"skos:{value.value.removeprefix(SKOS)}"
        elif isinstance(value, ox.NamedNode):
            node.setdefault(name, []).append({"@id": value.value})
        elif isinstance(value, ox.Literal):
            tagged = {"@value": value.value, "@language": value.language} if value.language else value.value
            node.setdefault(name, []).append(tagged)
    return json.dumps(node, ensure_ascii=False).encode()
