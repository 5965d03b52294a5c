"""Everything an endpoint can do to a harvest: what the run says, what is kept, and that the next one heals."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from harvesters.http import Limits
from harvesters.run import RunReport, harvest
from registry.app import Registry
from registry.catalog.sources import add_source, problem_counts
from registry.models import ResourceRow
from tests.harvesters.hostile import FIRST, NUMBERS, Hostile, hostile_endpoint, title
from tests.harvesters.menu import LIMITS, NAMES, menu
from tests.harvesters.sites import patient_fetcher

SOME = [
    "half a gzip", "a gzip bomb", "503, always", "2 GB in chunks", "invalid UTF-8", "a record of 5 MB",
    "an entity bomb", "a loop of three tokens", "pages without end", "a token that expires",
    "identifiers that change case", "identifiers that stand on two pages", "a list that shrinks to nothing",
]  # fmt: skip
"""What is tried on both pairs of stores."""


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with hostile_endpoint() as endpoint:
        yield endpoint


def run(registry: Registry, limits: Limits, **options: bool) -> RunReport:
    with patient_fetcher(limits=limits) as fetcher:
        return harvest(registry, "oak", fetcher=fetcher, **options)


def lessons(registry: Registry) -> set[int]:
    """The numbers of the lessons in the catalog."""
    with registry.reading.begin() as session:
        titles = set(session.scalars(select(ResourceRow.title).where(ResourceRow.withdrawn_at.is_(None))))
    return {number for number in NUMBERS if title(number) in titles}


def try_out(name: str, hostile: Hostile, registry: Registry) -> None:
    entry = menu(hostile)[name]
    with registry.sessions.begin() as session:
        add_source(session, "oak", entry.kind, f"{hostile.base}{entry.path}", "Oak County")
    assert run(registry, LIMITS).status == "success"
    assert lessons(registry) == set(FIRST)

    hostile.numbers = NUMBERS
    hostile.misbehave(entry.act, entry.on, entry.times)
    report = run(registry, entry.limits)
    with registry.reading.begin() as session:
        codes = problem_counts(session, "oak")
    assert report.status == entry.status, (report, codes)
    if entry.code:
        assert entry.code in codes
    if report.status != "success":
        assert report.detail.endswith(".")
        assert not re.search(r"Error|Exception|Traceback|0x|httpx|httpcore|errno|None", report.detail), report.detail
    stored = lessons(registry)
    assert (len(stored - set(FIRST)), len(set(FIRST) - stored)) == (entry.new, entry.lost)

    hostile.heal()
    report = run(registry, LIMITS)
    assert report.status == entry.then, report
    if report.status == "held":
        assert run(registry, LIMITS, full=True, accept_deletions=True).status == "success"
    assert lessons(registry) == set(NUMBERS)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in SOME])
def test_a_misbehaving_endpoint_costs_nothing_and_heals(name: str, hostile: Hostile, registry: Registry) -> None:
    try_out(name, hostile, registry)


@pytest.mark.parametrize("name", SOME)
def test_a_misbehaving_endpoint_costs_nothing_and_heals_on_both_stores(
    name: str, hostile: Hostile, registry: Registry
) -> None:
    try_out(name, hostile, registry)
