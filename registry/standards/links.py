"""The links between statements into their table, tied to the statements they name as far as those are here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from registry.db import insert_many
from registry.models import AssociationRow
from registry.standards import lookup
from registry.standards.portions import portions
from vocab.frameworks.guid import link_guid
from vocab.frameworks.model import Association, Framework

_COLUMNS = (
    "guid", "kind", "source_uri", "target_uri", "source_id", "target_id", "origin", "sequence", "grouping", "notes",
)  # fmt: skip
SHAPING = ("isChildOf", "exactMatch", "isTranslationOf")
"""The links that decide what a search for a standard finds."""


class Tied(Struct, frozen=True):
    """How many links were written and taken away; `shaping` are the statements at the ends of those that shape."""

    written: int = 0
    removed: int = 0
    shaping: frozenset[int] = frozenset()


def links_of(framework: Framework) -> Iterator[Association]:
    """All links of a framework, those to parents included."""
    for item in framework.items:
        for parent in item.parents:
            yield Association(item.uri, "isChildOf", parent)
    yield from framework.associations


def write_links(
    session: Session, origin: str, uri: str, old: Framework | None, new: Framework, ids: Mapping[str, int]
) -> Tied:
    """Bring the links an origin states from the old content to the new one; `ids` are those of URIs known already.

    Without an old content all that the origin has stated is replaced. An end that nobody has is kept as it was
    stated, and tied when it arrives. Costs what differs, and a pass over both contents.
    """
    had = set(links_of(old)) if old else set()
    has = dict.fromkeys(links_of(new))
    fresh = [link for link in has if link not in had]
    lost = [link for link in had if link not in has]
    shaping: set[int] = set()
    if old is None:
        removed = session.execute(delete(AssociationRow).where(AssociationRow.origin == origin)).rowcount  # type: ignore[attr-defined]
    else:
        removed = _remove(session, origin, old.uri, lost, shaping) if lost else 0
    ends = dict(ids)
    unknown = {end for link in fresh for end in (link.source, link.target) if end not in ends}
    meant = lookup.resolve(session, unknown)
    count = insert_many(session, AssociationRow.__table__, _rows(fresh, ends, meant, origin, uri, shaping), _COLUMNS)  # type: ignore[arg-type]
    return Tied(count, removed, frozenset(shaping))


def tie_loose_ends(session: Session, but: str) -> frozenset[int]:
    """Tie the links whose missing end has arrived, by URI or code; the ends of those that shape. O(loose links).

    Those of the origin `but` have just been looked up, and are left out.
    """
    loose = session.execute(
        select(
            AssociationRow.id,
            AssociationRow.kind,
            AssociationRow.source_uri,
            AssociationRow.target_uri,
            AssociationRow.source_id,
            AssociationRow.target_id,
        ).where(
            or_(AssociationRow.source_id.is_(None), AssociationRow.target_id.is_(None)), AssociationRow.origin != but
        )
    ).all()
    meant = lookup.resolve(session, {end for row in loose for end in (row.source_uri, row.target_uri)})
    rows, shaping = [], set()
    for row in loose:
        source = row.source_id or next((ref.id for ref in meant.get(row.source_uri, ())), None)
        target = row.target_id or next((ref.id for ref in meant.get(row.target_uri, ())), None)
        if (source, target) != (row.source_id, row.target_id):
            rows.append({"id": row.id, "source_id": source, "target_id": target})
            if row.kind in SHAPING and source and target:
                shaping |= {source, target}
    if rows:
        session.execute(update(AssociationRow), rows)
    return frozenset(shaping)


def loosen_ends(session: Session, concepts: Collection[int], but: str) -> frozenset[int]:
    """Untie the links of every origin but one from these statements, where what they state no longer means them.

    The ends of those that shape.
    """
    rows: dict[int, Row[Any]] = {}
    for some in portions(sorted(concepts)):
        for end in (AssociationRow.source_id, AssociationRow.target_id):
            asked = select(
                AssociationRow.id, AssociationRow.kind, AssociationRow.source_uri, AssociationRow.target_uri,
                AssociationRow.source_id, AssociationRow.target_id,
            ).where(end.in_(some), AssociationRow.origin != but)  # fmt: skip
            rows |= {row.id: row for row in session.execute(asked)}
    meant = lookup.resolve(session, {end for row in rows.values() for end in (row.source_uri, row.target_uri)})

    def still(stated: str, concept: int | None) -> bool:
        return concept not in concepts or any(ref.id == concept for ref in meant.get(stated, ()))

    shaping: set[int] = set()
    for row in rows.values():
        source = row.source_id if still(row.source_uri, row.source_id) else None
        target = row.target_id if still(row.target_uri, row.target_id) else None
        if (source, target) != (row.source_id, row.target_id):
            loose = update(AssociationRow).where(AssociationRow.id == row.id)
            session.execute(loose.values(source_id=source, target_id=target))
            if row.kind in SHAPING:
                shaping.update(end for end in (row.source_id, row.target_id) if end is not None)
    return frozenset(shaping)


def _rows(
    links: Iterable[Association],
    ids: Mapping[str, int],
    meant: Mapping[str, tuple[lookup.ConceptRef, ...]],
    origin: str,
    uri: str,
    shaping: set[int],
) -> Iterator[tuple[object, ...]]:
    written: set[tuple[str, str, str]] = set()
    for link in links:
        source_uri, source = _end(link.source, ids, meant)
        target_uri, target = _end(link.target, ids, meant)
        if source_uri == target_uri or (source_uri, link.kind, target_uri) in written:
            continue
        written.add((source_uri, link.kind, target_uri))
        if link.kind in SHAPING:
            shaping.update(end for end in (source, target) if end is not None)
        guid = link.identifier or link_guid(uri, link.source, link.kind, link.target)
        yield (
            guid, link.kind, source_uri, target_uri, source, target, origin, link.sequence, link.grouping, link.notes,
        )  # fmt: skip


def _end(
    stated: str, ids: Mapping[str, int], meant: Mapping[str, tuple[lookup.ConceptRef, ...]]
) -> tuple[str, int | None]:
    if stated in ids:
        return stated, ids[stated]
    found = meant.get(stated, ())
    return (found[0].uri, found[0].id) if found else (stated, None)


def _remove(session: Session, origin: str, uri: str, links: Sequence[Association], shaping: set[int]) -> int:
    """Delete these links of the origin: found by their identifiers, else by their ends, as stated or as now meant.

    A code that a link states may mean another statement by now, and a statement may have another URI.
    """
    by_guid = {link.identifier or link_guid(uri, link.source, link.kind, link.target): link for link in links}
    found = _rows_of(session, origin, AssociationRow.guid, list(by_guid))
    found = {each: row for each, row in found.items() if by_guid[row.guid].kind == row.kind}
    known = {row.guid for row in found.values()}
    if others := [link for each, link in by_guid.items() if each not in known]:
        found |= _by_ends(session, origin, others)
    for row in found.values():
        if row.kind in SHAPING:
            shaping.update(end for end in (row.source_id, row.target_id) if end is not None)
    for ids in portions(list(found)):
        session.execute(delete(AssociationRow).where(AssociationRow.id.in_(ids)))
    return len(found)


def _by_ends(session: Session, origin: str, links: Sequence[Association]) -> dict[int, Row[Any]]:
    meant = lookup.resolve(session, {end for link in links for end in (link.source, link.target)})

    def names(end: str) -> set[str | int]:
        return {end, *(name for ref in meant.get(end, ())[:1] for name in (ref.uri, ref.id))}

    wanted = {(link.kind, s, t) for link in links for s in names(link.source) for t in names(link.target)}
    uris = sorted({source for _, source, _ in wanted if isinstance(source, str)})
    ids = sorted({source for _, source, _ in wanted if isinstance(source, int)})
    rows = _rows_of(session, origin, AssociationRow.source_uri, uris)
    rows |= _rows_of(session, origin, AssociationRow.source_id, ids)
    return {
        each: row
        for each, row in rows.items()
        if any(
            (row.kind, s, t) in wanted for s in (row.source_uri, row.source_id) for t in (row.target_uri, row.target_id)
        )
    }


def _rows_of(
    session: Session, origin: str, column: InstrumentedAttribute[Any], values: Sequence[Any]
) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    for some in portions(values):
        rows = session.execute(
            select(AssociationRow.id, AssociationRow.guid, AssociationRow.kind, AssociationRow.source_uri,
                   AssociationRow.target_uri, AssociationRow.source_id, AssociationRow.target_id)
            .where(AssociationRow.origin == origin, column.in_(some))
        )  # fmt: skip
        found |= {row.id: row for row in rows}
    return found
