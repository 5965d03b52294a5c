"""Records in: remember the payload, withdraw or read, validate, identify, tag, store, and say what was wrong.

Reads straight down. Nothing a record holds ends the batch; an unchanged record costs no write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from msgspec import Struct, structs
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from registry.catalog.assemble import Member, assemble, reassemble
from registry.catalog.context import crosswalk_context
from registry.catalog.matching import identify, propose
from registry.catalog.providers import make_providers
from registry.catalog.records import (
    Batch,
    Known,
    Read,
    batch_for,
    digest,
    known_records,
    record_id,
    without_repeats,
    write_problems,
    write_records,
)
from registry.db import now
from registry.models import ProblemRow, RecordRow
from registry.ports import Harvested
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Crosswalked, Problem, Severity
from vocab.shapes import validate

__all__ = ["Batch", "Counts", "batch_for", "ingest", "ingest_again", "withdraw_missing"]

log = structlog.get_logger()

_REPEATED = "identifier-duplicate"


class Counts(Struct, frozen=True):
    """What became of the records of a batch; all but `seen` add up to `seen`, except withdrawals by comparison."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    rejected: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(a + b for a, b in zip(structs.astuple(self), structs.astuple(other), strict=True)))


def ingest(session: Session, batch: Batch, records: Sequence[Harvested]) -> Counts:
    """Take in some records of one list; what became of them.

    All are written together in one savepoint. Where the database refuses them, they are taken again one by
    one, so that only the one at fault is rejected.
    """
    counts = Counts()
    for group in without_repeats(records):
        counts = counts.plus(_ingest_safely(session, batch, group))
    return counts


def ingest_again(session: Session, batch: Batch, records: Sequence[Harvested]) -> Counts:
    """Read records again that are here, each from its stored payload, though they have not changed."""
    known = known_records(session, batch.source_id, [harvested.identifier for harvested in records])
    reads = [read_record(batch, harvested, known[harvested.identifier]) for harvested in records]
    _store(session, batch, reads)
    stored = sum(read.resource is not None for read in reads)
    return Counts(seen=len(reads), updated=stored, rejected=len(reads) - stored)


def withdraw_missing(session: Session, batch: Batch, identifiers: Sequence[str]) -> int:
    """Withdraw the records of this source that its list no longer names; how many there were."""
    known = known_records(session, batch.source_id, identifiers)
    gone = [record for record in known.values() if record.outcome != "withdrawn"]
    _withdraw(session, batch, gone)
    return len(gone)


def _ingest_safely(session: Session, batch: Batch, group: Sequence[Harvested]) -> Counts:
    refusal: Exception | None = None
    # Twice: a harvest of another source may have stored the same link a moment ago.
    for _ in range(2):
        try:
            with session.begin_nested():
                return _ingest_group(session, batch, group)
        except (IntegrityError, DataError) as error:
            refusal = error
    if len(group) > 1:
        counts = Counts()
        for harvested in group:
            counts = counts.plus(_ingest_safely(session, batch, [harvested]))
        return counts
    log.warning("record_refused", source=batch.source, record=group[0].identifier, reason=str(refusal))
    write_problems(session, batch, [(None, _refused(group[0]))])
    return Counts(seen=1, rejected=1)


def _ingest_group(session: Session, batch: Batch, group: Sequence[Harvested]) -> Counts:
    known = known_records(session, batch.source_id, [harvested.identifier for harvested in group])
    counts = Counts(seen=len(group))
    deleted: list[Known | Harvested] = []
    changed: list[Read] = []
    for harvested in group:
        record = known.get(harvested.identifier)
        repeated = any(problem.code == _REPEATED for problem in harvested.problems)
        if repeated and record and record.outcome == "stored" and record.hash == digest(harvested):
            counts = counts.plus(Counts(unchanged=1))  # the same, word for word: nothing is lost
        elif repeated and not (record and harvested.datestamp > record.datestamp):
            write_problems(session, batch, [(None, problem) for problem in harvested.problems])
            counts = counts.plus(Counts(rejected=1))
        elif harvested.deleted or batch.home in harvested.path:
            # What we passed on ourselves has come back: no record, and one that came another way before is none now.
            if record is None and not harvested.deleted:
                counts = counts.plus(Counts(unchanged=1))
            elif record is None or record.outcome != "withdrawn":
                deleted.append(record or harvested)
                counts = counts.plus(Counts(withdrawn=1))
            else:
                counts = counts.plus(Counts(unchanged=1))
        elif record and record.outcome != "withdrawn" and record.hash == digest(harvested):
            was_rejected = record.outcome == "rejected"
            counts = counts.plus(Counts(rejected=1) if was_rejected else Counts(unchanged=1))
        else:
            changed.append(read_record(batch, harvested, record))
    _withdraw(session, batch, deleted)
    _store(session, batch, changed)
    stored = [read for read in changed if read.resource is not None]
    created = sum(read.known is None for read in stored)
    return counts.plus(Counts(created=created, updated=len(stored) - created, rejected=len(changed) - len(stored)))


def read_record(batch: Batch, harvested: Harvested, known: Known | None) -> Read:
    """The record in canonical words, and everything that is wrong with it."""
    context = crosswalk_context(batch.options, harvested.identifier, harvested.url, batch.provider, batch.levels)
    if harvested.payload:
        try:
            read = crosswalk(harvested.format, harvested.payload, context)
        except Exception:  # A fault of ours in one crosswalk must not cost a district its other records.
            log.exception("crosswalk_failed", source=batch.source, record=harvested.identifier)
            read = Crosswalked(None, (_our_fault(),))
    else:
        read = Crosswalked(None, ())
    problems = (*harvested.problems, *read.problems)
    if read.resource is not None:
        problems = (*problems, *(found for found in validate(read.resource) if found not in problems))
    elif not any(problem.severity is Severity.ERROR for problem in problems):
        problems = (*problems, _empty())
    fit = read.resource is not None and not any(problem.severity is Severity.ERROR for problem in problems)
    return Read(
        harvested=harvested,
        hash=digest(harvested),
        record_id=record_id(batch.source_id, harvested.identifier),
        known=known,
        resource=read.resource if fit else None,
        problems=problems[len(harvested.problems) :],
        provider=read.provider or batch.provider,
        first_seen=_first_seen(read, known),
    )


def _first_seen(read: Crosswalked, known: Known | None) -> datetime:
    if read.first_seen:
        return min(datetime.fromisoformat(read.first_seen), now())
    return known.first_seen if known else now()


def _store(session: Session, batch: Batch, reads: Sequence[Read]) -> None:
    """Write the records, their payloads and problems, and the resources they make."""
    if not reads:
        return
    moment = now()
    make_providers(session, {read.provider for read in reads} - {batch.provider})
    identified = identify(session, batch, reads)
    resource_ids = identified.resource_ids
    members: dict[str, list[Member]] = {}
    for read in reads:
        if read.resource is not None:
            member = Member(
                record_id=read.record_id,
                first_seen=read.first_seen,
                source=batch.source,
                provider=read.provider,
                identifier=read.harvested.identifier,
                resource=read.resource,
                origin=read.harvested.origin or f"{batch.home}/{read.record_id}",
                hops=len(read.harvested.path),
            )
            members.setdefault(resource_ids[read.record_id], []).append(member)
    tagging = assemble(session, members, identified.new)
    write_records(session, batch, reads, resource_ids, moment, identified.recognized)
    propose(session, identified.alike)
    met = [(read.record_id, problem) for read in reads for problem in read.harvested.problems]
    write_problems(session, batch, met, from_list=True)
    found = [
        (read.record_id, problem) for read in reads for problem in (*read.problems, *tagging.get(read.record_id, ()))
    ]
    write_problems(session, batch, found)


def _withdraw(session: Session, batch: Batch, gone: Sequence[Known | Harvested]) -> None:
    """Mark the records withdrawn and put their resources together again from what is left of them."""
    if not gone:
        return
    moment = now()
    known = [record for record in gone if isinstance(record, Known)]
    unknown = [record for record in gone if isinstance(record, Harvested)]
    if known:
        ids = [record.id for record in known]
        session.execute(
            update(RecordRow)
            .where(RecordRow.id.in_(ids))
            .values(outcome="withdrawn", hash="", run_id=batch.run_id, changed_at=moment)
        )
        session.execute(delete(ProblemRow).where(ProblemRow.record_id.in_(ids)))
        reassemble(session, {record.resource_id for record in known if record.resource_id})
    if unknown:
        # A tombstone of something never seen is kept, so that the next run finds it unchanged.
        session.execute(
            insert(RecordRow),
            [
                {
                    "id": record_id(batch.source_id, harvested.identifier),
                    "source_id": batch.source_id,
                    "identifier": harvested.identifier,
                    "outcome": "withdrawn",
                    "datestamp": harvested.datestamp,
                    "run_id": batch.run_id,
                    "first_seen": moment,
                    "changed_at": moment,
                }
                for harvested in unknown
            ],
        )


def _refused(harvested: Harvested) -> Problem:
    return Problem(
        code="not-storable",
        field="record",
        message="This record holds something that cannot be stored; the others were not affected.",
        hint="Look for control characters or extremely long values in it, and tell the operator if there are none.",
        value=harvested.identifier[:300],
        severity=Severity.ERROR,
    )


def _our_fault() -> Problem:
    return Problem(
        code="crosswalk-failed",
        field="record",
        message="The registry could not read this record because of a fault of its own.",
        hint="Nothing to mend on your side: the payload is kept, and the operator's log has the reason.",
        severity=Severity.ERROR,
    )


def _empty() -> Problem:
    return Problem(
        code="record-empty",
        field="record",
        message="This record has no content.",
        hint="Give it at least a title and a link.",
        severity=Severity.ERROR,
    )
