"""A district for machines: the figures of its page, and its word on deletions that wait."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from registry.catalog import sources
from registry.catalog.publishers import DistrictView, district_view
from web.api.describing import KEY_NEEDED, answer, described
from web.site import Request


class Accepted(Struct, frozen=True):
    """Deletions that were agreed to; the harvest that was asked for withdraws them."""

    source: str
    status: str = "queued"


@get(
    "/api/v1/districts/{slug:str}",
    sync_to_thread=True,
    action="district",
    security=KEY_NEEDED,
    responses=described(DistrictView, 401, 403, 404),
    summary="What a publisher sees of its own",
)
def read_district(request: Request, slug: FromPath[str]) -> Response[bytes]:
    """Sources with their runs, alarms and deletions that wait; records by outcome; problems; unknown words; use."""
    with request.site.registry.reading.begin() as session:
        return answer(district_view(session, slug))


@post(
    "/api/v1/sources/{name:str}/accept-deletions",
    sync_to_thread=True,
    action="district",
    security=KEY_NEEDED,
    status_code=202,
    responses=described(Accepted, 401, 403, 404, success=202),
    summary="Agree to the deletions that the last run held back",
)
def accept_deletions(request: Request, name: FromPath[str]) -> Response[bytes]:
    """Asks for the run that withdraws them and returns at once."""
    with request.site.registry.sessions.begin() as session:
        sources.accept_deletions(session, name)
    request.site.registry.send("harvest", source=name, due="yes")
    return answer(Accepted(name), 202)
