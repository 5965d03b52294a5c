"""What curators look at: pairs that may be one resource, and the merges made before, each to be decided or undone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from registry.catalog.card import Card
from registry.catalog.differing_words import Pieces, side_by_side
from registry.catalog.merging import DIFFERENT, merge, remember
from registry.errors import BadRequest, Conflict, FieldError, NotFound
from registry.models import MergeRow, PairRow, ProviderRow, RecordRow, ResourceRow, SourceRow
from vocab.resource import Resource


class Side(Struct, frozen=True):
    """One of two resources that look alike; its words in pieces, with those marked that the other does not have."""

    id: str
    resource: Resource
    title: Pieces
    summary: Pieces
    text: Pieces
    providers: tuple[str, ...]
    sources: tuple[str, ...]
    alignments: tuple[str, ...]


class Pair(Struct, frozen=True):
    """Two resources that may be one: how alike they are (0 to 1), why, and both."""

    score: float
    why: str
    first: Side
    second: Side
    same_source: bool


class Merged(Struct, frozen=True):
    """A merge that was made; `records` says how many moved."""

    id: str
    kept_id: str
    kept_title: str
    gone_id: str
    gone_title: str
    records: int
    by: str
    at: datetime


class Recognized(Struct, frozen=True):
    """A record that was joined with a resource by its content, without anybody being asked."""

    record_id: str
    resource_id: str
    title: str
    source: str
    provider: str
    why: str
    at: datetime


class Queue(Struct, frozen=True):
    """A page of open pairs, the most alike first; `next` asks for the page after it, None on the last."""

    pairs: tuple[Pair, ...]
    next: str | None
    open: int


def queue(session: Session, after: str = "", limit: int = 10) -> Queue:
    """Open pairs of live resources, from the one after `after` on; four selects. BadRequest for a bad `after`."""
    one, other = aliased(ResourceRow), aliased(ResourceRow)
    live = (
        select(PairRow.first_id, PairRow.second_id, PairRow.score, PairRow.why)
        .join(one, one.id == PairRow.first_id)
        .join(other, other.id == PairRow.second_id)
        .where(PairRow.decision == "", one.withdrawn_at.is_(None), other.withdrawn_at.is_(None))
    )
    count = session.scalar(select(func.count()).select_from(live.subquery())) or 0
    order = (PairRow.score.desc(), PairRow.first_id, PairRow.second_id)
    rows = session.execute(live.where(*_behind(after)).order_by(*order).limit(limit + 1)).all()
    page = rows[:limit]
    ids = {resource_id for row in page for resource_id in (row.first_id, row.second_id)}
    bodies = {row.id: row for row in session.scalars(select(ResourceRow).where(ResourceRow.id.in_(ids)))}
    sources = _sources(session, ids)
    pairs = []
    for row in page:
        first, second = _sides(bodies[row.first_id], bodies[row.second_id], sources)
        same = bool(set(first.sources) & set(second.sources))
        pairs.append(Pair(row.score, row.why, first, second, same))
    last = page[-1] if len(rows) > limit else None
    return Queue(tuple(pairs), f"{last.score!r}~{last.first_id}~{last.second_id}" if last else None, count)


def decide(session: Session, first: str, second: str, same: bool, by: str) -> str | None:
    """A curator's word on a proposed pair: merged into the older one (the merge's id), or different for good (None).

    Raises NotFound for a pair nobody proposed, Conflict where it was decided before or one is no longer here.
    """
    first, second = sorted((first, second))
    pair = session.get(PairRow, (first, second))
    if pair is None:
        raise NotFound("Nobody proposed these two.")
    if pair.decision:
        raise Conflict(f"Somebody decided this before: {pair.decision}.")
    if same:
        return merge(session, kept=first, gone=second, by=by)
    remember(session, first, second, DIFFERENT, by)
    return None


def merges(session: Session, after: str = "", limit: int = 10) -> tuple[tuple[Merged, ...], str | None]:
    """The merges that stand, newest first, from the one after `after` on; and what asks for the next page."""
    kept, gone = aliased(ResourceRow), aliased(ResourceRow)
    rows = session.execute(
        select(MergeRow, kept.title, gone.title)
        .join(kept, kept.id == MergeRow.kept_id)
        .join(gone, gone.id == MergeRow.gone_id)
        .where(MergeRow.undone_at.is_(None), *([MergeRow.id < after] if after else []))
        .order_by(MergeRow.id.desc())
        .limit(limit + 1)
    ).all()
    found = tuple(
        Merged(row.id, row.kept_id, kept_title, row.gone_id, gone_title, len(row.records), row.by, row.at)
        for row, kept_title, gone_title in rows[:limit]
    )
    return found, found[-1].id if len(rows) > limit else None


def recognized(session: Session, limit: int = 10) -> tuple[Recognized, ...]:
    """The records last joined by content alone, newest first."""
    rows = session.execute(
        select(RecordRow, ResourceRow.title, SourceRow.name, ProviderRow.name)
        .join(ResourceRow, ResourceRow.id == RecordRow.resource_id)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
        .where(RecordRow.recognized.startswith("its content"), RecordRow.outcome == "stored")
        .order_by(RecordRow.changed_at.desc(), RecordRow.id.desc())
        .limit(limit)
    )
    return tuple(
        Recognized(record.id, record.resource_id or "", title, source, provider, record.recognized, record.changed_at)
        for record, title, source, provider in rows
    )


def _behind(after: str) -> list[ColumnElement[bool]]:
    """The condition for pairs behind a position, as `Queue.next` gives it."""
    if not after:
        return []
    parts = after.split("~")
    try:
        score, first, second = float(parts[0]), parts[1], parts[2]
    except (ValueError, IndexError):
        score, first, second = math.nan, "", ""
    if len(parts) != 3 or not math.isfinite(score):
        raise BadRequest("This page of pairs cannot be found.", [FieldError("after", "Use the `next` of a page.")])
    behind = tuple_(PairRow.first_id, PairRow.second_id) > (first, second)
    return [or_(PairRow.score < score, and_(PairRow.score == score, behind))]


def _sides(one: ResourceRow, other: ResourceRow, sources: dict[str, list[str]]) -> tuple[Side, Side]:
    title = side_by_side(one.body.title, other.body.title)
    summary = side_by_side(one.body.summary, other.body.summary)
    text = side_by_side(_text(one.body), _text(other.body))
    first, second = (
        Side(
            id=row.id,
            resource=row.body,
            title=title[place],
            summary=summary[place],
            text=text[place],
            providers=(card := msgspec.json.decode(row.card, type=Card)).providers,
            sources=tuple(sources.get(row.id, ())),
            alignments=tuple(dict.fromkeys(each.code for each in card.alignments)),
        )
        for place, row in enumerate((one, other))
    )
    return first, second


def _text(resource: Resource) -> str:
    return "" if resource.text == resource.summary else resource.text


def _sources(session: Session, ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(RecordRow.resource_id, SourceRow.name)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .where(RecordRow.resource_id.in_(sorted(ids)), RecordRow.outcome == "stored")
        .distinct()
        .order_by(SourceRow.name)
    )
    for resource_id, name in rows:
        found.setdefault(resource_id or "", []).append(name)
    return found
