"""The oEmbed 1.0 provider: a resource's or a search's address here becomes a card on somebody else's page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Response, get
from litestar.datastructures import MultiDict
from lxml import etree

from registry.catalog.read import ResourceView, resource_view
from registry.errors import BadRequest, FieldError, NotFound
from registry.search.query import search
from vocab.crosswalks.xml_write import legal
from web.addresses import address_of
from web.errors import Problem
from web.forms import number_of, pairs_of, query_of, text_of
from web.pages.embed_making import Frame
from web.site import Request

_RESOURCE = re.compile(r"/(?:embed/)?resources/([^/]+)")
_SEARCHES = ("", "/", "/embed/search")
_WIDTH, _CARD_HEIGHT, _SEARCH_HEIGHT = 600, 440, 640
_MOST = 10_000
_CACHED = 3600


@get("/oembed", sync_to_thread=True)
def oembed(request: Request) -> Response[bytes]:
    """The frame for an address of ours (oEmbed 1.0, section 2.3): 404 for what is not here, 501 for another format."""
    form = text_of(request.query_params, "format") or "json"
    if form not in ("json", "xml"):
        problem = Problem("Not implemented", 501, "oEmbed answers as json or xml here.")
        return Response(msgspec.json.encode(problem), media_type="application/problem+json", status_code=501)
    address = request.query_params.get("url", "")
    if not address:
        raise BadRequest("oEmbed needs an address.", [FieldError("url", "give the address of a resource or a search")])
    width = number_of(request.query_params, "maxwidth", _WIDTH, 1, _MOST)
    height = number_of(request.query_params, "maxheight", _MOST, 1, _MOST)
    content, kind = _written(_described(request, address, min(width, _WIDTH), height), form)
    headers = {"Cache-Control": f"public, max-age={_CACHED}", "Access-Control-Allow-Origin": "*"}
    return Response(content, media_type=kind, headers=headers)


OPEN = [oembed]


def _described(request: Request, address: str, width: int, most_height: int) -> dict[str, Any]:
    """Raises NotFound for an address that is not one of a resource or search here."""
    parts = _parts(address)
    if parts is None or parts.netloc.lower() != urlsplit(request.site.base_url).netloc.lower():
        raise NotFound("This address is none of this registry’s.")
    match = _RESOURCE.fullmatch(parts.path.rstrip("/"))
    if match:
        title, src, more = _resource(request, match[1])
        height = min(_CARD_HEIGHT, most_height)
    elif parts.path in _SEARCHES:
        title, src, more = _search(request, parts.query)
        height = min(_SEARCH_HEIGHT, most_height)
    else:
        raise NotFound("Only resources and searches can be put into another page.")
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        **more,
        "provider_name": request.site.registry.settings.name,
        "provider_url": request.site.base_url,
        "cache_age": _CACHED,
        "html": Frame(src, title, height).as_html(str(width)),
        "width": width,
        "height": height,
    }


def _resource(request: Request, resource_id: str) -> tuple[str, str, dict[str, str]]:
    with request.site.registry.reading.begin() as session:
        view = _live(resource_view(session, resource_id))
    src = f"{request.site.base_url}/embed/resources/{view.id}"
    return view.resource.title, src, {"author_name": ", ".join(view.card.providers)} if view.card.providers else {}


def _search(request: Request, asked: str) -> tuple[str, str, dict[str, str]]:
    query = query_of(MultiDict(parse_qsl(asked)))
    registry = request.site.registry
    with registry.reading.begin() as session:
        search(session, registry, msgspec.structs.replace(query, limit=1, cursor="", facets=False))
    title = f"Learning resources: {query.q}" if query.q else "Search of learning resources"
    return title, f"{request.site.base_url}{address_of('/embed/search', pairs_of(query))}", {}


def _live(view: ResourceView) -> ResourceView:
    if view.withdrawn_at or view.merged_into:
        raise NotFound("This resource is no longer in the catalog.")
    return view


def _written(described: dict[str, Any], form: str) -> tuple[bytes, str]:
    if form == "json":
        return msgspec.json.encode(described), "application/json"
    root = etree.Element("oembed")
    for name, value in described.items():
        etree.SubElement(root, name).text = legal(str(value))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", standalone=True), "text/xml; charset=utf-8"


def _parts(address: str) -> Any:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") else None
