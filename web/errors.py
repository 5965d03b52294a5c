"""Every error as an answer: problem+json (RFC 9457) for machines, a page in plain words for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Response
from litestar.concurrency import sync_to_thread
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap, Scope
from msgspec import Struct
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from registry.accounts.policy import Person
from registry.errors import FieldError, NotSignedIn, RegistryError, Unavailable
from web.auth import COOKIE, form_token, local_path, visitor
from web.framing import is_framed
from web.rendering import html
from web.site import AnyRequest, Request, Site

log = structlog.get_logger("web")

_VISITOR = "visitor"
_TITLES = {
    400: "Bad request",
    401: "Sign-in needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    429: "Too many requests",
    500: "Something went wrong",
}
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not answer requests of this kind.",
    413: "What was sent is larger than 2 MB. Send it in smaller parts.",
}


class Problem(Struct, frozen=True):
    """The body of an error answer; `errors` names the fields or parameters at fault."""

    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()
    type: str = "about:blank"


def handle(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The answer to any error."""
    problem, headers = described(error)
    if problem.status == 500:
        log.error("failed", exc_info=error)
    elif problem.status > 500:
        log.warning("unavailable", detail=problem.detail, cause=type(error).__name__)
    if _is_machine(request):
        if problem.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        content = msgspec.json.encode(problem)
        return Response(content, status_code=problem.status, headers=headers, media_type="application/problem+json")
    if isinstance(error, NotSignedIn) and request.method == "GET":
        return _to_sign_in(request)
    return html(_page(request, problem, headers.get("Retry-After", "")), problem.status, headers)


async def find_visitor(error: Exception, scope: Scope) -> None:
    """Keep for the page of this error who is signed in; read in a thread, for a store may take its time.

    Nobody where the store is what failed, and on framed pages, which read no cookie.
    """
    request: AnyRequest = Request(scope)
    greets = COOKIE in request.cookies and not (is_framed(scope["path"]) or _is_machine(request))
    if greets and not isinstance(error, SQLAlchemyError):
        scope["state"][_VISITOR] = await sync_to_thread(_visitor, request)


def described(error: Exception) -> tuple[Problem, dict[str, str]]:
    """What may be told of an error, and the headers that go with it."""
    if isinstance(error, Unavailable):
        return Problem(error.title, error.status, error.detail), {"Retry-After": str(error.retry_after)}
    if isinstance(error, RegistryError):
        return Problem(error.title, error.status, error.detail, error.errors), {}
    if isinstance(error, OperationalError | InterfaceError):
        return Problem(Unavailable.title, 503, "The catalog's database does not answer. Try again soon."), {
            "Retry-After": "5"
        }
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _of_framework(error)
    return Problem(_TITLES[500], 500, "This is our fault, not yours. It has been noted; try again later."), {}


HANDLERS: ExceptionHandlersMap = {Exception: handle, HTTPException: handle, 500: handle}


def _of_framework(error: HTTPException) -> tuple[Problem, dict[str, str]]:
    status = error.status_code
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    errors = tuple(_field_error(each) for each in error.extra or () if isinstance(each, dict))
    detail = _DETAILS.get(status) or error.detail
    # The rest of a body that is too large is never read, so the connection cannot carry another request.
    closing = {"Connection": "close"} if status == 413 else {}
    return Problem(title, status, detail, errors), {**(error.headers or {}), **closing}


def _field_error(extra: dict[str, Any]) -> FieldError:
    return FieldError(str(extra.get("key", "")), str(extra.get("message", "")))


def _is_machine(request: AnyRequest) -> bool:
    accept = request.headers.get("accept", "")
    return request.scope["path"].startswith("/api/") or ("json" in accept and "text/html" not in accept)


def _page(request: AnyRequest, problem: Problem, retry_after: str) -> bytes:
    """The error as a page, or as the part of one that htmx asked for."""
    site: Site = request.app.state.site
    state, back = request.scope["state"], _came_from(request)
    person: Person | None = state.get(_VISITOR)
    context = {
        "problem": problem,
        "request_id": state.get("request_id", ""),
        "person": person,
        "form_token": form_token(request) if person else "",
        "retry_after": retry_after,
        "again": _asked(request) if request.method == "GET" else back or "/",
        "back": back,
    }
    whole = "embed_error.html" if is_framed(request.url.path) else "error.html"
    return site.templates.render("partials/error.html" if "hx-request" in request.headers else whole, context)


def _visitor(request: AnyRequest) -> Person | None:
    try:
        return visitor(request)
    except SQLAlchemyError:
        return None


def _came_from(request: AnyRequest) -> str:
    """The page of ours that led here; empty where none did, or only the one that failed."""
    site: Site = request.app.state.site
    stated = request.headers.get("referer", "")
    if not stated.startswith(f"{site.base_url}/"):
        return ""
    path = local_path(stated.removeprefix(site.base_url))
    return "" if request.method == "GET" and path == _asked(request) else path


def _asked(request: AnyRequest) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _to_sign_in(request: AnyRequest) -> Response[bytes]:
    address = f"/sign-in?next={quote(_asked(request), safe='/')}"
    if request.headers.get("hx-request"):
        # A redirect would be followed by htmx itself and the sign-in form put where a fragment belongs.
        return html(b"", 200, {"HX-Redirect": address})
    return html(b"", 303, {"Location": address})
