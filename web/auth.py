"""Who is asking: the person behind a cookie or a key, what they may do, and whether a form is truly ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from litestar.datastructures import Cookie
from sqlalchemy.orm import Session

from registry.accounts import keys, people, policy
from registry.accounts.policy import Person
from registry.catalog.publishers import district_of_source
from registry.errors import NotAllowed
from web.site import AnyRequest, Site

COOKIE = "oer_session"
VISIT_COOKIE = "oer_visit"
FORM_FIELD = "form_token"
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


def authorize(request: AnyRequest) -> None:
    """Refuse whoever may not do what the handler's `action` names; keep the person for the handler.

    The action `district` is about the district whose slug, or the name of whose source, stands in the address.
    Runs before every handler of the closed routers. An API call that changes something needs a key: a cookie is
    sent along by browsers that somebody else steers.
    """
    action = request.route_handler.opt.get("action", "")
    site: Site = request.app.state.site
    by_key_only = request.scope["path"].startswith("/api/") and request.method not in _SAFE
    with site.registry.reading.begin() as session:
        person = _by_key(request, session) if by_key_only else person_of(request, session)
        district = _district(request, session) if action == "district" and person else ""
    policy.require(person, action, district)
    request.scope["user"] = person


def person_of(request: AnyRequest, session: Session) -> Person | None:
    """The person whose key or cookie came with the request; None for everybody else."""
    if "authorization" in request.headers:
        return _by_key(request, session)
    token = request.cookies.get(COOKIE)
    return people.person_of_token(session, token) if token else None


def visitor(request: AnyRequest) -> Person | None:
    """The signed-in person a public page greets; costs nothing for one who is not signed in."""
    if COOKIE not in request.cookies:
        return None
    site: Site = request.app.state.site
    with site.registry.reading.begin() as session:
        return person_of(request, session)


def form_token(request: AnyRequest, basis: str = "") -> str:
    """What a form of ours carries and nobody else can know: bound to the cookie of the browser it is shown to."""
    bound = basis or request.cookies.get(COOKIE) or request.cookies.get(VISIT_COOKIE, "")
    secret = request.app.state.site.registry.settings.secret_key
    return hmac.new(secret.encode(), f"form:{bound}".encode(), hashlib.sha256).hexdigest()


def require_own_form(request: AnyRequest, form: Mapping[str, object]) -> None:
    """Raise NotAllowed for a form that another site made a browser send."""
    bound = COOKIE in request.cookies or VISIT_COOKIE in request.cookies
    stated = str(form.get(FORM_FIELD, "")).encode("utf-8", "replace")
    if not bound or not hmac.compare_digest(stated, form_token(request).encode()):
        raise NotAllowed("This form has expired. Go back, reload the page and send it again.")


def session_cookie(site: Site, token: str) -> Cookie:
    """The cookie of a signed-in browser; an empty token ends it."""
    return _cookie(site, COOKIE, token, None if token else 0)


def visit_cookie(site: Site) -> Cookie:
    """The cookie that binds the sign-in form to a browser."""
    return _cookie(site, VISIT_COOKIE, secrets.token_urlsafe(24), None)


def local_path(stated: str) -> str:
    """The path to go on to after signing in; `/` for anything that leads to another site."""
    parts = urlsplit(stated)
    if not stated.startswith("/") or stated.startswith("//") or "\\" in stated or parts.scheme or parts.netloc:
        return "/"
    return quote(stated, safe="/?&=%+:,;@!$'()*~") if stated.isprintable() else "/"


def _district(request: AnyRequest, session: Session) -> str:
    """The slug of the district an address is about; empty, which only an administrator may, where it is about none."""
    if "slug" in request.path_params:
        return str(request.path_params["slug"])
    return district_of_source(session, str(request.path_params.get("name", "")))


def _by_key(request: AnyRequest, session: Session) -> Person | None:
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return keys.person_of_key(session, key.strip()) if kind.lower() == "bearer" and key else None


def _cookie(site: Site, name: str, value: str, max_age: int | None) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        path="/",
        max_age=max_age,
        httponly=True,
        samesite="lax",
        secure=site.base_url.startswith("https://"),
    )
