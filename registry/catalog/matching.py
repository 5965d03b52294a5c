"""Which resource a record belongs to: the one it had, the one with its link, identifier or content, or a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.catalog.candidates import LEAST_IN_SOURCE, Candidates
from registry.catalog.fingerprint import keys_of
from registry.catalog.identity import Identifier, identifiers_of, same_work, worldwide
from registry.catalog.likeness import Likeness, likeness
from registry.catalog.records import Batch, Read
from registry.db import insert_new, new_id
from registry.models import IdentifierRow, PairRow, RecordRow, ResourceRow
from vocab.resource import Resource


class Alike(Struct, frozen=True):
    """Two resources that a curator should look at, and why."""

    one: str
    other: str
    likeness: Likeness


class Identified(Struct, frozen=True):
    """Where the records of a batch belong (record id -> resource id), and what was noticed on the way.

    `new` are ids that have no row yet, `recognized` says by what a record was found to be a resource that was here
    already, `alike` are the pairs to propose once the new resources are stored.
    """

    resource_ids: dict[str, str]
    new: set[str]
    recognized: dict[str, str]
    alike: list[Alike]


def identify(session: Session, batch: Batch, reads: Sequence[Read]) -> Identified:
    """The resource of each record. Costs a fixed number of selects, however many records.

    A record keeps its resource. Else it joins the one that has its link or another worldwide identifier, else one
    of another source whose content is the same beyond doubt. Two records of one source that share a link are one
    resource only where their titles agree: districts list the parts of one page under its address; by content they
    are never joined, and proposed to a curator only where they are the same beyond doubt.
    """
    batch_of = _Batch(session, batch, reads)
    for read in reads:
        if read.resource is not None:
            batch_of.place(read, read.resource)
    return batch_of.found


def propose(session: Session, alike: Sequence[Alike]) -> None:
    """Put pairs before the curators; one that is known, decided or not, is left as it is."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for each in alike:
        first, second = sorted((each.one, each.other))
        rows[first, second] = {
            "first_id": first,
            "second_id": second,
            "score": each.likeness.score,
            "why": each.likeness.why,
        }
    if rows:
        session.execute(insert_new(session, PairRow), [rows[pair] for pair in sorted(rows)])


class _Batch:
    """One batch while its records are placed: what is known of the resources they may belong to."""

    def __init__(self, session: Session, batch: Batch, reads: Sequence[Read]) -> None:
        self.found = Identified({}, set(), {}, [])
        self._names = {
            read.record_id: worldwide(identifiers_of(read.resource, read.harvested.identifier, batch.source))
            for read in reads
            if read.resource is not None
        }
        self._owners = _owners(session, {name.value for found in self._names.values() for name in found})
        resources = {read.record_id: read.resource for read in reads if read.resource is not None}
        self._keys = dict(zip(resources, keys_of(list(resources.values())), strict=True))
        self._candidates = Candidates(session, (key for keys in self._keys.values() for key in keys))
        found = [each for keys in self._keys.values() for each in self._candidates.of(keys)]
        asked = {*(resource_id for resource_id, _ in found), *(owner for owner, _ in self._owners.values())}
        self._ours = _of_this_source(session, batch, asked)
        self._bodies = _bodies(session, {each for each, shared in found if self._worth(each, shared)})

    def place(self, read: Read, resource: Resource) -> None:
        """Decide where the record belongs, and note whom it resembles."""
        names = self._names[read.record_id]
        resource_id = read.known.resource_id if read.known else None
        is_new = False
        if resource_id is None:
            resource_id, why = self._by_name(names, resource)
            if resource_id is not None:
                self.found.recognized[read.record_id] = why
        alike = [] if resource_id and not read.known else self._alike(read, resource, resource_id)
        if resource_id is None:
            best = next((each for each in alike if each[1].same and each[0] not in self._ours), None)
            if best is not None:
                resource_id = best[0]
                alike = []
                self.found.recognized[read.record_id] = f"its content ({best[1].score:.0%} alike): {best[1].why}"
        if resource_id is None:
            resource_id = new_id()
            is_new = True
            self.found.new.add(resource_id)
        self.found.alike.extend(
            Alike(resource_id, other, how) for other, how in alike if (how.same if other in self._ours else how.near)
        )
        for name in names:
            self._owners.setdefault(name.value, (resource_id, resource.title))
        self._ours.add(resource_id)
        if is_new:
            self._candidates.add(resource_id, self._keys[read.record_id])
            self._bodies[resource_id] = resource
        self.found.resource_ids[read.record_id] = resource_id

    def _by_name(self, names: Iterable[Identifier], resource: Resource) -> tuple[str | None, str]:
        for name in names:
            owner, title = self._owners.get(name.value, (None, ""))
            if owner and (owner not in self._ours or same_work(title, resource.title)):
                kind = "link" if name.value.startswith("https://") else "identifier"
                return owner, f"its {kind} {name.value}"
        return None, ""

    def _worth(self, other: str, shared: int) -> bool:
        return shared >= LEAST_IN_SOURCE or other not in self._ours

    def _alike(self, read: Read, resource: Resource, own: str | None) -> list[tuple[str, Likeness]]:
        """Those it is compared with, the most alike first; the smaller id goes first among equals."""
        compared = [
            (other, likeness(resource, self._bodies[other]))
            for other, shared in self._candidates.of(self._keys[read.record_id])
            if other != own and other in self._bodies and self._worth(other, shared)
        ]
        return sorted(compared, key=lambda each: (-each[1].score, each[0]))


def _owners(session: Session, values: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Who has each of these worldwide identifiers (id and title); of a merged resource, the one it was merged into."""
    rows = session.execute(
        select(IdentifierRow.value, ResourceRow.id, ResourceRow.title, ResourceRow.merged_into)
        .join(ResourceRow, ResourceRow.id == IdentifierRow.resource_id)
        .where(IdentifierRow.scope == "", IdentifierRow.value.in_(sorted(values)))
    )
    found = {}
    for value, resource_id, title, merged_into in rows:
        found[value] = (end_of(session, merged_into) if merged_into else resource_id, title)
    return found


def end_of(session: Session, resource_id: str) -> str:
    """The resource that this one was merged into in the end; itself where it was not."""
    seen = {resource_id}
    while (further := session.scalar(select(ResourceRow.merged_into).where(ResourceRow.id == resource_id))) is not None:
        if further in seen:
            break
        seen.add(further)
        resource_id = further
    return resource_id


def _bodies(session: Session, ids: Iterable[str]) -> dict[str, Resource]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(ResourceRow.id, ResourceRow.body).where(ResourceRow.id.in_(wanted), ResourceRow.withdrawn_at.is_(None))
    )
    return dict(rows.all())


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
