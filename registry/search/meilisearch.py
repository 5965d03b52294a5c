"""The search index on a Meilisearch server, for installations with several processes or machines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import httpx
import msgspec

from registry.errors import NotFound
from registry.ports import FACETS, Document, Hit, IndexEntry, IndexPage, IndexQuery
from registry.search import meilisearch_query as ask
from registry.search.matching import Stems, Terms, Word, required, terms
from registry.search.meilisearch_server import Refused, Server
from registry.search.stems import stems_in
from registry.search.words import identifier_in, identifier_key, wanted

_T = TypeVar("_T")
_ENTRIES = 5_000
_BATCH_BYTES = 20_000_000
_MOST_PENDING = 20
_MOST_COUNTS = 20_000
VERSION = 2
"""Raised with every change of what is stored; an index of another version counts as empty."""
SETTINGS: dict[str, Any] = {
    "displayedAttributes": ["id", "title", "revision"],
    "searchableAttributes": ["title", "said"],
    "filterableAttributes": sorted((*FACETS, "aligned", "identifiers", "minutes", "id")),
    "sortableAttributes": ["arrived", "id", "length", "modified", "rating"],
    "rankingRules": ["sort", "words", "typo", "proximity", "attribute"],
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
}


class MeilisearchIndex:
    """A SearchIndex on a server. Nothing is asked before first use; a missing index is made by whoever needs it."""

    def __init__(self, url: str, key: str, prefix: str, transport: httpx.BaseTransport | None = None) -> None:
        self._server = Server(url, key, transport)
        self._uid = f"{prefix}_resources_{VERSION}"
        self._next = f"{self._uid}_next"
        self._older = f"{prefix}_resources{f'_{VERSION - 1}' if VERSION > 2 else ''}"
        self._preparing = threading.Lock()
        self._prepared = False
        self._counts: dict[Stems, int] = {}

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
            "q": ask.typed(asked.parts),
            "attributesToSearchOn": ["title"],
            "attributesToRetrieve": ["title"],
            "matchingStrategy": "all",
            "limit": limit * 3,
        }
        answer = self._with_index(lambda: self._ask_all([query]))[0]
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
        self._drop(self._older)
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
            known = ask.Part("", (f'identifiers = "{key}"',))
            if self._totals([known])[0]:
                return self._page(msgspec.structs.replace(query, also=()), [known])[0]
        asked = terms(query.text)
        if query.text.strip() and not asked.parts:
            return IndexPage(0, (), {field: {} for field in query.facets})
        page = IndexPage(0, (), {})
        for parts in self._readings(asked) if asked.parts else [[ask.Part()]]:
            page, by_words = self._page(query, parts)
            # Where the filters, not the words, leave nothing, nothing is the honest answer.
            if by_words or (ask.filters(query) and any(self._totals(parts))):
                break
        return page

    def _readings(self, asked: Terms) -> Iterator[list[ask.Part]]:
        """As `embedded_query.readings`: the rarest words; all words, roughly; the rarest of those held; any of them."""
        held = self._held([form for word in asked.words for form in word.forms])

        def count(word: Word) -> int:
            return sum(held[form] for form in word.forms)

        words = tuple(word for word in asked.words if count(word))
        strict = [ask.Part(text) for text in ask.strictly(asked, required(words, count))] if words else []
        if len(words) == len(asked.words):
            yield strict or [ask.Part(text) for text in ask.strictly(asked, ())]
        yield [ask.Part(ask.loosely(asked.parts), (), "all")]
        if words and len(words) < len(asked.words):
            yield strict
        if len(asked.parts) > 1:
            commonest = [word.forms[0] for word in sorted(words or asked.words, key=count, reverse=True)]
            yield [ask.Part(ask.loosely([*asked.phrases, *commonest]))]

    def _held(self, forms: Sequence[Stems]) -> dict[Stems, int]:
        """About how many documents hold each of these; what is held at all is asked once, for it hardly changes."""
        new = [form for form in dict.fromkeys(forms) if form not in self._counts]
        totals = self._totals([ask.Part(f'"{ask.said(form)}" ') for form in new]) if new else []
        asked = dict(zip(new, totals, strict=True))
        if len(self._counts) > _MOST_COUNTS:
            self._counts.clear()
        found = {form: self._counts.get(form, asked.get(form, 0)) for form in forms}
        self._counts |= {form: total for form, total in asked.items() if total}
        return found

    def _totals_of(self, queries: Sequence[IndexQuery]) -> list[int]:
        """One request for all, and more for those few texts that nothing holds as typed."""
        texts = {query.text for query in queries if query.text.strip() and not identifier_in(query.text)}
        parts = {text: next(self._readings(asked), []) for text in texts if (asked := terms(text)).parts}
        plain = [query for query in queries if query.text in parts or not query.text.strip()]
        several = [_disjoint(query, parts.get(query.text, [ask.Part()])) for query in plain]
        counts = [ask.count(self._uid, part, query) for query, own in zip(plain, several, strict=True) for part in own]
        totals = iter(int(answer["totalHits"]) for answer in self._ask_all(counts)) if counts else iter(())
        found = {}
        for query, own in zip(plain, several, strict=True):
            each = [next(totals) for _ in own]
            found[query] = sum(each)
            if query.text.strip() and not any(each[len(own) - len(parts[query.text]) :]):
                found[query] = self._search(msgspec.structs.replace(query, limit=0)).total
        return [found[query] if query in found else self._search(query).total for query in queries]

    def _page(self, query: IndexQuery, several: Sequence[ask.Part]) -> tuple[IndexPage, int]:
        """One page of what fits any of these, which share no document, and how many fit without those in `also`.

        One request, and another for a further page of several parts.
        """
        parts = _disjoint(query, several)
        by_relevance = ask.order(query) is None
        at_once = len(parts) == 1 or (by_relevance and not query.offset)
        first = query if at_once else msgspec.structs.replace(query, offset=0, limit=0)
        asked = [ask.queries(self._uid, first, part) for part in parts]
        answers = iter(self._ask_all([each for own in asked for each in own]))
        pages = [ask.page(first, [next(answers) for _ in own]) for own in asked]
        by_words = sum(page.total for page in pages[len(parts) - len(several) :])
        if len(pages) == 1:
            return pages[0], by_words
        page = ask.joined(query, pages)
        if not at_once and query.limit and query.offset < page.total:
            hits = self._windows(query, parts, pages) if by_relevance else self._sorted(query, parts)
            page = msgspec.structs.replace(page, hits=hits)
        return page, by_words

    def _windows(self, query: IndexQuery, parts: Sequence[ask.Part], pages: Sequence[IndexPage]) -> tuple[Hit, ...]:
        """The hits from the query's offset on, where those of one part stand behind those of the part before."""
        asked, before, last = [], 0, query.offset + query.limit
        for part, page in zip(parts, pages, strict=True):
            start, end = max(query.offset - before, 0), min(last - before, page.total)
            if start < end:
                asked.append(ask.window(self._uid, query, part, start, end - start))
            before += page.total
        found = [hit for answer in self._ask_all(asked) for hit in ask.hits(answer)]
        return ask.falling(found, query.offset)

    def _sorted(self, query: IndexQuery, parts: Sequence[ask.Part]) -> tuple[Hit, ...]:
        answer = self._server.ask("POST", "/multi-search", ask.sorted_hits(self._uid, query, parts))
        return tuple(Hit(hit.id, 1.0) for hit in ask.hits(answer))

    def _totals(self, parts: Sequence[ask.Part]) -> list[int]:
        """How many documents each of the parts finds without any of the asker's filters."""
        counts = [ask.count(self._uid, part) for part in parts]
        return [int(answer["totalHits"]) for answer in self._ask_all(counts)]

    def _ask_all(self, queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        try:
            answer: dict[str, list[dict[str, Any]]] = self._server.ask("POST", "/multi-search", {"queries": queries})
        except Refused as refusal:
            if refusal.code == "invalid_search_attributes_to_search_on":  # no document has brought a word yet
                return [{"hits": [], "totalHits": 0}] * len(queries)
            raise
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


def _disjoint(query: IndexQuery, parts: Sequence[ask.Part]) -> list[ask.Part]:
    """The parts, and before them those documents that are found whatever their words, which the parts then lack."""
    if not query.also or not query.text.strip():
        return list(parts)
    ids = ", ".join(f'"{ask.kept(each)}"' for each in query.also)
    without = f"id NOT IN [{ids}]"
    others = [msgspec.structs.replace(part, conditions=(*part.conditions, without)) for part in parts]
    return [ask.Part("", (f"id IN [{ids}]",)), *others]


def _stored(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.structs.asdict(document)
    for part in ("keywords", "wording", "summary", "text", "part_of", "prior"):
        del fields[part]
    text = " ".join((document.title, document.keywords, document.wording, document.summary, document.text))
    fields["said"] = ask.said(stems_in(text))
    for field in (*FACETS, "aligned"):
        fields[field] = [ask.kept(value) for value in fields[field]]
    fields["identifiers"] = [identifier_key(identifier) for identifier in document.identifiers]
    fields["length"] = document.minutes or ask.UNKNOWN_LENGTH
    return fields
