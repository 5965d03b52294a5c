"""Addresses of searches, and the words of the filters in them."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from registry.search.question import Query
from vocab import languages, licenses, schemes
from web.forms import Pairs
from web.rendering import SCHEME_OF_FACET, word

_LISTED = ("level", "grade", "subject", "type", "license", "language", "access")


def address_of(path: str, pairs: Pairs) -> str:
    """The path with these parameters."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def in_keys(query: Query) -> Query:
    """The search with each value of a closed list by its key, so that it is one value however it was stated."""
    stated = {name: getattr(query, name) for name in _LISTED}
    return msgspec.structs.replace(
        query, **{name: tuple(dict.fromkeys(_key(name, value) for value in values)) for name, values in stated.items()}
    )


def filter_words(name: str, value: str) -> str:
    """A filter that is on, as a person says it."""
    if name == "open":
        return "Open licenses only"
    if name == "minutes_max":
        return f"Up to {value} minutes"
    said = {"level": "Level ", "standard": "Standard ", "language": "In ", "provider": "From "}.get(name, "")
    return said + word(_key(name, value), name)


def _key(name: str, value: str) -> str:
    """The key that a closed list has for what was stated; what was stated where it has none."""
    if name == "grade":
        return value.upper()
    if name == "language":
        return languages.language_of(value) or value
    if name == "license":
        found = licenses.license_of(value)
        return found.key if found else value
    if name in SCHEME_OF_FACET:
        return schemes.scheme(SCHEME_OF_FACET[name]).key_of(value) or value
    return value
