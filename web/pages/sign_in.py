"""Signing in and out with a local account."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import TooManyRequestsException
from litestar.params import URLEncodedBody

from registry.accounts import people
from registry.errors import NotSignedIn
from web.auth import COOKIE, form_token, local_path, require_own_form, session_cookie, visit_cookie, visitor
from web.forms import text_of
from web.pages.layout import page
from web.rendering import html
from web.site import Request

Form = URLEncodedBody[dict[str, Any]]


@get("/sign-in", sync_to_thread=True)
def sign_in_page(request: Request) -> Response[bytes]:
    """The form, bound to the browser that asked for it."""
    following = local_path(text_of(request.query_params, "next") or "/")
    cookie = visit_cookie(request.site)
    token = form_token(request, basis=cookie.value or "")
    answer = page(request, "sign_in.html", visitor(request), _context(following, "", "", token))
    answer.set_cookie(cookie)
    return answer


@post("/sign-in", sync_to_thread=True, status_code=303)
def sign_in(request: Request, data: Form) -> Response[bytes]:
    """A cookie and the way back to where the person came from, or the form again with what was wrong."""
    require_own_form(request, data)
    name, following = str(data.get("name", ""))[:200], local_path(str(data.get("next", "/")))
    try:
        token = _token(request, name, str(data.get("password", "")))
    except NotSignedIn as refused:
        context = _context(following, name, refused.detail, form_token(request))
        return page(request, "sign_in.html", None, context, 401)
    answer = html(b"", 303, {"Location": following})
    answer.set_cookie(session_cookie(request.site, token))
    return answer


@post("/sign-out", sync_to_thread=True, status_code=303)
def sign_out(request: Request, data: Form) -> Response[bytes]:
    """Forget this browser."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        people.sign_out(session, request.cookies.get(COOKIE, ""))
    answer = html(b"", 303, {"Location": "/"})
    answer.set_cookie(session_cookie(request.site, ""))
    return answer


def _token(request: Request, name: str, password: str) -> str:
    """What the cookie holds. Raises NotSignedIn; status 429 where this name was tried in vain too often."""
    attempts = request.site.attempts
    if seconds := attempts.wait(name):
        raise TooManyRequestsException(
            detail="Too many wrong passwords for this name. Wait a few minutes.", headers={"Retry-After": str(seconds)}
        )
    try:
        with request.site.registry.reading.begin() as session:
            person = people.check_password(session, name, password)
    except NotSignedIn:
        attempts.failed(name)
        raise
    attempts.succeeded(name)
    with request.site.registry.sessions.begin() as session:
        return people.sign_in(session, person.id)


def _context(following: str, name: str, refused: str, token: str) -> dict[str, str]:
    return {"following": following, "name": name, "refused": refused, "sign_in_token": token}
