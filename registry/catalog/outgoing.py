"""What others may harvest from here: resources in the order they changed, withdrawn ones among them.

Nothing is told that might still be overtaken by a change with an earlier stamp (`settled`), and a list is read by
position (stamp and id), so that each page costs the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from registry.catalog.card import Card
from registry.catalog.read import AlignmentView, alignments_of
from registry.catalog.sets import HEADS, sets_of
from registry.errors import NotFound
from registry.models import AlignmentRow, MembershipRow, ResourceRow
from vocab.resource import Resource

LAG = timedelta(seconds=5)
"""How far behind the present what is told stays: a change is stamped shortly before others can see it."""

_LONGEST_CLOCK_ERROR = "1 second"


class Described(Struct, frozen=True):
    """A resource as its formats need it; alignments that a machine suggested and nobody accepted are not among them."""

    id: str
    resource: Resource
    card: Card
    alignments: tuple[AlignmentView, ...]
    updated_at: datetime
    arrived_at: datetime | None = None
    """When it first came here, where that was asked for."""


class Outgoing(Struct, frozen=True):
    """One record of a list; `described` is None where it is deleted or only headers were asked for."""

    id: str
    stamp: datetime
    deleted: bool
    sets: tuple[str, ...]
    described: Described | None = None


class Window(Struct, frozen=True):
    """What a list holds: changes from `since` through `until` in the set `spec`; empty and None are no limit."""

    spec: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Place(Struct, frozen=True):
    """A place in a list: that of a record."""

    stamp: datetime
    id: str


def settled(session: Session, moment: datetime) -> datetime:
    """The second up to which no change can come any more that is not to be seen now; `moment` is the present.

    It must be asked for in a statement before the list is read. On PostgreSQL a transaction that has written and not
    ended holds it back.
    """
    bound = (moment - LAG).replace(microsecond=0)
    if session.get_bind().dialect.name == "postgresql":
        oldest = session.scalar(
            text(
                "SELECT date_trunc('second', min(xact_start) - CAST(:error AS interval)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend' AND backend_xid IS NOT NULL"
            ),
            {"error": _LONGEST_CLOCK_ERROR},
        )
        bound = min(bound, oldest) if oldest else bound
    return bound


def earliest(session: Session) -> datetime | None:
    """The first stamp of anything held; None where nothing is."""
    return session.scalar(select(func.min(ResourceRow.updated_at)))


def page(
    session: Session, window: Window, bound: datetime, after: Place | None, size: int, whole: bool = True
) -> tuple[tuple[Outgoing, ...], bool]:
    """Up to `size` records after a place, in the order they changed, and whether more follow. Two selects, five whole.

    Where nothing is left after a place, because what was there changed meanwhile and is yet to settle, the newest
    record of the window comes again: no list has an empty page.
    """
    query = _chosen(window, bound, _COLUMNS if whole else _HEADER)
    place = _place_columns(window)
    start = query if after is None else query.where(tuple_(*place) > _values(after))
    rows = session.execute(start.order_by(*place).limit(size + 1)).all()
    if not rows and after is not None:
        newest = [column.desc() for column in place]
        rows = session.execute(query.order_by(*newest).limit(1)).all()
    return _outgoing(session, rows[:size], whole), len(rows) > size


def one(session: Session, resource_id: str) -> Outgoing:
    """One resource, deleted or not. Raises NotFound."""
    rows = session.execute(select(*_COLUMNS).where(ResourceRow.id == resource_id)).all()
    if not rows:
        raise NotFound("There is no such resource here.")
    return _outgoing(session, rows, whole=True)[0]


def newest(session: Session, specs: Sequence[str], concepts: Sequence[int], limit: int) -> tuple[Described, ...]:
    """The resources last changed and still here, the newest first: in all of these sets, aligned with one of these."""
    window = Window(specs[0] if specs else "")
    query = _within(select(*_COLUMNS).where(~_DELETED), window)
    for spec in specs[1:]:
        query = query.where(_is_member(_OTHER.spec == spec))
    if concepts:
        aligned = select(AlignmentRow.resource_id).where(
            AlignmentRow.concept_id.in_(concepts), AlignmentRow.origin != "suggested"
        )
        query = query.where(ResourceRow.id.in_(aligned))
    newest = [column.desc() for column in _place_columns(window)]
    rows = session.execute(query.order_by(*newest).limit(limit)).all()
    return tuple(each.described for each in _outgoing(session, rows, whole=True) if each.described)


_DELETED = or_(
    ResourceRow.withdrawn_at.is_not(None), ResourceRow.taken_down != "", ResourceRow.merged_into.is_not(None)
)
_OTHER = aliased(MembershipRow)
"""A membership beside the one that a list is read along."""
_HEADER: Sequence[Any] = (ResourceRow.id, ResourceRow.updated_at, _DELETED.label("deleted"))
_COLUMNS: Sequence[Any] = (*_HEADER, ResourceRow.body, ResourceRow.card)


def _chosen(window: Window, bound: datetime, columns: Sequence[Any]) -> Select[Any]:
    """The records of a window up to the bound."""
    stamp = _place_columns(window)[0]
    query = select(*columns).where(stamp <= (min(bound, window.until) if window.until else bound))
    if window.since:
        query = query.where(stamp >= window.since)
    return _within(query, window)


def _within(query: Select[Any], window: Window) -> Select[Any]:
    """What of a query is in the window's set."""
    if window.spec in HEADS:
        return query.where(_is_member(_OTHER.spec.startswith(f"{window.spec}:")))
    if window.spec:
        return query.join(MembershipRow, MembershipRow.resource_id == ResourceRow.id).where(
            MembershipRow.spec == window.spec
        )
    return query


def _is_member(belongs: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_OTHER.resource_id == ResourceRow.id, belongs)


def _place_columns(window: Window) -> tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[str]]:
    """The columns of the index that holds a window in its order."""
    if window.spec and window.spec not in HEADS:
        return MembershipRow.stamp, MembershipRow.resource_id
    return ResourceRow.updated_at, ResourceRow.id


def _values(place: Place) -> Any:
    return tuple_(literal(place.stamp, ResourceRow.updated_at.type), literal(place.id, ResourceRow.id.type))


def _outgoing(session: Session, rows: Sequence[Any], whole: bool) -> tuple[Outgoing, ...]:
    sets = sets_of(session, (row.id for row in rows)) if rows else {}
    alignments = alignments_of(session, [row.id for row in rows if not row.deleted], suggested=False) if whole else {}
    return tuple(
        Outgoing(
            row.id,
            row.updated_at,
            row.deleted,
            sets.get(row.id, ()),
            _described(row, alignments.get(row.id, ())) if whole and not row.deleted else None,
        )
        for row in rows
    )


def _described(row: Any, alignments: tuple[AlignmentView, ...]) -> Described:
    return Described(row.id, row.body, msgspec.json.decode(row.card, type=Card), alignments, row.updated_at)
