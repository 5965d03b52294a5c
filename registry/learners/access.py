"""The way to a learner's record: nobody reads it without saying who they are and why, and that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import new_id, now
from registry.errors import NotFound
from registry.learners.models import AccessRow, LearnerRow


class Reader(Struct, frozen=True):
    """Who asks for a learner's record (a person's or key's id), and why in a few words."""

    who: str
    why: str


class Access(Struct, frozen=True):
    """One line of a learner's access log."""

    who: str
    why: str
    at: datetime


def find(session: Session, reader: Reader, learner_id: str) -> LearnerRow:
    """The learner's row, with the reading logged.

    Raises NotFound; the sentence does not repeat the id, because error pages are kept where ids must not be.
    """
    learner = session.get(LearnerRow, learner_id)
    if learner is None:
        raise NotFound("There is no such learner here.")
    log(session, reader, [learner_id])
    return learner


def lock(session: Session, learner_ids: Iterable[str]) -> dict[str, LearnerRow]:
    """The learners' rows, held until the transaction ends so that one learner's log is folded by one writer at a time.

    SQLite holds the whole file already; PostgreSQL locks the rows, in order of id so that two batches never wait for
    each other. Unknown ids are left out.
    """
    rows = session.scalars(
        select(LearnerRow)
        .where(LearnerRow.id.in_(sorted(set(learner_ids))))
        .order_by(LearnerRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def log(session: Session, reader: Reader, learner_ids: Iterable[str]) -> None:
    """Write one line for each learner into the access log."""
    at = now()
    session.add_all(
        AccessRow(id=new_id(), learner_id=learner_id, who=reader.who, why=reader.why, at=at)
        for learner_id in learner_ids
    )


def read_access_log(session: Session, reader: Reader, learner_id: str) -> list[Access]:
    """Who read or changed this learner's record, the latest first; this reading included."""
    find(session, reader, learner_id)
    session.flush()
    rows = session.scalars(
        select(AccessRow).where(AccessRow.learner_id == learner_id).order_by(AccessRow.at.desc(), AccessRow.id.desc())
    )
    return [Access(row.who, row.why, row.at) for row in rows]


def schools_of(session: Session, learner_ids: Iterable[str]) -> dict[str, str]:
    """The school each learner belongs to, for whoever decides who may read or write; unknown ids are left out."""
    rows = session.execute(select(LearnerRow.id, LearnerRow.school).where(LearnerRow.id.in_(sorted(set(learner_ids)))))
    return {row.id: row.school for row in rows}
