"""Meilisearch or Redis killed: what is said meanwhile, and that all is made good when they are back."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import redis

from tests import servers
from tests.journeys import house


def test_a_killed_search_server_costs_a_wait_and_nothing_else(tmp_path: Path) -> None:
    port = servers.free_port()
    data = tmp_path / "meilisearch"
    with (
        house.District("oak", 30).open() as oak,
        servers.meilisearch(data, port) as (search_url, search_server),
        house.shared_stores(tmp_path / "data", search_url) as stores,
    ):
        env = stores.env
        house.done(env, "source", "add", "oak", "oai", oak.url)
        house.done(env, "harvest", "oak")
        with house.site(env, tmp_path / "log") as site:
            assert house.found(site) == 30
            search_server.kill()
            search_server.wait()

            refused = house.get(f"{site}/api/v1/search", params={"q": "lesson"})
            assert refused.status_code == 503
            assert refused.headers["content-type"].startswith("application/problem+json")
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["status"] == 503 and "search server" in refused.json()["detail"]
            for query in ("/?q=lesson", "/"):
                page = house.get(f"{site}{query}", headers={"Accept": "text/html"})
                assert (page.status_code, page.headers["content-type"][:9]) == (503, "text/html")
                assert int(page.headers["retry-after"]) >= 1
                assert "Try again" in page.text and "Nothing is lost" in page.text
            assert house.get(f"{site}/healthz").status_code == 200
            ready = house.get(f"{site}/readyz")
            assert (ready.status_code, ready.json()["down"]) == (503, ["search index"])
            assert house.get(f"{site}/standards").status_code == 200

            title = oak.add()
            asked = house.post(f"{site}/api/v1/sources/oak/harvest", headers=stores.headers)
            assert asked.status_code == 202
            stored = f"SELECT count(*) FROM resource WHERE title = '{title}'"
            house.eventually("it is stored without the search server", lambda: house.count(env, stored) == 1)

            with servers.meilisearch(data, port):
                house.eventually("it is indexed by itself", lambda: house.found(site) == 31)
                assert house.get(f"{site}/readyz").status_code == 200
                assert "31 in store, 31 in index: 0 missing" in house.done(env, "index", "check")


def test_a_harvest_asked_for_without_a_broker_is_made_when_it_is_back(tmp_path: Path, meilisearch_url: str) -> None:
    port = servers.free_port()
    broker = f"redis://127.0.0.1:{port}/0"
    with (
        house.District("oak", 30).open() as oak,
        house.shared_stores(tmp_path / "data", meilisearch_url, OER_BROKER_URL=broker) as stores,
    ):
        house.done(stores.env, "source", "add", "oak", "oai", oak.url)
        house.done(stores.env, "harvest", "oak")
        with house.site(stores.env, tmp_path / "web") as site:
            oak.add()
            assert asks_for_harvest(site, stores) == 202
            with own_redis(port) as server:
                house.eventually("it answers", lambda: redis_answers(broker))
                server.send_signal(signal.SIGSTOP)
                assert asks_for_harvest(site, stores) == 202
            with own_redis(port), house.worker(stores.env, tmp_path / "worker"):
                house.eventually("the worker finds it due", lambda: house.found(site) == 31)


def asks_for_harvest(site: str, stores: house.Shared) -> int:
    """The status of the answer; a caller that is kept waiting gives up."""
    address = f"{site}/api/v1/sources/oak/harvest"
    return httpx.post(address, headers=stores.headers, timeout=4, trust_env=False).status_code


@contextmanager
def own_redis(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that keeps nothing, on this port."""
    if not shutil.which("redis-server"):
        servers.missing("there is no redis-server to start")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def redis_answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
