"""Search over 250,000 resources: the index's time and size, the API with all its facets beside the engine itself.

`python -m benchmarks.large_search --only embedded --clients 1 --requests 200` measures a part. What is prepared (see
`large_catalog`) and indexed is kept under /tmp/large, and an index there is used again unless `--rebuild` is given.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import httpx
from msgspec import Struct

from benchmarks import engines, large_catalog, quality_catalogs, stage
from benchmarks.engines import Asked, Figures
from benchmarks.search import requests
from registry.app import Registry, open_registry
from registry.search import minilm
from registry.search.query import search
from registry.settings import read_settings

WORKERS = 2
"""Processes that serve, as the image and docker-compose.yml have it."""

_SAMPLE = 512
STORES = {"embedded": "SQLite, embedded index", "meilisearch": "PostgreSQL, Meilisearch"}


class Options(Struct, frozen=True):
    """What is measured."""

    stores: Sequence[str] = tuple(STORES)
    clients: Sequence[int] = (1, 16)
    requests: int = 500
    count: int = large_catalog.COUNT
    rebuild: bool = False


def run(options: Options | None = None) -> Iterator[str]:
    """Lines for each pair of stores."""
    options = options or Options()
    if lines := stage.absent():
        yield from lines
        return
    for store in options.stores:
        with _store(store, options.count) as (environment, folder):
            yield from (f"{STORES[store]}: {line}" for line in _measured(environment, folder, options))


def main() -> None:
    """Print the part asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", choices=tuple(STORES), action="append", help="a pair of stores")
    parser.add_argument("--clients", type=int, action="append", help="how many ask at once")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--count", type=int, default=large_catalog.COUNT, help="resources")
    parser.add_argument("--rebuild", action="store_true", help="index again though there is an index")
    given = parser.parse_args()
    options = Options(
        stores=given.only or tuple(STORES),
        clients=given.clients or (1, 16),
        requests=given.requests,
        count=given.count,
        rebuild=given.rebuild,
    )
    for line in run(options):
        print(line, flush=True)


def typed(count: int, seed: int = 5) -> list[Asked]:
    """What a person has typed after each few keys of a title: `fr`, `fracti`, `fractions on`."""
    chance = random.Random(seed)
    titles = [str(lesson["name"]) for lesson in chance.sample(list(stage.oak_lessons()), count)]
    return [{"q": title[: chance.randint(2, 24)]} for title in titles]


@contextmanager
def _store(name: str, count: int) -> Iterator[tuple[stage.Environment, Path]]:
    """The environment of a pair of stores, and the folder its index takes room in."""
    if name == "embedded":
        with large_catalog.embedded(count) as environment:
            yield environment, Path(environment["OER_DATA_DIR"]) / "index"
        return
    with large_catalog.shared(count) as (environment, _):
        yield environment, Path(environment["OER_DATA_DIR"]) / "meilisearch" / "db"


def _measured(environment: stage.Environment, folder: Path, options: Options) -> Iterator[str]:
    registry = open_registry(read_settings(environment))
    try:
        yield from _indexed(registry, environment, folder, options.rebuild)
        yield from _vectors(registry)
        with engines.serving(environment, WORKERS) as (port, process):
            yield _first_answers(port, process)
            for clients in options.clients:
                yield from _searched(registry, port, clients, requests(clients)[: options.requests])
                yield from _completed(registry, port, clients, typed(options.requests, clients))
        yield from _in_process(registry, requests()[: options.requests])
    finally:
        registry.close()


def _indexed(registry: Registry, environment: stage.Environment, folder: Path, rebuild: bool) -> Iterator[str]:
    held = sum(1 for _ in registry.index.entries())
    if held and not rebuild:
        yield f"the index of {held:,} documents that is there is used; {_megabytes(folder):,.0f} MB"
        return
    ran = stage.Ran(environment, "index", "rebuild")
    held = sum(1 for _ in registry.index.entries())
    yield (
        f"`oer index rebuild` takes {ran.seconds:.0f} s for {held:,} documents ({held / ran.seconds:,.0f} a second), "
        f"{ran.megabytes:,.0f} MB of memory, {_megabytes(folder):,.0f} MB on disk; ended with {ran.code}"
    )


def _vectors(registry: Registry) -> Iterator[str]:
    """What the vectors take; how long encoding all would take is told from some."""
    before = _resident()
    start = time.perf_counter()
    held = registry.vectors.refresh()
    yield f"{held:,} vectors are read in {time.perf_counter() - start:.1f} s and take {_resident() - before:,.0f} MB"
    model = minilm.open_minilm()
    if model is None or not held:
        return
    texts = [" ".join(map(str, (each["name"], each.get("keywords", ""), each.get("description", ""))))
             for each in random.Random(3).sample(list(stage.oak_lessons()), _SAMPLE)]  # fmt: skip
    start = time.perf_counter()
    for place in range(0, _SAMPLE, 16):
        model.encode(texts[place : place + 16])
    rate = _SAMPLE / (time.perf_counter() - start)
    yield f"{rate:,.0f} texts are encoded a second: all {held:,} would take {held / rate / 60:,.0f} minutes"


def _first_answers(port: int, process: Popen[bytes]) -> str:
    """Each serving process reads words and vectors at its first search; then everything is warm."""
    asked = requests()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
        start = time.perf_counter()
        client.get("/api/v1/search", params=next(each for each in asked if "q" in each))
        first = time.perf_counter() - start
    warming = engines.through_api(port, "/api/v1/search", asked[:200])
    for _ in range(2):
        engines.timed(warming, 16)
    return f"the first search after the start takes {first:.2f} s; warm, {_of_workers(process)} MB of memory"


def _searched(registry: Registry, port: int, clients: int, asked: Sequence[Asked]) -> Iterator[str]:
    """Questions asked for the first time, which have to be encoded, and then again, as by who turns a page."""
    through = engines.through_api(port, "/api/v1/search", asked)
    own = engines.of_engine(registry, asked)
    engines.timed(own, clients)
    new, again, engine = (engines.timed(each, clients) for each in (through, through, own))
    who = _who(clients)
    yield f"search, {who}: API, new questions {new}; {_aim(new, engine)}"
    yield f"search, {who}: API, asked again {again}; {_aim(again, engine)}"
    yield f"search, {who}: the engine itself {engine}"


def _completed(registry: Registry, port: int, clients: int, asked: Sequence[Asked]) -> Iterator[str]:
    own = engines.completions_of_engine(registry, [each["q"] for each in asked])
    engine = engines.timed(own, clients)
    found = engines.timed(engines.through_api(port, "/api/v1/suggest", asked), clients)
    yield f"suggest, {_who(clients)}: API {found}; the engine's titles alone {engine}; {_aim(found, engine)}"


def _who(clients: int) -> str:
    return f"{clients} client{'s' * (clients > 1)}"


def _aim(api: Figures, engine: Figures) -> str:
    most = engine.p95 * 1.5 + 5
    return f"aim p95 {most:.1f} ms: {'met' if api.p95 <= most else 'missed'}"


def _in_process(registry: Registry, asked: Sequence[Asked]) -> Iterator[str]:
    """The use case without HTTP, with the sentences' meaning and without."""
    queries = [engines.query_of(each) for each in asked]
    for name, used in (("with", registry), ("without", quality_catalogs.without_vectors(registry))):
        taken = []
        for _ in range(2):
            taken.clear()
            for query in queries:
                start = time.perf_counter()
                with used.reading.begin() as session:
                    search(session, used, query)
                taken.append((time.perf_counter() - start) * 1000)
        cuts = statistics.quantiles(taken, n=100)
        said = f"p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f} ms"
        yield f"the use case in one process, {name} vectors: {said}"


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6


def _resident() -> float:
    return _status(Path("/proc/self/status"))


def _of_workers(process: Popen[bytes]) -> str:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return " and ".join(f"{_status(Path(f'/proc/{child}/status')):,.0f}" for child in children)


def _status(path: Path) -> float:
    lines = dict(line.split(":", 1) for line in path.read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


if __name__ == "__main__":
    main()
