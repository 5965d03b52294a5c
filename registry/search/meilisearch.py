"""The search index on a Meilisearch server, for installations with several processes or machines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import httpx
import msgspec

from registry.errors import NotFound
from registry.ports import FACETS, Document, IndexEntry, IndexPage, IndexQuery
from registry.search import meilisearch_query as ask
from registry.search.meilisearch_server import Refused, Server
from registry.search.synonyms import all_synonyms
from registry.search.words import identifier_in, identifier_key, wanted

_T = TypeVar("_T")
_ENTRIES = 5_000
_BATCH_BYTES = 20_000_000
_MOST_PENDING = 20
SETTINGS: dict[str, Any] = {
    "displayedAttributes": ["id", "title", "revision"],
    "searchableAttributes": ["title", "keywords", "wording", "summary", "text"],
    "filterableAttributes": sorted((*FACETS, "aligned", "identifiers", "minutes", "id")),
    "sortableAttributes": ["arrived", "id", "length", "modified", "rating"],
    "rankingRules": ["sort", "words", "typo", "proximity", "attribute", "exactness"],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 12},
        "disableOnWords": [],
        "disableOnAttributes": [],
        "disableOnNumbers": True,
    },
    "faceting": {"maxValuesPerFacet": 20_000, "sortFacetValuesBy": {"*": "alpha"}},
    "pagination": {"maxTotalHits": 1_000_000_000},
    "facetSearch": False,
    "synonyms": all_synonyms(),
}


class MeilisearchIndex:
    """A SearchIndex on a server. Nothing is asked before first use; a missing index is made by whoever needs it."""

    def __init__(self, url: str, key: str, prefix: str, transport: httpx.BaseTransport | None = None) -> None:
        self._server = Server(url, key, transport)
        self._uid = f"{prefix}_resources"
        self._next = f"{prefix}_resources_next"
        self._preparing = threading.Lock()
        self._prepared = False

    def writable(self) -> bool:
        """Always: the server orders what its clients write."""
        return True

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace the documents, and wait until the server has them."""
        self._with_index(lambda: self._add(documents))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove the documents, and wait until the server has done so."""
        if ids:
            path = f"/indexes/{self._uid}/documents/delete-batch"
            self._with_index(lambda: self._server.wait(self._server.enqueue("POST", path, list(ids))))

    def search(self, query: IndexQuery) -> IndexPage:
        """The documents that fit; one request, and a second only where the words as typed find nothing."""
        return self._with_index(lambda: self._search(query))

    def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
        """How many fit each; one request, and more only where the words as typed find nothing anywhere."""
        return self._with_index(lambda: self._totals_of(queries))

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Titles that hold the words typed so far, each once."""
        asked = wanted(prefix)
        if not asked.parts:
            return []
        query = {
            "indexUid": self._uid,
            "q": ask.words(asked.parts),
            "attributesToSearchOn": ["title"],
            "attributesToRetrieve": ["title"],
            "matchingStrategy": "all",
            "limit": limit * 3,
        }
        try:
            answer = self._with_index(lambda: self._ask_all([query]))[0]
        except Refused as refusal:
            if refusal.code == "invalid_search_attributes_to_search_on":  # no document has brought a title yet
                return []
            raise
        return list(dict.fromkeys(str(hit["title"]) for hit in answer["hits"]))[:limit]

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        """Fill a second index, exchange the two, drop the old one."""
        self._prepare()
        self._drop(self._next)
        self._make(self._next)
        held = 0
        pending: list[int] = []
        for batch in batches:  # not awaited one by one: the server takes those that wait together, which is faster
            pending += self._enqueue(self._next, batch)
            held += len(batch)
            while len(pending) > _MOST_PENDING:
                self._server.wait(pending.pop(0))
        for task in pending:
            self._server.wait(task)
        swap = self._server.enqueue("POST", "/swap-indexes", [{"indexes": [self._uid, self._next]}])
        self._server.wait(swap)
        self._drop(self._next)
        return held

    def entries(self) -> Iterator[IndexEntry]:
        """Every id with its revision, 5,000 a request."""
        last = ""
        while True:
            body = {"fields": ["id", "revision"], "sort": ["id:asc"], "limit": _ENTRIES}
            if last:
                body["filter"] = f'id > "{last}"'
            found = self._with_index(
                lambda body=body: self._server.ask("POST", f"/indexes/{self._uid}/documents/fetch", body)  # type: ignore[misc]
            )["results"]
            for each in found:
                last = str(each["id"])
                yield IndexEntry(last, int(each["revision"]))
            if len(found) < _ENTRIES:
                return

    def ready(self) -> None:
        """Return when the server says it is well, else raise Unavailable."""
        self._server.ask("GET", "/health")

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def _search(self, query: IndexQuery) -> IndexPage:
        key = identifier_in(query.text)
        if key:
            known = self._answer(query, "", (f'identifiers = "{key}"',))
            if known.total or self._totals([""], (f'identifiers = "{key}"',))[0]:
                return known
        asked = wanted(query.text)
        parts = asked.parts
        if query.text.strip() and not parts:
            return IndexPage(0, (), {field: {} for field in query.facets})
        page = self._answer(query, ask.words(parts), strategy=ask.strategy(asked))
        if page.total or not parts:
            return page
        if ask.filters(query) and self._totals([ask.words(parts)])[0]:
            return page  # the filters, not the words, leave nothing
        return self._answer(query, *self._fewer_words(parts)) if len(parts) > 1 else page

    def _totals_of(self, queries: Sequence[IndexQuery]) -> list[int]:
        asked = [wanted(query.text) for query in queries]
        typed = [ask.words(each.parts) for each in asked]
        counts = [
            ask.count(self._uid, text, tuple(ask.filters(query)), ask.strategy(each))
            for text, each, query in zip(typed, asked, queries, strict=True)
        ]
        totals = [int(answer["totalHits"]) for answer in self._ask_all(counts)] if counts else []
        # Words that nothing holds as typed are read more loosely by `search`: those few it is asked about itself.
        doubtful = sorted({text for text, total in zip(typed, totals, strict=True) if text and not total})
        held = dict(zip(doubtful, self._totals(doubtful), strict=True)) if doubtful else {}
        return [
            self._search(query).total if identifier_in(query.text) or held.get(text) == 0 else total
            for query, text, total in zip(queries, typed, totals, strict=True)
        ]

    def _fewer_words(self, parts: Sequence[tuple[str, ...]]) -> tuple[str, tuple[str, ...], str]:
        """What is left of words that no document holds together: those that are held at all, the commonest required."""
        totals = self._totals([ask.words([part]) for part in parts])
        kept = sorted(
            (part for part, total in zip(parts, totals, strict=True) if total), key=lambda p: -totals[parts.index(p)]
        )
        return ask.words(kept or parts), (), "last"

    def _answer(self, query: IndexQuery, words: str, also: tuple[str, ...] = (), strategy: str = "all") -> IndexPage:
        return ask.page(query, self._ask_all(ask.queries(self._uid, query, words, also, strategy)))

    def _totals(self, texts: Sequence[str], also: tuple[str, ...] = ()) -> list[int]:
        """How many documents each of the texts finds without any of the asker's filters."""
        counts = [ask.count(self._uid, text, also) for text in texts]
        return [int(answer["totalHits"]) for answer in self._ask_all(counts)]

    def _ask_all(self, queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        answer: dict[str, list[dict[str, Any]]] = self._server.ask("POST", "/multi-search", {"queries": queries})
        return answer["results"]

    def _add(self, documents: Sequence[Document]) -> None:
        for task in self._enqueue(self._uid, documents):
            self._server.wait(task)

    def _enqueue(self, uid: str, documents: Sequence[Document]) -> list[int]:
        """The tasks that the documents became: one, or several where there is much text."""
        path = f"/indexes/{uid}/documents?primaryKey=id"
        tasks: list[int] = []
        waiting: list[dict[str, Any]] = []
        size = 0
        for document in documents:
            waiting.append(_stored(document))
            size += len(document.text) + 2_000
            if size > _BATCH_BYTES:
                tasks.append(self._server.enqueue("POST", path, lines=waiting))
                waiting, size = [], 0
        if waiting:
            tasks.append(self._server.enqueue("POST", path, lines=waiting))
        return tasks

    def _with_index(self, work: Callable[[], _T]) -> _T:
        """Do it with an index that is there; one that has vanished meanwhile is made again."""
        if not self._prepared:
            self._prepare()
        try:
            return work()
        except NotFound:
            self._prepared = False
            self._prepare()
            return work()

    def _prepare(self) -> None:
        with self._preparing:
            if not self._prepared:
                try:
                    held = self._server.ask("GET", f"/indexes/{self._uid}/settings")
                except NotFound:
                    held = None
                if held is None or any(held.get(name) != value for name, value in SETTINGS.items()):
                    self._make(self._uid)
                self._prepared = True

    def _make(self, uid: str) -> None:
        made = self._server.enqueue("POST", "/indexes", {"uid": uid, "primaryKey": "id"})
        self._server.wait(made, allow=("index_already_exists",))
        self._server.wait(self._server.enqueue("PATCH", f"/indexes/{uid}/settings", SETTINGS))

    def _drop(self, uid: str) -> None:
        self._server.wait(self._server.enqueue("DELETE", f"/indexes/{uid}"), allow=("index_not_found",))


def _stored(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.structs.asdict(document)
    for field in (*FACETS, "aligned"):
        fields[field] = [ask.kept(value) for value in fields[field]]
    fields["identifiers"] = [identifier_key(identifier) for identifier in document.identifiers]
    fields["length"] = document.minutes or ask.UNKNOWN_LENGTH
    return fields
