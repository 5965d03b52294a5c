"""The way in from a learning platform: the login it begins (OIDC), and the launch that follows.

No cookie: browsers withhold those of a frame. The state is a token of ours, the nonce in it counts once, and nobody is
signed in by a launch, so that there is nothing to gain by making somebody else's browser send one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import structlog
from joserfc.jwk import KeySet
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from registry.db import now
from registry.errors import BadRequest, FieldError, NotAllowed
from registry.lti import platforms
from registry.lti.launch import Launch, read_launch
from registry.lti.once import use_once
from registry.lti.platforms import Platform
from registry.lti.tokens import State, opened, sealed
from web.pages.embed import resource_in_frame
from web.rendering import html
from web.site import Request

log = structlog.get_logger("web")

Form = URLEncodedBody[dict[str, Any]]
_LONGEST = 8_000
_USED = "This launch cannot be trusted: it has been used before. Go back to your course and open it again."
_HERE = {"Cache-Control": "no-store"}


@get("/lti/login", sync_to_thread=True)
def login(request: Request) -> Response[bytes]:
    """The platform's wish to launch, sent back to it with a state and a nonce (Security Framework 1.0, 5.1.1.1)."""
    return _to_platform(request, request.query_params)


@post("/lti/login", sync_to_thread=True, status_code=302)
def login_by_form(request: Request, data: Form) -> Response[bytes]:
    """The same, sent as a form."""
    return _to_platform(request, data)


@post("/lti/launch", sync_to_thread=True, status_code=303)
def launch(request: Request, data: Form) -> Response[bytes]:
    """The launch itself, checked; leads on to the resource, or to choosing."""
    try:
        found = _launched(request, data)
    except NotAllowed as refused:
        log.warning("lti_refused", why=refused.detail)
        raise
    return html(b"", 303, {"Location": _following(request, found), **_HERE})


@get("/lti/launch", sync_to_thread=True)
def launch_address(request: Request) -> Response[bytes]:
    """The resource of a link that a platform opened without launching it: where LTI is switched off, or in a copy."""
    resource = request.query_params.get("resource", "")
    return html(b"", 303, {"Location": _resource_address(resource)})


@get("/lti/resources/{resource_id:str}", sync_to_thread=True)
def launched_resource(request: Request, resource_id: FromPath[str]) -> Response[bytes]:
    """A resource inside a course; anybody may read it, as anywhere else."""
    return resource_in_frame(request, resource_id, "/lti/resources")


OPEN = [login, login_by_form, launch, launch_address, launched_resource]


def _to_platform(request: Request, asked: Mapping[str, Any]) -> Response[bytes]:
    settings = request.site.registry.settings
    issuer, hint = _text(asked, "iss"), _text(asked, "login_hint")
    target = _text(asked, "target_link_uri", required=False)
    if target and platforms.host_of(target) != platforms.host_of(settings.base_url):
        raise NotAllowed("This launch would lead to another site than this registry.")
    with request.site.registry.reading.begin() as session:
        platform = platforms.platform_that_asks(session, issuer, _text(asked, "client_id", required=False))
    nonce = secrets.token_urlsafe(24)
    answer = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": f"{settings.base_url}/lti/launch",
        "login_hint": hint,
        "state": sealed(State(platform.id, nonce), settings.secret_key, now()),
        "nonce": nonce,
    }
    if message := _text(asked, "lti_message_hint", required=False):
        answer["lti_message_hint"] = message
    return html(b"", 302, {"Location": _with(platform.auth_url, answer), **_HERE})


def _launched(request: Request, form: Mapping[str, Any]) -> Launch:
    """Raises NotAllowed with what is wrong, Unavailable where the platform's keys cannot be read."""
    registry, keys = request.site.registry, request.site.platform_keys
    settings = registry.settings
    if "error" in form:
        told = str(form.get("error_description") or form["error"])[:300]
        raise NotAllowed(f"The learning platform did not let this launch through: {told}")
    state = opened(str(form.get("state", "")), State, settings.secret_key, now())
    with registry.reading.begin() as session:
        platform: Platform = platforms.platform(session, state.platform)

    def keys_of(fresh: bool) -> KeySet:
        return keys.of(platform, settings, fresh)

    found = read_launch(str(form.get("id_token", "")), state, platform, keys_of, now(), settings.secure)
    with registry.sessions.begin() as session:
        use_once(session, found.nonce, found.until, _USED)
    return found


def _following(request: Request, found: Launch) -> str:
    if found.picking:
        token = sealed(found.picking, request.site.registry.settings.secret_key, now())
        return f"/lti/pick?{urlencode({'token': token})}"
    return _resource_address(found.resource)


def _resource_address(resource: str) -> str:
    return f"/lti/resources/{quote(resource[:100], safe='')}" if resource else "/embed/search"


def _text(asked: Mapping[str, Any], name: str, required: bool = True) -> str:
    """One parameter of the login. Raises BadRequest naming it."""
    value = asked.get(name) or ""
    if not isinstance(value, str) or len(value) > _LONGEST or "\x00" in value:
        raise BadRequest("The launch cannot begin.", [FieldError(name, "Give it once, as text.")])
    if required and not value:
        advice = "The learning platform did not send it; its setting for this tool may be wrong."
        raise BadRequest("The launch cannot begin.", [FieldError(name, advice)])
    return value


def _with(address: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query, fragment=""))
