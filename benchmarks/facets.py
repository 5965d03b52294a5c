"""Totals, facets and pages of 500 random combinations of filters, beside what the rows of the store say."""

from __future__ import annotations

import random
from collections.abc import Iterator

from msgspec import structs

from benchmarks import stage
from registry.app import Registry, open_registry
from registry.search.query import Query
from registry.settings import read_settings
from tests.registry.search.generated import fill, questions
from tests.registry.search.truth import Truth, compared, smallest

COMBINATIONS = 500
RESOURCES = 1_000
SHOWN = 5
"""How many wrong answers are shown, each as the smallest question that is answered wrong."""


def run() -> Iterator[str]:
    """A line for each pair of stores, and one for each wrong answer that is shown."""
    with stage.embedded() as environment:
        yield from _measure("embedded index (tantivy) on SQLite", environment)
    with stage.shared_stores() as (environment, _):
        yield from _measure("Meilisearch with PostgreSQL", environment)


def _measure(name: str, environment: stage.Environment) -> Iterator[str]:
    stage.Ran(environment, "db", "upgrade")
    registry = open_registry(read_settings(environment))
    try:
        yield from _compared(name, registry)
    finally:
        registry.close()


def _compared(name: str, registry: Registry) -> Iterator[str]:
    chance = random.Random(4)
    standards = fill(registry, chance, RESOURCES)
    wrong: list[Query] = []
    totals, counts = [], 0
    with registry.reading.begin() as session:
        truth = Truth(session)
        for query in questions(chance, COMBINATIONS, standards):
            answer = compared(session, registry, truth, query)
            totals.append(answer.total)
            counts += answer.counts
            if answer.wrong:
                wrong.append(query)
        yield (
            f"{name}: {len(truth.held):,} resources, {COMBINATIONS} combinations "
            f"({sum(total > 0 for total in totals)} find something, {sum(totals):,} hits over all pages), "
            f"{counts:,} counts of facets: {len(wrong)} combinations answered wrong"
        )
        for query in wrong[:SHOWN]:
            least = smallest(session, registry, truth, query)
            yield f"wrong: {_told(least)}: {'; '.join(compared(session, registry, truth, least).wrong)[:400]}"


def _told(query: Query) -> str:
    asked = {name: value for name, value in structs.asdict(query).items() if value != getattr(Query(), name)}
    return ", ".join(f"{name}={value!r}" for name, value in asked.items()) or "no filter"
