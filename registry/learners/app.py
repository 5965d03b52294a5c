"""The learners' database as one value, opened once at the entry point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from registry.db import Sessions, make_engine, make_reading, make_sessions
from registry.settings import Settings


@dataclass(frozen=True)
class Learners:
    """The engine and the two session factories of the learners' database.

    Reading a learner's record writes the access log, so it takes `sessions`; `reading` is for what names no learner.
    """

    engine: Engine
    sessions: Sessions
    reading: Sessions

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def open_learners(settings: Settings) -> Learners:
    """The learners' stores that the settings name; connects to nothing until it is used."""
    engine = open_engine(settings.learner_database_url, settings.pool_size)
    return Learners(engine=engine, sessions=make_sessions(engine), reading=make_reading(engine))


def open_engine(url: str, pool_size: int = 24) -> Engine:
    """An engine that overwrites what it deletes, as far as the database can."""
    engine = make_engine(url, pool_size)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _delete_securely)
    return engine


def _delete_securely(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA secure_delete=ON").close()
