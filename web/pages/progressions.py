"""The map of a progression: what comes before a standard and what it leads to, as a picture and as a table."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlencode

from litestar import Response, get
from litestar.params import FromPath

from registry.standards.progression import (
    MOST_COUNTED,
    MOST_SHOWN,
    MOST_STEPS,
    Progression,
    headings_of,
    progression_of,
)
from web.auth import visitor
from web.forms import Params, number_of
from web.pages.layout import page
from web.progression_drawing import INSET, draw
from web.site import Request


@get("/progressions/{code:path}", sync_to_thread=True)
def progression_page(request: Request, code: FromPath[str]) -> Response[bytes]:
    """The map around a standard by code or URI; for a framework's code, the headings that have maps."""
    stated, steps = stated_in(request), steps_in(request.query_params)
    registry, person = request.site.registry, visitor(request)
    with registry.reading.begin() as session:
        if framework := headings_of(session, stated):
            return page(request, "progression_headings.html", person, {"framework": framework})
        found = progression_of(session, registry.graphs.current(session), stated, **steps)
    return page(request, "progression.html", person, _context(found, steps))


def _context(found: Progression, steps: dict[str, int | None]) -> dict[str, Any]:
    asked = urlencode({name: value for name, value in steps.items() if value is not None})
    return {
        "view": found,
        "drawing": draw(found),
        "inset": INSET,
        "asked": f"?{asked}" if asked else "",
        "most": MOST_SHOWN,
        "most_steps": MOST_STEPS,
        "counted_out": found.left_out < MOST_COUNTED - MOST_SHOWN,
    }


def stated_in(request: Request) -> str:
    """The code or URI at the end of the address, as it was written: a router would fold the slashes of a URI."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    end = raw.decode("latin-1").partition("?")[0].split("/progressions/", 1)[-1]
    return unquote(end).replace("\x00", " ").strip()


def steps_in(params: Params) -> dict[str, int | None]:
    """How many steps are asked for each way, None where that is not said. Raises BadRequest naming the parameter."""
    stated = {name: number_of(params, name, -1, 0, MOST_STEPS) for name in ("before", "after")}
    return {name: None if steps < 0 else steps for name, steps in stated.items()}
