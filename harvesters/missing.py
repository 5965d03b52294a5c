"""What a complete list no longer names: withdrawn, or held back where it is so much that a person should look."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from msgspec import Struct
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from registry.models import CensusRow, HeldRow, RecordRow
from registry.ports import Harvested, Page

_MOST_SHARE = 0.10
_MOST = 100
_CHUNK = 200


class Part(Struct, frozen=True):
    """Whom one page named: given with content, named without, listed by address; each a packed run of 64-bit keys."""

    given: bytes
    named: bytes
    listed: bytes


class Missing(Struct, frozen=True):
    """Records that are gone, as (id, identifier); how many of them the catalog shows, of how many it shows in all."""

    gone: list[tuple[str, str]]
    stored_gone: int
    stored: int


class Census:
    """Who was named in a list, kept as hashes (8 bytes a record, and what a set adds)."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._named: set[int] = set()
        self._listed: set[int] = set()

    def __len__(self) -> int:
        return len(self._given) + len(self._named) + len(self._listed)

    def add(self, part: Part) -> None:
        """Take down everybody a page named."""
        self._given.update(array("Q", part.given))
        self._named.update(array("Q", part.named))
        self._listed.update(array("Q", part.listed))

    def is_missing(self, identifier: str, url: str, outcome: str) -> bool:
        """Whether the list no longer has this record.

        A stored record must have been given again, or its page be listed as standing; for one that was rejected
        it is enough to be named, for it was never more than that.
        """
        key = _key(identifier)
        if key in self._given or (url and _key(url) in self._listed):
            return False
        return outcome == "stored" or key not in self._named


def part_of(page: Page) -> Part:
    """Whom a page names."""
    given = [_key(record.identifier) for record in page.records if has_content(record)]
    named = [_key(record.identifier) for record in page.records if not has_content(record)]
    return Part(_packed(given), _packed(named), _packed(map(_key, page.listed)))


def begin_census(session: Session, source_id: int) -> None:
    """Forget whom earlier lists of the source named."""
    session.execute(delete(CensusRow).where(CensusRow.source_id == source_id))


def keep_part(session: Session, source_id: int, part: Part) -> None:
    """Keep whom a page named, in the unit of work that stores its records, for a run that goes on after a kill."""
    last = session.scalar(select(func.max(CensusRow.position)).where(CensusRow.source_id == source_id))
    session.execute(
        insert(CensusRow).values(
            source_id=source_id, position=(last or 0) + 1, given=part.given, named=part.named, listed=part.listed
        )
    )


def kept_parts(session: Session, source_id: int) -> Iterator[Part]:
    """Whom the pages before the place where a run goes on have named."""
    rows = session.execute(
        select(CensusRow.given, CensusRow.named, CensusRow.listed).where(CensusRow.source_id == source_id)
    )
    for row in rows:
        yield Part(*row)


def has_content(record: Harvested) -> bool:
    """Whether the record says something about its resource, be it only that it is gone."""
    return bool(record.payload) or record.deleted


def find_missing(session: Session, source_id: int, census: Census) -> Missing:
    """Who of the source's records is gone; reads all of the source's records once."""
    gone: list[tuple[str, str]] = []
    stored = stored_gone = 0
    rows = session.execute(
        select(RecordRow.id, RecordRow.identifier, RecordRow.url, RecordRow.outcome)
        .where(RecordRow.source_id == source_id, RecordRow.outcome != "withdrawn")
        .execution_options(yield_per=2_000)
    )
    for record_id, identifier, url, outcome in rows:
        stored += outcome == "stored"
        if census.is_missing(identifier, url, outcome):
            gone.append((record_id, identifier))
            stored_gone += outcome == "stored"
    return Missing(gone, stored_gone, stored)


def hold(session: Session, source_id: int, gone: Iterable[tuple[str, str]]) -> None:
    """Write down whom a run would have withdrawn, for the person who has to look; nobody where `gone` is empty."""
    session.execute(delete(HeldRow).where(HeldRow.source_id == source_id))
    if rows := [{"source_id": source_id, "record_id": record_id} for record_id, _ in gone]:
        session.execute(insert(HeldRow), rows)


def too_many(gone: int, before: int) -> bool:
    """Whether a person should look first: over 10 % of what was there before, or over 100 records."""
    return gone > _MOST or gone > before * _MOST_SHARE


def in_chunks(identifiers: list[str]) -> Iterator[list[str]]:
    """The identifiers, as many at a time as one unit of work takes."""
    for start in range(0, len(identifiers), _CHUNK):
        yield identifiers[start : start + _CHUNK]


def _key(text: str) -> int:
    """A hash that is the same in every process, unlike Python's own."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _packed(keys: Iterable[int]) -> bytes:
    return array("Q", keys).tobytes()
