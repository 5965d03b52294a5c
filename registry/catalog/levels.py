"""A provider's own words and numbers for competency levels, mapped to ours: data that a district can mend itself."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from registry.db import insert_new, now
from registry.errors import FieldError, NotFound, Rejected
from registry.models import (
    AlignmentRow,
    LevelWordRow,
    ProblemRow,
    ProviderRow,
    ReassemblyRow,
    RecordRow,
    SourceRow,
)
from vocab.schemes import scheme

_MOST_WORDS = 200
_LONGEST = 100


class LevelWord(Struct, frozen=True):
    """A word a provider uses for a level. `level` is our key, empty where nobody has said yet what it means.

    `records` counts those in which it stands and means nothing yet.
    """

    word: str
    level: str = ""
    records: int = 0


def folded(word: str) -> str:
    """A word as it is compared: trimmed, in lower case."""
    return " ".join(word.split()).casefold()


def mapped(session: Session, providers: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each of the providers, by name, its words and what they mean; one select."""
    rows = session.execute(
        select(ProviderRow.name, LevelWordRow.word, LevelWordRow.level)
        .join(ProviderRow, ProviderRow.id == LevelWordRow.provider_id)
        .where(ProviderRow.name.in_(sorted(set(providers))))
    )
    found: dict[str, dict[str, str]] = {}
    for provider, word, level in rows:
        found.setdefault(provider, {})[word] = level
    return found


def level_words(session: Session, provider: str) -> tuple[LevelWord, ...]:
    """A provider's words: those nobody has mapped first, the commonest first; then the mapped ones. Raises NotFound."""
    row = _provider(session, provider)
    known = mapped(session, [row.name]).get(row.name, {})
    rows = session.execute(
        select(ProblemRow.value, func.count())
        .join(SourceRow, SourceRow.id == ProblemRow.source_id)
        .where(SourceRow.provider_id == row.id, ProblemRow.code == "level-unknown")
        .group_by(ProblemRow.value)
        .order_by(func.count().desc(), ProblemRow.value)
        .limit(_MOST_WORDS)
    )
    unknown = tuple(LevelWord(word, "", count) for word, count in rows if word and folded(word) not in known)
    return (*unknown, *(LevelWord(word, level) for word, level in sorted(known.items())))


def map_level(session: Session, provider: str, word: str, level: str, by: str = "") -> str:
    """Say what a provider's word means (an empty `level`: no longer anything); our key for the level.

    The resources whose records use the word are noted to be put together again. Raises NotFound for the provider and
    Rejected naming what cannot be used.
    """
    row, told = _provider(session, provider), folded(word)
    key = scheme("levels").key_of(level) if level else ""
    errors = (
        [] if told and len(told) <= _LONGEST else [FieldError("word", f"Give a word of up to {_LONGEST} characters.")]
    )
    if key is None:
        known = ", ".join(term.key for term in scheme("levels").terms)
        errors.append(FieldError("level", f"“{level[:100]}” is no level here; use one of {known}."))
    if errors:
        raise Rejected("The word was not mapped.", errors)
    session.execute(delete(LevelWordRow).where(LevelWordRow.provider_id == row.id, LevelWordRow.word == told))
    if key:
        session.add(LevelWordRow(provider_id=row.id, word=told, level=key, by=by[:200], at=now()))
    session.flush()
    using = (
        select(AlignmentRow.resource_id)
        .join(RecordRow, RecordRow.resource_id == AlignmentRow.resource_id)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .where(SourceRow.provider_id == row.id, func.lower(func.trim(AlignmentRow.level_stated)) == told)
        .distinct()
    )
    session.execute(insert_new(session, ReassemblyRow).from_select(["resource_id"], using))
    return key or ""


def _provider(session: Session, name: str) -> ProviderRow:
    row = session.scalar(select(ProviderRow).where((ProviderRow.name == name) | (ProviderRow.slug == name)))
    if row is None:
        raise NotFound(f"There is no provider “{name[:100]}”.")
    return row
