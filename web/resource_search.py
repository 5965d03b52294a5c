"""LTI Resource Search 1.0 (1EdTech) at /ims/rs/v1p0: a learning platform searches the catalog, by CASE GUID too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, get

from registry.errors import BadRequest, RegistryError
from registry.search.exporting import described
from registry.search.query import Query, SearchPage, search, starting_at
from web.forms import LARGEST_ID, number_of, text_of
from web.ims import failure, paging
from web.resource_search_filter import fields_of, query_of_filter, sort_of
from web.resource_search_objects import resource_object, subject_objects
from web.site import Request

_ROOT = "/ims/rs/v1p0"
_A_PAGE = 100
_FURTHEST = 10_000
_SHARED = ("filter", "search", "sort", "orderBy", "fields")
_VALUES = frozenset(("standard", "subject", "type", "language", "provider", "license", "access"))

Answer = Response[bytes]


@get(f"{_ROOT}/resources", sync_to_thread=True)
def search_resources(request: Request) -> Answer:
    """The resources that fit (getAllResources); limit, offset, sort, orderBy, filter, search and fields."""
    return _told(request, _resources)


@get(f"{_ROOT}/subjects", sync_to_thread=True)
def list_subjects(request: Request) -> Answer:
    """Every subject that resources may have (getAllSubjects), with limit and offset."""
    return _told(request, _subjects)


OPEN = [search_resources, list_subjects]


def _resources(request: Request) -> Answer:
    asked = request.query_params
    fields = fields_of(text_of(asked, "fields"))
    query = query_of_filter(text_of(asked, "filter"), text_of(asked, "search"))
    query = msgspec.structs.replace(query, sort=sort_of(text_of(asked, "sort"), text_of(asked, "orderBy")))
    limit, offset = _portion(request, _FURTHEST)
    found, several = _found(request, msgspec.structs.replace(query, limit=limit), offset)
    shown = [{name: each[name] for name in fields or each if name in each} for each in several]
    shared = [(name, asked[name]) for name in _SHARED if asked.get(name)]
    address = f"{request.site.base_url}{_ROOT}/resources"
    return _json({"resources": shown}, 200, paging(address, limit, offset, found.total if found else 0, shared))


def _subjects(request: Request) -> Answer:
    limit, offset = _portion(request, LARGEST_ID)
    every = subject_objects()
    headers = paging(f"{request.site.base_url}{_ROOT}/subjects", limit, offset, len(every))
    return _json({"subjects": every[offset : offset + limit]}, 200, headers)


def _found(request: Request, query: Query, offset: int) -> tuple[SearchPage | None, list[dict[str, Any]]]:
    """The page, and its resources in full; None where a value is asked for that nothing here has."""
    registry, base = request.site.registry, request.site.base_url
    with registry.reading.begin() as session:
        try:
            page = search(session, registry, starting_at(query, offset, registry.settings.secret_key))
        except BadRequest as error:
            if error.errors and {each.field for each in error.errors} <= _VALUES:
                return None, []
            raise
        scores = {item.id: item.score for item in page.items}
        several = described(session, list(scores))
    request.site.usage.found(scores)
    return page, [resource_object(each, scores[each.id], base) for each in several]


def _portion(request: Request, furthest: int) -> tuple[int, int]:
    """How many are asked for, and after how many: more than a page holds is asked for in vain, not wrongly."""
    limit = number_of(request.query_params, "limit", _A_PAGE, 1, LARGEST_ID)
    return min(limit, _A_PAGE), number_of(request.query_params, "offset", 0, 0, furthest)


def _told(request: Request, answer: Callable[[Request], Answer]) -> Answer:
    """The answer, or what was wrong in the words of the binding."""
    try:
        return answer(request)
    except RegistryError as error:
        return _json(failure(error), error.status)


def _json(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Answer:
    told = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*", **(headers or {})}
    return Response(msgspec.json.encode(body), media_type="application/json", status_code=status, headers=told)
