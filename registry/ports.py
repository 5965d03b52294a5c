"""The two doors of the registry as small Protocols: what a harvester brings, what a search index can do.

No engine's or protocol's word crosses them; one contract test runs against every adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from vocab.resource import Problem


class Harvested(Struct, frozen=True, omit_defaults=True):
    """One record as its source gave it.

    `format` names a crosswalk of `vocab.crosswalks`, `payload` are the bytes it reads (empty when
    `deleted`), `datestamp` the source's own, `url` where the record stands at its source; `problems` are
    the adapter's own (a record it could not take apart). A record that comes through another registry has
    an `origin`, the address it has where it was first harvested, and a `path`, the registries it came
    through, the first one first.
    """

    identifier: str
    format: str = ""
    payload: bytes = b""
    datestamp: str = ""
    deleted: bool = False
    url: str = ""
    problems: tuple[Problem, ...] = ()
    origin: str = ""
    path: tuple[str, ...] = ()


class Page(Struct, frozen=True):
    """Some records, and where to go on once they are stored.

    `checkpoint` is in the adapter's words; None on the last page, and on every page of a list that can only be
    read from its start. `problems` concern the list, not a record. `listed` are addresses (`Harvested.url`) that
    the list names but whose records were not read again, for nothing has changed there or it could not be
    seen. `whole` says that the page belongs to a list that names, from its start, every record there is;
    `complete` that it ends here, so that what it did not name is gone. `state` is what the next run is told if
    this one ends well (the validators of a file); None leaves it as it was.
    """

    records: tuple[Harvested, ...]
    checkpoint: dict[str, str] | None = None
    problems: tuple[Problem, ...] = ()
    listed: tuple[str, ...] = ()
    whole: bool = False
    complete: bool = False
    state: dict[str, str] | None = None


class Harvester(Protocol):
    """Records of one source, page by page."""

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """Pages of what changed since then (None: everything), going on from a checkpoint where one is given.

        Raises HarvestFailed with one plain sentence when the source cannot be read any further.
        """
        ...


class Document(Struct, frozen=True):
    """One resource as an index sees it.

    `aligned` holds a token for each alignment and what may be asked together of it: `17`, `17|teaches`,
    `17|*|developing`, `17|teaches|developing`, and the same with `*` for any standard; 17 is a concept's id.
    The facet fields hold what a facet counts. `modified` (by its publisher) and `arrived` (here) are in seconds since
    1970.
    """

    id: str
    title: str
    keywords: str
    wording: str
    summary: str
    text: str
    identifiers: tuple[str, ...]
    aligned: tuple[str, ...]
    standard: tuple[str, ...]
    level: tuple[str, ...]
    grade: tuple[str, ...]
    subject: tuple[str, ...]
    type: tuple[str, ...]
    license: tuple[str, ...]
    language: tuple[str, ...]
    duration: tuple[str, ...]
    provider: tuple[str, ...]
    access: tuple[str, ...]
    minutes: int
    """0 where none is stated."""
    modified: int
    rating: float
    revision: int
    arrived: int = 0
    part_of: tuple[str, ...] = ()
    """Names of units and courses; they are keywords as well."""
    prior: float = 0.0
    """How good it is by what others say of it and by its age, from 0 to 1; no index needs it."""


FACETS = ("standard", "level", "grade", "subject", "type", "license", "language", "duration", "provider", "access")
"""The facet fields of a Document."""


class Filter(Struct, frozen=True):
    """Documents whose `field` (a facet field or `aligned`) holds any of the values. Filters are joined by AND."""

    field: str
    any_of: tuple[str, ...]


class IndexQuery(Struct, frozen=True):
    """What is asked of an index. `sort` is relevance, newest, arrived, rating or shortest.

    The ids in `also` (a hundred at most) are found beside what the text finds, as far as they fit the filters; by
    relevance they come first, and without a text they say nothing.

    `facets` names the fields to count; a field that is itself filtered is counted as if it were not, so that
    a person sees what choosing another value would bring.
    """

    text: str = ""
    also: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    minutes_max: int | None = None
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()


class Hit(Struct, frozen=True):
    """One document found; `score` from 0 to 1, falling."""

    id: str
    score: float


class IndexPage(Struct, frozen=True):
    """What an index answers; `total` is exact, `facets` maps field to value to count."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]


class IndexEntry(Struct, frozen=True):
    """What `check` compares with the store."""

    id: str
    revision: int


class SearchIndex(Protocol):
    """A full-text index. Every method raises Unavailable when the engine is down.

    Only a process for which `writable()` is true may call put, delete and rebuild: with the embedded index that
    is the one owner of its files, with a server every process.
    """

    def writable(self) -> bool:
        """Whether this process may write; claims the embedded index if nobody owns it."""
        ...

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace the documents; when it returns they can be found."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove the documents; when it returns they cannot be found."""
        ...

    def search(self, query: IndexQuery) -> IndexPage:
        """The documents that fit, in order."""
        ...

    def totals(self, queries: Sequence[IndexQuery]) -> list[int]:
        """How many documents `search` would find for each; meant for a few queries that differ in filters."""
        ...

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Titles that complete what has been typed, best first."""
        ...

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> int:
        """A new index from these documents in place of the old one, which serves until the swap; how many it holds."""
        ...

    def entries(self) -> Iterator[IndexEntry]:
        """Every document's id and revision, in order of id."""
        ...

    def ready(self) -> None:
        """Return when the engine answers, else raise Unavailable."""
        ...

    def close(self) -> None:
        """Give up files, threads and connections."""
        ...


class HarvestFailed(Exception):
    """A source cannot be read any further; the sentence says why, the problem how to mend it.

    With `start_over` the place where the list stood is of no use, and the next run begins at its start.
    """

    def __init__(self, problem: Problem, start_over: bool = False) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.start_over = start_over
