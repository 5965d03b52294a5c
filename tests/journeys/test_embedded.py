"""The embedded registry: one folder, a server that owns the index, and commands run beside it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.journeys import house


def test_a_command_without_a_server_indexes_what_it_stores(tmp_path: Path) -> None:
    env = house.environment(tmp_path)
    with house.District("oak", 30).open() as oak:
        house.done(env, "source", "add", "oak", "oai", oak.url)
        assert "oak: success. 30 seen, 30 created" in house.done(env, "harvest", "oak")
        title = oak.add()
        house.done(env, "harvest", "--all")
        assert title in house.done(env, "search", title)
        assert "31 in store, 31 in index: 0 missing" in house.done(env, "index", "check")


def test_a_server_harvests_what_is_due_and_indexes_what_is_harvested_beside_it(tmp_path: Path) -> None:
    env = house.environment(tmp_path / "data")
    with house.District("oak", 30).open() as oak:
        house.done(env, "source", "add", "oak", "oai", oak.url)
        with house.site(env, tmp_path / "log") as site:
            key, _ = house.first_secrets((tmp_path / "log").read_text())
            headers = {"Authorization": f"Bearer {key}"}
            house.eventually("what is due is harvested and found", lambda: house.found(site) == 30)
            title = oak.add()
            assert house.post(f"{site}/api/v1/sources/oak/harvest", headers=headers).status_code == 202
            house.eventually("what was asked for is found", lambda: finds_always(site, title))
            title = oak.add()
            assert "1 created" in house.done(env, "harvest", "oak")
            house.eventually("what a command stored is found", lambda: finds_always(site, title))
            assert house.done(env, "index", "sync").startswith("Left to whoever owns the index")
            runs = house.get(f"{site}/api/v1/sources/oak/runs", headers=headers).json()["items"]
            assert [(run["status"], run["created"]) for run in runs] == [("success", each) for each in (1, 1, 30)]
        assert "32 in store, 32 in index: 0 missing" in house.done(env, "index", "check")


def test_of_two_serving_processes_one_owns_the_index_and_the_other_takes_over(tmp_path: Path) -> None:
    env = house.environment(tmp_path / "data")
    with house.District("oak", 30).open() as oak:
        house.done(env, "source", "add", "oak", "oai", oak.url)
        house.done(env, "harvest", "oak")
        with house.site(env, tmp_path / "log", "--workers", "2") as site:
            house.eventually("a serving process owns the index", lambda: owners(tmp_path))
            title = oak.add()
            house.done(env, "harvest", "oak")
            house.eventually("all processes find it", lambda: finds_always(site, title))
            (owner,) = owners(tmp_path)
            os.kill(owner, signal.SIGKILL)
            title = oak.add()
            house.done(env, "harvest", "oak")
            house.eventually("all processes find what came after", lambda: finds_always(site, title))
            house.eventually("one process owns the index", lambda: len(owners(tmp_path) - {owner}) == 1)


def finds_always(site: str, title: str) -> bool:
    """Whether twelve searches, each on a connection of its own, all find the title first."""
    answers = [house.get(f"{site}/api/v1/search", params={"q": f'"{title}"', "limit": "1"}) for _ in range(12)]
    return all(a.status_code == 200 and [item["title"] for item in a.json()["items"]] == [title] for a in answers)


def owners(folder: Path) -> set[int]:
    """The processes that hold a lock on a file of the index, as the kernel knows them."""
    files = {path.stat().st_ino for path in (folder / "data" / "index").rglob("*") if path.is_file()}
    held = set()
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if fields[1] == "FLOCK" and int(fields[5].rpartition(":")[2]) in files:
            held.add(int(fields[4]))
    return held
