"""The links between statements into their table, tied to the statements they name as far as those are here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

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
        removed = _remove(session, origin, lost, shaping)
    ends = dict(ids)
    unknown = {end for link in fresh for end in (link.source, link.target) if end not in ends}
    meant = lookup.resolve(session, unknown)
    count = insert_many(session, AssociationRow.__table__, _rows(fresh, ends, meant, origin, uri, shaping), _COLUMNS)  # type: ignore[arg-type]
    return Tied(count, removed, frozenset(shaping))


def tie_loose_ends(session: Session) -> frozenset[int]:
    """Tie the links whose missing end has arrived, by URI or code; the ends of those that shape. O(loose links)."""
    loose = session.execute(
        select(
            AssociationRow.id,
            AssociationRow.kind,
            AssociationRow.source_uri,
            AssociationRow.target_uri,
            AssociationRow.source_id,
            AssociationRow.target_id,
        ).where(or_(AssociationRow.source_id.is_(None), AssociationRow.target_id.is_(None)))
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


def _remove(session: Session, origin: str, links: Sequence[Association], shaping: set[int]) -> int:
    """Delete these links of the origin, whose ends may stand as stated or as what they were found to mean."""
    if not links:
        return 0
    meant = lookup.resolve(session, {end for link in links for end in (link.source, link.target)})

    def names(end: str) -> set[str]:
        return {end, *(ref.uri for ref in meant.get(end, ())[:1])}

    wanted = {(link.kind, s, t) for link in links for s in names(link.source) for t in names(link.target)}
    sources = sorted({source for _, source, _ in wanted})
    found: list[int] = []
    for some in portions(sources):
        rows = session.execute(
            select(AssociationRow.id, AssociationRow.kind, AssociationRow.source_uri, AssociationRow.target_uri,
                   AssociationRow.source_id, AssociationRow.target_id)
            .where(AssociationRow.origin == origin, AssociationRow.source_uri.in_(some))
        )  # fmt: skip
        for row in rows:
            if (row.kind, row.source_uri, row.target_uri) in wanted:
                found.append(row.id)
                if row.kind in SHAPING:
                    shaping.update(end for end in (row.source_id, row.target_id) if end is not None)
    for ids in portions(found):
        session.execute(delete(AssociationRow).where(AssociationRow.id.in_(ids)))
    return len(found)
