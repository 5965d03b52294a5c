"""Harvest sources for machines: how they went, what is wrong with their records, and harvesting now."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from registry.catalog.sources import (
    ProblemView,
    RunView,
    SourceView,
    list_sources,
    make_due,
    problems_of,
    runs_of,
)
from web.api.describing import KEY_NEEDED, answer, asking, described, number
from web.forms import LARGEST_ID, number_of
from web.site import Request


class Sources(Struct, frozen=True):
    """All sources by name."""

    items: tuple[SourceView, ...]


class Runs(Struct, frozen=True):
    """Runs of a source, newest first."""

    items: tuple[RunView, ...]


class Problems(Struct, frozen=True):
    """Problems of a source; `next` is the `after` of the page that follows, None on the last."""

    items: tuple[ProblemView, ...]
    next: int | None


class Asked(Struct, frozen=True):
    """A harvest that was asked for; its run shows in the source's runs."""

    source: str
    status: str = "queued"


@get(
    "/api/v1/sources",
    sync_to_thread=True,
    action="sources",
    security=KEY_NEEDED,
    responses=described(Sources, 401, 403),
    summary="The harvest sources",
)
def read_sources(request: Request) -> Response[bytes]:
    """All sources with their last run and counts."""
    with request.site.registry.reading.begin() as session:
        return answer(Sources(list_sources(session)))


@get(
    "/api/v1/sources/{name:str}/runs",
    sync_to_thread=True,
    action="district",
    security=KEY_NEEDED,
    operation_class=asking(number("limit", "At most", 1, 100, 20)),
    responses=described(Runs, 400, 401, 403, 404),
    summary="The latest runs of a source",
)
def read_runs(request: Request, name: FromPath[str]) -> Response[bytes]:
    """Status and counts of each run."""
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    with request.site.registry.reading.begin() as session:
        return answer(Runs(runs_of(session, name, limit)))


@get(
    "/api/v1/sources/{name:str}/problems",
    sync_to_thread=True,
    action="district",
    security=KEY_NEEDED,
    operation_class=asking(
        number("limit", "At most", 1, 100, 20), number("after", "`next` of the page before", 0, LARGEST_ID)
    ),
    responses=described(Problems, 400, 401, 403, 404),
    summary="What is wrong with a source's records",
)
def read_problems(request: Request, name: FromPath[str]) -> Response[bytes]:
    """Problems that stand now, each with how to mend it."""
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    after = number_of(request.query_params, "after", 0, 0, LARGEST_ID)
    with request.site.registry.reading.begin() as session:
        found = problems_of(session, name, limit, after)
    return answer(Problems(found, found[-1].id if len(found) == limit else None))


@post(
    "/api/v1/sources/{name:str}/harvest",
    sync_to_thread=True,
    action="district",
    security=KEY_NEEDED,
    status_code=202,
    responses=described(Asked, 401, 403, 404, success=202),
    summary="Harvest a source soon",
)
def harvest_source(request: Request, name: FromPath[str]) -> Response[bytes]:
    """Asks for a run and returns at once."""
    with request.site.registry.sessions.begin() as session:
        make_due(session, name)
    request.site.registry.send("harvest", source=name, due="yes")
    return answer(Asked(name), 202)
