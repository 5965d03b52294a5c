"""A framework of 200,000 statements and 600,000 links: imported, walked, its pages opened, a version switched."""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.serving import served
from benchmarks.stage import OER, Environment, Ran, embedded, shared_stores
from registry.db import make_engine, make_reading
from registry.standards.graph import Graphs
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.write import FORMATS

COUNT = 200_000
_WORDS = [
    "add",
    "compare",
    "fraction",
    "number",
    "whole",
    "equal",
    "model",
    "explain",
    "reason",
    "draw",
    "measure",
    "angle",
    "area",
    "volume",
    "ratio",
    "rate",
    "unit",
    "solve",
    "write",
    "read",
    "text",
    "author",
    "claim",
    "evidence",
    "force",
    "energy",
    "cell",
    "plant",
    "rock",
    "water",
    "light",
    "sound",
    "wave",
    "map",
    "trade",
    "law",
    "vote",
]
_BASE = "https://example.org/standards/"


def generated(count: int = COUNT) -> Framework:
    """Statements twelve to a parent; two further links each: a prerequisite, and an equivalent or a relative."""
    chance = random.Random(1)
    uris = [f"{_BASE}{number:06d}" for number in range(count)]
    items, links = [], []
    for number, uri in enumerate(uris):
        items.append(
            Item(
                uri=uri,
                statement=f"Students {' '.join(chance.choices(_WORDS, k=14))}, case {number}.",
                codes=(_code(number),),
                parents=(uris[(number - 20) // 12],) if number >= 20 else (),
                position=number,
                kind="Standard",
                grades=(str(number % 12 + 1),),
            )
        )
        if number > 50:
            kind = "related" if number % 2 else "exactMatch"
            links.append(Association(uris[chance.randrange(number - 50, number)], "precedes", uri))
            links.append(Association(uri, kind, uris[chance.randrange(number)]))
    return Framework(uri=_BASE, code="large", title="Large", items=tuple(items), associations=tuple(links))


def _code(number: int) -> str:
    return f"XX.{number % 12 + 1}.{chr(65 + number % 7)}.{number}"


def run() -> Iterator[str]:
    """Import by format and store, then walks and pages on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        framework = generated()
        paths = {}
        for key in ("ttl", "csv", "case"):
            paths[key] = Path(folder) / f"large{FORMATS[key].suffix}"
            with paths[key].open("wb") as file:
                file.writelines(FORMATS[key].write(framework))
        del framework
        for key, path in paths.items():
            with embedded() as environment:
                yield _imported(f"SQLite, {key}", path, environment)
                if key == "ttl":
                    yield from _walked(environment)
                    yield from _opened(environment)
        with shared_stores() as (environment, _):
            Ran(environment, "db", "upgrade")
            yield _imported("PostgreSQL, ttl", paths["ttl"], environment)
    yield f"a process starts (oer --help) in {_start():.2f} s; nothing is parsed then"


def _imported(what: str, path: Path, environment: Environment) -> str:
    ran = Ran(environment, "vocab", "import", str(path), "--as", "large", "--json")
    told = json.loads(ran.output.splitlines()[-1])
    return (
        f"import, {what} ({path.stat().st_size / 1e6:.0f} MB): {ran.seconds:.1f} s (aim 60), {ran.megabytes:.0f} MB "
        f"(aim 1,024); {told['added']:,} statements, {told['associations']:,} links"
    )


def _walked(environment: Environment) -> Iterator[str]:
    url = f"sqlite:///{environment['OER_DATA_DIR']}/registry.sqlite"
    engine = make_engine(environment.get("OER_DATABASE_URL", url))
    with make_reading(engine).begin() as session:
        started = time.perf_counter()
        graph = Graphs().current(session)
        yield f"graph read in {time.perf_counter() - started:.2f} s, process at {_peak()} MB"
    engine.dispose()
    walks: dict[str, Callable[[int], object]] = {
        "ancestors": lambda concept: graph.ancestors((concept,)),
        "descendants": lambda concept: graph.descendants((concept,)),
        "equivalents": graph.equivalents,
        "prerequisites": graph.prerequisites,
        "all a search means": lambda concept: graph.widened((concept,)),
    }
    chance = random.Random(2)
    for name, walk in walks.items():
        times = sorted(_timed(walk, chance.randrange(1, COUNT)) for _ in range(5_000))
        yield f"{name}: p50 {times[2500]:.3f} ms, p95 {times[4750]:.3f} ms (aim 2)"


def _opened(environment: Environment) -> Iterator[str]:
    with served(environment) as client:
        for name, path in (
            ("tree page", "/standards/large"),
            ("standard page", f"/standards/{_code(100_000)}"),
            ("search by wording", "/standards?q=compare+fraction+ratio"),
            ("progression map", f"/progressions/{_code(100_000)}"),
        ):
            first = _timed(client, path)
            times = [_timed(client, path) for _ in range(20)]
            yield f"{name}: first {first:.0f} ms, then p50 {statistics.median(times):.0f} ms (aim 150 for the tree)"


def _timed(call: Callable[..., object], argument: object) -> float:
    started = time.perf_counter()
    call(argument)
    return (time.perf_counter() - started) * 1000


def _start() -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([str(OER), "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
