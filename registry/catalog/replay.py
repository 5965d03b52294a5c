"""Stored payloads read again by the crosswalks as they are now, without asking the source."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.catalog.ingest import Counts, ingest_again
from registry.catalog.records import batch_for
from registry.catalog.sources import source_named
from registry.db import Sessions, new_id, now
from registry.models import PayloadRow, ProblemRow, RecordRow, RunRow
from registry.ports import Harvested
from vocab.resource import Problem, Severity

_AT_ONCE = 200


def replay(sessions: Sessions, name: str, progress: Callable[[Counts], None] | None = None) -> Counts:
    """Read every payload of a source again, a transaction for each 200 records; what became of them.

    A resource that comes out as it was is not written. Told as a run of its own. Raises NotFound.
    """
    with sessions.begin() as session:
        source_id = source_named(session, name).id
        run = RunRow(id=new_id(), source_id=source_id, status="running", full=True, started_at=now())
        session.add(run)
        run_id = run.id
    counts, after, status = Counts(), "", "interrupted"
    try:
        while True:
            with sessions.begin() as session:
                records, after = _stored(session, source_id, after)
                if not records:
                    break
                counts = counts.plus(ingest_again(session, batch_for(session, source_id, run_id), records))
            if progress:
                progress(counts)
        status = "partial" if counts.rejected else "success"
    finally:
        with sessions.begin() as session:
            ended = session.get_one(RunRow, run_id)
            ended.status, ended.ended_at = status, now()
            ended.detail = "Stored payloads were read again; the source was not asked."
            for field in Counts.__struct_fields__:
                setattr(ended, field, getattr(counts, field))
    return counts


def _stored(session: Session, source_id: int, after: str) -> tuple[list[Harvested], str]:
    """The next records with their payloads as their source gave them, and the id of the last."""
    rows = session.execute(
        select(RecordRow, PayloadRow.content)
        .join(PayloadRow, PayloadRow.record_id == RecordRow.id)
        .where(RecordRow.source_id == source_id, RecordRow.outcome != "withdrawn", RecordRow.id > after)
        .order_by(RecordRow.id)
        .limit(_AT_ONCE)
    ).all()
    met: dict[str, list[Problem]] = {}
    kept = select(ProblemRow).where(ProblemRow.record_id.in_([row.id for row, _ in rows]), ProblemRow.from_list)
    for each in session.scalars(kept.order_by(ProblemRow.id)):
        problem = Problem(each.code, each.field, each.message, each.hint, each.value, Severity(each.severity))
        met.setdefault(each.record_id or "", []).append(problem)
    records = [
        Harvested(
            identifier=row.identifier,
            format=row.format,
            payload=zlib.decompress(content),
            datestamp=row.datestamp,
            url=row.url,
            problems=tuple(met.get(row.id, ())),
            origin=row.origin,
            path=row.path,
        )
        for row, content in rows
        if row.format
    ]
    return records, rows[-1][0].id if rows else after
