"""Two web processes and two workers that share PostgreSQL, Redis and Meilisearch, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.journeys import house

DISTRICTS = 3
LESSONS = 60
ALL = DISTRICTS * LESSONS


@dataclass(frozen=True)
class State:
    """The machines of a state, and the districts they have harvested."""

    stores: house.Shared
    sites: tuple[str, str]
    workers: tuple[house.Running, house.Running]
    disks: tuple[Path, ...]
    logs: Path


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, meilisearch_url: str, redis_url: str) -> Iterator[State]:
    folder = tmp_path_factory.mktemp("state")
    logs = folder / "logs"
    logs.mkdir()
    disks = tuple(folder / name for name in ("web-a", "web-b", "worker-a", "worker-b", "operator"))
    with ExitStack() as stack:
        stores = stack.enter_context(house.shared_stores(disks[4], meilisearch_url, OER_BROKER_URL=redis_url))
        envs = [stores.env | {"OER_DATA_DIR": str(disk)} for disk in disks]
        districts = [
            stack.enter_context(house.District(f"district-{number}", LESSONS, page_size=20).open())
            for number in range(DISTRICTS)
        ]
        for district in districts:
            district.gate.clear()
            house.done(envs[4], "source", "add", district.name, "oai", district.url)
        sites = (
            stack.enter_context(house.site(envs[0], logs / "web-a")),
            stack.enter_context(house.site(envs[1], logs / "web-b")),
        )
        for district in districts:
            for site in sites:  # by two people at once
                asked = house.post(f"{site}/api/v1/sources/{district.name}/harvest", headers=stores.headers)
                assert (asked.status_code, asked.json()["status"]) == (202, "queued")
        workers = (
            stack.enter_context(house.worker(envs[2], logs / "worker-a")),
            stack.enter_context(house.worker(envs[3], logs / "worker-b")),
        )
        # Each worker does one job at a time: two harvests under way are one at each.
        under_way = "SELECT count(*) FROM source WHERE lease_owner IS NOT NULL"
        house.eventually("both workers are harvesting", lambda: house.count(stores.env, under_way) == 2)
        for district in districts:
            district.gate.set()
        house.eventually("everything is found at the second site", lambda: house.found(sites[1]) == ALL)
        house.eventually("all harvests have ended", lambda: house.count(stores.env, under_way) == 0)
        yield State(stores, sites, workers, disks, logs)


def test_what_was_asked_for_at_one_site_is_found_at_both(state: State) -> None:
    assert [house.found(site) for site in state.sites] == [ALL, ALL]
    assert [house.found(site, provider="district-2") for site in state.sites] == [LESSONS, LESSONS]


def test_each_record_is_stored_once_although_both_workers_had_jobs(state: State) -> None:
    for worker in state.workers:
        house.eventually("each has ended a harvest", partial(worker.said, '"harvest_ended"'))
    env = state.stores.env
    assert house.count(env, "SELECT count(*) FROM record WHERE outcome = 'stored'") == ALL
    assert house.count(env, "SELECT count(DISTINCT resource_id) FROM record") == ALL
    assert house.count(env, "SELECT count(*) FROM resource WHERE withdrawn_at IS NULL") == ALL
    assert house.count(env, "SELECT sum(created) FROM run") == ALL
    assert house.ask(env, "SELECT DISTINCT status FROM run") == [("success",)]
    assert f"{ALL} in store, {ALL} in index: 0 missing" in house.done(env, "index", "check")


def test_a_sign_in_at_one_site_holds_at_the_other(state: State) -> None:
    first, second = state.sites
    with httpx.Client(trust_env=False, timeout=20) as browser:
        assert browser.get(f"{second}/admin").status_code == 303
        form = browser.get(f"{first}/sign-in").text
        token = re.search(r'name="form_token" value="([^"]+)"', form)
        assert token
        # The form was shown by the first and is taken by the second: both know it as ours.
        told = {"name": "admin", "password": state.stores.password, "next": "/admin", "form_token": token[1]}
        signed_in = browser.post(f"{second}/sign-in", data=told)
        assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/admin")
        assert [browser.get(f"{site}/admin").status_code for site in (first, second)] == [200, 200]
        assert browser.get(f"{first}/admin/sources/district-0").status_code == 200


def test_a_cursor_of_one_site_is_read_by_the_other(state: State) -> None:
    first, second = state.sites
    page = house.get(f"{first}/api/v1/search", params={"q": "lesson", "limit": "100"}).json()
    seen = [item["id"] for item in page["items"]]
    while page["next"]:
        first, second = second, first
        params = {"q": "lesson", "limit": "100", "cursor": page["next"]}
        page = house.get(f"{first}/api/v1/search", params=params).json()
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == ALL


def test_every_process_is_ready_and_logs_json(state: State) -> None:
    for site in state.sites:
        assert house.get(f"{site}/readyz").json() == {"status": "ready", "down": []}
    assert '"event": "request"' in (state.logs / "web-a").read_text()


def test_nothing_is_kept_on_any_machine(state: State) -> None:
    assert [disk for disk in state.disks if disk.exists()] == []
    assert sorted(path.name for path in state.logs.iterdir()) == ["web-a", "web-b", "worker-a", "worker-b"]
