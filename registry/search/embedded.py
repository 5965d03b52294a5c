"""The search index in the data directory: tantivy, written by the one process that owns its files, read by all.

Each generation of the index is a folder; `current` names the one that serves, and is replaced in one step.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec
import tantivy
from msgspec import Struct
from tantivy import Query

from registry.errors import Conflict, Unavailable
from registry.ports import Document, Hit, IndexEntry, IndexPage, IndexQuery
from registry.search import embedded_query
from registry.search.embedded_query import SCHEMA, VERSION
from registry.search.owner import Claim

_HEAP = 64_000_000
_COUNTS_KEPT = 64
_HALF_SCORE = 12.0
"""The engine's score that becomes 0.5: its scores have no upper end."""

_Stamp = tuple[int, int, int]


class _Found(Protocol):
    """What the engine gives for a query: how many there are, and the first of them."""

    count: int
    hits: list[tuple[Any, tantivy.DocAddress]]


class _Held(Struct, frozen=True):
    """The generation being read, as of one commit."""

    pointer: _Stamp
    commit: _Stamp
    folder: Path
    index: tantivy.Index
    searcher: tantivy.Searcher
    counted: dict[IndexQuery, dict[str, dict[str, int]]] = msgspec.field(default_factory=dict)

    def counts(self, text: Query | None, query: IndexQuery) -> dict[str, dict[str, int]]:
        """The facets; they are the same on every page and in every order, and until the next commit."""
        asked = msgspec.structs.replace(query, sort="", offset=0, limit=0)
        found = self.counted.pop(asked, None) or embedded_query.counted(self.searcher, text, query)
        self.counted[asked] = found  # as the one asked last
        if len(self.counted) > _COUNTS_KEPT:
            with suppress(StopIteration, KeyError, RuntimeError):  # other threads take and put beside this one
                del self.counted[next(iter(self.counted))]
        return found


class EmbeddedIndex:
    """A SearchIndex in a folder. Nothing is opened before it is first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._claim = Claim(folder / "owner.lock")
        self._reading = threading.Lock()
        self._writing = threading.Lock()
        self._held: _Held | None = None
        self._writer: tuple[Path, tantivy.IndexWriter] | None = None

    def writable(self) -> bool:
        """Whether this process owns the files, or could take them now."""
        return self._claim.taken()

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace the documents in one commit."""
        if documents:
            self._change([document.id for document in documents], documents)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove the documents in one commit."""
        if ids:
            self._change(ids, ())

    def search(self, query: IndexQuery) -> IndexPage:
        """The documents that fit, by BM25 over weighted fields."""
        held = self._current()
        if held is None:
            return IndexPage(0, (), {field: {} for field in query.facets})
        searcher = held.searcher
        # Hits and total in one pass: two take twice the time where much is found.
        text, found = _reading(searcher, query, lambda tree: _page(searcher, tree, query))
        hits = _hits(searcher, found, query) if query.limit > 0 else ()
        return IndexPage(found.count, hits, held.counts(text, query))

    def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
        """How many fit each, by the same reading of the words as `search`."""
        held = self._current()
        if held is None:
            return [0 for _ in queries]
        searcher = held.searcher
        return [_reading(searcher, query, lambda tree: _total(searcher, tree))[1].count for query in queries]

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Titles that hold the words typed so far, each once."""
        held = self._current()
        query = embedded_query.titled(prefix)
        if held is None or query is None:
            return []
        found = held.searcher.search(query, limit * 3, count=False).hits
        titles = (held.searcher.doc(address)["shown"][0] for _, address in found)
        return list(dict.fromkeys(titles))[:limit]

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        """Write the next generation, then let it serve; a failure leaves the old one as it was."""
        self._owned()
        with self._writing:
            folder = self._next_folder()
            try:
                index = _opened(folder)
                writer = index.writer(_HEAP, 1)
                held = 0
                for batch in batches:
                    for document in batch:
                        writer.add_document(embedded_query.added(document))
                    held += len(batch)
                writer.commit()
                writer.wait_merging_threads()
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._let_serve(folder)
            return held

    def entries(self) -> Iterator[IndexEntry]:
        """Every id with its revision, as of now; sorted here, which is twenty times as fast as the engine is at it."""
        held = self._current()
        if held is None or not held.searcher.num_docs:
            return
        searcher = held.searcher
        found = searcher.search(Query.all_query(), searcher.num_docs, count=False).hits
        addresses = [address for _, address in found]
        ids = (searcher.doc(address)["id"][0] for address in addresses)
        for each, revision in sorted(zip(ids, searcher.fast_field_values("revision", addresses), strict=True)):
            yield IndexEntry(each, int(revision or 0))

    def ready(self) -> None:
        """Return if the files can be read or are yet to be made."""
        self._current()

    def close(self) -> None:
        """Finish writing and give up the files."""
        with self._writing, self._reading:
            if self._writer:
                self._writer[1].wait_merging_threads()
            self._writer = self._held = None
            self._claim.release()

    def _change(self, ids: Sequence[str], documents: Sequence[Document]) -> None:
        self._owned()
        with self._writing:
            try:
                writer = self._open_writer()
                for each in ids:
                    writer.delete_documents_by_term("id", each)
                for document in documents:
                    writer.add_document(embedded_query.added(document))
                writer.commit()
            except ValueError as error:  # the engine's only kind: a full disk, a killed writer
                self._writer = None
                raise Unavailable(
                    "The search index cannot be written; is the disk full? `oer index rebuild` makes a new one."
                ) from error

    def _owned(self) -> None:
        if not self._claim.taken():
            raise Conflict("Another process owns the search index; it will take up what has changed.")

    def _open_writer(self) -> tantivy.IndexWriter:
        folder = self._serving()
        if folder is None:
            folder = self._next_folder()
            _opened(folder)
            self._let_serve(folder)
        if self._writer is None or self._writer[0] != folder:
            self._writer = (folder, _opened(folder).writer(_HEAP, 1))
        return self._writer[1]

    def _next_folder(self) -> Path:
        """A fresh folder for the next generation; those that neither serve nor will are cleared away."""
        serving = self._serving()
        numbers = [0]
        for found in self._folder.glob("gen-*"):
            numbers.append(int(found.name.removeprefix("gen-")))
            if found != serving:
                shutil.rmtree(found, ignore_errors=True)
        folder = self._folder / f"gen-{max(numbers) + 1}"
        folder.mkdir()
        return folder

    def _let_serve(self, folder: Path) -> None:
        before = self._serving()
        self._writer = None
        draft = self._folder / "current.next"
        draft.write_text(f"{VERSION} {folder.name}")
        draft.replace(self._folder / "current")
        if before is not None:  # who still reads it holds its files open
            shutil.rmtree(before, ignore_errors=True)

    def _serving(self) -> Path | None:
        try:
            version, _, name = (self._folder / "current").read_text().partition(" ")
        except FileNotFoundError:
            return None
        folder = self._folder / name
        return folder if version == str(VERSION) and (folder / "meta.json").exists() else None

    def _current(self) -> _Held | None:
        """The index as last committed by whoever owns it: two looks at the file system, and a reload after a change."""
        held = self._held
        if (
            held
            and held.pointer == _stamp(self._folder / "current")
            and held.commit == _stamp(held.folder / "meta.json")
        ):
            return held
        with self._reading:
            try:
                self._held = self._read()
            except ValueError:
                try:  # replaced while it was being opened
                    self._held = self._read()
                except ValueError as error:
                    raise Unavailable(
                        "The search index cannot be read; `oer index rebuild` makes a new one."
                    ) from error
            return self._held

    def _read(self) -> _Held | None:
        pointer = _stamp(self._folder / "current")
        folder = self._serving()
        if pointer is None or folder is None:
            return None
        commit = _stamp(folder / "meta.json")
        if commit is None:
            return None
        held = self._held
        index = held.index if held and held.folder == folder else _opened(folder)
        index.reload()
        return _Held(pointer, commit, folder, index, index.searcher())


def _opened(folder: Path) -> tantivy.Index:
    return embedded_query.prepared(tantivy.Index(SCHEMA, str(folder)))


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _reading(
    searcher: tantivy.Searcher, query: IndexQuery, find: Callable[[Query], _Found]
) -> tuple[Query | None, _Found]:
    """What the text is taken to mean (None: there is none), and what is found of it under the filters.

    A stricter reading that finds something only without the filters still counts: then the honest answer is none.
    """
    words = msgspec.structs.replace(query, also=())
    last, found = None, None
    for last in embedded_query.readings(searcher, query.text):
        found = find(embedded_query.restricted(last, query))
        if found.count > len(query.also) or _total(searcher, embedded_query.restricted(last, words)).count:
            break
        if _total(searcher, last).count:
            break
    return last, found or find(embedded_query.restricted(None, query))


def _total(searcher: tantivy.Searcher, query: Query) -> _Found:
    return cast(_Found, searcher.search(Query.const_score_query(query, 0.0), 1))


def _page(searcher: tantivy.Searcher, query: Query, asked: IndexQuery) -> _Found:
    order = embedded_query.order_of(asked)
    sorting: dict[str, Any] = {"order_by_field": order[0], "order": order[1]} if order else {}
    return cast(_Found, searcher.search(query, max(asked.limit, 1), offset=asked.offset, **sorting))


def _hits(searcher: tantivy.Searcher, found: _Found, asked: IndexQuery) -> tuple[Hit, ...]:
    ids = (searcher.doc(address)["id"][0] for _, address in found.hits)
    if embedded_query.order_of(asked) is not None:
        return tuple(Hit(each, 1.0) for each in ids)
    scores = (score for score, _ in found.hits)
    return tuple(Hit(each, score / (score + _HALF_SCORE)) for each, score in zip(ids, scores, strict=True))
