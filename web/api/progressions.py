"""Progressions for machines."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.standards.progression import MOST_STEPS, Headings, Progression, headings_of, progression_of
from web.api.describing import answer, asking, described, number
from web.pages.progressions import stated_in, steps_in
from web.site import Request


@get(
    "/api/v1/progressions/{code:path}",
    sync_to_thread=True,
    operation_class=asking(
        number("before", "Steps back to prerequisites; 2 unless stated, fewer around a large heading", 0, MOST_STEPS),
        number("after", "Steps on to what it leads to; 2 unless stated, fewer around a large heading", 0, MOST_STEPS),
    ),
    responses=described(Progression | Headings, 400, 404),
    summary="The progression around a standard, or among the standards under a heading",
)
def read_progression(request: Request, code: FromPath[str]) -> Response[bytes]:
    """By code or URI: standards with their grades and columns, and the links between them; at most 120, the nearest.

    For a framework's code the headings at its top.
    """
    stated, steps = stated_in(request), steps_in(request.query_params)
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = headings_of(session, stated)
        return answer(found or progression_of(session, registry.graphs.current(session), stated, **steps))
