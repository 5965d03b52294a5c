"""Sources of records: adding them, and what became of what they gave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.catalog.providers import provider_named
from registry.db import now
from registry.errors import Conflict, FieldError, NotFound, Rejected
from registry.models import HeldRow, ProblemRow, ProviderRow, RecordRow, RunRow, SourceRow

_NO_ADDRESS = FieldError("url", "Give a full address that starts with https:// or http://.")


class RunView(Struct, frozen=True):
    """One harvest: its status and its counts."""

    id: str
    status: str
    full: bool
    since: datetime | None
    started_at: datetime
    ended_at: datetime | None
    seen: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    detail: str


class SourceView(Struct, frozen=True):
    """A source, its last run, and how many of its records had which outcome."""

    name: str
    kind: str
    url: str
    provider: str
    provider_slug: str
    options: dict[str, str]
    active: bool
    due_at: datetime
    harvesting: bool
    last_run: RunView | None
    records: dict[str, int]


class ProblemView(Struct, frozen=True):
    """One problem of a record or a run, in words its publisher can act on."""

    id: int
    code: str
    field: str
    message: str
    hint: str
    value: str
    severity: str
    record_identifier: str
    run_id: str
    record_id: str = ""


def add_source(
    session: Session, name: str, kind: str, url: str, provider: str = "", options: Mapping[str, str] | None = None
) -> int:
    """A new source, due at once; its id. `provider` defaults to the name.

    Raises Rejected naming the field that cannot be used, Conflict where the name is taken.
    """
    errors = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        errors.append(FieldError("name", "Use lower-case letters, digits and hyphens, at most 64, as in lakeside-oai."))
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        errors.append(_NO_ADDRESS)
    if errors:
        raise Rejected("The source cannot be added as it is.", errors)
    if session.scalar(select(SourceRow.id).where(SourceRow.name == name)):
        raise Conflict(f"There is a source named {name} already.")
    row = SourceRow(
        name=name,
        kind=kind,
        url=url,
        provider_id=provider_named(session, provider or name),
        options=dict(options or {}),
        due_at=now(),
    )
    session.add(row)
    session.flush()
    return row.id


def list_sources(session: Session, *, provider: str = "", name: str = "") -> tuple[SourceView, ...]:
    """All sources by name, or those of one provider (its slug), or the one of this name.

    Costs three selects, over these sources and the index of their records' outcomes.
    """
    chosen = select(SourceRow, ProviderRow).join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
    if provider:
        chosen = chosen.where(ProviderRow.slug == provider)
    if name:
        chosen = chosen.where(SourceRow.name == name)
    rows = session.execute(chosen.order_by(SourceRow.name)).all()
    ids = [source.id for source, _ in rows]
    counts: dict[int, dict[str, int]] = {}
    for source_id, outcome, count in session.execute(
        select(RecordRow.source_id, RecordRow.outcome, func.count())
        .where(RecordRow.source_id.in_(ids))
        .group_by(RecordRow.source_id, RecordRow.outcome)
    ):
        counts.setdefault(source_id, {})[outcome] = count
    newest = select(func.max(RunRow.id)).where(RunRow.source_id.in_(ids)).group_by(RunRow.source_id)
    runs = {run.source_id: run_view(run) for run in session.scalars(select(RunRow).where(RunRow.id.in_(newest)))}
    return tuple(
        SourceView(
            name=source.name,
            kind=source.kind,
            url=source.url,
            provider=provider.name,
            provider_slug=provider.slug,
            options=source.options,
            active=source.active,
            due_at=source.due_at,
            harvesting=source.lease_until is not None and source.lease_until > now(),
            last_run=runs.get(source.id),
            records=counts.get(source.id, {}),
        )
        for source, provider in rows
    )


def source_named(session: Session, name: str) -> SourceRow:
    """The row of a source, for the unit of work that asks. Raises NotFound."""
    row = session.scalar(select(SourceRow).where(SourceRow.name == name))
    if row is None:
        raise NotFound(f"There is no source named {name}.")
    return row


def make_due(session: Session, name: str) -> None:
    """Write down that a source is to be harvested now, so that a lost message costs a wait and no harvest.

    Raises NotFound.
    """
    source_named(session, name).due_at = now()


def accept_deletions(session: Session, name: str) -> None:
    """Agree to what the last run held back: the next withdraws whatever its list no longer names.

    Raises NotFound, or Conflict where nothing is held back: a yes must not stand for what nobody has looked at.
    """
    source = source_named(session, name)
    if session.scalar(select(HeldRow.record_id).where(HeldRow.source_id == source.id).limit(1)) is None:
        raise Conflict(f"Nothing of {name} waits for a yes.")
    source.deletions_accepted = True
    source.due_at = now()


def change_source(
    session: Session, name: str, *, active: bool | None = None, every_minutes: int | None = None, url: str = ""
) -> None:
    """Pause a source or let it go on, or change how often and where it is harvested. Raises NotFound or Rejected."""
    source = source_named(session, name)
    if every_minutes is not None and not 5 <= every_minutes <= 44_640:
        raise Rejected(
            "The source cannot be changed like this.",
            [FieldError("every_minutes", "Use 5 minutes to 44,640, which are 31 days.")],
        )
    if url:
        _check_address(url)
        # What was kept of the old address, and where its list stood, says nothing about the new one.
        source.url, source.state, source.checkpoint, source.clean_since = url, {}, None, None
        source.due_at = now()
    if active is not None:
        source.active = active
    if every_minutes is not None:
        source.every_minutes = every_minutes
        source.due_at = min(source.due_at, now() + timedelta(minutes=every_minutes))


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Rejected("The source cannot be changed like this.", [_NO_ADDRESS])


def runs_of(session: Session, name: str, limit: int = 20) -> tuple[RunView, ...]:
    """The latest runs of a source, newest first. Raises NotFound."""
    source = source_named(session, name)
    rows = session.scalars(
        select(RunRow)
        .where(RunRow.source_id == source.id)
        .order_by(RunRow.started_at.desc(), RunRow.id.desc())
        .limit(limit)
    )
    return tuple(run_view(row) for row in rows)


def problems_of(session: Session, name: str, limit: int = 50, after: int = 0) -> tuple[ProblemView, ...]:
    """Problems of a source that stand now, from the one after `after` on. Raises NotFound."""
    source = source_named(session, name)
    rows = session.execute(
        select(ProblemRow, RecordRow.identifier)
        .outerjoin(RecordRow, RecordRow.id == ProblemRow.record_id)
        .where(ProblemRow.source_id == source.id, ProblemRow.id > after)
        .order_by(ProblemRow.id)
        .limit(limit)
    )
    return tuple(
        ProblemView(
            id=row.id,
            code=row.code,
            field=row.field,
            message=row.message,
            hint=row.hint,
            value=row.value,
            severity=row.severity,
            record_identifier=identifier or "",
            run_id=row.run_id,
            record_id=row.record_id or "",
        )
        for row, identifier in rows
    )


def problem_counts(session: Session, name: str) -> dict[str, int]:
    """How often each problem stands at a source now, most frequent first. Raises NotFound."""
    source = source_named(session, name)
    rows = session.execute(
        select(ProblemRow.code, func.count())
        .where(ProblemRow.source_id == source.id)
        .group_by(ProblemRow.code)
        .order_by(func.count().desc(), ProblemRow.code)
    )
    return dict(rows.all())


def run_view(row: RunRow) -> RunView:
    """What a person sees of a run."""
    return RunView(**{field: getattr(row, field) for field in RunView.__struct_fields__})
