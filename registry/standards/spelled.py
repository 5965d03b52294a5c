"""The spellings under which statements are found: those of now, and those of versions past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry.db import insert_many
from registry.models import AliasRow, PastConceptRow
from registry.standards.portions import portions
from vocab import codes
from vocab.frameworks.guid import guid
from vocab.frameworks.model import Item

_COLUMNS = ("key", "concept_id", "printed")


def spell_new(session: Session, items: Iterable[tuple[int, Item]]) -> None:
    """Store the spellings of statements that have none yet, given with their ids."""
    insert_many(session, AliasRow.__table__, _rows(items), _COLUMNS)  # type: ignore[arg-type]


def spell_again(session: Session, items: Mapping[int, Item]) -> None:
    """Store the spellings of statements that have changed; what they were called in past versions still finds them."""
    before = _past(session, list(items))
    for ids in portions(list(items)):
        session.execute(delete(AliasRow).where(AliasRow.concept_id.in_(ids)))
    insert_many(session, AliasRow.__table__, _all_rows(items, before), _COLUMNS)  # type: ignore[arg-type]


def _past(session: Session, ids: Sequence[int]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for some in portions(ids):
        rows = session.execute(
            select(PastConceptRow.concept_id, PastConceptRow.content).where(PastConceptRow.concept_id.in_(some))
        )
        for concept, item in rows:
            found.setdefault(concept, []).append(item)
    return found


def _all_rows(items: Mapping[int, Item], before: Mapping[int, list[Item]]) -> Iterator[tuple[str, int, bool]]:
    for concept, item in items.items():
        old = dict.fromkeys((key for past in before.get(concept, ()) for key in _spellings(past)), False)
        for key, printed in (old | _spellings(item)).items():
            yield key, concept, printed


def _rows(items: Iterable[tuple[int, Item]]) -> Iterator[tuple[str, int, bool]]:
    for concept, item in items:
        for key, printed in _spellings(item).items():
            yield key, concept, printed


def _spellings(item: Item) -> dict[str, bool]:
    """Every key a statement is found by, and whether its publisher prints it."""
    found = dict.fromkeys(codes.spellings(item.codes), False)
    found[f"uuid:{guid(item.uri)}"] = False
    found.update((codes.key(code), True) for code in item.codes)
    found.update((codes.uri_key(uri), True) for uri in (item.uri, *item.aliases))
    found.pop("", None)
    return found
