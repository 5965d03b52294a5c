"""A feed by its address: each entry of RSS or Atom is a record.

A feed is a window on a list: what has left it is not gone. Only one that calls itself complete (RFC 5005) is the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import structs

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.feed_text import Feed, read_feed
from harvesters.http import Fetched, Fetcher
from harvesters.oai_records import duplicate
from harvesters.page import resources_on
from harvesters.source import SourceConfig
from registry.ports import Harvested, HarvestFailed, Page
from vocab.crosswalks.feed import Entry
from vocab.resource import Problem, Severity

_ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8"
_GONE = ("http-404", "http-410")
_MOST_DOCUMENTS = 1_000
_MOST_FAILURES_IN_A_ROW = 10


class FeedHarvester:
    """The entries of a feed and of the documents it goes on in; nothing while the server says it has not changed."""

    def __init__(self, config: SourceConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher
        self._follows = config.options.get("follow", "").strip().casefold() in ("yes", "true", "1")
        self._all_read = True
        self._failures_in_a_row = 0

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """The entries, a document of the feed at a time, going on from the address of one where it is kept."""
        place = checkpoint or {}
        url = place.get("next") or self._config.url
        try:
            fetched = self._get(url, {} if place else self._config.state)
        except HarvestFailed as failure:
            if not place or failure.problem.code not in _GONE:
                raise
            place, url = {}, self._config.url  # the document is no more, and the feed has moved on
            fetched = self._get(url, {})
        if fetched.not_modified:
            yield Page(())
            return
        first = None if place else fetched
        visited = {url, fetched.url}
        whole = "whole" in place
        for _ in range(_MOST_DOCUMENTS):
            feed = read_feed(fetched)
            self._all_read = self._all_read and not feed.problems
            # The first document says whether the feed is complete; a part that cannot be read makes it less.
            whole = (whole or (fetched is first and feed.complete)) and not feed.problems
            ring = feed.next in visited
            following = feed.next if feed.next and not ring else ""
            yield Page(
                tuple(self._records(feed)),
                checkpoint=_place(following, whole) if following else None,
                problems=(*feed.problems, *([_ring(feed.next)] if ring else [])),
                whole=whole,
                complete=whole and not feed.next,
                state=self._state(first) if first and not following else None,
            )
            if not following:
                return
            visited.add(following)
            try:
                fetched = self._get(following, {})
            except HarvestFailed as failure:
                if failure.problem.code not in _GONE:
                    raise
                yield Page((), problems=(failure.problem,), state={})
                return
            visited.add(fetched.url)
        raise failed(
            "too-many-pages",
            ANSWER,
            f"The feed goes on for more than {_MOST_DOCUMENTS:,} documents.",
            "Tell the site that its feed does not end; what came before this was taken.",
            self._config.url,
            start_over=True,
        )

    def _get(self, url: str, known: dict[str, str]) -> Fetched:
        return self._fetcher.get(
            url, accept=_ACCEPT, etag=known.get("etag", ""), last_modified=known.get("last_modified", "")
        )

    def _state(self, first: Fetched) -> dict[str, str]:
        """What the next run may ask with; nothing where there is more to read than was read this time."""
        state = {"etag": first.etag, "last_modified": first.last_modified}
        return {name: value for name, value in state.items() if value} if self._all_read else {}

    def _records(self, feed: Feed) -> Iterator[Harvested]:
        for identifier, moment in feed.deleted:
            yield Harvested(identifier=identifier, datestamp=moment, deleted=True)
        seen: set[str] = set()
        for entry, problems in feed.entries:
            record = _record(entry, problems, seen)
            yield self._with_page(record) if self._follows and record.url else record

    def _with_page(self, record: Harvested) -> Harvested:
        """What the entry's page says of itself in schema.org's words; the entry's own where it says nothing."""
        try:
            fetched = self._fetcher.get(record.url, accept="text/html, application/xhtml+xml", crawl=True)
        except HarvestFailed as failure:
            if failure.problem.code != "robots-disallowed":
                self._all_read = False
                self._count_failure(failure.problem)
            told = structs.replace(failure.problem, severity=Severity.WARNING)
            return structs.replace(record, problems=(*record.problems, told))
        self._failures_in_a_row = 0
        found = resources_on(fetched.body, fetched.content_type, fetched.url)
        problems = (*record.problems, *found.problems)
        if len(found.resources) != 1:  # none, or several of which none is the entry
            return structs.replace(record, problems=problems)
        return structs.replace(record, format="schema.org", payload=found.resources[0][1], problems=problems)

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


def _record(entry: Entry, problems: tuple[Problem, ...], seen: set[str]) -> Harvested:
    payload = msgspec.json.encode(entry)
    identifier = entry.id or entry.link
    if not identifier:
        named = f"{entry.title}\n{entry.published}" if entry.title else payload.decode()
        identifier = f"entry-{sha256(named.encode()).hexdigest()[:24]}"
    if identifier in seen:
        problems = (*problems, duplicate(identifier, "id"))
    seen.add(identifier)
    return Harvested(
        identifier=identifier,
        format="feed",
        payload=payload,
        datestamp=entry.updated or entry.published,
        url=entry.link,
        problems=problems,
    )


def _place(following: str, whole: bool) -> dict[str, str]:
    return {"next": following, "whole": "yes"} if whole else {"next": following}


def _ring(url: str) -> Problem:
    return list_problem(
        "feed-ring",
        ANSWER,
        "The feed names a document that was read already as the one that follows.",
        "Ask the site to mend the link with rel=next; what came before this was taken.",
        url,
        error=True,
    )
