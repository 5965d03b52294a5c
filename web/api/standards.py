"""The standards for machines."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Struct

from registry.standards.browse import FrameworkPage, FrameworkView, StandardView, find_standards, frameworks
from registry.standards.lookup import ConceptRef
from web.api.describing import answer, asking, described, number, text
from web.forms import number_of, text_of
from web.pages.standards import framework_or_standard, stated_in
from web.site import Request
from web.standards_rdf import rdf_answer


class Standards(Struct, frozen=True):
    """The frameworks held, and the standards that were asked for."""

    items: tuple[ConceptRef, ...]
    frameworks: tuple[FrameworkView, ...]


@get(
    "/api/v1/standards",
    sync_to_thread=True,
    operation_class=asking(text("q", "A code in any spelling, or words"), number("limit", "At most", 1, 100, 20)),
    responses=described(Standards, 400),
    summary="Find standards",
)
def list_standards(request: Request) -> Response[bytes]:
    """Standards by code or words, and the frameworks that are held."""
    asked = text_of(request.query_params, "q")
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    with request.site.registry.reading.begin() as session:
        found = find_standards(session, asked, limit) if asked else ()
        return answer(Standards(found, frameworks(session)))


@get(
    "/api/v1/standards/{code:path}",
    sync_to_thread=True,
    responses=described(StandardView | FrameworkPage, 404),
    summary="One standard among its neighbors, or a framework",
)
def read_standard(request: Request, code: FromPath[str]) -> Response[bytes]:
    """By code or URI: text, ancestors, children, prerequisites, next, equivalents, resource counts by level.

    Also text/turtle and application/ld+json (SKOS) by Accept.
    """
    view = framework_or_standard(request, stated_in(request))
    return rdf_answer(request, view, "application/json") or answer(view)
