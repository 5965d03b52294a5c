"""Records as they are passed on to other registries: each with its origin and the registries it came through.

Records are passed on, not the resources made of them: what one district took back would live on in what another
registry had merged, and come back from there. The path keeps a record from running in circles (as in BGP, RFC 4271):
a registry that finds itself in it takes the record for none. Of several records with one origin the one that came
the shortest way is passed on.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from registry.catalog.context import crosswalk_context
from registry.catalog.levels import mapped
from registry.catalog.outgoing import settled
from registry.catalog.records import registry_id
from registry.models import PayloadRow, ProviderRow, RecordRow, ResourceRow, SourceRow
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Resource

MOST_HOPS = 8


class PassedOn(Struct, frozen=True, omit_defaults=True):
    """One record. `path` ends with this registry; a deleted one has no resource."""

    origin: str
    path: tuple[str, ...]
    changed: datetime
    deleted: bool = False
    provider: str = ""
    first_seen: datetime | None = None
    resource: Resource | None = None


class Changes(Struct, frozen=True):
    """Records in the order they changed. `next` goes on behind the last one, now or whenever more has changed."""

    registry: str
    items: tuple[PassedOn, ...]
    next: str
    more: bool


class Place(Struct, frozen=True):
    """Behind which record to go on."""

    changed: datetime
    id: str


def changes(session: Session, after: Place | None, limit: int, moment: datetime) -> tuple[Changes, Place | None]:
    """Up to `limit` records after a place, and the place behind them; reads only these, by index.

    Nothing is told before it has settled. A list read from its start names every record there is to pass on.
    """
    bound = settled(session, moment)
    query = select(RecordRow).where(RecordRow.changed_at <= bound, RecordRow.outcome != "rejected")
    if after is not None:
        query = query.where(tuple_(RecordRow.changed_at, RecordRow.id) > (after.changed, after.id))
    rows = session.scalars(query.order_by(RecordRow.changed_at, RecordRow.id).limit(limit + 1)).all()
    shown = rows[:limit]
    place = Place(shown[-1].changed_at, shown[-1].id) if shown else after
    home = registry_id(session)
    return Changes(home, _passed_on(session, shown, home), "", len(rows) > limit), place


def _passed_on(session: Session, rows: Sequence[RecordRow], home: str) -> tuple[PassedOn, ...]:
    chosen = {row.id: row for row in rows}
    nearest = _nearest(session, {row.origin for row in rows if row.origin})
    told: dict[str, RecordRow] = {}
    for row in rows:
        best = nearest.get(row.origin, row) if row.origin else row
        told[best.origin or f"{home}/{best.id}"] = best
        chosen[best.id] = best
    contents = _contents(session, [row for row in chosen.values() if row.outcome == "stored"])
    found = []
    for origin, row in told.items():
        provider, resource = contents.get(row.id, ("", None))
        found.append(
            PassedOn(
                origin=origin,
                path=(*row.path, home),
                changed=max(each.changed_at for each in rows if (each.origin or f"{home}/{each.id}") == origin),
                deleted=resource is None or len(row.path) >= MOST_HOPS,
                provider=provider,
                first_seen=row.first_seen if resource is not None else None,
                resource=resource if len(row.path) < MOST_HOPS else None,
            )
        )
    return tuple(found)


def _nearest(session: Session, origins: set[str]) -> dict[str, RecordRow]:
    """By origin the live record that came the shortest way, or a withdrawn one where none is live."""
    best: dict[str, RecordRow] = {}
    if not origins:
        return best
    rows = session.scalars(select(RecordRow).where(RecordRow.origin.in_(origins), RecordRow.outcome != "rejected"))
    for row in sorted(rows, key=lambda row: (row.outcome != "stored", len(row.path), row.id)):
        best.setdefault(row.origin, row)
    return best


def _contents(session: Session, rows: Sequence[RecordRow]) -> dict[str, tuple[str, Resource]]:
    """Provider and resource by record, as each record has it alone; none for a resource that was taken down here."""
    if not rows:
        return {}
    wanted = {row.id: row for row in rows}
    stored = session.execute(
        select(PayloadRow.record_id, PayloadRow.content, SourceRow.options, ProviderRow.name)
        .join(RecordRow, RecordRow.id == PayloadRow.record_id)
        .join(ResourceRow, ResourceRow.id == RecordRow.resource_id)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
        .where(PayloadRow.record_id.in_(wanted), ResourceRow.taken_down == "")
    ).all()
    words = mapped(session, {row[-1] for row in stored})
    found = {}
    for record_id, content, options, provider in stored:
        row = wanted[record_id]
        context = crosswalk_context(options, row.identifier, row.url, provider, words.get(provider))
        read = crosswalk(row.format, zlib.decompress(content), context)
        if read.resource is not None:
            found[record_id] = (read.provider or provider, read.resource)
    return found
