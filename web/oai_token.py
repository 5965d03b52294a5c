"""Resumption tokens that carry the position in a list, signed, so that nothing has to be kept for those who ask."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from web.oai_protocol import Span, bad_token

LIFE = timedelta(hours=24)
"""How long a token can be used: a harvester may be stopped at night and go on in the morning."""

_SUM = 16


class Token(Struct, frozen=True, array_like=True):
    """Where a list goes on: after the record `last` with this datestamp. `cursor` counts the records before that."""

    verb: str
    prefix: str
    spec: str
    span: Span
    stamp: datetime
    last: str
    cursor: int
    dies: datetime


def sealed(token: Token, secret: str) -> str:
    """The token as text that only we can make: letters, digits, `-` and `_`."""
    content = msgspec.msgpack.encode(token)
    return base64.urlsafe_b64encode(content + _sum(content, secret)).decode().rstrip("=")


def opened(text: str, verb: str, secret: str, moment: datetime) -> Token:
    """The token in a text. RefusalError where it is not ours, is for another verb or has died by this moment."""
    try:
        whole = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        whole = b""
    content, found = whole[:-_SUM], whole[-_SUM:]
    if not content or not hmac.compare_digest(found, _sum(content, secret)):
        raise bad_token("This token was not given out here.")
    try:
        token = msgspec.msgpack.decode(content, type=Token)
    except msgspec.MsgspecError:
        raise bad_token("This token is of an older version of this registry.") from None
    if token.verb != verb:
        raise bad_token(f"This token is for {token.verb}.")
    if token.dies <= moment:
        raise bad_token("This token has died: tokens live for 24 hours.")
    return token


def _sum(content: bytes, secret: str) -> bytes:
    return hmac.new(b"oai-pmh " + secret.encode(), content, hashlib.sha256).digest()[:_SUM]
