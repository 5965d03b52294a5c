"""The closed lists (levels, types, audiences and their like) for people, and as RDF by Accept."""

from __future__ import annotations

from importlib.resources import files

import pyoxigraph as ox
from litestar import Response, get
from litestar.params import FromPath

from registry.errors import NotFound
from vocab.namespaces import DCTERMS, SKOS, TERMS
from vocab.schemes import NAMES, Scheme, scheme
from web.auth import visitor
from web.negotiation import preferred
from web.pages.layout import page
from web.site import Request

_FORMATS = {"text/turtle": ox.RdfFormat.TURTLE, "application/ld+json": ox.RdfFormat.JSON_LD}
_PREFIXES = {"skos": SKOS, "dcterms": DCTERMS, "oer": TERMS}


@get("/vocab", sync_to_thread=True)
def vocabularies_page(request: Request) -> Response[bytes]:
    """The lists there are."""
    return page(request, "vocabularies.html", visitor(request), {"lists": [scheme(name) for name in NAMES]})


@get("/vocab/{name:str}", sync_to_thread=True)
def vocabulary_page(request: Request, name: FromPath[str]) -> Response[bytes]:
    """One list with its terms, in order."""
    found = _scheme(name)
    return _rdf(request, found, "") or page(
        request, "vocabulary.html", visitor(request), {"list": found, "terms": found.terms, "one": None}
    )


@get("/vocab/{name:str}/{key:str}", sync_to_thread=True)
def term_page(request: Request, name: FromPath[str], key: FromPath[str]) -> Response[bytes]:
    """One term of a list."""
    found = _scheme(name)
    term = next((each for each in found.terms if each.key == key), None)
    if term is None:
        raise NotFound(f"The list “{found.label}” has no term “{key[:100]}”.")
    return _rdf(request, found, term.uri) or page(
        request, "vocabulary.html", visitor(request), {"list": found, "terms": (term,), "one": term}
    )


def _scheme(name: str) -> Scheme:
    if name not in NAMES:
        raise NotFound(f"There is no list “{name[:100]}” here.")
    return scheme(name)


def _rdf(request: Request, found: Scheme, subject: str) -> Response[bytes] | None:
    """The list, or one term of it, in the RDF syntax that the Accept header prefers; None where it prefers HTML."""
    wanted = preferred(request.headers.get("accept", ""), ("text/html", *_FORMATS))
    if wanted not in _FORMATS:
        return None
    content = files("vocab").joinpath(f"data/{found.name}.ttl").read_bytes()
    triples = [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)]
    if subject:
        triples = [triple for triple in triples if triple.subject == ox.NamedNode(subject)]
    body = ox.serialize(triples, format=_FORMATS[wanted], prefixes=_PREFIXES) or b""
    return Response(body, media_type=wanted, headers={"Vary": "Accept", "Cache-Control": "public, max-age=300"})
