"""Asking for what a search did not find: a form without a name, and the thanks for it."""

from __future__ import annotations

from litestar import Response, get, post

from registry.errors import NotAllowed
from registry.search import requests
from web.auth import visitor
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request
from web.trying import Stated


@post("/requests", sync_to_thread=True, status_code=303)
def ask_for_it(request: Request, data: Form) -> Response[bytes]:
    """Count the request, and thank; status 429 where too much is asked for at once."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise NotAllowed("This form belongs to our own pages. Search here, and ask for it there.")
    if not request.site.asking.allows():
        return page(request, "asked.html", visitor(request), {"counted": False}, 429)
    stated = Stated(data)
    with request.site.registry.sessions.begin() as session:
        requests.ask(session, stated["text"], stated["standard"], stated["level"])
    return html(b"", 303, {"Location": "/asked"})


@get("/asked", sync_to_thread=True)
def asked_page(request: Request) -> Response[bytes]:
    """Thanks, and what becomes of a request."""
    return page(request, "asked.html", visitor(request), {"counted": True})
