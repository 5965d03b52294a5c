"""A house on each pair of stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.db import make_engine, make_sessions
from registry.learners import migrate
from registry.learners.app import open_learners
from registry.models import Table
from registry.settings import Settings
from tests import servers
from tests.registry.learners.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house whose learners live in a SQLite file."""
    yield from _house(tmp_path, f"sqlite:///{tmp_path}/learners.sqlite")


@pytest.fixture
def postgres_house(tmp_path: Path) -> Iterator[House]:
    """A house whose learners live in PostgreSQL."""
    if not servers.postgres_ready():
        servers.missing("no PostgreSQL answers")
    name = servers.new_name()
    servers.run_sql(f"CREATE DATABASE {name}")
    yield from _house(tmp_path, servers.database_url(name))
    servers.run_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["house", "postgres_house"])
def any_house(request: pytest.FixtureRequest) -> House:
    """A house on each database in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, House)
    return found


def _house(folder: Path, url: str) -> Iterator[House]:
    catalog = make_engine(f"sqlite:///{folder}/catalog.sqlite")
    Table.metadata.create_all(catalog)
    migrate.upgrade(url)
    learners = open_learners(Settings(data_dir=folder, database_url="", learner_database_url=url, secret_key="test"))
    yield House(learners, make_sessions(catalog))
    learners.close()
    catalog.dispose()
