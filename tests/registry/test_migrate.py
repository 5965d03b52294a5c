"""The schema of both databases: what the migrations make is what the models say, once, whoever asks first."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, text

from registry import migrate
from registry.db import make_engine
from registry.learners import migrate as learner_migrate
from registry.learners.models import LearnerTable
from registry.models import Table
from tests import servers

OER = Path(sys.executable).parent / "oer"

Url = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Url]:
    """Makes an empty database at each call."""
    names: list[str] = []
    if request.param == "postgres" and not servers.postgres_ready():
        servers.missing("no PostgreSQL answers")

    def make() -> str:
        names.append(servers.new_name())
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{names[-1]}.sqlite"
        servers.run_sql(f"CREATE DATABASE {names[-1]}")
        return servers.database_url(names[-1])

    yield make
    if request.param == "postgres":
        servers.run_sql(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names))


@pytest.fixture
def engine(new_url: Url) -> Iterator[Engine]:
    made = make_engine(new_url())
    yield made
    made.dispose()


def differences(engine: Engine, metadata: MetaData) -> list[object]:
    # SQLite's full-text search keeps tables of its own, which no model speaks of; on PostgreSQL it is an index.
    options = {"include_name": lambda name, *_: not str(name).startswith(("concept_text", "ix_concept_text"))}
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_the_catalog_s_migrations_make_what_its_models_say(engine: Engine) -> None:
    assert differences(engine, Table.metadata)
    migrate.upgrade(engine)
    assert differences(engine, Table.metadata) == []


def test_the_learners_migrations_make_what_their_models_say(new_url: Url) -> None:
    url = new_url()
    learner_migrate.upgrade(url)
    engine = make_engine(url)
    try:
        assert differences(engine, LearnerTable.metadata) == []
        assert learner_migrate.is_current(engine)
    finally:
        engine.dispose()


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO stamp (name, value) VALUES ('kept', 7)"))
    tables = sorted(inspect(engine).get_table_names())
    migrate.upgrade(engine)
    assert sorted(inspect(engine).get_table_names()) == tables
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT value FROM stamp WHERE name = 'kept'")) == 7


def test_a_database_is_current_only_after_its_upgrade(engine: Engine) -> None:
    assert not migrate.is_current(engine)
    migrate.upgrade(engine)
    assert migrate.is_current(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of another time'"))
    assert not migrate.is_current(engine)


def test_processes_that_upgrade_at_once_take_turns_and_one_makes_the_administrator(
    new_url: Url, tmp_path: Path
) -> None:
    catalog, learners = new_url(), new_url()
    env = {name: value for name, value in os.environ.items() if not name.startswith("OER_")} | {
        "OER_DATA_DIR": str(tmp_path),
        "OER_DATABASE_URL": catalog,
        "OER_LEARNER_DATABASE_URL": learners,
    }
    started = [
        subprocess.Popen([OER, "db", "upgrade"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in started]
    assert [code for _, _, code in ended] == [0, 0, 0], ended
    assert sum("API key" in said for _, said, _ in ended) == 1
    engine = make_engine(catalog)
    try:
        assert migrate.is_current(engine)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM person")) == 1
    finally:
        engine.dispose()


def test_an_upgrade_keeps_what_is_held(engine: Engine) -> None:
    """On SQLite a table that is made anew takes with it whatever refers to it."""
    rows = {
        "provider": {"id": 1, "slug": "oak", "name": "Oak"},
        "source": {
            "id": 1, "name": "oak", "kind": "oai", "url": "https://oak.example", "provider_id": 1, "options": "{}",
            "active": True, "every_minutes": 60, "due_at": "2026-01-01", "state": "{}",
        },
        "run": {
            "id": "r", "source_id": 1, "status": "success", "full": True, "started_at": "2026-01-01", "seen": 1, "created": 1,
            "updated": 0, "unchanged": 0, "withdrawn": 0, "rejected": 0, "detail": "",
        },
        "resource": {
            "id": "a", "title": "A", "body": "{}", "card": "{}", "revision": 1, "indexed_revision": 1,
            "created_at": "2026-01-01", "updated_at": "2026-01-01", "tallied": "[]",
        },
        "identifier": {"value": "https://oak.example/a", "scope": "", "resource_id": "a"},
        "alignment": {
            "id": 1, "resource_id": "a", "stated": "4.NF.1", "relation": "teaches", "level_stated": "", "origin": "declared",
            "confidence": 1.0, "retagged": False,
        },
        "record": {
            "id": "0" * 32, "source_id": 1, "identifier": "a", "resource_id": "a", "outcome": "stored", "datestamp": "",
            "url": "", "format": "csv", "hash": "", "run_id": "r", "first_seen": "2026-01-01", "changed_at": "2026-01-01",
        },
        "payload": {"record_id": "0" * 32, "content": b"x"},
        "problem": {
            "id": 1, "source_id": 1, "record_id": "0" * 32, "run_id": "r", "code": "c", "field": "f", "message": "m",
            "hint": "h", "value": "", "severity": "warning",
        },
    }  # fmt: skip
    config = migrate._config(migrate.CATALOG)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.commit()
    with engine.begin() as connection:
        for table, row in rows.items():
            names = ", ".join(f'"{name}"' for name in row)
            places = ", ".join(f":{name}" for name in row)
            connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({places})'), row)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        held = {table: connection.scalar(text(f'SELECT count(*) FROM "{table}"')) for table in rows}
        assert held == dict.fromkeys(rows, 1)
        assert connection.scalar(text("SELECT count(*) FROM reassembly")) == 1
