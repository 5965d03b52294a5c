"""The part of a progression that is shown: the nearest, both ways, bounded, with what was left out told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.errors import NotFound
from registry.standards.progression import MOST_SHOWN, Progression, headings_of, progression_of
from tests.factories import stored_framework
from vocab.frameworks.model import Association, Framework, Item

ROOT = "https://standards.example/"


@dataclass(frozen=True)
class Standard:
    code: str
    under: str = ""
    grade: str = "4"
    deprecated: bool = False


def framework(standards: Sequence[Standard], links: Sequence[tuple[str, str]], code: str = "math") -> Framework:
    return Framework(
        uri=f"{ROOT}{code}",
        code=code,
        title=f"The framework {code}",
        items=tuple(
            Item(
                uri=f"{ROOT}{code}/{each.code}",
                statement=f"The statement of {each.code}",
                codes=(each.code,),
                parents=(f"{ROOT}{code}/{each.under}",) if each.under else (),
                grades=(each.grade,) if each.grade else (),
                position=position,
                deprecated=each.deprecated,
            )
            for position, each in enumerate(standards)
        ),
        associations=tuple(
            Association(f"{ROOT}{code}/{source}", "precedes", f"{ROOT}{code}/{target}") for source, target in links
        ),
    )


def chain(*codes: str) -> tuple[list[Standard], list[tuple[str, str]]]:
    return [Standard(code) for code in codes], list(pairwise(codes))


def asked(
    registry: Registry, session: Session, code: str, before: int | None = None, after: int | None = None
) -> Progression:
    return progression_of(session, registry.graphs.current(session), code, before, after)


def names(found: Progression) -> list[str]:
    return [place.ref.code for place in found.nodes]


@pytest.fixture
def line(registry: Registry) -> Registry:
    """Seven standards, one leading to the next."""
    with registry.sessions.begin() as session:
        stored_framework(session, framework(*chain(*(f"4.OA.A.{number}" for number in range(1, 8)))))
    return registry


def test_a_standard_is_shown_with_two_steps_each_way(line: Registry) -> None:
    with line.reading.begin() as session:
        found = asked(line, session, "4.oa.a.4")
    assert names(found) == ["4.OA.A.2", "4.OA.A.3", "4.OA.A.4", "4.OA.A.5", "4.OA.A.6"]
    assert [place.column for place in found.nodes] == [0, 1, 2, 3, 4]
    assert [place.ref.code for place in found.nodes if place.center] == ["4.OA.A.4"]
    assert [(place.before, place.after) for place in found.nodes] == [(1, 0), (0, 0), (0, 0), (0, 0), (0, 1)]
    assert (found.before, found.after, found.heading, found.left_out) == (2, 2, False, 0)
    ids = [place.ref.id for place in found.nodes]
    assert sorted(found.edges) == list(pairwise(ids))


def test_the_steps_of_each_way_are_obeyed(line: Registry) -> None:
    with line.reading.begin() as session:
        assert names(asked(line, session, f"{ROOT}math/4.OA.A.4", 0, 3))[0] == "4.OA.A.4"
        assert names(asked(line, session, "4.OA.A.4", 3, 0))[-1] == "4.OA.A.4"
        assert names(asked(line, session, "4.OA.A.4", 0, 0)) == ["4.OA.A.4"]
        assert len(asked(line, session, "4.OA.A.4", 6, 6).nodes) == 7


def test_links_between_any_two_that_are_shown_are_shown(registry: Registry) -> None:
    standards, links = chain("4.OA.A.1", "4.OA.A.2", "4.OA.A.3")
    with registry.sessions.begin() as session:
        stored_framework(session, framework(standards, [*links, ("4.OA.A.1", "4.OA.A.3")]))
    with registry.reading.begin() as session:
        assert len(asked(registry, session, "4.OA.A.2").edges) == 3


def test_a_cycle_is_shown_and_ends(registry: Registry) -> None:
    standards, links = chain("4.OA.A.1", "4.OA.A.2", "4.OA.A.3")
    with registry.sessions.begin() as session:
        stored_framework(session, framework(standards, [*links, ("4.OA.A.3", "4.OA.A.1")]))
    with registry.reading.begin() as session:
        found = asked(registry, session, "4.OA.A.1", 6, 6)
    assert len(found.nodes) == len(found.edges) == 3


def test_the_nearest_are_kept_and_the_others_counted_and_named(registry: Registry) -> None:
    first = [f"3.OA.A.{number}" for number in range(1, 101)]
    second = [f"2.OA.A.{number}" for number in range(1, 101)]
    standards = [Standard("4.OA.A.1"), *(Standard(code) for code in (*first, *second))]
    links = [*((code, "4.OA.A.1") for code in first), *zip(second, first, strict=True)]
    with registry.sessions.begin() as session:
        stored_framework(session, framework(standards, links))
    with registry.reading.begin() as session:
        found = asked(registry, session, "4.OA.A.1")
    assert len(found.nodes) == MOST_SHOWN == 120
    assert set(first) < set(names(found))
    assert found.left_out == 81
    assert len(found.nearest_left_out) == 12
    assert not {ref.code for ref in found.nearest_left_out} & set(names(found))


def headed() -> tuple[list[Standard], list[tuple[str, str]]]:
    """Two clusters of a domain that no framework prints as one: 4.NF.A and 4.NF.B, with 3.NF.A.1 before them."""
    standards = [
        Standard("4.NF.A"),
        Standard("4.NF.A.1", "4.NF.A"),
        Standard("4.NF.B"),
        Standard("4.NF.B.3", "4.NF.B"),
        Standard("4.NF.B.3.a", "4.NF.B.3"),
        Standard("4.NF.B.3.b", "4.NF.B.3"),
        Standard("3.NF.A.1", grade="3"),
        Standard("5.NF.A.1", grade="5"),
    ]
    links = [("3.NF.A.1", "4.NF.A.1"), ("4.NF.A.1", "4.NF.B.3.a"), ("4.NF.B.3.a", "5.NF.A.1")]
    return standards, links


def test_a_heading_shows_what_stands_under_it_and_counts_what_has_no_order(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(*headed()))
    with registry.reading.begin() as session:
        found = asked(registry, session, "4.NF.B")
    assert found.heading
    assert [place.ref.code for place in found.nodes if place.center] == ["4.NF.B.3.a"]
    assert names(found) == ["3.NF.A.1", "4.NF.A.1", "4.NF.B.3.a", "5.NF.A.1"]
    assert found.unordered == 1
    assert [band.grades for band in found.bands] == [("3",), ("4",), ("5",)]


def test_a_code_that_only_begins_others_stands_for_them(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(*headed()))
    with registry.reading.begin() as session:
        found = asked(registry, session, "4.NF")
        assert (found.name, found.center) == ("4.NF", None)
        assert [place.ref.code for place in found.nodes if place.center] == ["4.NF.A.1", "4.NF.B.3.a"]
        with pytest.raises(NotFound):
            asked(registry, session, "7.XY")
        with pytest.raises(NotFound):
            asked(registry, session, "x" * 5000)


def test_a_large_heading_is_shown_with_fewer_steps_unless_more_are_asked_for(registry: Registry) -> None:
    codes = [f"4.OA.A.{number}" for number in range(1, 31)]
    standards, links = chain(*codes)
    standards = [Standard("4.OA.A"), *(Standard(each.code, "4.OA.A") for each in standards)]
    outside = [Standard(f"5.OA.B.{number}") for number in range(1, 31)]
    links += list(zip(codes, (each.code for each in outside), strict=True))
    with registry.sessions.begin() as session:
        stored_framework(session, framework([*standards, *outside], links))
    with registry.reading.begin() as session:
        assert len(asked(registry, session, "4.OA.A").nodes) == 30
        assert len(asked(registry, session, "4.OA.A", 1, 1).nodes) == 60


def test_without_an_order_nothing_is_shown_but_the_statement_above_to_ask_for(registry: Registry) -> None:
    standards = [Standard("4.OA.A.1"), Standard("4.OA.A.1.a", "4.OA.A.1"), Standard("4.OA.A.2"), Standard("4.OA.A.9")]
    with registry.sessions.begin() as session:
        stored_framework(session, framework(standards, [("4.OA.A.1", "4.OA.A.2")]))
    with registry.reading.begin() as session:
        found = asked(registry, session, "4.OA.A.1.a")
        assert (found.nodes, found.edges, found.bands) == ((), (), ())
        assert found.above and found.above.code == "4.OA.A.1"
        alone = asked(registry, session, "4.OA.A.9")
        assert (alone.nodes, alone.above) == ((), None)


def test_what_is_deprecated_or_gone_is_said(registry: Registry) -> None:
    standards, links = chain("4.OA.A.1", "4.OA.A.2", "4.OA.A.3")
    standards[0] = Standard("4.OA.A.1", deprecated=True)
    with registry.sessions.begin() as session:
        stored_framework(session, framework(standards, links))
        stored_framework(session, framework(standards[:2], links), digest="2")
    with registry.reading.begin() as session:
        found = asked(registry, session, "4.OA.A.2")
    assert {place.ref.code: place.status for place in found.nodes} == {
        "4.OA.A.1": "deprecated",
        "4.OA.A.2": "",
        "4.OA.A.3": "gone",
    }


def test_a_code_printed_twice_names_the_other_one(line: Registry) -> None:
    with line.sessions.begin() as session:
        stored_framework(session, framework(*chain("4.OA.A.4", "4.OA.A.5"), code="other"))
    with line.reading.begin() as session:
        assert [ref.framework for ref in asked(line, session, "4.OA.A.4").also] == ["other"]


def test_a_framework_answers_with_its_headings(line: Registry) -> None:
    with line.reading.begin() as session:
        found = headings_of(session, "MATH")
        assert found and [ref.code for ref in found.headings][:2] == ["4.OA.A.1", "4.OA.A.2"]
        assert found.total == 7
        assert headings_of(session, f"{ROOT}math") == found
        assert headings_of(session, "4.OA.A.1") is None
