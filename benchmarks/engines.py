"""The same searches asked in two ways, through the API and of the engine directly, by one client or by several."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from subprocess import DEVNULL, Popen
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from msgspec import Struct

from benchmarks.stage import OER, Environment
from registry.app import Registry
from registry.ports import IndexPage, IndexQuery
from registry.search import embedded_query
from registry.search.embedded import EmbeddedIndex
from registry.search.meilisearch import MeilisearchIndex
from registry.search.query import Query, search
from tests import servers

MOST_PER_FACET = 300

Asked = dict[str, Any]
Ask = Callable[[Any], None]


class Questions(Struct, frozen=True):
    """Questions made ready beforehand, and how a new client, with its own connection, asks one."""

    each: Sequence[Any]
    client: Callable[[], Ask]


class Figures(Struct, frozen=True):
    """Milliseconds a question, and questions a second."""

    p50: float
    p95: float
    p99: float
    rate: float

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f}, p95 {self.p95:.1f}, p99 {self.p99:.1f} ms ({self.rate:,.0f} a second)"


@contextmanager
def serving(environment: Environment, workers: int = 1) -> Iterator[tuple[int, Popen[bytes]]]:
    """The port of an `oer serve` that is ready, and its process."""
    port = servers.free_port()
    command = [OER, "serve", "--port", str(port), "--workers", str(workers)]
    process = Popen(command, env=environment, stderr=DEVNULL, stdout=DEVNULL)
    try:
        servers.wait_for(f"http://127.0.0.1:{port}/readyz", 120)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


def timed(questions: Questions, clients: int = 1) -> Figures:
    """What every question took when so many clients ask at once, each the next one that nobody has asked yet."""
    taken: list[float] = []
    waiting = iter(questions.each)
    lock = threading.Lock()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            ask = questions.client()
            while True:
                with lock:
                    one = next(waiting, None)
                if one is None:
                    return
                start = time.perf_counter()
                ask(one)
                taken.append((time.perf_counter() - start) * 1000)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    cuts = statistics.quantiles(taken, n=100)
    return Figures(cuts[49], cuts[94], cuts[98], len(taken) / seconds)


def through_api(port: int, path: str, asked: Sequence[Asked]) -> Questions:
    """The questions as requests to a path of the API."""

    def client() -> Ask:
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def ask(address: str) -> None:
            connection.request("GET", address, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, address

        return ask

    return Questions([f"{path}?{urlencode(each)}" for each in asked], client)


def of_engine(registry: Registry, asked: Sequence[Asked]) -> Questions:
    """The same searches when nothing but the engine is asked: hits and counts."""
    queries = index_queries(registry, asked)
    if isinstance(registry.index, EmbeddedIndex):
        return _tantivy(registry, queries)
    return _meilisearch(registry, lambda index: [lambda query=query: index.search(query) for query in queries])


def completions_of_engine(registry: Registry, typed: Sequence[str], limit: int = 8) -> Questions:
    """Titles completed when nothing but the engine is asked."""
    if not isinstance(registry.index, EmbeddedIndex):
        return _meilisearch(registry, lambda index: [lambda text=text: index.suggest(text, limit) for text in typed])
    searcher = registry.index._current().searcher  # type: ignore[union-attr]

    def ask(query: Any) -> None:
        for _, address in searcher.search(query, limit * 3, count=False).hits:
            searcher.doc(address)

    return Questions([query for text in typed if (query := embedded_query.titled(text))], lambda: ask)


def index_queries(registry: Registry, asked: Sequence[Asked]) -> list[IndexQuery]:
    """What the use case asks of its index for each request."""
    noted: list[IndexQuery] = []

    class Noting:
        def search(self, query: IndexQuery) -> IndexPage:
            noted.append(query)
            return IndexPage(1, (), {field: {} for field in query.facets})

        def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
            return [0 for _ in queries]

    with registry.reading.begin() as session:
        for each in asked:
            search(session, replace(registry, index=Noting()), query_of(each))  # type: ignore[arg-type]
    return noted


def query_of(asked: Asked) -> Query:
    """The use case's query that a request comes to."""
    several = {key: (value,) for key, value in asked.items() if key in ("standard", "grade", "subject")}
    rest = {key: value for key, value in asked.items() if key in ("q", "sort")}
    return Query(**several, **rest, open="open" in asked)


def _tantivy(registry: Registry, queries: Sequence[IndexQuery]) -> Questions:
    """Hits and counts straight from a tantivy searcher, the query trees built beforehand."""
    searcher = registry.index._current().searcher  # type: ignore[attr-defined]
    prepared = []
    for query in queries:
        text = next(embedded_query.readings(searcher, query.text), None) if query.text else None
        tree = embedded_query.restricted(text, query)
        counts = {field: {"terms": {"field": field, "size": MOST_PER_FACET}} for field in query.facets}
        prepared.append((tree, counts))

    def ask(one: tuple[Any, Any]) -> None:
        searcher.search(one[0], 20)
        searcher.aggregate(one[0], one[1])

    return Questions(prepared, lambda: ask)


def _meilisearch(registry: Registry, askers: Callable[[MeilisearchIndex], Sequence[Callable[[], object]]]) -> Questions:
    """The same requests, recorded on the wire to be sent again."""
    settings = registry.settings
    sent: list[tuple[str, bytes]] = []

    class Recording(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if "search" in request.url.path:
                sent.append((request.url.path, request.content))
            return super().handle_request(request)

    index = MeilisearchIndex(settings.search_url, settings.search_key, settings.search_prefix, transport=Recording())
    groups = []
    for ask in askers(index):
        sent.clear()
        ask()
        groups.append(list(sent))
    index.close()
    parts = urlsplit(settings.search_url)

    def client() -> Ask:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

        def ask(group: list[tuple[str, bytes]]) -> None:
            for path, body in group:
                headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
                connection.request("POST", path, body, headers)
                connection.getresponse().read()

        return ask

    return Questions(groups, client)
