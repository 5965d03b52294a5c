"""Whether a launch is true, and what it asks for (LTI 1.3 Core; 1EdTech Security Framework 1.0, section 5.1.3).

Of what the platform says about the person only one thing is looked at, and nothing is kept: whether they teach.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jws import JWSRegistry, extract_compact
from msgspec import Struct

from registry.errors import NotAllowed
from registry.lti.platforms import Platform, is_web
from registry.lti.tokens import Picking, State

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RESOURCE_LINK, DEEP_LINK = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
LINK_TYPES = ("ltiResourceLink", "link")
"""The forms in which a choice can be handed back, the better one first."""

_ALGORITHMS = ("RS256", "RS384", "RS512")
_LONGEST = 64 * 1024
_CLOCKS = timedelta(minutes=1)
"""How far a platform's clock may be from ours."""
_OLDEST = timedelta(minutes=10)
_TEACHES = (
    "instructor", "teacher", "administrator", "contentdeveloper", "teachingassistant", "faculty", "staff", "creator",
    "sysadmin", "accountadmin",
)  # fmt: skip

Keys = Callable[[bool], KeySet]
"""The public keys of the platform; called with True they are fetched anew."""


class Launch(Struct, frozen=True):
    """What a true launch asks for: to show a resource (empty: none in particular), or to pick some."""

    nonce: str
    until: datetime
    resource: str = ""
    picking: Picking | None = None


def read_launch(token: str, state: State, platform: Platform, keys: Keys, moment: datetime, secure: bool) -> Launch:
    """The launch in an id_token. Raises NotAllowed with a sentence that says what is wrong with it.

    The nonce it holds is the one of `state`; that it was not used before is for the caller to see to. `secure` takes
    only a return address that is https.
    """
    claims = _signed(token, keys)
    _check_sender(claims, platform)
    until = _check_time(claims, moment)
    if claims.get("nonce") != state.nonce:
        raise _refused("its nonce is not the one it was begun with")
    if claims.get(f"{CLAIM}version") != "1.3.0":
        raise _refused("it is not of LTI version 1.3.0")
    deployment = claims.get(f"{CLAIM}deployment_id")
    if not isinstance(deployment, str) or not platform.deploys(deployment):
        raise _refused(f"its deployment {_told(deployment)} is not registered here")
    message = claims.get(f"{CLAIM}message_type")
    if message == RESOURCE_LINK:
        return Launch(state.nonce, until, resource=_resource(claims))
    if message == DEEP_LINK:
        return Launch(state.nonce, until, picking=_picking(claims, platform, deployment, secure))
    raise _refused(f"its message type {_told(message)} is none that is answered here")


def _signed(token: str, keys: Keys) -> dict[str, Any]:
    """The claims, once their signature has been checked with the platform's own key."""
    if len(token) > _LONGEST:
        raise _refused(f"its token is longer than {_LONGEST:,} characters")
    try:
        header = extract_compact(token.encode()).protected
    except (JoseError, ValueError, TypeError):
        raise _refused("its token cannot be read") from None
    if not isinstance(header, dict):
        raise _refused("its token cannot be read")
    if header.get("alg") not in _ALGORITHMS:
        raise _refused(f"it is signed as {_told(header.get('alg'))}, and only {', '.join(_ALGORITHMS)} will do")
    registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
    try:
        return jwt.decode(token, _key(header.get("kid"), keys), registry=registry).claims
    except BadSignatureError:
        raise _refused("its signature is not the platform’s") from None
    except (JoseError, ValueError, TypeError):
        raise _refused("its token cannot be read") from None


def _key(kid: object, keys: Keys) -> Key:
    for fresh in (False, True):
        held = [key for key in keys(fresh) if key.key_type == "RSA" and (key.kid == kid or kid is None)]
        if len(held) == 1:
            return held[0]
    raise _refused(f"the platform publishes no key named {_told(kid)}")


def _check_sender(claims: dict[str, Any], platform: Platform) -> None:
    if claims.get("iss") != platform.issuer:
        raise _refused(f"it comes from {_told(claims.get('iss'))}, and was begun on {platform.issuer}")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if platform.client_id not in several:
        raise _refused("it is meant for another tool: its audience is not our client id")
    authorized = claims.get("azp")
    if authorized != platform.client_id and (authorized is not None or len(several) > 1):
        raise _refused("it is meant for another tool: its authorized party is not our client id")


def _check_time(claims: dict[str, Any], moment: datetime) -> datetime:
    """When it ends. Raises NotAllowed where it has, or was made long ago."""
    ends, made = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
    if not ends or not made:
        raise _refused("it does not say when it was made and when it ends")
    present = moment.timestamp()
    if ends + _CLOCKS.total_seconds() <= present:
        raise _refused("it has expired. Go back to your course and open it again")
    if made - _CLOCKS.total_seconds() > present:
        raise _refused("it was made in the future: the platform’s clock is wrong, or ours")
    if made + _OLDEST.total_seconds() <= present:
        raise _refused("it was made more than ten minutes ago. Go back to your course and open it again")
    return moment + _OLDEST + 2 * _CLOCKS


def _seconds(value: Any) -> float:
    """Seconds since 1970; 0 for what is no moment."""
    return float(value) if isinstance(value, int | float) and 0 < value < 1e11 else 0.0


def _resource(claims: dict[str, Any]) -> str:
    """The id of the resource to show, as a choice of ours says it: in its own setting, or in its address."""
    custom = claims.get(f"{CLAIM}custom")
    stated = custom.get("resource") if isinstance(custom, dict) else None
    if isinstance(stated, str) and stated and not stated.startswith("$"):
        return stated
    target = claims.get(f"{CLAIM}target_link_uri")
    try:
        return parse_qs(urlsplit(target).query).get("resource", [""])[0] if isinstance(target, str) else ""
    except ValueError:
        return ""


def _picking(claims: dict[str, Any], platform: Platform, deployment: str, secure: bool) -> Picking:
    """What a deep linking request wants (LTI Deep Linking 2.0, section 4.4)."""
    if not _may_pick(claims.get(f"{CLAIM}roles")):
        raise NotAllowed("Only teachers and those who build courses can add resources.")
    try:
        wanted = msgspec.convert(claims.get(f"{DEEP_LINKING}deep_linking_settings"), _Settings, strict=True)
    except msgspec.ValidationError:
        raise _refused("it does not say where and how the choice is to be sent") from None
    if not is_web(wanted.deep_link_return_url, secure):
        raise _refused("the address for the choice is no secure web address")
    accepts = tuple(kind for kind in LINK_TYPES if kind in wanted.accept_types)
    if not accepts:
        raise _refused(f"the platform takes no links here, only {_told(', '.join(wanted.accept_types))}")
    several = wanted.accept_multiple is not False
    return Picking(platform.id, deployment, wanted.deep_link_return_url, accepts, several, wanted.data)


class _Settings(Struct, frozen=True):
    """The settings of a deep linking request that matter here."""

    deep_link_return_url: str
    accept_types: tuple[str, ...]
    accept_multiple: bool | None = None
    data: str | None = None


def _may_pick(roles: Any) -> bool:
    stated = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    names = (role.rpartition("#")[2].rpartition("/")[2].lower() for role in stated)
    return any(name in _TEACHES for name in names)


def _refused(why: str) -> NotAllowed:
    return NotAllowed(f"This launch cannot be trusted: {why}.")


def _told(value: object) -> str:
    return f"“{value[:200]}”" if isinstance(value, str) else "that is missing" if value is None else "that is no text"
