"""A district with everything its page can show: runs of every status, an alarm, deletions held back, use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from registry.accounts.people import FirstSecrets, add_person
from registry.app import Registry
from registry.catalog import usage
from registry.db import new_id, now
from registry.models import HeldRow, ProblemRow, RecordRow, RunRow, SourceRow

SLUG, STRANGER = "lakeside-school-district", "empty-school-district"
ALARM = "The list has 3 records, and had 120 before."


def busy_district(registry: Registry, name: str = "lakeside") -> None:
    """Give the source of the small catalog a past and a present that need a person."""
    statuses = ("success", "partial", "success", "failed", "interrupted", "success", "partial", "success", "held")
    with registry.sessions.begin() as session:
        source = session.scalars(select(SourceRow).where(SourceRow.name == name)).one()
        for number, status in enumerate(statuses):
            began = now() - timedelta(days=len(statuses) - number)
            session.add(
                RunRow(
                    id=new_id(),
                    source_id=source.id,
                    status=status,
                    started_at=began,
                    ended_at=began + timedelta(minutes=2),
                    seen=0 if status == "failed" else 28,
                    created=20 if number == 0 else number % 3,
                    updated=number % 4,
                    unchanged=0 if status == "failed" else 20,
                    withdrawn=2 if number == 5 else 0,
                    rejected=1 if status == "partial" else 0,
                    detail="lakeside.example did not answer in time." if status == "failed" else "",
                )
            )
        session.add(
            ProblemRow(
                source_id=source.id,
                record_id=None,
                run_id="",
                code="alarm-list-shrunk",
                field="list",
                message=ALARM,
                hint="Look whether the export is complete.",
                severity="warning",
            )
        )
        records = session.scalars(
            select(RecordRow).where(RecordRow.source_id == source.id, RecordRow.outcome == "stored")
        ).all()
        for record in records[:12]:
            session.add(HeldRow(source_id=source.id, record_id=record.id))
        today = now().date()
        counts = {
            (record.resource_id or "", today - timedelta(days=number % 9)): usage.Count(10 * number + 7, number)
            for number, record in enumerate(records)
        }
        usage.add(session, counts)


def publisher(registry: Registry, slug: str = SLUG, name: str = "publisher") -> FirstSecrets:
    """An account that publishes for the district, its secrets."""
    with registry.sessions.begin() as session:
        return add_person(session, name, districts=(slug,))
