"""The operator's pages: the sources, their runs and problems, the index, and the buttons that set them to work."""

from __future__ import annotations

import re
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.catalog import overview, publishers, sources
from registry.catalog.sources import list_sources, make_due, problem_counts, problems_of
from registry.errors import RegistryError
from registry.search import requests
from web.auth import local_path, require_own_form
from web.forms import LARGEST_ID, number_of
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.run_drawing import PARTS, draw_runs
from web.site import Request
from web.trying import Stated

_PROBLEMS_A_PAGE = 50


@get("/admin", sync_to_thread=True, action="operate")
def admin_page(request: Request) -> Response[bytes]:
    """The districts, their sources and how the last harvest went, and the state of the index."""
    with request.site.registry.reading.begin() as session:
        context = {
            "sources": list_sources(session),
            "districts": publishers.list_districts(session),
            "waiting": publishers.sources_that_wait(session),
            "live": overview.count_live(session),
            "stale": overview.count_stale(session),
            "wanted": requests.wanted(session),
        }
    context["index_down"] = _index_trouble(request)
    return page(request, "admin.html", request.user, context)


@get("/admin/sources/{name:str}", sync_to_thread=True, action="district")
def source_page(request: Request, name: FromPath[str]) -> Response[bytes]:
    """One source, for the operator and for its publisher: its runs, and what is wrong with its records."""
    after = number_of(request.query_params, "after", 0, 0, LARGEST_ID)
    with request.site.registry.reading.begin() as session:
        source = publishers.published_source(session, name)
        problems = problems_of(session, name, _PROBLEMS_A_PAGE, after)
        context: dict[str, Any] = {
            "source": source,
            "counts": problem_counts(session, name),
            "problems": problems,
            "more": problems[-1].id if len(problems) == _PROBLEMS_A_PAGE else None,
        }
    context |= {"drawing": draw_runs(source.runs), "parts": PARTS, "intervals": publishers.INTERVALS}
    return page(request, "source.html", request.user, context)


@post("/admin/sources/{name:str}/harvest", sync_to_thread=True, status_code=303, action="district")
def harvest(request: Request, name: FromPath[str], data: Form) -> Response[bytes]:
    """Ask for a harvest and go back to where it was asked for."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        make_due(session, name)
    request.site.registry.send("harvest", source=name, due="yes")
    return _back(name, data)


@post("/admin/sources/{name:str}/accept-deletions", sync_to_thread=True, status_code=303, action="district")
def accept_deletions(request: Request, name: FromPath[str], data: Form) -> Response[bytes]:
    """Agree to the deletions that the last run held back: the harvest that is asked for now withdraws them."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        sources.accept_deletions(session, name)
    request.site.registry.send("harvest", source=name, due="yes")
    return _back(name, data)


@post("/admin/sources/{name:str}/schedule", sync_to_thread=True, status_code=303, action="sources")
def schedule(request: Request, name: FromPath[str], data: Form) -> Response[bytes]:
    """Say how often a source is harvested, and whether at all."""
    require_own_form(request, data)
    stated = Stated(data)
    minutes = int(stated["every_minutes"]) if re.fullmatch("[0-9]{1,9}", stated["every_minutes"]) else 0
    with request.site.registry.sessions.begin() as session:
        sources.change_source(session, name, active=stated["active"] == "yes", every_minutes=minutes)
    return _back(name, data)


def _back(name: str, form: Form) -> Response[bytes]:
    """The way back to the page of the district where the form stood there, else to the source."""
    stated = Stated(form)["back"]
    address = local_path(stated) if stated.startswith("/districts/") else f"/admin/sources/{name}"
    return html(b"", 303, {"Location": address})


def _index_trouble(request: Request) -> str:
    """Why the index does not answer; empty where it does."""
    try:
        request.site.registry.index.ready()
    except RegistryError as error:
        return error.detail
    return ""
