"""What we hand out and want back unchanged: signed with the secret key, for one purpose, for a while.

They stand in forms and addresses, because a frame inside a learning platform has no cookie of ours.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from registry.errors import NotAllowed

_ALGORITHM = "HS256"
_LONGEST = 7_900
"""Characters of a token: it must fit into an address."""


class State(Struct, frozen=True):
    """A launch that was begun: on which platform, and the nonce its answer must hold."""

    platform: str
    nonce: str


class Picking(Struct, frozen=True):
    """What a teacher who picks resources was sent with: where the choice goes, and in which form."""

    platform: str
    deployment: str
    return_url: str
    accepts: tuple[str, ...]
    several: bool = True
    data: str | None = None


class Invitation(Struct, frozen=True):
    """Leave to register one platform by itself."""

    name: str
    nonce: str


Content = TypeVar("Content", State, Picking, Invitation)

LIVES = {State: timedelta(minutes=10), Picking: timedelta(hours=3), Invitation: timedelta(days=7)}
_ENDED = {
    State: "This launch was not begun here, or too long ago. Go back to your course and open it again.",
    Picking: "Choosing took too long, or this address was changed. Go back to your course and open it again.",
    Invitation: "This invitation is not ours, or has ended. Ask whoever runs this registry for another one.",
}


def sealed(content: State | Picking | Invitation, secret: str, moment: datetime) -> str:
    """The token: letters, digits, `-`, `_` and `.`. Raises NotAllowed for what would be too long for an address."""
    kind = type(content)
    claims = {"for": kind.__name__, "exp": int((moment + LIVES[kind]).timestamp()), "is": msgspec.to_builtins(content)}
    token = jwt.encode({"alg": _ALGORITHM}, claims, _key(secret))
    if len(token) > _LONGEST:
        raise NotAllowed("The platform sent more of its own data along than can be handed back.")
    return token


def opened(text: str, kind: type[Content], secret: str, moment: datetime) -> Content:
    """What a token holds. Raises NotAllowed where it is not ours, is for something else, or has ended."""
    try:
        claims = jwt.decode(text[: _LONGEST + 1], _key(secret), [_ALGORITHM]).claims
        if claims["for"] != kind.__name__ or claims["exp"] <= moment.timestamp():
            raise NotAllowed(_ENDED[kind])
        return msgspec.convert(claims["is"], kind)
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotAllowed(_ENDED[kind]) from None


def _key(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"lti token " + secret.encode()).digest())
