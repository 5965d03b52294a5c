"""Sentence vectors: how long the lessons take to encode, what a search pays for them, memory, and who is near whom.

The 250,000 are the lessons' vectors and copies of them, each moved by chance (seeded) so that its cosine with the
first is about .9, as that of two lessons of one unit is.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import stage
from benchmarks.judged_lessons import shelf
from benchmarks.judgements import judged_set
from benchmarks.quality_catalogs import LESSONS, indexed
from registry import migrate
from registry.app import Registry
from registry.db import insert_rows, make_engine, make_reading, make_sessions, now
from registry.models import IdentifierRow, ResourceRow, StampRow, VectorRow
from registry.search import encoding, filling
from registry.search.minilm import WIDTH, Floats, MiniLM, open_minilm
from registry.search.quantized import packed
from registry.search.vectors import STAMP, Vectors
from vocab.resource import Resource

MANY = 250_000
_MOVED = 0.48
_ASKED = 500


def run() -> list[str]:
    """The figures."""
    model = open_minilm()
    if model is None or stage.absent():
        return stage.absent() or ["skipped: the model's package is not installed"]
    return list(_figures(model))


def _figures(model: MiniLM) -> Iterator[str]:
    queries = [each.query for each in judged_set()][:_ASKED]
    times = _times(queries, lambda text: model.encode([text]))
    yield f"a query encoded, {len(queries)} judged ones: {_spread(times)}"
    with indexed(LESSONS) as registry:
        started = time.perf_counter()
        report = filling.fill(registry.sessions, registry.reading, MiniLM.name, encoding.encoding, seconds=3600)
        seconds = time.perf_counter() - started
        yield f"{report.encoded} lessons filled in {seconds:.0f} s: {report.encoded / seconds:.0f} a second"
        vectors = Vectors(registry.reading, model)
        yield f"{vectors.refresh()} lessons: nearest 100 and their encoding {_spread(_nearest(vectors, queries))}"
        yield _units(registry, model)
        real = _unpacked(registry)
    yield from _many(model, real, queries)


def _many(model: MiniLM, real: Floats, queries: list[str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'registry.sqlite'}")
        migrate.upgrade(engine)
        every = _multiplied(real)
        ids = [f"r{number:08d}" for number in range(MANY)]
        with make_sessions(engine).begin() as session:
            blank = {"title": "", "body": Resource("", ""), "card": b"{}", "created_at": now(), "updated_at": now()}
            insert_rows(session, ResourceRow, [{"id": each} | blank for each in ids])
            fits = {"revision": 1, "model": model.name, "digest": b"", "written": 1}
            rows = zip(ids, packed(every), strict=True)
            insert_rows(session, VectorRow, [{"resource_id": key, "content": content} | fits for key, content in rows])
            session.add(StampRow(name=STAMP, value=1))
        started = time.perf_counter()
        filling.fill(make_sessions(engine), make_reading(engine), model.name, encoding.encoding)
        yield f"{MANY} resources looked at, each with its vector: {time.perf_counter() - started:.1f} s"
        before, started = _memory(), time.perf_counter()
        vectors = Vectors(make_reading(engine), model)
        held = vectors.refresh()
        took = time.perf_counter() - started
        yield f"{held} vectors read from SQLite: {took:.1f} s, {_memory() - before:.0f} MB more in memory"
        yield f"nothing new to read: {_spread(_times(['x'] * 50, lambda _: vectors.refresh()))}"
        encoded = model.encode(queries)
        vectors.nearest("warm", 1)
        for text in queries:
            vectors.scores(text, [])
        for k in (100, 1_000):
            yield f"nearest {k} of {held}, query known: {_spread(_nearest(vectors, queries, k))}"
        among = ids[:: MANY // 100]
        times = _times(queries, lambda text: vectors.scores(text, among))
        yield f"scores of 100 of {held}, query known: {_spread(times)}"
        for k in (20, 100, 1_000):
            yield f"of the true nearest {k}, found: {_recall(vectors, ids, every, encoded, queries, k):.3f}"
        engine.dispose()


def _units(registry: Registry, model: MiniLM) -> str:
    """How often the lesson nearest to another is of the same unit."""
    with registry.reading.begin() as session:
        known = {row.value: row.resource_id for row in session.query(IdentifierRow.value, IdentifierRow.resource_id)}
    lessons = [each for each in shelf().lessons if each.units and each.identifier in known][::25]
    units = {known[each.identifier]: set(each.units) for each in shelf().lessons if each.identifier in known}
    vectors, same = Vectors(registry.reading, model), 0
    for lesson in lessons:
        own = known[lesson.identifier]
        near = [each for each, _ in vectors.nearest(f"{lesson.title}\n{lesson.description}", 2) if each != own]
        same += bool(units.get(near[0], set()) & set(lesson.units))
    return f"nearest other lesson is of the same unit: {same / len(lessons):.2f} of {len(lessons)} lessons"


def _recall(vectors: Vectors, ids: list[str], every: Floats, encoded: Floats, queries: list[str], k: int) -> float:
    shares = []
    for text, vector in list(zip(queries, encoded, strict=True))[:100]:
        exact = {ids[row] for row in np.argpartition(-(every @ vector), k)[:k]}
        shares.append(len(exact & {each for each, _ in vectors.nearest(text, k)}) / k)
    return float(np.mean(shares))


def _multiplied(real: Floats) -> Floats:
    chance = np.random.default_rng(1)
    parts = [real]
    while sum(map(len, parts)) < MANY:
        moved = real + _MOVED / WIDTH**0.5 * chance.standard_normal(real.shape, np.float32)
        parts.append((moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32))
    return np.concatenate(parts)[:MANY]


def _unpacked(registry: Registry) -> Floats:
    with registry.reading.begin() as session:
        contents = session.query(VectorRow.content).all()
    numbers = np.frombuffer(b"".join(row.content for row in contents), [("scale", "<f4"), ("codes", "i1", WIDTH)])
    found: Floats = numbers["codes"].astype(np.float32) * numbers["scale"][:, None]
    return found


def _nearest(vectors: Vectors, queries: list[str], k: int = 100) -> list[float]:
    return _times(queries, lambda text: vectors.nearest(text, k))


def _times(texts: list[str], ask: Callable[[str], object]) -> list[float]:
    found = []
    for text in texts:
        started = time.perf_counter()
        ask(text)
        found.append(time.perf_counter() - started)
    return found


def _spread(seconds: list[float]) -> str:
    middle, high = np.percentile(seconds, [50, 95]) * 1000
    return f"p50 {middle:.1f} ms, p95 {high:.1f} ms"


def _memory() -> float:
    """Megabytes of this process that are not mapped files."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024
