"""Forgetting: a learner's rows go, then the bytes they leave behind; and what is too old goes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from registry.errors import NotFound, Unavailable
from registry.learners import access, folding
from registry.learners.app import Learners
from registry.learners.models import AccessRow, EvidenceRow, LearnerRow, LearnerTable

RETENTION = timedelta(days=396)  # 13 months


def forget(learners: Learners, learner_id: str) -> None:
    """Forget a learner wholly: rows, state, log and the bytes behind them. Raises NotFound.

    Opens its own transaction, because scrubbing can only follow the commit.
    """
    with learners.sessions.begin() as session:
        forget_learner(session, learner_id)
    scrub(learners.engine)


def forget_learner(session: Session, learner_id: str) -> None:
    """Delete a learner and all that hangs on them; `scrub` must follow once this is committed. Raises NotFound."""
    if learner_id not in access.lock(session, [learner_id]):
        raise NotFound("There is no such learner here.")
    session.execute(delete(LearnerRow).where(LearnerRow.id == learner_id))


def scrub(engine: Engine, patience: float = 30.0) -> None:
    """Leave no byte of deleted rows in the database's files. Raises Unavailable where a reader stands in the way.

    Waits up to `patience` seconds for readers. SQLite: deleted cells are overwritten already (`secure_delete`); the
    file is written anew and its log cut to nothing. PostgreSQL: every table is written anew; its archived log and
    backups are the operator's.
    """
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise Unavailable(
                    "The rows are gone, but somebody is still reading; scrubbing will be tried again.", 60
                )
        else:
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            for table in LearnerTable.metadata.sorted_tables:
                connection.cursor().execute(f"VACUUM (FULL) {engine.dialect.identifier_preparer.format_table(table)}")
    finally:
        # Not back to the pool: its transaction mode was changed.
        connection.invalidate()


def expired(session: Session, at: datetime) -> Iterator[str]:
    """Learners of whom something is older than the retention allows."""
    before = at - RETENTION
    yield from session.scalars(
        select(LearnerRow.id)
        .where(LearnerRow.updated_at < before)
        .union(
            select(EvidenceRow.learner_id).where(EvidenceRow.received_at < before),
            select(AccessRow.learner_id).where(AccessRow.at < before),
        )
    )


def retain(session: Session, learner_id: str, at: datetime) -> None:
    """Delete what is too old of one learner: everything where nothing came for 13 months, else evidence and accesses.

    The state is folded anew from what is left.
    """
    before = at - RETENTION
    learner = access.lock(session, [learner_id]).get(learner_id)
    if learner is None:
        return
    if learner.updated_at < before:
        forget_learner(session, learner_id)
        return
    session.execute(delete(AccessRow).where(AccessRow.learner_id == learner_id, AccessRow.at < before))
    session.execute(delete(EvidenceRow).where(EvidenceRow.learner_id == learner_id, EvidenceRow.received_at < before))
    folding.refold(session, learner)
