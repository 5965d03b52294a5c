"""What a learning platform has to know of this tool: its keys, its settings, and registration by itself."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get

from registry.db import now
from registry.errors import BadRequest, FieldError
from registry.lti import keys
from registry.lti.invitations import read_configuration, register, tool_registration
from registry.lti.launch import DEEP_LINK, RESOURCE_LINK
from registry.lti.platforms import Platform
from registry.lti.tokens import Invitation, opened
from web.lti.asking import ask, send
from web.rendering import html
from web.site import Request

_PLACEMENTS = ("assignment_selection", "link_selection", "editor_button")


@get("/lti/jwks.json", sync_to_thread=True)
def public_keys(request: Request) -> Response[bytes]:
    """The public keys that our answers can be checked with (RFC 7517); those of before too."""
    registry = request.site.registry
    with registry.sessions.begin() as session:
        found = keys.published(session, registry.settings.secret_key)
    return _json(found)


@get("/lti/config.json", sync_to_thread=True)
def configuration(request: Request) -> Response[bytes]:
    """The tool as Canvas reads it (a developer key by URL); others can be given its addresses one by one."""
    return _json(_for_canvas(request.site.base_url, request.site.registry.settings.name))


@get("/lti/register", sync_to_thread=True)
def registration(request: Request) -> Response[bytes]:
    """A platform registers itself with an invitation (LTI Dynamic Registration 1.0)."""
    platform = _registered(request)
    content = request.site.templates.render("lti_registered.html", {"platform": platform})
    return html(content, 200, {"Cache-Control": "no-store"})


OPEN = [public_keys, configuration, registration]


def _registered(request: Request) -> Platform:
    """Raises NotAllowed without a good invitation, BadRequest or Rejected where the platform cannot be read."""
    registry, asked = request.site.registry, request.query_params
    settings = registry.settings
    invited = opened(asked.get("invitation", ""), Invitation, settings.secret_key, now())
    address = asked.get("openid_configuration", "")
    if not address:
        advice = "The platform adds it: paste this address into its form for dynamic registration."
        raise BadRequest("The platform did not say where it is.", [FieldError("openid_configuration", advice)])
    found = read_configuration(ask(settings, address), address)
    body = msgspec.json.encode(tool_registration(settings.base_url, settings.name))
    answer = send(settings, found.registration_endpoint, body, asked.get("registration_token", ""))
    with registry.sessions.begin() as session:
        return register(session, invited, found, answer, now(), settings.secure)


def _for_canvas(base: str, name: str) -> dict[str, Any]:
    """No scope is asked for, and no claim about the person."""
    launch = f"{base}/lti/launch"
    placements = [
        {"placement": each, "message_type": DEEP_LINK, "target_link_uri": launch, "text": name} for each in _PLACEMENTS
    ]
    return {
        "title": name,
        "description": "Learning resources by standard and level",
        "oidc_initiation_url": f"{base}/lti/login",
        "target_link_uri": launch,
        "redirect_uris": [launch],
        "public_jwk_url": f"{base}/lti/jwks.json",
        "scopes": [],
        "custom_fields": {},
        "messages": [{"type": kind, "target_link_uri": launch} for kind in (DEEP_LINK, RESOURCE_LINK)],
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "privacy_level": "anonymous",
                "tool_id": "open-resource-registry",
                "settings": {"text": name, "placements": placements},
            }
        ],
    }


def _json(content: dict[str, Any]) -> Response[bytes]:
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return Response(msgspec.json.encode(content), media_type="application/json", headers=headers)
