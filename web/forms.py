"""The query string of a search as a `Query`, strictly: a bad value is a BadRequest that names its parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from registry.errors import BadRequest, FieldError
from registry.search.filters import unreadable
from registry.search.question import Query

_MOST_VALUES = 50
_LONGEST = 500
LARGEST_ID = 2**31 - 1
"""The largest number a row can have in a PostgreSQL."""
_MANY = ("standard", "level", "grade", "subject", "type", "license", "language", "provider", "access")
FILTERS = ("standard", "relation", *_MANY[1:], "open", "minutes_max")
"""The parameters that narrow a search, in the order their chips stand."""
Pairs = list[tuple[str, str]]
"""A query string as names and values."""


class Params(Protocol):
    """A query string taken apart, with every value of a repeated parameter."""

    def getall(self, key: str, default: list[str]) -> list[str]:
        """The values of this parameter."""
        ...


def query_of(params: Params) -> Query:
    """The search that a query string asks for; empty values and unknown parameters are passed over.

    Raises BadRequest where a parameter has not the form it needs, naming with it whatever else no search could read;
    whether a standard or a publisher is here is for the search to say.
    """
    reading = _Reading(params)
    query = Query(
        q=reading.text("q"),
        **{name: reading.many(name) for name in _MANY},
        exact=reading.flag("exact"),
        relation=reading.text("relation"),
        open=reading.flag("open"),
        minutes_max=reading.number("minutes_max", 1, 100_000),
        sort=reading.text("sort") or "relevance",
        literal=reading.flag("literal"),
        limit=reading.number("limit", 1, 100) or 20,
        cursor=reading.text("cursor"),
        facets=reading.flag("facets", otherwise=True),
    )
    reading.finish(lambda: unreadable(query))
    return query


def number_of(params: Params, name: str, default: int, least: int, most: int) -> int:
    """One whole number out of a query string. Raises BadRequest naming it."""
    reading = _Reading(params)
    number = reading.number(name, least, most)
    reading.finish()
    return default if number is None else number


def text_of(params: Params, name: str) -> str:
    """One text out of a query string, empty where there is none. Raises BadRequest where it is too long."""
    reading = _Reading(params)
    text = reading.text(name)
    reading.finish()
    return text


def texts_of(params: Params, name: str) -> tuple[str, ...]:
    """The values of a repeatable parameter. Raises BadRequest naming it."""
    reading = _Reading(params)
    values = reading.many(name)
    reading.finish()
    return values


def pairs_of(query: Query) -> Pairs:
    """The query string of a search as names and values, without what is not asked and without its place in the list."""
    pairs: Pairs = [("q", query.q)] if query.q else []
    for name in FILTERS:
        pairs += [(name, value) for value in _values(getattr(query, name))]
    if query.exact:
        pairs.append(("exact", "1"))
    if query.literal:
        pairs.append(("literal", "1"))
    if query.sort != "relevance":
        pairs.append(("sort", query.sort))
    return pairs


def _values(value: object) -> Sequence[str]:
    if isinstance(value, tuple):
        return value
    if value is True:
        return ("1",)
    return (str(value),) if value else ()


class _Reading:
    """Reads one parameter after the other and keeps what was wrong."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._errors: list[FieldError] = []

    def text(self, name: str) -> str:
        values = self.many(name)
        if len(values) > 1:
            self._wrong(name, "Give it once.")
        return values[0] if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(value.strip() for value in self._params.getall(name, []) if value.strip()))
        if len(values) > _MOST_VALUES:
            self._wrong(name, f"Give at most {_MOST_VALUES} of them.")
        if any(len(value) > _LONGEST or "\x00" in value for value in values):
            self._wrong(name, f"Use plain text of at most {_LONGEST} characters.")
        return values

    def flag(self, name: str, otherwise: bool = False) -> bool:
        value = self.text(name) or str(int(otherwise))
        if value not in ("0", "1"):
            self._wrong(name, "Use 0 or 1.")
        return value == "1"

    def number(self, name: str, least: int, most: int) -> int | None:
        value = self.text(name)
        if not value:
            return None
        # str.isdigit would let through digits that int() cannot read, and int() takes long ones slowly.
        if not (value.isascii() and value.isdigit() and len(value) <= 10 and least <= int(value) <= most):
            self._wrong(name, f"Use a whole number from {least:,} to {most:,}.")
            return None
        return int(value)

    def finish(self, besides: Callable[[], Sequence[FieldError]] = tuple) -> None:
        if self._errors:
            raise BadRequest("The question cannot be read as it is.", [*self._errors, *besides()])

    def _wrong(self, name: str, message: str) -> None:
        self._errors.append(FieldError(name, message))
