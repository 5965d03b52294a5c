"""One process's turn at a source: taken with a lease, kept by renewing it, given back with what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from harvesters.missing import begin_census
from harvesters.source import SourceConfig, host_of
from registry import leases
from registry.catalog.ingest import Counts
from registry.catalog.sources import source_named
from registry.db import new_id, now
from registry.errors import Conflict
from registry.leases import new_owner
from registry.models import ProviderRow, RunRow, SourceRow

_OVERLAP = timedelta(hours=1)
_FIRST_RETRY = timedelta(minutes=5)
_RUNNING, _PAUSED, _FAILED, _INTERRUPTED = "running", "paused", "failed", "interrupted"
_STARTED, _SINCE, _FULL = "run.started", "run.since", "run.full"


class Turn(Struct, frozen=True):
    """A run that has begun, or goes on after others had their turn.

    `list_started` is when its list was first begun: before this run where it goes on with an interrupted one.
    `counts` is what it came to before it paused; `deletions_accepted` says that a person has agreed to what an
    earlier run held back.
    """

    source_id: int
    run_id: str
    owner: str
    kind: str
    config: SourceConfig
    since: datetime | None
    checkpoint: dict[str, str] | None
    list_started: datetime
    full: bool
    lease: timedelta
    counts: Counts = Counts()
    deletions_accepted: bool = False


class Ending(Struct, frozen=True):
    """How a run ended. `state` is kept for the next one; `start_over` forgets where the list stood."""

    status: str
    counts: Counts
    detail: str = ""
    state: dict[str, str] | None = None
    start_over: bool = False
    measures: dict[str, int] = {}


def take_turn(session: Session, name: str, full: bool, lease: timedelta) -> Turn:
    """A turn at the source, going on where an interrupted one stood unless `full`; ours for `lease` unless renewed.

    Raises NotFound, or Conflict while another process holds its lease, or harvests another source on the same host.
    """
    source = source_named(session, name)
    moment, owner = now(), new_owner()
    taken = session.execute(
        update(SourceRow)
        .where(SourceRow.id == source.id, or_(SourceRow.lease_owner.is_(None), SourceRow.lease_until < moment))
        .values(lease_owner=owner, lease_until=moment + lease)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Conflict(f"{name} is being harvested by another process.")
    session.refresh(source)
    _take_host(session, source, owner, lease)
    paused = None if full or not source.checkpoint else _paused(session, source.id)
    session.execute(
        update(RunRow)
        .where(
            RunRow.source_id == source.id, RunRow.status.in_((_RUNNING, _PAUSED)), RunRow.id != (paused and paused.id)
        )
        .values(status=_INTERRUPTED, ended_at=moment, detail="The process that ran this harvest was stopped.")
    )
    checkpoint, started = None, moment
    since = None if full or source.clean_since is None else source.clean_since - _OVERLAP
    if source.checkpoint and not full:
        checkpoint = {key: value for key, value in source.checkpoint.items() if not key.startswith("run.")}
        started = _moment(source.checkpoint.get(_STARTED)) or moment
        since = _moment(source.checkpoint.get(_SINCE))
        full = _FULL in source.checkpoint
    else:
        begin_census(session, source.id)
    run = paused or RunRow(id=new_id(), source_id=source.id, full=since is None, since=since, started_at=moment)
    run.status = _RUNNING
    session.add(run)
    provider = session.scalar(select(ProviderRow.name).where(ProviderRow.id == source.provider_id)) or ""
    state = {} if full else source.state
    return Turn(
        source_id=source.id,
        run_id=run.id,
        owner=owner,
        kind=source.kind,
        config=SourceConfig(source.name, source.url, source.options, provider, state),
        since=since,
        checkpoint=checkpoint,
        list_started=started,
        full=full,
        lease=lease,
        counts=Counts(**{name: getattr(run, name) or 0 for name in Counts.__struct_fields__}),
        deletions_accepted=source.deletions_accepted,
    )


def _paused(session: Session, source_id: int) -> RunRow | None:
    """The source's last run, if others have had their turn and it goes on now."""
    last = session.scalar(select(RunRow).where(RunRow.source_id == source_id).order_by(RunRow.id.desc()).limit(1))
    return last if last is not None and last.status == _PAUSED else None


def _take_host(session: Session, source: SourceRow, owner: str, lease: timedelta) -> None:
    """See that nobody else harvests from this host: one reader at a time is what a small site can bear."""
    host = host_of(source.url)
    if host and not leases.take(session, f"host:{host}", owner, int(lease.total_seconds())):
        raise Conflict(f"Another source on {host} is being harvested; {source.name} waits for its turn.")


def keep_turn(session: Session, turn: Turn) -> bool:
    """Whether the turn is still ours; renews its lease if so."""
    kept = session.execute(
        update(SourceRow)
        .where(SourceRow.id == turn.source_id, SourceRow.lease_owner == turn.owner)
        .values(lease_until=now() + turn.lease)
    )
    if kept.rowcount and (host := host_of(turn.config.url)):  # type: ignore[attr-defined]
        leases.take(session, f"host:{host}", turn.owner, int(turn.lease.total_seconds()))
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def keep_place(session: Session, turn: Turn, checkpoint: dict[str, str] | None, counts: Counts) -> None:
    """Write down how far the run has come, in the unit of work that stores what it brought."""
    place = None
    if checkpoint is not None:
        place = {**checkpoint, _STARTED: turn.list_started.isoformat()}
        if turn.since:
            place[_SINCE] = turn.since.isoformat()
        if turn.full:
            place[_FULL] = "yes"
    session.execute(update(SourceRow).where(SourceRow.id == turn.source_id).values(checkpoint=place))
    session.execute(update(RunRow).where(RunRow.id == turn.run_id).values(**_columns(counts)))


def give_back(session: Session, turn: Turn, ending: Ending) -> None:
    """Write down how the run ended, or that it paused, and free the source, if it is still ours."""
    moment = now()
    session.execute(
        update(RunRow)
        .where(RunRow.id == turn.run_id)
        .values(
            status=ending.status,
            ended_at=None if ending.status == _PAUSED else moment,
            detail=ending.detail,
            measures=ending.measures,
            **_columns(ending.counts),
        )
    )
    leases.give_back(session, f"host:{host_of(turn.config.url)}", turn.owner)
    source = session.get(SourceRow, turn.source_id, with_for_update=True)
    if source is None or source.lease_owner != turn.owner:
        return
    source.lease_owner = source.lease_until = None
    regular = timedelta(minutes=source.every_minutes)
    if ending.status == _FAILED:
        source.due_at = moment + min(regular, _FIRST_RETRY * 2 ** _failures_before(session, turn))
        if ending.start_over:
            source.checkpoint = None
    elif ending.status == _PAUSED:
        source.due_at = moment  # behind everybody who has waited longer
    elif ending.status != _INTERRUPTED:
        source.checkpoint = None
        source.due_at = moment + regular
        begin_census(session, source.id)
        if ending.status != "held":
            source.clean_since = turn.list_started
            source.deletions_accepted = False
            if ending.state is not None:
                source.state = ending.state


def _failures_before(session: Session, turn: Turn) -> int:
    """How many runs before this one failed in a row, at most 10."""
    statuses = session.scalars(
        select(RunRow.status)
        .where(RunRow.source_id == turn.source_id, RunRow.id < turn.run_id)
        .order_by(RunRow.id.desc())
        .limit(10)
    ).all()
    return next((number for number, status in enumerate(statuses) if status != _FAILED), len(statuses))


def _columns(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in Counts.__struct_fields__}


def _moment(stated: str | None) -> datetime | None:
    return datetime.fromisoformat(stated) if stated else None
