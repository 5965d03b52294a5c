"""What a result list shows of a resource, kept ready-made beside it."""

from __future__ import annotations

from msgspec import Struct


class CardLicense(Struct, frozen=True):
    """A license as the API gives it; `key` is None where none is known."""

    key: str | None
    open: bool
    url: str


class CardAlignment(Struct, frozen=True):
    """One alignment as the API gives it; `uri` and `code` are as stated where no framework held knows them."""

    uri: str
    code: str
    relation: str
    level: str | None
    origin: str
    confidence: float


class Card(Struct, frozen=True):
    """One item of a search answer, without its score (see interface.md)."""

    id: str
    url: str
    title: str
    summary: str
    identifiers: tuple[str, ...]
    types: tuple[str, ...]
    subjects: tuple[str, ...]
    grades: tuple[str, ...]
    languages: tuple[str, ...]
    minutes: int | None
    license: CardLicense
    providers: tuple[str, ...]
    alignments: tuple[CardAlignment, ...]
    access: tuple[str, ...] = ()
