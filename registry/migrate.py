"""Bringing a database's schema up to date, once, whoever asks first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from registry.db import Json, JsonBytes, Utc

CATALOG = Path(__file__).parent / "migrations"

_ADVISORY_LOCK = 0x0E5


def upgrade(engine: Engine, steps: Path = CATALOG) -> None:
    """Bring the database to the newest schema; processes that ask at the same time take turns.

    `steps` is an alembic folder, the catalog's by default.
    """
    with _alone(engine), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()
        config = _config(steps)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()


def is_current(engine: Engine, steps: Path = CATALOG) -> bool:
    """Whether the database has the newest schema."""
    with engine.connect() as connection:
        return _held(connection) == ScriptDirectory.from_config(_config(steps)).get_current_head()


def plain_type(kind: str, value: object, _context: object) -> str | Literal[False]:
    """How a migration writes our own column types: as what they are in the database, so that it never changes."""
    if kind == "type" and isinstance(value, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, (Json, JsonBytes)):
        return "sa.Text()"
    return False


def _held(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(steps: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(steps))
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Hold a lock file beside an SQLite database, whose own locks do not span the steps of a migration."""
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        yield
        return
    path = Path(f"{engine.url.database}.migrating")
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
