"""Comparing the index with the store: both read in order of id, a page of each in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.models import ResourceRow
from registry.ports import IndexEntry, IndexQuery, SearchIndex

_PAGE = 5_000
_SAMPLES = 20


class CheckReport(Struct, frozen=True):
    """How index and store differ: live resources missing, documents too many, and documents of another revision.

    `samples` are ids of up to 20 of them. What only waits to be indexed counts as missing or outdated too.
    """

    in_store: int
    in_index: int
    missing: int
    extra: int
    outdated: int
    samples: tuple[str, ...]


def is_lost(session: Session, index: SearchIndex) -> bool:
    """Whether the index is empty although the store says otherwise: its folder was deleted, its server is new, or the
    documents are of an older version of ours."""
    if index.totals([IndexQuery(limit=0)])[0]:
        return False
    held = exists().where(ResourceRow.indexed_revision > 0, ResourceRow.withdrawn_at.is_(None))
    return bool(session.scalar(select(held)))


class _Stored(Struct, frozen=True):
    id: str
    revision: int
    indexed_revision: int
    live: bool


_Pair = tuple[_Stored | None, IndexEntry | None]


def compare(registry: Registry, repair: bool) -> CheckReport:
    """The differences. With `repair` the store notes what the index really holds, so that the next indexing mends it.

    Raises Unavailable when the engine is down, Conflict where a repair is not for this process to make.
    """
    counts = {"missing": 0, "extra": 0, "outdated": 0}
    in_store = in_index = 0
    samples: list[str] = []
    wrong: list[_Pair] = []
    for row, entry in _side_by_side(_rows(registry), registry.index.entries()):
        in_store += row is not None and row.live
        in_index += entry is not None
        if trouble := _trouble(row, entry):
            counts[trouble] += 1
            if len(samples) < _SAMPLES:
                samples.append(entry.id if entry else row.id if row else "")
        if repair and (trouble or _misremembered(row, entry)):
            wrong.append((row, entry))
            if len(wrong) == _PAGE:
                _repair(registry, wrong)
                wrong.clear()
    _repair(registry, wrong)
    return CheckReport(in_store=in_store, in_index=in_index, samples=tuple(samples), **counts)


def _trouble(row: _Stored | None, entry: IndexEntry | None) -> str:
    if row is None or not row.live:
        return "extra" if entry else ""
    if entry is None:
        return "missing"
    return "outdated" if entry.revision != row.revision else ""


def _misremembered(row: _Stored | None, entry: IndexEntry | None) -> bool:
    return bool(row and row.live and entry and entry.revision != row.indexed_revision)


def _repair(registry: Registry, wrong: Sequence[_Pair]) -> None:
    held = [
        {"key": row.id, "held": entry.revision if entry else 0} for row, entry in wrong if row is not None and row.live
    ]
    extra = [entry.id for row, entry in wrong if entry is not None and not (row and row.live)]
    if held:
        table = ResourceRow.__table__
        statement = update(table).where(table.c.id == bindparam("key")).values(indexed_revision=bindparam("held"))  # type: ignore[arg-type]
        with registry.sessions.begin() as session:
            session.connection().execute(statement, held)
    if extra:
        with registry.reading.begin() as session:  # one may have been stored since its place in the list was passed
            live = select(ResourceRow.id).where(ResourceRow.id.in_(extra), ResourceRow.withdrawn_at.is_(None))
            come_back = set(session.scalars(live))
        registry.index.delete([each for each in extra if each not in come_back])


def _rows(registry: Registry) -> Iterator[_Stored]:
    last = ""
    while True:
        with registry.reading.begin() as session:
            rows = session.execute(
                select(
                    ResourceRow.id,
                    ResourceRow.revision,
                    ResourceRow.indexed_revision,
                    ResourceRow.withdrawn_at.is_(None),
                )
                .where(ResourceRow.id > last)
                .order_by(ResourceRow.id)
                .limit(_PAGE)
            ).all()
        for row in rows:
            yield _Stored(*row)
        if len(rows) < _PAGE:
            return
        last = rows[-1].id


def _side_by_side(rows: Iterator[_Stored], entries: Iterator[IndexEntry]) -> Iterator[_Pair]:
    """Both streams merged: each id once, with what each side has of it."""
    row, entry = next(rows, None), next(entries, None)
    while row is not None or entry is not None:
        if entry is None or (row is not None and row.id < entry.id):
            yield row, None
            row = next(rows, None)
        elif row is None or entry.id < row.id:
            yield None, entry
            entry = next(entries, None)
        else:
            yield row, entry
            row, entry = next(rows, None), next(entries, None)
