"""Keeping the index in step with the store: stale rows taken up, a rebuild, and a comparison of the two.

No transaction stays open while the engine works; one process does this at a time, by lease.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from msgspec import Struct
from sqlalchemy import bindparam, case, exists, func, select, update
from sqlalchemy.orm import Session

from registry import leases
from registry.app import Registry
from registry.errors import Unavailable
from registry.models import ResourceRow
from registry.ports import Document, IndexQuery
from registry.search import rebuild_request, sayings
from registry.search.building import BATCH, Read, read_batch
from registry.search.checking import CheckReport, compare, is_lost
from registry.search.lexicon import Words, forget_words
from registry.standards.tally import count_again

_LEASE = "index"
_LEASE_SECONDS = 60
_REBUILD_SECONDS = 300
_TAKEN_UP_WITHIN = 5.0
_LOOK_AGAIN = 0.2
_STALE = ResourceRow.indexed_revision < ResourceRow.revision
_LIVE = ResourceRow.withdrawn_at.is_(None)


class IndexReport(Struct, frozen=True):
    """What was done; `remaining` rows are stale still. `skipped` says in plain words why nothing was, if so."""

    indexed: int = 0
    deleted: int = 0
    remaining: int = 0
    seconds: float = 0.0
    skipped: str = ""


def index_stale(registry: Registry, limit: int | None = None) -> IndexReport:
    """Bring what has changed, at most `limit` resources, into the index; costs three small questions if nothing has.
    A rebuild is made instead where another process has asked for one, or the index is lost.

    Safe to call from anywhere at any time. Raises Unavailable when the engine is down: all stays stale then.
    """
    started = time.perf_counter()
    if not registry.index.writable():
        return _skipped(registry, "another process owns the index")
    with registry.reading.begin() as session:
        stale = session.scalar(select(exists().where(_STALE)))
        anew = rebuild_request.is_waiting(session) or is_lost(session, registry.index)
    if anew:
        return rebuild(registry)
    if not stale:
        return IndexReport(seconds=_since(started))
    with _lease(registry, _LEASE_SECONDS) as renewed:
        if not renewed():
            return _skipped(registry, "another process is indexing")
        indexed, deleted = _drain(registry, renewed, limit)
    return IndexReport(indexed, deleted, _remaining(registry), _since(started))


@contextmanager
def keeping_up(registry: Registry) -> Iterator[Callable[[int], None]]:
    """A function to tell how much has been stored; a thread indexes meanwhile, and what is left at the end is taken up.

    Only where the index is a server's: it works on another core or machine, while an embedded one would take turns
    with the harvest and gain nothing.
    """
    stored, ended, more = [0], threading.Event(), threading.Event()

    def follow() -> None:
        while not ended.is_set():
            more.wait()
            more.clear()
            if not ended.is_set():
                with suppress(Unavailable):  # it is told at the end
                    index_stale(registry)

    def note(count: int) -> None:
        if count - stored[0] >= BATCH:
            stored[0] = count
            more.set()

    thread = threading.Thread(target=follow, name="indexer", daemon=True)
    if not registry.settings.embedded_index:
        thread.start()
    try:
        yield note
    finally:
        ended.set()
        more.set()
        if thread.is_alive():
            thread.join()
    index_stale(registry)


def sync(registry: Registry) -> IndexReport:
    """Index until nothing is stale, what changes meanwhile included."""
    started = time.perf_counter()
    indexed = deleted = 0
    while True:
        report = index_stale(registry)
        indexed, deleted = indexed + report.indexed, deleted + report.deleted
        if not report.remaining or not report.indexed + report.deleted:
            return IndexReport(indexed, deleted, report.remaining, _since(started), report.skipped)


def rebuild(registry: Registry) -> IndexReport:
    """A new index of all that is live for the old one, which serves until the swap; then what changed meanwhile.

    Where another process owns the index, that one is asked for it and waited for.
    """
    started = time.perf_counter()
    if not registry.index.writable():
        return _rebuilt_by_owner(registry, started)
    with _lease(registry, _REBUILD_SECONDS) as renewed:
        if not renewed():
            return _skipped(registry, "another process is indexing")
        with registry.sessions.begin() as session:
            request = rebuild_request.take_up(session)
        words = Words()
        indexed = registry.index.rebuild(_all_documents(registry, renewed, words))
        with registry.sessions.begin() as session:
            # In one step: half of the catalog's words would pass the others for mistakes.
            forget_words(session)
            words.store(session)
        # The rows are told what the new index holds by the index itself: what changed during the rebuild is stale.
        compare(registry, repair=True)
        again, deleted = _drain(registry, renewed, None)
        with registry.sessions.begin() as session:
            rebuild_request.finish(session, request)
    return IndexReport(indexed + again, deleted, _remaining(registry), _since(started))


def _rebuilt_by_owner(registry: Registry, started: float) -> IndexReport:
    """What came of asking the owner of the index, who looks every second; made here, should the owner end before."""
    with registry.sessions.begin() as session:
        number = rebuild_request.ask(session)
    until, idle = started + _TAKEN_UP_WITHIN, 0
    while not registry.index.writable():
        with registry.reading.begin() as session:
            busy, state = leases.is_held(session, _LEASE), rebuild_request.state_of(session, number)
        idle = 0 if busy else idle + 1
        if state is rebuild_request.State.DONE:
            indexed = registry.index.search(IndexQuery(limit=0)).total
            return IndexReport(indexed, 0, _remaining(registry), _since(started))
        if state is rebuild_request.State.TAKEN and idle > 1:  # seen twice: it may just have begun
            return _skipped(registry, "the process that owns the index could not do it, and its log says why")
        if state is rebuild_request.State.WAITING and idle and time.perf_counter() > until:
            with registry.sessions.begin() as session:
                rebuild_request.take_up(session)
            return _skipped(registry, "another process owns the index")
        time.sleep(_LOOK_AGAIN)
    return rebuild(registry)


def check(registry: Registry, repair: bool = False) -> CheckReport:
    """How the index differs from the store; with `repair`, what differs is then indexed again or deleted."""
    report = compare(registry, repair)
    if repair:
        index_stale(registry)
    return report


def _drain(registry: Registry, renewed: Callable[[], bool], limit: int | None) -> tuple[int, int]:
    """Take up stale rows by id; how many were put and how many deleted."""
    indexed = deleted = 0
    after = ""
    while limit is None or indexed + deleted < limit:
        most = BATCH if limit is None else min(BATCH, limit - indexed - deleted)
        with registry.reading.begin() as session:
            batch = read_batch(session, registry.graphs.current(session), _STALE, after, most)
        if not batch:
            break
        documents = [each.document for each in batch if each.document is not None]
        gone = [each.id for each in batch if each.document is None]
        registry.index.put(documents)
        registry.index.delete(gone)
        words = Words()
        words.count(each.document for each in batch if each.document is not None and not each.seen)
        said = sayings.packed_all(documents)
        with registry.sessions.begin() as session:
            words.store(session)
            sayings.keep(session, said, gone)
            _mark(session, batch)
            count_again(session, registry.graphs.current(session), [each.id for each in batch])
        indexed, deleted, after = indexed + len(documents), deleted + len(gone), batch[-1].id
        if not renewed():
            break
    return indexed, deleted


def _mark(session: Session, batch: Sequence[Read]) -> None:
    """Note what the index now holds.

    Where another indexer has marked a row since it was read, nobody knows whose document came last: the row
    becomes stale again, and the next round settles it.
    """
    table = ResourceRow.__table__
    known = table.c.indexed_revision.in_((bindparam("seen"), bindparam("read")))
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("key"))
        .values(indexed_revision=case((known, bindparam("read")), else_=0)),
        [{"key": each.id, "seen": each.seen, "read": each.revision} for each in batch],
    )


def _all_documents(registry: Registry, renewed: Callable[[], bool], words: Words) -> Iterator[Sequence[Document]]:
    after = ""
    while True:
        with registry.reading.begin() as session:
            batch = read_batch(session, registry.graphs.current(session), _LIVE, after, BATCH)
        if not batch:
            return
        documents = [each.document for each in batch if each.document is not None]
        said = sayings.packed_all(documents)
        with registry.sessions.begin() as session:
            sayings.keep(session, said)
            count_again(session, registry.graphs.current(session), [each.id for each in batch])
        words.count(documents)
        yield documents
        after = batch[-1].id
        renewed()


@contextmanager
def _lease(registry: Registry, seconds: int) -> Iterator[Callable[[], bool]]:
    """A function that takes or prolongs the lease and says whether we hold it; it is given back at the end."""
    owner = leases.new_owner()

    def renewed() -> bool:
        with registry.sessions.begin() as session:
            return leases.take(session, _LEASE, owner, seconds)

    try:
        yield renewed
    finally:
        with registry.sessions.begin() as session:
            leases.give_back(session, _LEASE, owner)


def _remaining(registry: Registry) -> int:
    with registry.reading.begin() as session:
        return session.scalar(select(func.count()).select_from(ResourceRow).where(_STALE)) or 0


def _skipped(registry: Registry, reason: str) -> IndexReport:
    return IndexReport(remaining=_remaining(registry), skipped=reason)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 3)
