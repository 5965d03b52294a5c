"""Records as they are remembered: who they are, their payloads, their problems."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from registry.catalog.levels import mapped
from registry.db import insert_rows
from registry.models import PayloadRow, ProblemRow, ProviderRow, RecordRow, SourceRow, StampRow
from registry.ports import Harvested
from vocab.resource import Problem, Resource


class Batch(Struct, frozen=True):
    """Whose records these are and in which run they came; `home` is how other registries know this one."""

    source_id: int
    source: str
    provider: str
    run_id: str
    options: dict[str, str]
    levels: dict[str, str] = {}
    home: str = ""


class Known(Struct, frozen=True):
    """What is remembered of a record."""

    id: str
    hash: str
    outcome: str
    resource_id: str | None
    datestamp: str
    first_seen: datetime


class Read(Struct, frozen=True):
    """A record that is new or has changed, as read; `resource` is None where it cannot be stored.

    `provider` and `first_seen` are those of its origin, where another registry passed it on.
    """

    harvested: Harvested
    hash: str
    record_id: str
    known: Known | None
    resource: Resource | None
    problems: tuple[Problem, ...]
    provider: str
    first_seen: datetime


def batch_for(session: Session, source_id: int, run_id: str) -> Batch:
    """The batch for a run of this source."""
    source, provider = session.execute(
        select(SourceRow, ProviderRow.name)
        .join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
        .where(SourceRow.id == source_id)
    ).one()
    levels = mapped(session, [provider]).get(provider, {})
    return Batch(source_id, source.name, provider, run_id, source.options, levels, registry_id(session))


def registry_id(session: Session) -> str:
    """How other registries know this one: a name its database got when it was made, and keeps wherever it moves."""
    return f"registry:{session.scalar(select(StampRow.value).where(StampRow.name == 'registry')) or 0:x}"


def known_records(session: Session, source_id: int, identifiers: Sequence[str]) -> dict[str, Known]:
    """What is remembered of these records of a source, by identifier; one select."""
    rows = session.execute(
        select(
            RecordRow.identifier,
            RecordRow.id,
            RecordRow.hash,
            RecordRow.outcome,
            RecordRow.resource_id,
            RecordRow.datestamp,
            RecordRow.first_seen,
        ).where(RecordRow.id.in_([record_id(source_id, identifier) for identifier in identifiers]))
    )
    return {row[0]: Known(*row[1:]) for row in rows}


def without_repeats(records: Sequence[Harvested]) -> Iterator[list[Harvested]]:
    """The records in groups in which no identifier stands twice, in their order."""
    group: dict[str, Harvested] = {}
    for record in records:
        harvested = structs.replace(record, identifier=_storable(record.identifier))
        if harvested.identifier in group:
            yield list(group.values())
            group = {}
        group[harvested.identifier] = harvested
    if group:
        yield list(group.values())


def _storable(identifier: str) -> str:
    """An identifier without characters a database refuses; a very long one is cut and keeps its hash."""
    clean = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", identifier)
    if len(clean) <= 1000:
        return clean
    return f"{clean[:900]}#{hashlib.sha256(clean.encode()).hexdigest()}"


def record_id(source_id: int, identifier: str) -> str:
    """The id of this record of this source: 128 bits of a hash, in hexadecimal."""
    return hashlib.blake2b(f"{source_id}\n{identifier}".encode(), digest_size=16).hexdigest()


def digest(harvested: Harvested) -> str:
    """What tells a changed record from an unchanged one."""
    said = harvested.format.encode() + b"\0" + harvested.payload
    # The way it came is part of it: whoever it is passed on to must know of a new way.
    return hashlib.sha256(said + "\0".join(("", *harvested.path)).encode()).hexdigest()


def write_records(
    session: Session,
    batch: Batch,
    reads: Sequence[Read],
    resource_ids: Mapping[str, str],
    moment: datetime,
    recognized: Mapping[str, str],
) -> None:
    """Write the records, new and changed, their payloads in place of the old; changed ones lose their problems.

    `recognized` says by what a record (by its id) was found to be a resource that was here already.
    """

    def row(read: Read) -> dict[str, object]:
        kept = read.known.resource_id if read.known else None
        by = recognized.get(read.record_id, None if read.known else "")
        return ({} if by is None else {"recognized": by}) | {
            "id": read.record_id,
            "source_id": batch.source_id,
            "identifier": read.harvested.identifier,
            "resource_id": resource_ids.get(read.record_id, kept),
            "outcome": "stored" if read.resource is not None else "rejected",
            "datestamp": read.harvested.datestamp,
            "url": read.harvested.url,
            "format": read.harvested.format,
            "hash": read.hash,
            "run_id": batch.run_id,
            "first_seen": read.first_seen,
            "changed_at": moment,
            "origin": read.harvested.origin,
            "path": read.harvested.path,
        }

    fresh = [row(read) for read in reads if read.known is None]
    changed = [row(read) for read in reads if read.known is not None]
    insert_rows(session, RecordRow, fresh)
    if changed:
        session.execute(update(RecordRow), changed)
        ids = [change["id"] for change in changed]
        session.execute(delete(PayloadRow).where(PayloadRow.record_id.in_(ids)))
        session.execute(delete(ProblemRow).where(ProblemRow.record_id.in_(ids)))
    payloads = [{"record_id": read.record_id, "content": zlib.compress(read.harvested.payload, 1)} for read in reads]
    insert_rows(session, PayloadRow, payloads)


def write_problems(
    session: Session, batch: Batch, found: Sequence[tuple[str | None, Problem]], from_list: bool = False
) -> None:
    """Write down problems, of a record or (None) of the run; `from_list` where the adapter met them."""
    rows = [
        {
            "source_id": batch.source_id,
            "record_id": record_id,
            "run_id": batch.run_id,
            "code": problem.code,
            "field": problem.field,
            "message": problem.message,
            "hint": problem.hint,
            "value": problem.value[:300],
            "severity": str(problem.severity),
            "from_list": from_list,
        }
        for record_id, problem in found
    ]
    insert_rows(session, ProblemRow, rows)
