"""Where the next page of a list starts, as a token only we can make and only for the question it was made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from registry.errors import BadRequest, FieldError

_SUM = 9


def cursor(offset: int, question: bytes, secret: str) -> str:
    """The token for this place in the answers to a question: safe in a URL, no padding."""
    place = offset.to_bytes(6, "big")
    return base64.urlsafe_b64encode(place + _sum(place, question, secret)).decode()


def offset_of(token: str, question: bytes, secret: str) -> int:
    """The place a token stands for. Raises BadRequest naming `cursor` where it is not ours, or another question's."""
    try:
        content = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        content = b""
    place, found = content[:-_SUM], content[-_SUM:]
    if len(place) != 6 or not hmac.compare_digest(found, _sum(place, question, secret)):
        hint = (
            "Start again without it, and take each next one from `next` of the answer before, with the same parameters."
        )
        raise BadRequest("This cursor does not belong to this search.", [FieldError("cursor", hint)])
    return int.from_bytes(place, "big")


def _sum(place: bytes, question: bytes, secret: str) -> bytes:
    key = hashlib.blake2b(secret.encode(), digest_size=32).digest()
    return hashlib.blake2b(place + question, key=key, digest_size=_SUM).digest()
