"""Leave for a platform to register itself (LTI Dynamic Registration 1.0): signed, for one platform, used once.

Without one, anybody could make this registry fetch addresses and fill its list of platforms.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.errors import Rejected
from registry.lti.launch import DEEP_LINK, RESOURCE_LINK
from registry.lti.once import use_once
from registry.lti.platforms import ANY, Platform, Registration, add_platform, host_of
from registry.lti.tokens import LIVES, Invitation, sealed

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_USED = "This invitation has been used. Ask whoever runs this registry for another one."


class OpenIdConfiguration(Struct, frozen=True):
    """What a platform says of itself (LTI Dynamic Registration 1.0, section 3.4), as far as it matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str


def invitation(name: str, secret: str, moment: datetime) -> str:
    """A token that lets one platform register itself under this name."""
    return sealed(Invitation(name.strip(), secrets.token_urlsafe(16)), secret, moment)


def read_configuration(body: bytes, address: str) -> OpenIdConfiguration:
    """What the platform at an address says of itself. Raises Rejected where it is unclear or speaks for another."""
    try:
        found = msgspec.json.decode(body, type=OpenIdConfiguration)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Rejected("The platform's openid_configuration cannot be read: it lacks what LTI asks for.") from None
    if host_of(found.issuer) != host_of(address):
        told = f"The platform at {host_of(address)} speaks for {host_of(found.issuer)}; register it with: oer lti add"
        raise Rejected(told)
    return found


def tool_registration(base_url: str, name: str) -> dict[str, Any]:
    """How we register at a platform (section 3.5): no scope is asked for, and no claim about the person."""
    launch = f"{base_url}/lti/launch"
    return {
        "application_type": "web",
        "client_name": name,
        "client_uri": base_url,
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "redirect_uris": [launch],
        "initiate_login_uri": f"{base_url}/lti/login",
        "jwks_uri": f"{base_url}/lti/jwks.json",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "",
        TOOL: {
            "domain": host_of(base_url),
            "description": "Learning resources by standard and level",
            "target_link_uri": launch,
            "claims": ["iss", "sub"],
            "messages": [
                {"type": DEEP_LINK, "target_link_uri": launch, "label": name},
                {"type": RESOURCE_LINK, "target_link_uri": launch, "label": name},
            ],
        },
    }


def register(
    session: Session, invited: Invitation, found: OpenIdConfiguration, answer: bytes, moment: datetime, secure: bool
) -> Platform:
    """The platform whose registration endpoint gave this answer; the invitation is used with it. Raises Rejected."""
    try:
        told = msgspec.json.decode(answer, type=_Registered)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Rejected("The platform's answer to our registration cannot be read: it names no client_id.") from None
    use_once(session, invited.nonce, moment + LIVES[Invitation], _USED)
    stated = Registration(
        issuer=found.issuer,
        client_id=told.client_id,
        auth_url=found.authorization_endpoint,
        token_url=found.token_endpoint,
        jwks_url=found.jwks_uri,
        deployments=(told.tool.deployment_id,) if told.tool and told.tool.deployment_id else (ANY,),
    )
    return add_platform(session, invited.name, stated, secure)


class _Tool(Struct, frozen=True):
    deployment_id: str = ""


class _Registered(Struct, frozen=True):
    client_id: str
    tool: _Tool | None = msgspec.field(default=None, name=TOOL)
