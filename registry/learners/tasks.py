"""The learners' background work: retention."""

from __future__ import annotations

from registry.db import now
from registry.jobs import Job
from registry.learners import privacy
from registry.learners.app import Learners

_DAY = 86_400.0


def jobs(learners: Learners) -> list[Job]:
    """The jobs on the learners' database."""
    return [Job("learners.retain", lambda: retain(learners), every=_DAY)]


def retain(learners: Learners) -> None:
    """Delete what is older than the retention allows, a transaction a learner, and scrub the files."""
    at = now()
    with learners.reading.begin() as session:
        due = sorted(privacy.expired(session, at))
    for learner_id in due:
        with learners.sessions.begin() as session:
            privacy.retain(session, learner_id, at)
    # A SQLite file is scrubbed in any case: a reader may have stood in the way of an earlier forgetting.
    if due or learners.engine.dialect.name == "sqlite":
        privacy.scrub(learners.engine)
