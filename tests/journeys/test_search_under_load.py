"""Search while the index is rebuilt and while servers die: never an empty list, never a number that is not so."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from urllib.parse import urlencode

from tests import servers
from tests.journeys import house, load
from tests.journeys.test_embedded import owners

LESSONS = 120
PAUSE = 0.1
API = [
    f"/api/v1/search?{urlencode(asked)}"
    for asked in ({"q": "lesson"}, {"q": "what oak teaches"}, {"language": "en"}, {"q": "oak", "facets": "0"}, {})
]
PAGES = ["/?q=lesson", "/?q=oak&language=en"]


def test_a_rebuild_of_a_served_embedded_index_changes_no_answer(tmp_path: Path) -> None:
    env = house.environment(tmp_path / "data")
    with house.District("oak", LESSONS).open() as oak:
        house.done(env, "source", "add", "oak", "oai", oak.url)
        house.done(env, "harvest", "oak")
    with house.site(env, tmp_path / "log", "--workers", "2") as site:
        house.eventually("a serving process owns the index", lambda: owners(tmp_path))
        expected = load.totals(site, API)
        assert set(expected.values()) == {LESSONS}
        with load.loaded(site, [*API, *PAGES], 4, PAUSE) as asking:
            for _ in range(2):
                assert house.done(env, "index", "rebuild").startswith(f"{LESSONS} indexed")
        assert load.statuses(asking.answers).keys() == {200}
        assert load.wrong(asking.answers, expected) == []


def test_a_killed_serving_process_costs_its_connections_and_nothing_else(tmp_path: Path) -> None:
    env = house.environment(tmp_path / "data")
    with house.District("oak", LESSONS).open() as oak:
        house.done(env, "source", "add", "oak", "oai", oak.url)
        house.done(env, "harvest", "oak")
    with house.site(env, tmp_path / "log", "--workers", "2") as site:
        house.eventually("a serving process owns the index", lambda: owners(tmp_path))
        expected = load.totals(site, API)
        with load.loaded(site, [*API, *PAGES], 4, PAUSE) as asking:
            (owner,) = owners(tmp_path)
            os.kill(owner, signal.SIGKILL)
            house.eventually("another process owns the index", lambda: owners(tmp_path) - {owner})
            house.eventually("all is answered again", lambda: calm(asking, 2.0))
        assert load.statuses(asking.answers).keys() <= {200, load.BROKEN}
        assert load.wrong(asking.answers, expected) == []


def test_a_rebuild_and_a_killed_search_server_are_answered_in_full_or_with_a_reason(tmp_path: Path) -> None:
    port, data = servers.free_port(), tmp_path / "meilisearch"
    with (
        house.District("oak", LESSONS).open() as oak,
        servers.meilisearch(data, port) as (search_url, search_server),
        house.shared_stores(tmp_path / "data", search_url) as stores,
    ):
        env = stores.env
        house.done(env, "source", "add", "oak", "oai", oak.url)
        house.done(env, "harvest", "oak")
        with house.site(env, tmp_path / "log", "--workers", "2") as site:
            expected = load.totals(site, API)
            assert set(expected.values()) == {LESSONS}
            with load.loaded(site, [*API, *PAGES], 4, PAUSE) as asking:
                house.done(env, "index", "rebuild")
                rebuilt = list(asking.answers)
                assert load.statuses(rebuilt).keys() == {200}

                search_server.kill()
                search_server.wait()
                house.eventually("it is told", lambda: asking.answers[-1].status == 503)
                with servers.meilisearch(data, port):
                    house.eventually("all is answered again", lambda: calm(asking, 2.0))
                    before = len(asking.answers)
                    house.eventually("questions go on", lambda: len(asking.answers) > before + 20)
                    asking.stop.set()
            assert load.statuses(asking.answers).keys() == {200, 503}
            assert all(each.whole for each in asking.answers), "every refusal says why, and when to ask again"
            assert load.wrong(asking.answers, expected) == []


def calm(asking: load.Load, seconds: float) -> bool:
    """Whether everything has been answered well for so long."""
    last = asking.since(time.monotonic() - seconds)
    return bool(last) and all(each.status == 200 for each in last)
