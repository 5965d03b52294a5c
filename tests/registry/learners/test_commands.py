"""The learners' commands and migrations."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner, Result
from sqlalchemy import select

from registry.db import Sessions
from registry.learners import migrate
from registry.learners.app import Learners, open_engine
from registry.learners.cli import learner
from registry.learners.models import AccessRow, LearnerRow, LearnerTable
from registry.standards.graph import Graphs
from tests.registry.learners.house import House


@dataclass
class Opened:
    """What the commands are handed, with as much of a registry as they use."""

    learners: Learners
    reading: Sessions
    graphs: Graphs = field(default_factory=Graphs)

    @property
    def registry(self) -> Opened:
        return self


def run(house: House, *words: str) -> Result:
    return CliRunner().invoke(learner, words, obj=Opened(house.learners, house.catalog))


def test_show_prints_each_standard_with_its_evidence(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner(grade="3", goals=["3.A"])
    house.show(learner_id, "3.A", 0.0, 0.0, 0.0, 0.0)
    shown = run(house, "show", learner_id, "--why", "a check")
    assert shown.exit_code == 0
    assert shown.output.startswith("grade 3, languages -, goals 3.A\n3.A ")
    as_json = msgspec.json.decode(run(house, "show", learner_id, "--json").output)
    assert (as_json["id"], as_json["standards"][0]["count"]) == (learner_id, 4)
    with house.learners.reading.begin() as session:
        assert "a check" in session.scalars(select(AccessRow.why)).all()


def test_export_writes_one_file(house: House, tmp_path: Path) -> None:
    learner_id = house.learner()
    assert run(house, "export", learner_id, "--output", str(tmp_path / "record.json")).exit_code == 0
    assert msgspec.json.decode((tmp_path / "record.json").read_bytes())["id"] == learner_id
    assert msgspec.json.decode(run(house, "export", learner_id).output)["id"] == learner_id


def test_an_exported_record_can_be_read_by_nobody_else(house: House, tmp_path: Path) -> None:
    run(house, "export", house.learner(), "--output", str(tmp_path / "record.json"))
    assert (tmp_path / "record.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("said", ["", "n\n"])
def test_forget_deletes_nothing_that_nobody_confirmed(house: House, said: str) -> None:
    learner_id = house.learner()
    asked = CliRunner().invoke(learner, ["forget", learner_id], obj=Opened(house.learners, house.catalog), input=said)
    assert asked.exit_code == 1
    assert run(house, "show", learner_id).exit_code == 0


def test_forget_deletes(house: House) -> None:
    learner_id = house.learner()
    assert run(house, "forget", learner_id, "--yes").exit_code == 0
    with house.learners.reading.begin() as session:
        assert session.get(LearnerRow, learner_id) is None
    assert run(house, "forget", learner_id, "--yes").exit_code != 0


def test_the_migrations_make_the_tables_of_the_models(any_house: House) -> None:
    engine = any_house.learners.engine
    assert migrate.is_current(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), LearnerTable.metadata) == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/fresh.sqlite"
    migrate.upgrade(url)
    migrate.upgrade(url)
    engine = open_engine(url)
    assert migrate.is_current(engine)
    engine.dispose()
