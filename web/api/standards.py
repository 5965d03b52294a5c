"""The standards for machines."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Struct

from registry.standards.browse import FrameworkPage, FrameworkView, find_standards, frameworks
from registry.standards.refs import ConceptRef
from registry.standards.standard_view import StandardView
from web.api.describing import answer, asking, described, number, text
from web.forms import number_of, text_of
from web.pages.standards import framework_or_standard, stated_in
from web.site import Request
from web.standards_rdf import MOST_LINES, rdf_answer


class Standards(Struct, frozen=True):
    """The frameworks held, and the standards that were asked for."""

    items: tuple[ConceptRef, ...]
    frameworks: tuple[FrameworkView, ...]


@get(
    "/api/v1/standards",
    sync_to_thread=True,
    operation_class=asking(
        text("q", "A code in any spelling, the beginning of one, or words"),
        text("framework", "Only of the framework with this code"),
        text("grade", "Only of this grade"),
        number("limit", "At most", 1, 100, 20),
    ),
    responses=described(Standards, 400, 404),
    summary="Find standards",
)
def list_standards(request: Request) -> Response[bytes]:
    """Standards by code or words, and the frameworks that are held."""
    asked, *narrowed = (text_of(request.query_params, name) for name in ("q", "framework", "grade"))
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    with request.site.registry.reading.begin() as session:
        found = find_standards(session, asked, limit, *narrowed) if asked else ()
        return answer(Standards(found, frameworks(session)))


@get(
    "/api/v1/standards/{code:path}",
    sync_to_thread=True,
    operation_class=asking(text("page", "The place from which the lines below go on: `more` of the answer before")),
    responses=described(StandardView | FrameworkPage, 400, 404),
    summary="One standard among its neighbors, or a framework",
)
def read_standard(request: Request, code: FromPath[str]) -> Response[bytes]:
    """By code or URI: text, ancestors, children, prerequisites, next, equivalents, resource counts by level.

    Also text/turtle and application/ld+json (SKOS) by Accept. Of the lines below it 1,000 at most: `more` leads on.
    """
    view = framework_or_standard(request, stated_in(request), MOST_LINES)
    return rdf_answer(request, view, "application/json") or answer(view)
