"""What is near a code that nothing has: by its end, its beginning, swapped neighbors, a slip; through the index only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.standards.near import distance, near
from tests.factories import framework, stored_framework

CODES = (
    *("3.MD.A.1", "3.MD.A.2", "3.MD.B.3", "3.NF.A.1", "4.NF.A.1", "4.NF.A.2", "4.NF.B.3", "4.NF.B.3a", "4.NF.B.4"),
    *("4.NF.C.5", "5.NF.B.3", "4.OA.A.1", "RL.4.1", "RI.4.1", "SL.4.1", "MS-PS1-1", "MS-PS1-2", "MS-PS1-6", "HS-LS2-1"),
)


def codes_near(session: Session, stated: str, limit: int = 5) -> list[str]:
    return [ref.code for ref in near(session, stated, limit)]


@pytest.mark.parametrize(
    ("stated", "nearest"),
    [
        ("4.NF.B.9", ["4.NF.B.4", "4.NF.B.3"]),
        ("4.FN.B.3", ["4.NF.B.3"]),
        ("4.NF.3.B", ["4.NF.B.3a"]),
        ("NF.4.B.3", ["4.NF.B.3"]),
        ("3.MD.Z.1", ["3.MD.A.1"]),
        ("MS-PS1-22", ["MS-PS1-2"]),
        ("MS-PX1-2", ["MS-PS1-2"]),
        ("4.NF.C.3", ["4.NF.B.3", "4.NF.C.5"]),
        ("9.NF.B.3", ["5.NF.B.3", "4.NF.B.3"]),
        ("RX.4.1", ["RI.4.1", "RL.4.1"]),
        ("CCSS.Math.Content.4.NF.B.9", ["4.NF.B.4"]),
        ("4.NF", ["4.NF.A.1"]),
    ],
)
def test_the_nearest_comes_first(registry: Registry, stated: str, nearest: list[str]) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(codes=CODES))
        assert codes_near(session, stated)[: len(nearest)] == nearest


@pytest.mark.parametrize(
    "stated", ["", "4", "photosynthesis", "https://standards.example/4.NF.B.9", "x." * 60, "%.%", "Q.77.Z.5"]
)
def test_nothing_is_near_what_is_no_code(registry: Registry, stated: str) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(codes=CODES))
        assert codes_near(session, stated) == []


def test_no_more_than_asked_and_no_code_twice(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        for code in ("one", "two", "three"):
            stored_framework(session, framework(codes=CODES, code=code), digest=code)
        found = near(session, "4.NF.B.9", 3)
        assert [ref.code for ref in found] == ["4.NF.B.4", "4.NF.B.3", "4.NF.C.5"]
        assert {ref.framework for ref in found} == {"one"}


def test_what_is_gone_is_not_near(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(codes=("4.NF.B.3", "4.NF.B.4")))
        stored_framework(session, framework(codes=("4.NF.B.3",)), digest="2")
        assert codes_near(session, "4.NF.B.5") == ["4.NF.B.3"]


def test_it_is_found_among_thousands_that_begin_alike(registry: Registry) -> None:
    crowd = [f"4.{first}{second}.{number}" for first in "ABCMPR" for second in "AEIOU" for number in range(1, 60)]
    with registry.sessions.begin() as session:
        stored_framework(session, framework(codes=(*crowd, "4.NF.B.3")))
        for stated in ("4.NF.B.8", "4.FN.B.3", "4.NX.B.3", "NF.4.B.3", "7.NF.B.3"):
            assert codes_near(session, stated, 1) == ["4.NF.B.3"], stated


def test_a_number_one_off_is_nearer_than_another_cluster_and_that_nearer_than_another_grade() -> None:
    stated = ["4", "nf", "b", "9"]
    ranked = [["4", "nf", "b", "8"], ["4", "nf", "c", "8"], ["5", "nf", "b", "8"], ["4", "md", "a", "1"]]
    apart = [distance(stated, each) for each in ranked]
    assert apart == sorted(apart)
    assert distance(stated, stated) == 0


def test_the_table_is_never_scanned(registry: Registry) -> None:
    asked: list[tuple[str, Any]] = []
    with registry.sessions.begin() as session:
        stored_framework(session, framework(codes=CODES))
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
        assert near(session, "4.NF.B.9")
        plan = list(plans(connection, asked[:]))
    assert plan
    assert [line for line in plan if re.search(r"Seq Scan|SCAN (alias|concept|framework)\b", line)] == []


def plans(connection: Connection, asked: list[tuple[str, Any]]) -> Iterator[str]:
    """How the database would answer these statements; PostgreSQL scans a small table unless it is told not to."""
    explain = "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    for statement, parameters in asked:
        yield from (str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))
