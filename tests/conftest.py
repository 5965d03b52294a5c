"""Stores for every test that wants them: SQLite with the embedded index, and PostgreSQL with Meilisearch."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry import migrate
from registry.app import Registry, open_registry
from registry.db import make_engine
from registry.learners.app import Learners, open_learners
from registry.settings import Settings
from tests import servers
from web import running


@pytest.fixture(scope="session")
def meilisearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.meilisearch(tmp_path_factory.mktemp("meilisearch")) as (url, _):
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis_url() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both databases at their newest schema, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    running.prepare(sqlite_settings(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a PostgreSQL database with the catalog's newest schema, to be copied."""
    if not servers.postgres_ready():
        servers.missing("no PostgreSQL answers")
    name = servers.new_name()
    servers.run_sql(f"CREATE DATABASE {name}")
    engine = make_engine(servers.database_url(name))
    migrate.upgrade(engine)
    engine.dispose()
    yield name
    servers.run_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty registry at its newest schema, on each pair of stores in turn."""
    template = request.getfixturevalue("sqlite_template")
    for file in template.glob("*.sqlite"):
        shutil.copy(file, tmp_path / file.name)
    if request.param == "sqlite":
        yield sqlite_settings(tmp_path)
        return
    name = servers.new_name()
    servers.run_sql(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgres_template')}")
    yield Settings(
        data_dir=tmp_path,
        database_url=servers.database_url(name),
        learner_database_url=f"sqlite:///{tmp_path}/learners.sqlite",
        secret_key="for tests only",
        search_url=request.getfixturevalue("meilisearch_url"),
        search_prefix=f"test-{secrets.token_hex(4)}",
        allowed_networks=("127.0.0.0/8",),
    )
    servers.run_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    """An empty registry, on each pair of stores in turn."""
    opened = open_registry(settings)
    yield opened
    opened.close()


@pytest.fixture
def learners(settings: Settings) -> Iterator[Learners]:
    """The learners' empty store."""
    opened = open_learners(settings)
    yield opened
    opened.close()


def sqlite_settings(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder}/registry.sqlite",
        learner_database_url=f"sqlite:///{folder}/learners.sqlite",
        secret_key="for tests only",
        allowed_networks=("127.0.0.0/8",),
    )
