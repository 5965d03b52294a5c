"""Pages for a frame on other sites: a search box with its results, and one resource. No cookie is set or read."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from registry.catalog.attribution import attribution
from registry.catalog.read import ResourceView, resource_view
from registry.search.query import Query, SearchPage, search
from vocab import licenses
from web.addresses import address_of, filter_words
from web.forms import FILTERS, Pairs, pairs_of, query_of
from web.rendering import html
from web.site import Request
from web.usage import is_person

RESULTS = 10
"""How many results a framed page shows unless it is asked for more."""
_KEPT = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Encoding"}


@get("/embed/search", sync_to_thread=True)
def embedded_search(request: Request) -> Response[bytes]:
    """A search box and its results; filters in the address stay on, whatever is typed."""
    query = framed_query(request)
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = search(session, registry, query)
    if is_person(request):
        request.site.usage.found(item.id for item in found.items)
    return framed(request, "embed_search.html", _results(query, found))


@get("/embed/resources/{resource_id:str}", sync_to_thread=True)
def embedded_resource(request: Request, resource_id: FromPath[str]) -> Response[bytes]:
    """One resource as a card; with status 410 what is left of a withdrawn one, with 301 the one it was merged into."""
    return resource_in_frame(request, resource_id, "/embed/resources")


OPEN = [embedded_search, embedded_resource]


def framed_query(request: Request) -> Query:
    """The search a framed page asks for. Raises BadRequest naming what cannot be read."""
    query = query_of(request.query_params)
    limit = query.limit if "limit" in request.query_params else RESULTS
    return msgspec.structs.replace(query, limit=limit, facets=False)


def resource_in_frame(request: Request, resource_id: str, at: str) -> Response[bytes]:
    """The page of one resource for a frame, where pages of resources stand below the path `at`. Raises NotFound."""
    with request.site.registry.reading.begin() as session:
        view = resource_view(session, resource_id)
    if view.merged_into:
        return html(b"", 301, {"Location": f"{at}/{view.merged_into}", **_KEPT})
    if view.withdrawn_at:
        who = "taken down by this catalog" if view.taken_down else "withdrawn by its publisher"
        return framed(request, "embed_gone.html", {"detail": f"This resource has been {who}."}, 410)
    if is_person(request):
        request.site.usage.opened(view.id)
    return framed(request, "embed_resource.html", _card(view, request.site.base_url))


def framed(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response[bytes]:
    """A rendered page for a frame: the same for everybody, so it may be kept for a minute."""
    return html(request.site.templates.render(template, context), status, _KEPT if status == 200 else None)


def _results(query: Query, found: SearchPage) -> dict[str, Any]:
    pairs = _with_limit(query, pairs_of(query))
    return {
        "query": query,
        "page": found,
        "fixed": [pair for pair in pairs if pair[0] != "q"],
        "narrowed": [filter_words(*pair) for pair in pairs if pair[0] in FILTERS],
        "first": address_of("/embed/search", pairs) if query.cursor else "",
        "next": address_of("/embed/search", [*pairs, ("cursor", found.next)]) if found.next else "",
        "whole": address_of("/", [("q", query.q)] if query.q else []),
    }


def _with_limit(query: Query, pairs: Pairs) -> Pairs:
    return pairs if query.limit == RESULTS else [*pairs, ("limit", str(query.limit))]


def _card(view: ResourceView, base_url: str) -> dict[str, Any]:
    key = view.card.license.key
    return {
        "view": view,
        "resource": view.resource,
        "card": view.card,
        "license": licenses.license(key) if key else None,
        "credit": attribution(view.resource, view.card.providers, f"{base_url}/resources/{view.id}"),
    }
