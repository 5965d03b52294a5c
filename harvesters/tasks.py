"""The harvesters' jobs: one source harvested, and all that are due sent on their way."""

from __future__ import annotations

import structlog
from sqlalchemy import or_, select

from harvesters.run import harvest
from registry.app import Registry
from registry.db import now
from registry.errors import Conflict, NotFound
from registry.jobs import Job
from registry.models import SourceRow

log = structlog.get_logger()

_DUE_EVERY = 10.0
_TURN_SECONDS = 20.0
"""How long one source is read before those that wait have their turn: 30,000 records do not hold back 20."""


def jobs(registry: Registry, turn_seconds: float = _TURN_SECONDS) -> list[Job]:
    """`harvest` of one source, and `harvest-due`, which asks for one such job for each source that is due."""

    def harvest_one(source: str, due: str = "") -> None:
        # Asked for again and again while it waited in the queue: the first one has done it.
        if due and source not in due_sources(registry):
            return
        try:
            report = harvest(registry, source, turn_seconds=turn_seconds)
        except (Conflict, NotFound) as reason:
            # Asked for twice, or its host is busy with another source: it stays due. Or it has been removed since.
            log.info("harvest_skipped", source=source, reason=reason.detail)
            return
        if report.status == "paused":
            registry.send("harvest", source=source, due="yes")
        log.info(
            "harvest_ended",
            run_id=report.run_id,
            source=source,
            status=report.status,
            seen=report.seen,
            detail=report.detail,
        )
        registry.send("index-stale")

    def harvest_due() -> None:
        for name in due_sources(registry):
            registry.send("harvest", source=name, due="yes")

    return [Job("harvest", harvest_one), Job("harvest-due", harvest_due, every=_DUE_EVERY)]


def due_sources(registry: Registry) -> list[str]:
    """Names of the active sources whose time has come and that nobody harvests, the longest waiting first."""
    moment = now()
    with registry.reading.begin() as session:
        return list(
            session.scalars(
                select(SourceRow.name)
                .where(
                    SourceRow.active,
                    SourceRow.due_at <= moment,
                    or_(SourceRow.lease_until.is_(None), SourceRow.lease_until < moment),
                )
                .order_by(SourceRow.due_at, SourceRow.id)
            )
        )
