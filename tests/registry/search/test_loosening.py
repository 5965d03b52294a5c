"""Questions whose words filter: against the store, with standards, levels and all that may be given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from registry.app import Registry
from registry.search import indexing
from registry.search.level_table import level_table, levels
from registry.search.nothing import missing
from registry.search.query import Query, SearchPage, search
from registry.search.requests import ask, wanted
from tests.registry.search.rows import add_resource, add_standards


@pytest.fixture
def filled(registry: Registry) -> Registry:
    with registry.sessions.begin() as session:
        add_standards(session)
        add_resource(session, 1, "Fractions as sums", [("4.NF.B.3", "teaches", "developing")], grades=("4",),
                     types=("lesson",), languages=("en",), minutes=20)  # fmt: skip
        add_resource(session, 2, "Parts of one whole fraction", [("4.NF.B.3a", "teaches", "proficient")],
                     grades=("3",), types=("worksheet",), languages=("es",), minutes=45)  # fmt: skip
        add_resource(session, 3, "Sharing a pizza in fractions", [("4.OA.A.1", "teaches", "beginning")], grades=("6",))
    indexing.index_stale(registry)
    return registry


def found(registry: Registry, q: str, **more: Any) -> SearchPage:
    with registry.reading.begin() as session:
        return search(session, registry, Query(q=q, **more))


def titles(page: SearchPage) -> set[str]:
    return {item.title.split()[0] for item in page.items}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("fractions 4th grade", {"Fractions"}),
        ("fractions for year 4", {"Parts"}),
        ("fractions under 30 min", {"Fractions"}),
        ("fractions in Spanish", {"Parts"}),
        ("fractions worksheet", {"Parts"}),
        ("4.NF.B.3 at developing", {"Fractions"}),
        ("4nf3 proficient", {"Parts"}),
        ("pizza 4.OA.A.1", {"Sharing"}),
    ],
)
def test_what_is_read_in_the_words_filters(filled: Registry, q: str, expected: set[str]) -> None:
    page = found(filled, q)
    assert titles(page) == expected
    assert page.total == len(expected)
    assert page.understood.given_up == ()


@pytest.mark.parametrize(
    ("q", "expected", "given_up"),
    [
        ("fractions grade 2", {"Parts"}, ("grade 2",)),
        ("fractions grade 10", {"Fractions", "Parts", "Sharing"}, ("grade 10",)),
        ("fractions under 5 min", {"Fractions", "Parts", "Sharing"}, ("5 minutes",)),
        ("4.NF.B.3 extending", {"Fractions", "Parts"}, ("extending",)),
        ("fractions game grade 12", {"Fractions", "Parts", "Sharing"}, ("Game", "grade 12")),
    ],
)
def test_as_little_as_possible_is_given_up(
    filled: Registry, q: str, expected: set[str], given_up: Sequence[str]
) -> None:
    page = found(filled, q)
    assert titles(page) == expected
    assert len(page.understood.given_up) == len(given_up)
    assert all(word in told for word, told in zip(given_up, page.understood.given_up, strict=True))


def test_a_standard_is_never_given_up(filled: Registry) -> None:
    page = found(filled, "rain 4.OA.A.1")
    assert (page.total, page.understood.given_up) == (0, ())


def test_a_language_that_nothing_is_in_is_words_again(filled: Registry) -> None:
    page = found(filled, "fractions in Vietnamese")
    assert page.total == 3
    assert page.understood.given_up[0].startswith("Nothing here is in Vietnamese; ")


def test_a_miss_names_what_empties_it_and_what_is_near(filled: Registry) -> None:
    with filled.reading.begin() as session:
        query = Query(standard=("4.NF.B.3a",), level=("developing",), grade=("4",))
        why = missing(session, filled, query)
        assert [(each.field, each.total) for each in why.lifted if each.total] == [("standard", 1)]
        assert [(each.ref.code, each.place, each.resources) for each in why.nearest] == [("4.NF.B.3", "above", 1)]
        assert [(each.ref.code, each.level, each.resources) for each in why.levels] == [("4.NF.B.3a", "proficient", 1)]
        assert ([ref.code for ref in why.standards], why.level) == (["4.NF.B.3a"], "developing")


def test_the_table_of_levels_counts_what_the_search_would_find(filled: Registry) -> None:
    with filled.reading.begin() as session:
        rows = level_table(session, filled, Query(standard=("4.NF.B.3",)))
    assert [(row.ref.code, row.chosen) for row in rows] == [("4.NF.B.3", True), ("4.NF.B.3a", False)]
    for row in rows:
        assert row.total == found(filled, "", standard=(row.ref.code,)).total
        for level, count in zip(levels(), row.at, strict=True):
            assert count == found(filled, "", standard=(row.ref.code,), level=(level,)).total


def test_requests_are_counted_by_standard_and_level(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        for text, standard, level in (
            ("fractions with pizza", "4nf3", "Developing"),
            ("more pizza", "https://standards.example/4.NF.B.3", "developing"),
            ("more pizza", "4.NF.B.3", "developing"),
            ("poems about zebras", "", ""),
            ("poems about zebras", "9.ZZ.9", "wizard"),
        ):
            ask(session, text, standard, level)
    with filled.reading.begin() as session:
        first, second = wanted(session)
    assert first.standard and first.standard.code == "4.NF.B.3"
    assert (first.level, first.count, first.texts) == ("developing", 3, ("more pizza", "fractions with pizza"))
    assert (second.standard, second.level, second.count, second.texts) == (None, "", 2, ("poems about zebras",))
