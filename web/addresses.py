"""Addresses of searches, and the words of the filters in them."""

from __future__ import annotations

from urllib.parse import urlencode

from web.forms import Pairs
from web.rendering import word


def address_of(path: str, pairs: Pairs) -> str:
    """The path with these parameters."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def filter_words(name: str, value: str) -> str:
    """A filter that is on, as a person says it."""
    if name == "open":
        return "Open licenses only"
    if name == "minutes_max":
        return f"Up to {value} minutes"
    said = {"level": "Level: ", "standard": "Standard ", "language": "In ", "provider": "From "}.get(name, "")
    return said + word(value, name)
