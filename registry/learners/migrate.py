"""Brings the learners' database to the tables of this version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from registry.learners.app import open_engine


def upgrade(url: str) -> None:
    """Migrate the learners' database at this URL to the newest version; does nothing where it is there already."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
