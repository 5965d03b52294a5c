"""What 16 clients that search without pause are answered while the index is rebuilt, and while servers are killed.

`python -m benchmarks.search_under_load --only meilisearch --clients 4 --count 26000` measures a part, on the catalogs
that `large_search` has made and indexed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from urllib.parse import urlencode

from msgspec import Struct

from benchmarks import engines, large_catalog, stage
from benchmarks.large_search import STORES, WORKERS
from benchmarks.search import requests
from registry.app import open_registry
from registry.settings import read_settings
from tests.journeys.load import BROKEN, Answer, Load, loaded, milliseconds, statuses, totals, wrong

KILLS = 3
_QUESTIONS = 200
_CALM_SECONDS = 10.0
_DOWN_SECONDS = 3.0
_BETWEEN_SECONDS = 6.0
"""Between kills: a process that ends within 5.5 s of its start counts as one that cannot, and granian gives up."""
_PAGES = 10
"""Of so many questions one is asked as a page."""

Kill = Callable[[], None]


class Options(Struct, frozen=True):
    """What is measured."""

    stores: Sequence[str] = tuple(STORES)
    clients: int = 16
    count: int = large_catalog.COUNT


def run(options: Options | None = None) -> Iterator[str]:
    """Lines for each pair of stores."""
    options = options or Options()
    if lines := stage.absent():
        yield from lines
        return
    for store in options.stores:
        with _standing(store, options.count) as (environment, server):
            _make_index(environment)
            with engines.serving(environment, WORKERS) as (port, process):
                lines = _measured(f"http://127.0.0.1:{port}", environment, server, process, options.clients)
                yield from (f"{STORES[store]}: {line}" for line in lines)


def main() -> None:
    """Print the part asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", choices=tuple(STORES), action="append", help="a pair of stores")
    parser.add_argument("--clients", type=int, default=16, help="how many ask at once")
    parser.add_argument("--count", type=int, default=large_catalog.COUNT, help="resources")
    given = parser.parse_args()
    for line in run(Options(given.only or tuple(STORES), given.clients, given.count)):
        print(line, flush=True)


@contextmanager
def _standing(store: str, count: int) -> Iterator[tuple[stage.Environment, stage.MeilisearchServer | None]]:
    if store == "embedded":
        with large_catalog.embedded(count) as environment:
            yield environment, None
        return
    with large_catalog.shared(count) as (environment, server):
        yield environment, server


def _make_index(environment: stage.Environment) -> None:
    registry = open_registry(read_settings(environment))
    try:
        held = next(iter(registry.index.entries()), None)
    finally:
        registry.close()
    if held is None:
        stage.Ran(environment, "index", "rebuild")


def _measured(
    url: str,
    environment: stage.Environment,
    server: stage.MeilisearchServer | None,
    process: Popen[bytes],
    clients: int,
) -> Iterator[str]:
    paths = [
        f"{'/' if number % _PAGES == 0 else '/api/v1/search'}?{urlencode(each)}"
        for number, each in enumerate(requests()[:_QUESTIONS])
    ]
    totals(url, paths)
    expected = totals(url, paths)
    with loaded(url, paths, clients) as load:
        begun = time.monotonic()
        time.sleep(_CALM_SECONDS)
        yield f"undisturbed: {_told(load.since(begun), expected)}"
        begun = time.monotonic()
        rebuilt = _rebuilt(environment, server)
        yield f"`oer index rebuild` in {rebuilt:.0f} s: {_told(load.since(begun), expected)}"
        who = "Meilisearch" if server else "a serving process"
        for number in range(KILLS):
            time.sleep(_BETWEEN_SECONDS)
            begun = time.monotonic()
            _kill(server, process)
            whole = _whole_again(load, expected, begun)
            yield f"{who} killed ({number + 1}), whole after {whole:.1f} s: {_told(load.since(begun), expected)}"
        begun = time.monotonic()
        time.sleep(_CALM_SECONDS)
        yield f"afterwards: {_told(load.since(begun), expected)}"


def _rebuilt(environment: stage.Environment, server: stage.MeilisearchServer | None) -> float:
    """Seconds that a rebuild took: by the command, or where the serving process owns the index by that."""
    ran = stage.Ran(environment, "index", "rebuild")
    assert ran.code == 0, ran.output
    return ran.seconds


def _kill(server: stage.MeilisearchServer | None, process: Popen[bytes]) -> None:
    """Kill the search server and start it again after three seconds, or kill one of the serving processes."""
    if server:
        server.kill()
        time.sleep(_DOWN_SECONDS)
        server.start()
        return
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(random.choice(children)), signal.SIGKILL)


def _whole_again(load: Load, expected: dict[str, int], since: float, most: float = 120.0) -> float:
    """Seconds until two seconds have passed in which everything was answered well."""
    while time.monotonic() - since < most:
        time.sleep(0.5)
        last = load.since(time.monotonic() - 2.0)
        if last and all(each.status == 200 for each in last) and not wrong(last, expected):
            bad = [each.moment for each in load.since(since) if each.status != 200]
            return max(bad, default=since) - since
    return most


def _told(answers: Sequence[Answer], expected: dict[str, int]) -> str:
    found = statuses(answers)
    named = ", ".join(f"{count:,} {'broken' if status == BROKEN else status}" for status, count in found.items())
    empty = sum(each.status == 200 and each.total == 0 < expected.get(each.path, 0) for each in answers)
    bare = sum(each.status not in (200, BROKEN) and not each.whole for each in answers)
    p50, p95 = milliseconds(answers)
    return (
        f"{named}; {len(wrong(answers, expected))} with another total, {empty} empty, {bare} refusals without a reason "
        f"or a time; p50 {p50:.1f}, p95 {p95:.1f} ms"
    )


if __name__ == "__main__":
    main()
