"""A web site by its sitemap: the schema.org resources on the pages it names (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetcher
from harvesters.oai_records import duplicate
from harvesters.page import resources_on
from harvesters.sitemap_entries import Entry, read_sitemaps
from harvesters.source import SourceConfig
from registry.ports import Harvested, HarvestFailed, Page
from vocab.resource import Problem

_PAGES_AT_ONCE = 20
_MOST_FAILURES_IN_A_ROW = 10
_MOST_RETRIES = 1_000
_GONE = ("http-404", "http-410")


class SitemapHarvester:
    """The resources on a site's pages. Its list always names every page; only those that may have changed are read."""

    def __init__(self, config: SourceConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher
        self._seen: dict[int, int] = {}
        self._failing: list[str] = []
        self._failures_in_a_row = 0

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """The records of some pages at a time; pages that have not changed since then are only listed.

        Goes on where it stood as long as the sitemap still names the same pages.
        """
        found = read_sitemaps(self._config.url, self._fetcher)
        again = set(self._config.state.get("retry", "").split())
        due = [entry for entry in found.entries if entry.changed_since(since) or entry.url in again]
        place = _place(due)
        start = 0
        if checkpoint and checkpoint.get("pages") == place:
            start = int(checkpoint["read"])
            self._failing = checkpoint["retry"].split()
        unread = {entry.url for entry in due[start:]}
        yield Page(
            (),
            checkpoint if start else None,
            found.problems,
            listed=tuple(entry.url for entry in found.entries if entry.url not in unread),
            whole=found.whole,
        )
        for first in range(start, len(due), _PAGES_AT_ONCE):
            records: list[Harvested] = []
            listed: list[str] = []
            for entry in due[first : first + _PAGES_AT_ONCE]:
                self._read(entry, None if entry.url in again else since, records, listed)
            retry = "\n".join(self._failing[:_MOST_RETRIES])
            read = {"pages": place, "read": str(first + _PAGES_AT_ONCE), "retry": retry}
            yield Page(tuple(records), checkpoint=read, listed=tuple(listed), whole=found.whole)
        failing = self._failing[:_MOST_RETRIES]
        yield Page((), whole=found.whole, complete=found.whole, state={"retry": "\n".join(failing)} if failing else {})

    def _read(self, entry: Entry, since: datetime | None, records: list[Harvested], listed: list[str]) -> None:
        """Add the page's records, or its address where it still stands but gave none."""
        try:
            fetched = self._fetcher.get(
                entry.url, accept="text/html, application/xhtml+xml, application/ld+json", since=since, crawl=True
            )
        except HarvestFailed as failure:
            problem = failure.problem
            records.append(
                Harvested(identifier=entry.url, datestamp=entry.modified, url=entry.url, problems=(problem,))
            )
            if problem.code in _GONE:
                return
            listed.append(entry.url)
            if problem.code != "robots-disallowed":
                self._failing.append(entry.url)
                self._count_failure(problem)
            return
        self._failures_in_a_row = 0
        if fetched.not_modified:
            listed.append(entry.url)
            return
        found = resources_on(fetched.body, fetched.content_type, entry.url)
        told = found.problems
        for identifier, payload in found.resources:
            records.append(self._record(identifier, payload, entry, told))
            told = ()
        if not found.resources:
            problems = (*told, _no_resource(entry))
            records.append(Harvested(identifier=entry.url, datestamp=entry.modified, url=entry.url, problems=problems))

    def _record(self, identifier: str, payload: bytes, entry: Entry, told: tuple[Problem, ...]) -> Harvested:
        key, content = hash(identifier), hash(payload)
        # The same description on several pages (a course on each of its lessons) is one record and no mistake.
        repeated = key in self._seen and self._seen[key] != content
        self._seen.setdefault(key, content)
        return Harvested(
            identifier=identifier,
            format="schema.org",
            payload=payload,
            datestamp=entry.modified,
            url=entry.url,
            problems=(*told, duplicate(identifier, "@id")) if repeated else told,
        )

    def _count_failure(self, problem: Problem) -> None:
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= _MOST_FAILURES_IN_A_ROW:
            raise failed(
                "pages-failing",
                ANSWER,
                f"{_MOST_FAILURES_IN_A_ROW} pages in a row could not be read. The last one: {problem.message}",
                problem.hint,
                problem.value,
            )


def _place(due: Sequence[Entry]) -> str:
    """What the list of pages to read is known by."""
    return sha256("\n".join(f"{entry.url} {entry.modified}" for entry in due).encode()).hexdigest()[:32]


def _no_resource(entry: Entry) -> Problem:
    return list_problem(
        "no-resource-data",
        ANSWER,
        "The page holds no description of a learning resource.",
        "Describe the resource on its page in JSON-LD, microdata or RDFa with the type LearningResource of schema.org,"
        " or take the page out of this sitemap.",
        entry.url,
        error=True,
    )
