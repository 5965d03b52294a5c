"""Two frameworks side by side."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath

from registry.errors import BadRequest, FieldError
from registry.standards.beside import SHOWN, beside
from web.auth import visitor
from web.forms import LARGEST_ID, number_of, text_of
from web.pages.layout import page
from web.rendering import html
from web.site import Request


@get("/frameworks/beside", sync_to_thread=False)
def choose_beside(request: Request) -> Response[bytes]:
    """From a form's two fields to the address of the pair."""
    left, right = text_of(request.query_params, "left"), text_of(request.query_params, "right")
    errors = [FieldError(name, "name a framework") for name, value in (("left", left), ("right", right)) if not value]
    if errors:
        raise BadRequest("Two frameworks are needed.", errors)
    return html(b"", 303, {"Location": f"/frameworks/{quote(left, safe='')}/beside/{quote(right, safe='')}"})


@get("/frameworks/{left:str}/beside/{right:str}", sync_to_thread=True)
def beside_page(request: Request, left: FromPath[str], right: FromPath[str]) -> Response[bytes]:
    """Statements with their counterparts, or those of one side that have none."""
    shown = text_of(request.query_params, "show") or SHOWN[0]
    if shown not in SHOWN:
        raise BadRequest("The parameter show cannot be read.", [FieldError("show", f"use one of {', '.join(SHOWN)}")])
    after = number_of(request.query_params, "after", 0, 0, LARGEST_ID)
    with request.site.registry.reading.begin() as session:
        view = beside(session, left, right, shown, after)
    return page(request, "beside.html", visitor(request), {"view": view, "after": after})
