"""A JSON body as one of our shapes, or what is wrong with it, by field."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from registry.errors import FieldError, Rejected
from web.api.describing import sent

_T = TypeVar("_T")


def sent_as(body: bytes, shape: type[_T]) -> _T:
    """The body in this shape. Raises BadRequest where it is no JSON, Rejected naming the field that does not fit."""
    try:
        return msgspec.convert(sent(body), shape)
    except msgspec.ValidationError as error:
        told, _, place = str(error).partition(" - at `$")
        field = place.rstrip("`").lstrip(".") or "body"
        raise Rejected("A field cannot be taken as it is.", [FieldError(field, f"{told}.")]) from None
