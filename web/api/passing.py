"""The change feed that other registries harvest: records with their origin and path."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
from litestar import Response, get

from registry.catalog.passing import Changes, Place, changes
from registry.errors import BadRequest, FieldError
from web.api.describing import answer, asking, described, number, text
from web.forms import number_of, text_of
from web.site import Request

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)_([0-9a-f]{32})")


@get(
    "/api/v1/changes",
    sync_to_thread=True,
    operation_class=asking(
        number("limit", "At most", 1, 100, 20), text("cursor", "`next` of the answer before; none for the beginning")
    ),
    responses=described(Changes, 400),
    summary="Records as they change, for other registries",
)
def read_record_changes(request: Request) -> Response[bytes]:
    """Records in the order they changed, withdrawn ones too; `next` goes on behind the last, now or later."""
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    place = _place(text_of(request.query_params, "cursor"))
    with request.site.registry.reading.begin() as session:
        found, behind = changes(session, place, limit, request.app.state.clock())
    following = f"{behind.changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}_{behind.id}" if behind else ""
    return answer(msgspec.structs.replace(found, next=following))


def _place(cursor: str) -> Place | None:
    """The place a cursor stands for. Raises BadRequest."""
    if not cursor:
        return None
    match = _CURSOR.fullmatch(cursor)
    try:
        moment = datetime.fromisoformat(match[1]) if match else None
    except ValueError:
        moment = None
    if match is None or moment is None:
        raise BadRequest(
            "The cursor cannot be read.", [FieldError("cursor", "Send back `next` as it came, or leave it out.")]
        )
    return Place(moment, match[2])
