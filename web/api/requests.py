"""What teachers looked for and did not find, for machines."""

from __future__ import annotations

from litestar import Response, get
from msgspec import Struct

from registry.search.requests import Wanted, wanted
from web.api.describing import KEY_NEEDED, answer, asking, described, number
from web.forms import number_of
from web.site import Request


class Requests(Struct, frozen=True):
    """The most wanted of the last `days` days."""

    days: int
    items: tuple[Wanted, ...]


@get(
    "/api/v1/requests",
    sync_to_thread=True,
    action="requests",
    security=KEY_NEEDED,
    operation_class=asking(
        number("days", "How far back", 1, 366, 90), number("limit", "How many, the commonest first", 1, 100, 20)
    ),
    responses=described(Requests, 400, 401, 403),
    summary="What teachers looked for and did not find",
)
def read_requests(request: Request) -> Response[bytes]:
    """Requests by standard and level, and by their words where no standard was meant; nobody is named."""
    days = number_of(request.query_params, "days", 90, 1, 366)
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    with request.site.registry.reading.begin() as session:
        return answer(Requests(days, wanted(session, days, limit)))
