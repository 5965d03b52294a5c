"""The operator's pages: the sources, their runs and problems, the index, and the buttons that set them to work."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.catalog import overview
from registry.catalog.sources import list_sources, make_due, problem_counts, problems_of, runs_of
from registry.errors import RegistryError
from web.auth import require_own_form
from web.forms import LARGEST_ID, number_of
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request

_PROBLEMS_A_PAGE = 50


@get("/admin", sync_to_thread=True, action="operate")
def admin_page(request: Request) -> Response[bytes]:
    """The sources and how their last harvest went, and the state of the index."""
    with request.site.registry.reading.begin() as session:
        context = {
            "sources": list_sources(session),
            "live": overview.count_live(session),
            "stale": overview.count_stale(session),
        }
    context["index_down"] = _index_trouble(request)
    return page(request, "admin.html", request.user, context)


@get("/admin/sources/{name:str}", sync_to_thread=True, action="sources")
def source_page(request: Request, name: FromPath[str]) -> Response[bytes]:
    """One source: its runs, and what is wrong with its records and how to mend it."""
    after = number_of(request.query_params, "after", 0, 0, LARGEST_ID)
    with request.site.registry.reading.begin() as session:
        problems = problems_of(session, name, _PROBLEMS_A_PAGE, after)
        context = {
            "source": next((each for each in list_sources(session) if each.name == name), None),
            "runs": runs_of(session, name, 20),
            "counts": problem_counts(session, name),
            "problems": problems,
            "more": problems[-1].id if len(problems) == _PROBLEMS_A_PAGE else None,
        }
    return page(request, "source.html", request.user, context)


@post("/admin/sources/{name:str}/harvest", sync_to_thread=True, status_code=303, action="sources")
def harvest(request: Request, name: FromPath[str], data: Form) -> Response[bytes]:
    """Ask for a harvest and go back to the source."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        make_due(session, name)
    request.site.registry.send("harvest", source=name, due="yes")
    return html(b"", 303, {"Location": f"/admin/sources/{name}"})


def _index_trouble(request: Request) -> str:
    """Why the index does not answer; empty where it does."""
    try:
        request.site.registry.index.ready()
    except RegistryError as error:
        return error.detail
    return ""
