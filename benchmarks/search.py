"""500 varied searches with eight facets through the API, beside the same queries asked of the engine directly."""

from __future__ import annotations

import http.client
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from benchmarks import stage
from registry.app import Registry, open_registry
from registry.ports import IndexPage, IndexQuery
from registry.search import embedded_query
from registry.search.embedded import EmbeddedIndex
from registry.search.meilisearch import MeilisearchIndex
from registry.search.query import Query, search
from registry.settings import read_settings
from tests import servers

REQUESTS = 500
MOST_PER_FACET = 300

Asked = dict[str, Any]


def run() -> list[str]:
    """A line for each pair of stores."""
    lines = stage.absent()
    if lines:
        return lines
    with stage.oak_endpoint() as endpoint:
        with stage.embedded() as environment:
            lines += _measure("embedded index (tantivy)", environment, endpoint)
        with stage.shared_stores() as (environment, _):
            lines += _measure("Meilisearch", environment, endpoint)
    return lines


def requests() -> list[Asked]:
    """Queries as teachers put them: words of titles, with and without standard, grade, subject, license and sort."""
    chance = random.Random(11)
    lessons = chance.sample(list(stage.oak_lessons()), REQUESTS)
    asked: list[Asked] = []
    for number, lesson in enumerate(lessons):
        words = [word for word in str(lesson["name"]).split() if len(word) > 3] or ["numbers"]
        query: Asked = {"q": " ".join(chance.sample(words, min(len(words), chance.randint(1, 3))))}
        if number % 5 == 0:
            query = {}
        if number % 5 in (0, 1) and (aligned := lesson.get("educationalAlignment")):
            query["standard"] = chance.choice(aligned)["targetUrl"]  # type: ignore[call-overload]
        if number % 3 == 0:
            query["grade"] = str(chance.randint(1, 10))
        if number % 4 == 0:
            query["subject"] = chance.choice(["mathematics", "history", "science", "english-language-arts"])
        if number % 7 == 0:
            query["sort"] = "newest"
        if number % 6 == 0:
            query["open"] = "1"
        asked.append(query)
    return asked


def _measure(name: str, environment: stage.Environment, endpoint: str) -> list[str]:
    stage.prepare(environment, endpoint)
    stage.Ran(environment, "harvest", "oak")
    asked = requests()
    with _serving(environment) as port:
        _through_api(port, asked[:100])
        through_api = _through_api(port, asked)
    registry = open_registry(read_settings(environment))
    engine = _engine(registry, asked)
    registry.close()
    api, own = _figures(through_api), _figures(engine)
    aim = own[0] * 1.5 + 3
    return [
        f"{name}: GET /api/v1/search p50 {api[0]:.1f} ms, p95 {api[1]:.1f} ms; the engine itself p50 {own[0]:.1f} ms, "
        f"p95 {own[1]:.1f} ms; aim p50 {aim:.1f} ms ({'met' if api[0] <= aim else 'missed'})"
    ]


@contextmanager
def _serving(environment: stage.Environment) -> Iterator[int]:
    port = servers.free_port()
    process = subprocess.Popen(
        [stage.OER, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        servers.wait_for(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _through_api(port: int, asked: Sequence[Asked]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(query: Asked) -> None:
        connection.request("GET", f"/api/v1/search?{urlencode(query)}", headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, query

    return _timed(ask, asked)


def _engine(registry: Registry, asked: Sequence[Asked]) -> list[float]:
    """The time of each query when nothing but the engine is asked."""
    if isinstance(registry.index, EmbeddedIndex):
        return _tantivy(registry, asked)
    return _meilisearch(registry, asked)


def _tantivy(registry: Registry, asked: Sequence[Asked]) -> list[float]:
    """Hits and counts straight from a tantivy searcher, the query trees built beforehand."""
    held = registry.index._current()  # type: ignore[attr-defined]
    prepared = []
    for query in _index_queries(registry, asked):
        reading = next(embedded_query.readings(held.searcher, query.text), None) if query.text else None
        tree = embedded_query.restricted(reading.query if reading else None, query)
        counts = {field: {"terms": {"field": field, "size": MOST_PER_FACET}} for field in query.facets}
        prepared.append((tree, counts))

    def ask(one: tuple[Any, Any]) -> None:
        held.searcher.search(one[0], 20)
        held.searcher.aggregate(one[0], one[1])

    _timed(ask, prepared[:100])
    return _timed(ask, prepared)


def _meilisearch(registry: Registry, asked: Sequence[Asked]) -> list[float]:
    """The same requests, recorded on the wire and sent again."""
    settings = registry.settings
    sent: list[tuple[str, bytes]] = []

    class Recording(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if "search" in request.url.path:
                sent.append((request.url.path, request.content))
            return super().handle_request(request)

    index = MeilisearchIndex(settings.search_url, settings.search_key, settings.search_prefix, transport=Recording())
    groups = []
    for query in _index_queries(registry, asked):
        sent.clear()
        index.search(query)
        groups.append(list(sent))
    index.close()
    parts = urlsplit(settings.search_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

    def ask(group: list[tuple[str, bytes]]) -> None:
        for path, body in group:
            headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
            connection.request("POST", path, body, headers)
            connection.getresponse().read()

    _timed(ask, groups[:100])
    return _timed(ask, groups)


def _index_queries(registry: Registry, asked: Sequence[Asked]) -> list[IndexQuery]:
    """What the use case asks of its index for each request."""
    noted: list[IndexQuery] = []

    class Noting:
        def search(self, query: IndexQuery) -> IndexPage:
            noted.append(query)
            return IndexPage(0, (), {field: {} for field in query.facets})

        def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
            return [0 for _ in queries]

    with registry.reading.begin() as session:
        for query in asked:
            several = {key: (value,) for key, value in query.items() if key in ("standard", "grade", "subject")}
            rest = {key: value for key, value in query.items() if key in ("q", "sort")}
            question = Query(**several, **rest, open="open" in query)
            search(session, replace(registry, index=Noting()), question)  # type: ignore[arg-type]
    return noted


def _timed(ask: Callable[[Any], None], asked: Sequence[Any]) -> list[float]:
    taken = []
    for one in asked:
        start = time.perf_counter()
        ask(one)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _figures(taken: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]
