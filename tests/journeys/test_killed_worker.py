"""A worker killed in mid-harvest: another goes on from its checkpoint, and nothing is lost or there twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.journeys import house

LESSONS, PAGE_SIZE = 600, 25
EXPIRED = "SELECT 1 FROM source WHERE lease_until < now() - interval '1 second'"
CONTENT = (
    "SELECT identifier, hash, outcome, datestamp FROM record ORDER BY identifier",
    "SELECT title, withdrawn_at IS NULL FROM resource ORDER BY title",
    "SELECT value FROM identifier ORDER BY value",
)


def test_another_worker_goes_on_where_a_killed_one_stood(tmp_path: Path, meilisearch_url: str, redis_url: str) -> None:
    with house.District("oak", LESSONS, PAGE_SIZE).open() as district:
        with house.shared_stores(tmp_path / "calm", meilisearch_url) as calm:
            house.done(calm.env, "source", "add", "oak", "oai", district.url)
            house.done(calm.env, "harvest", "oak")
            undisturbed = held(calm.env)
        district.places.clear()
        district.pause = 0.15
        with house.shared_stores(
            tmp_path / "stormy", meilisearch_url, OER_BROKER_URL=redis_url, OER_LEASE_SECONDS="2"
        ) as stormy:
            env = stormy.env
            house.done(env, "source", "add", "oak", "oai", district.url)
            with house.worker(env, tmp_path / "first") as first:
                house.eventually("the first worker is harvesting", lambda: records(env) >= 4 * PAGE_SIZE)
                first.kill()
            stored = records(env)
            assert stored < LESSONS
            house.eventually("its lease has run out", lambda: house.ask(env, EXPIRED))
            with house.worker(env, tmp_path / "second"):
                district.pause = 0.0
                house.eventually("the harvest ends", lambda: ended(env))
                house.eventually("all is indexed", lambda: not stale(env))
            assert held(env) == undisturbed
            assert len(undisturbed[0]) == LESSONS
            checked = house.done(env, "index", "check")
            runs = house.ask(env, "SELECT status, created FROM run ORDER BY id")
    assert f"{LESSONS} in store, {LESSONS} in index: 0 missing, 0 too many, 0 out of date" in checked
    assert runs == [("interrupted", stored), ("success", LESSONS - stored)]
    # Page by page: only the one that was being read when the worker died was asked for again.
    assert district.places.count("") == 1
    assert len(district.places) <= LESSONS // PAGE_SIZE + 1


def held(env: house.Environment) -> list[Sequence[Any]]:
    return [house.ask(env, query) for query in CONTENT]


def records(env: house.Environment) -> int:
    return house.count(env, "SELECT count(*) FROM record")


def ended(env: house.Environment) -> bool:
    return bool(house.ask(env, "SELECT 1 FROM source WHERE clean_since IS NOT NULL AND lease_owner IS NULL"))


def stale(env: house.Environment) -> int:
    return house.count(env, "SELECT count(*) FROM resource WHERE indexed_revision < revision")
