"""A search of the catalog as somebody asks for it."""

from __future__ import annotations

import msgspec
from msgspec import Struct

SORTS = ("relevance", "newest", "arrived", "rating", "shortest")


class Query(Struct, frozen=True):
    """What somebody asks for; the names are the API's. An empty field asks for nothing.

    `standard` matches its descendants and exact equivalents unless `exact`. Several values of one field are
    joined by OR, the fields by AND. With `literal` nothing is read out of the text `q`: all of it is words.
    """

    q: str = ""
    literal: bool = False
    standard: tuple[str, ...] = ()
    exact: bool = False
    relation: str = ""
    level: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    license: tuple[str, ...] = ()
    open: bool = False
    language: tuple[str, ...] = ()
    minutes_max: int | None = None
    provider: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    sort: str = "relevance"
    limit: int = 20
    cursor: str = ""
    facets: bool = True


def storable(query: Query) -> Query:
    """The query with text that every store takes: no lone surrogate, no NUL."""
    values = {name: _storable(value) for name, value in msgspec.structs.asdict(query).items()}
    return msgspec.convert(values, Query)


def storable_text(text: str) -> str:
    """The text without what no store takes."""
    return text.encode("utf-8", "replace").decode().replace("\x00", " ")


def _storable(value: object) -> object:
    if isinstance(value, str):
        return storable_text(value)
    return tuple(storable_text(each) for each in value) if isinstance(value, tuple) else value
