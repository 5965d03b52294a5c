"""The pages of the standards: the frameworks, one framework's tree, one standard among its neighbors."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlencode

from litestar import Response, get
from litestar.params import FromPath

from registry.errors import NotFound
from registry.standards.browse import (
    FrameworkPage,
    StandardView,
    find_standards,
    framework_tree,
    frameworks,
    standard_view,
)
from vocab import schemes
from web.auth import visitor
from web.forms import text_of
from web.pages.layout import page
from web.site import Request
from web.standards_rdf import rdf_answer


@get("/standards", sync_to_thread=True)
def standards_page(request: Request) -> Response[bytes]:
    """The frameworks, and what a search of their statements found."""
    asked = text_of(request.query_params, "q")
    with request.site.registry.reading.begin() as session:
        found = find_standards(session, asked, 50) if asked else ()
        held = frameworks(session)
    return page(request, "standards.html", visitor(request), {"frameworks": held, "found": found, "asked": asked})


@get("/standards/{code:path}", sync_to_thread=True)
def standard_page(request: Request, code: FromPath[str]) -> Response[bytes]:
    """A framework by its code, or a standard by code or URI; as RDF where that is asked for."""
    view = framework_or_standard(request, stated_in(request))
    if rdf := rdf_answer(request, view):
        return rdf
    if isinstance(view, FrameworkPage):
        return page(request, "framework.html", visitor(request), {"framework": view.framework, "top": view.top})
    return page(request, "standard.html", visitor(request), {"view": view, "levels": _levels(view)})


def stated_in(request: Request) -> str:
    """The code or URI at the end of the address, as it was written: a router would fold the slashes of a URI."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return unquote(raw.decode("latin-1").partition("?")[0].split("/standards/", 1)[-1]).replace("\x00", " ").strip()


def framework_or_standard(request: Request, stated: str) -> FrameworkPage | StandardView:
    """What the code means: a framework's code wins over a standard's. Raises NotFound."""
    registry = request.site.registry
    with registry.reading.begin() as session:
        graph = registry.graphs.current(session)
        try:
            return framework_tree(session, graph, stated)
        except NotFound:
            return standard_view(session, graph, stated)


def _levels(view: StandardView) -> list[dict[str, Any]]:
    """For each level how many resources there are, and the search that lists them."""
    code = view.ref.code or view.ref.uri
    found = [
        {
            "key": term.key,
            "definition": term.definition,
            "count": view.counts.get(term.key, 0),
            "search": "/?" + urlencode([("standard", code), ("level", term.key)]),
        }
        for term in schemes.scheme("levels").terms
    ]
    return [*found, {"key": "", "definition": "", "count": view.counts.get("", 0), "search": ""}]
