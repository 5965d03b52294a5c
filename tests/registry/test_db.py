"""Sessions and connections that behave alike on both databases and outlive a restart of the server."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError, OperationalError

from registry import db
from registry.app import Registry
from registry.models import StampRow
from tests import servers


def test_a_connection_that_died_while_idle_is_replaced(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    if registry.engine.dialect.name != "postgresql":
        return  # a file has no server to restart
    monkeypatch.setattr(db, "_IDLE_SECONDS", 0.0)
    with registry.reading.begin() as session:
        session.execute(text("SELECT 1"))
    name = registry.engine.url.database
    servers.run_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with registry.reading.begin() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_unit_of_work_that_only_reads_cannot_write(registry: Registry) -> None:
    if registry.engine.dialect.name != "postgresql":
        return  # SQLite cannot be told so for one transaction
    with pytest.raises((InternalError, OperationalError), match="read-only"), registry.reading.begin() as session:
        session.add(StampRow(name="x", value=1))
        session.flush()


def test_a_writer_that_reads_first_waits_its_turn(registry: Registry) -> None:
    """On SQLite a transaction that read before another one wrote could not write any more."""
    with registry.sessions.begin() as session:
        session.add(StampRow(name="x", value=1))
    for _ in range(3):
        with registry.sessions.begin() as session:
            row = session.scalars(select(StampRow).where(StampRow.name == "x")).one()
            with registry.reading.begin() as reader:
                assert reader.scalars(select(StampRow.value).where(StampRow.name == "x")).one() == row.value
            row.value += 1
    with registry.reading.begin() as session:
        assert session.scalars(select(StampRow.value).where(StampRow.name == "x")).one() == 4


def test_one_of_many_values_is_one_statement(registry: Registry) -> None:
    names = ["", 'a"b', "é", "it's", "x,y", "\\", "{}"]
    with registry.sessions.begin() as session:
        session.add_all(StampRow(name=name, value=place) for place, name in enumerate(names))
    stamp = StampRow.__table__.c
    named, valued = (select(stamp.name).where(db.one_of(column, "some")) for column in (stamp.name, stamp.value))
    with registry.reading.begin() as session:
        assert set(session.scalars(named, {"some": [*names, "absent"]})) == set(names)
        assert set(session.scalars(named, {"some": names[1:3]})) == set(names[1:3])
        assert not session.scalars(named, {"some": []}).all()
        assert set(session.scalars(valued, {"some": [0, 2, 99]})) == {names[0], names[2]}
        if registry.engine.dialect.name == "sqlite":
            asked = str(named.compile(session.connection()))
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("[]",)).all()
            assert str(plan[0][3]).startswith("SEARCH stamp"), plan


def test_ids_are_new_and_sort_by_time() -> None:
    made = [db.new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert [each[:10] for each in made] == sorted(each[:10] for each in made)
    assert {len(each) for each in made} == {26}
