"""A harvest from its lease to its status: read and stored page by page, what is gone withdrawn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from msgspec import Struct, structs
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from harvesters.fetching import fetcher_for
from harvesters.http import Fetcher
from harvesters.kinds import make_harvester
from harvesters.missing import (
    Census,
    find_missing,
    has_content,
    hold,
    in_chunks,
    keep_part,
    kept_parts,
    part_of,
    too_many,
)
from harvesters.turn import Ending, Turn, give_back, keep_place, keep_turn, take_turn
from registry.app import Registry
from registry.catalog.alarms import alarms, earlier_measures, measure
from registry.catalog.ingest import Counts, ingest, withdraw_missing
from registry.catalog.records import batch_for
from registry.errors import Rejected
from registry.models import ProblemRow, RecordRow
from registry.ports import Harvested, HarvestFailed, Page
from vocab.resource import Problem, Severity

_LONGEST_IDENTIFIER = 900
_UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

Progress = Callable[[Counts], None]


class RunReport(Struct, frozen=True):
    """What a harvest came to.

    `status` is success, partial (some records rejected), failed, held (deletions wait), interrupted, or paused (it goes
    on when other sources have had their turn).
    """

    source: str
    status: str
    seen: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    seconds: float
    detail: str
    run_id: str


class _LeaseLost(Exception):
    """Another process has taken the source over."""


class _Tally:
    """What has come of a run so far: `counts` from its beginning, the rest in this turn."""

    def __init__(self, turn: Turn, until: float | None) -> None:
        self.counts = turn.counts
        self.census = Census()
        self.until = until
        self.pages = 0
        self.complete = False
        self.state: dict[str, str] | None = None
        self.list_errors = 0
        self.swept = turn.counts != Counts()
        self._began_at = turn.checkpoint

    @property
    def listed(self) -> int:
        """How many a list that names everything has named; 0 for any other."""
        return len(self.census) if self.complete else 0

    def time_is_up(self, page: Page) -> bool:
        """Whether others should have their turn now; only where the list can go on later, further than it began."""
        moved = page.checkpoint not in (None, self._began_at)
        return moved and self.until is not None and time.monotonic() >= self.until


def harvest(
    registry: Registry,
    source_name: str,
    *,
    full: bool = False,
    accept_deletions: bool = False,
    fetcher: Fetcher | None = None,
    progress: Progress | None = None,
    turn_seconds: float | None = None,
) -> RunReport:
    """Harvest one source: what changed since the last clean run, or everything with `full`.

    Goes on where a killed run stood. `accept_deletions` lets more than 10 % or 100 records go. After `turn_seconds` a
    list that can be gone on with pauses. Raises NotFound, or Conflict while another process harvests it or its host; a
    source that cannot be read is a report with status failed.
    """
    began = time.monotonic()
    with registry.sessions.begin() as session:
        turn = take_turn(session, source_name, full, timedelta(seconds=registry.settings.lease_seconds))
    tally = _Tally(turn, None if turn_seconds is None else began + turn_seconds)
    ending = Ending("interrupted", Counts(), "The harvest was stopped; the next one goes on from here.")
    used = fetcher or fetcher_for(registry.settings)
    used.heartbeat = _heartbeat(registry, turn)
    try:
        with bound_contextvars(run_id=turn.run_id, source=source_name):
            ending = _run(registry, turn, used, tally, accept_deletions or turn.deletions_accepted, progress)
            ending = _measured(registry, turn, tally, ending)
    except Exception:  # Whatever went wrong, the run must not look as if it were still going on.
        ending = Ending("failed", tally.counts, "A fault of the registry stopped this harvest; its log has the reason.")
        raise
    finally:
        used.heartbeat = None
        if fetcher is None:
            used.close()
        with registry.sessions.begin() as session:
            give_back(session, turn, structs.replace(ending, counts=tally.counts))
    return RunReport(
        source=source_name,
        status=ending.status,
        **structs.asdict(tally.counts),
        seconds=round(time.monotonic() - began, 3),
        detail=ending.detail,
        run_id=turn.run_id,
    )


def _run(
    registry: Registry,
    turn: Turn,
    fetcher: Fetcher,
    tally: _Tally,
    accept_deletions: bool,
    progress: Progress | None,
) -> Ending:
    try:
        harvester = make_harvester(turn.kind, turn.config, fetcher)
        if turn.checkpoint:
            _recall(registry, turn, tally)
        for page in harvester.pages(turn.since, turn.checkpoint):
            _store(registry, turn, page, tally)
            if progress:
                progress(tally.counts)
            if tally.time_is_up(page):
                return Ending("paused", tally.counts, "Other sources have their turn; it goes on where it stands.")
        held = _withdraw_missing(registry, turn, tally, accept_deletions) if tally.complete else ""
    except HarvestFailed as failure:
        return _failed(registry, turn, failure, tally)
    except Rejected as refusal:
        found = "; ".join(f"{error.field}: {error.message}" for error in refusal.errors)
        return Ending("failed", tally.counts, f"{refusal.detail} {found}".strip())
    except _LeaseLost:
        return Ending("interrupted", tally.counts, "Another process took this harvest over.")
    if held:
        return Ending("held", tally.counts, held)
    return _finished(turn, tally)


def _store(registry: Registry, turn: Turn, page: Page, tally: _Tally) -> None:
    """One unit of work: the records of a page, the problems of its list, the place after it, the lease renewed."""
    page = structs.replace(page, records=tuple(map(_storable, page.records)))
    with registry.sessions.begin() as session:
        if not keep_turn(session, turn):
            raise _LeaseLost
        swept = tally.swept or bool(page.records or page.problems or page.listed or page.complete)
        if swept and not tally.swept:
            _forget_problems(session, turn)
        kept = _known_without_content(session, turn, page.records)
        batch = batch_for(session, turn.source_id, turn.run_id)
        counts = ingest(session, batch, [record for record in page.records if record.identifier not in kept])
        counts = counts.plus(Counts(seen=len(kept), rejected=len(kept)))
        _note(session, turn, [*page.problems, *(problem for record in kept.values() for problem in record.problems)])
        total = tally.counts.plus(counts)
        keep_place(session, turn, page.checkpoint, total)
        named = part_of(page)
        if page.whole and page.checkpoint is not None:
            keep_part(session, turn.source_id, named)
    tally.counts, tally.swept = total, swept
    tally.census.add(named)
    tally.pages += 1
    tally.complete = page.complete
    tally.state = page.state if page.state is not None else tally.state
    tally.list_errors += sum(problem.severity is Severity.ERROR for problem in page.problems)


def _recall(registry: Registry, turn: Turn, tally: _Tally) -> None:
    """Take down whom the pages before this place have named."""
    with registry.reading.begin() as session:
        for part in kept_parts(session, turn.source_id):
            tally.census.add(part)


def _withdraw_missing(registry: Registry, turn: Turn, tally: _Tally, accept_deletions: bool) -> str:
    """Withdraw what a complete list no longer names; why not, where a person should look first."""
    with registry.reading.begin() as session:
        missing = find_missing(session, turn.source_id, tally.census)
    before = missing.stored - tally.counts.created
    held = missing.stored_gone > 0 and not accept_deletions and too_many(missing.stored_gone, before)
    with registry.sessions.begin() as session:
        hold(session, turn.source_id, missing.gone if held else ())
    if held:
        return (
            f"{missing.stored_gone} of {before} records are no longer in the list. That is more than 10 % or 100 "
            "records, so none was withdrawn: look at the source, and harvest again with --accept-deletions if that is "
            "right."
        )
    for chunk in in_chunks([identifier for _, identifier in missing.gone]):
        with registry.sessions.begin() as session:
            if not keep_turn(session, turn):
                raise _LeaseLost
            withdrawn = withdraw_missing(session, batch_for(session, turn.source_id, turn.run_id), chunk)
            total = tally.counts.plus(Counts(withdrawn=withdrawn))
            keep_place(session, turn, None, total)
        tally.counts = total
    return ""


def _measured(registry: Registry, turn: Turn, tally: _Tally, ending: Ending) -> Ending:
    """The ending with what the run measured; alarms are noted where that differs from the runs before."""
    if ending.status in ("paused", "interrupted", "failed"):
        return ending
    with registry.sessions.begin() as session:
        measures = measure(session, turn.source_id, turn.run_id, tally.counts, tally.listed)
        _note(session, turn, alarms(measures, earlier_measures(session, turn.source_id, turn.run_id)))
    return structs.replace(ending, measures=measures)


def _finished(turn: Turn, tally: _Tally) -> Ending:
    rejected, errors = tally.counts.rejected, tally.list_errors
    if rejected or errors:
        said = [f"{rejected} of {tally.counts.seen} records were rejected"] if rejected else []
        said += [f"{errors} {'part' if errors == 1 else 'parts'} of the list could not be read"] if errors else []
        return Ending("partial", tally.counts, " and ".join(said) + "; the problems say why.", tally.state)
    nothing = tally.counts == Counts() and (turn.since is not None or not tally.complete)
    return Ending(
        "success", tally.counts, "Nothing has changed since the last harvest." if nothing else "", tally.state
    )


def _failed(registry: Registry, turn: Turn, failure: HarvestFailed, tally: _Tally) -> Ending:
    problem = failure.problem
    with registry.sessions.begin() as session:
        _note(session, turn, [problem])
    # A place from which an answer could not be read twice is no place to go on from.
    stuck = turn.checkpoint is not None and not tally.pages and problem.field != "url"
    detail = f"{problem.message} {problem.hint}"
    return Ending("failed", tally.counts, detail, start_over=failure.start_over or stuck)


def _heartbeat(registry: Registry, turn: Turn) -> Callable[[], None]:
    """Renews the lease while a slow site is waited for."""
    last = time.monotonic()

    def renew() -> None:
        nonlocal last
        if time.monotonic() - last < turn.lease.total_seconds() / 6:
            return
        last = time.monotonic()
        # A store that is busy now is asked again with the next page, which also finds out if the lease is lost.
        with suppress(SQLAlchemyError), registry.sessions.begin() as session:
            keep_turn(session, turn)

    return renew


def _known_without_content(session: Session, turn: Turn, records: Sequence[Harvested]) -> dict[str, Harvested]:
    """Records that came without content though the catalog has them: what is held of them must not be lost for that."""
    empty = {record.identifier: record for record in records if not has_content(record)}
    if not empty:
        return {}
    known = session.scalars(
        select(RecordRow.identifier).where(
            RecordRow.source_id == turn.source_id, RecordRow.identifier.in_(empty), RecordRow.outcome == "stored"
        )
    )
    return {identifier: empty[identifier] for identifier in known}


def _storable(record: Harvested) -> Harvested:
    """The record under an identifier that every store takes, so that the list and the store call it the same."""
    identifier = record.identifier
    if len(identifier) <= _LONGEST_IDENTIFIER and not _UNFIT.search(identifier):
        return record
    return structs.replace(record, identifier=_UNFIT.sub("", identifier)[:_LONGEST_IDENTIFIER])


def _forget_problems(session: Session, turn: Turn) -> None:
    """Take away the list problems of earlier runs: what still stands is met again."""
    session.execute(
        delete(ProblemRow).where(
            ProblemRow.source_id == turn.source_id, ProblemRow.record_id.is_(None), ProblemRow.run_id != turn.run_id
        )
    )


def _note(session: Session, turn: Turn, problems: Sequence[Problem]) -> None:
    if problems:
        rows = [{**structs.asdict(problem), "severity": str(problem.severity)} for problem in problems]
        session.execute(
            insert(ProblemRow), [{"source_id": turn.source_id, "run_id": turn.run_id, **row} for row in rows]
        )
