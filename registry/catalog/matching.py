"""Which resource a record belongs to: the one it had, the one that shares its link or identifier, or a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.catalog.identity import identifiers_of, same_work, worldwide
from registry.catalog.records import Batch, Read
from registry.db import new_id
from registry.models import IdentifierRow, RecordRow, ResourceRow


def identify(session: Session, batch: Batch, reads: Sequence[Read]) -> tuple[dict[str, str], set[str]]:
    """The resource of each record (record id -> resource id), and which of them are new.

    A record keeps its resource. Else it joins the one that has its link or another worldwide identifier. Two
    records of one source that share a link are one resource only where their titles agree: districts list
    the parts of one page under its address.
    """
    names = {
        read.record_id: worldwide(identifiers_of(read.resource, read.harvested.identifier, batch.source))
        for read in reads
        if read.resource is not None
    }
    asked = sorted({name.value for found in names.values() for name in found})
    owners: dict[str, tuple[str, str]] = {
        value: (resource_id, title)
        for value, resource_id, title in session.execute(
            select(IdentifierRow.value, ResourceRow.id, ResourceRow.title)
            .join(ResourceRow, ResourceRow.id == IdentifierRow.resource_id)
            .where(IdentifierRow.scope == "", IdentifierRow.value.in_(asked))
        )
    }
    ours = _of_this_source(session, batch, {resource_id for resource_id, _ in owners.values()})
    chosen: dict[str, str] = {}
    new: set[str] = set()
    for read in reads:
        resource = read.resource
        if resource is None:
            continue
        resource_id = read.known.resource_id if read.known else None
        if resource_id is None:
            for name in names[read.record_id]:
                owner, title = owners.get(name.value, (None, ""))
                if owner and (owner not in ours or same_work(title, resource.title)):
                    resource_id = owner
                    break
        if resource_id is None:
            resource_id = new_id()
            new.add(resource_id)
        for name in names[read.record_id]:
            owners.setdefault(name.value, (resource_id, resource.title))
        ours.add(resource_id)
        chosen[read.record_id] = resource_id
    return chosen, new


def _of_this_source(session: Session, batch: Batch, resource_ids: Iterable[str]) -> set[str]:
    wanted = list(resource_ids)
    if not wanted:
        return set()
    return {
        resource_id
        for resource_id in session.scalars(
            select(RecordRow.resource_id).where(
                RecordRow.source_id == batch.source_id, RecordRow.resource_id.in_(wanted)
            )
        )
        if resource_id
    }
