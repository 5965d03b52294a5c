"""What a complete list no longer names: withdrawn, or held back where it is so much that a person should look."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import RecordRow
from registry.ports import Harvested, Page

_MOST_SHARE = 0.10
_MOST = 100
_CHUNK = 200


class Census:
    """Who was named in a list, kept as hashes (8 bytes a record, and what a set adds)."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._named: set[int] = set()
        self._listed: set[int] = set()

    def count(self, page: Page) -> None:
        """Take down everybody a page names."""
        for record in page.records:
            (self._given if has_content(record) else self._named).add(hash(record.identifier))
        self._listed.update(map(hash, page.listed))

    def is_missing(self, identifier: str, url: str, outcome: str) -> bool:
        """Whether the list no longer has this record.

        A stored record must have been given again, or its page be listed as standing; for one that was rejected
        it is enough to be named, for it was never more than that.
        """
        if hash(identifier) in self._given or (url and hash(url) in self._listed):
            return False
        return outcome == "stored" or hash(identifier) not in self._named


def has_content(record: Harvested) -> bool:
    """Whether the record says something about its resource, be it only that it is gone."""
    return bool(record.payload) or record.deleted


def find_missing(session: Session, source_id: int, census: Census) -> tuple[list[str], int, int]:
    """Identifiers that are gone; how many of them are in the catalog, and how many the catalog has in all."""
    gone: list[str] = []
    stored = stored_gone = 0
    rows = session.execute(
        select(RecordRow.identifier, RecordRow.url, RecordRow.outcome)
        .where(RecordRow.source_id == source_id, RecordRow.outcome != "withdrawn")
        .execution_options(yield_per=2_000)
    )
    for identifier, url, outcome in rows:
        stored += outcome == "stored"
        if census.is_missing(identifier, url, outcome):
            gone.append(identifier)
            stored_gone += outcome == "stored"
    return gone, stored_gone, stored


def too_many(gone: int, before: int) -> bool:
    """Whether a person should look first: over 10 % of what was there before, or over 100 records."""
    return gone > _MOST or gone > before * _MOST_SHARE


def in_chunks(identifiers: list[str]) -> Iterator[list[str]]:
    """The identifiers, as many at a time as one unit of work takes."""
    for start in range(0, len(identifiers), _CHUNK):
        yield identifiers[start : start + _CHUNK]
