"""Totals, the counts of facets and the ids over all pages, beside what the rows of the store say."""

from __future__ import annotations

import random
from typing import Any

from registry.app import Registry
from registry.search.query import Query, search
from tests.registry.search.generated import fill, questions
from tests.registry.search.truth import Truth, compared, smallest


def test_totals_facets_and_pages_are_right_under_random_combinations_of_filters(registry: Registry) -> None:
    chance = random.Random(5)
    standards = fill(registry, chance, 150)
    with registry.reading.begin() as session:
        truth = Truth(session)
        found = 0
        for query in questions(chance, 60, standards):
            answer = compared(session, registry, truth, query)
            assert not answer.wrong, (answer.wrong, smallest(session, registry, truth, query))
            found += bool(answer.total)
    assert len(truth.held) > 100
    assert found > 30


def test_closed_licenses_are_counted_unless_only_open_ones_are_asked_for(registry: Registry) -> None:
    fill(registry, random.Random(5), 60)

    def counted(**asked: Any) -> dict[str, int]:
        with registry.reading.begin() as session:
            return {each.value: each.count for each in search(session, registry, Query(**asked)).facets["license"]}

    every, closed = counted(), {"cc-by-nc-4.0", "all-rights-reserved"}
    assert closed < set(every)
    only_open = {key: count for key, count in every.items() if key not in closed}
    assert counted(open=True) == counted(open=True, license=("cc-by-4.0",)) == only_open
    assert counted(license=("open",)) == counted(license=("open", "cc-by-nc-4.0")) == every
