"""Brings the learners' database to the tables of this version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from registry import migrate
from registry.learners.app import open_engine

_STEPS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Bring the learners' database at this URL to the newest schema; nothing happens where it is there already."""
    engine = open_engine(url)
    try:
        migrate.upgrade(engine, _STEPS)
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the learners' database has the newest schema."""
    return migrate.is_current(engine, _STEPS)
