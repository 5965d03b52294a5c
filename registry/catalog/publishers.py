"""What a publisher sees of its own: sources and runs, what waits for a person, what to mend, words no list knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from registry.catalog.sources import ProblemView, RunView, SourceView, list_sources, runs_of, source_named
from registry.catalog.usage import Usage, usage_of
from registry.db import now
from registry.errors import NotFound
from registry.models import HeldRow, ProblemRow, ProviderRow, RecordRow, ResourceRow, RunRow, SourceRow

ALARM = "alarm-"
"""How the codes of problems begin that say that a source has changed its ways."""
INTERVALS = {60: "every hour", 360: "every six hours", 1440: "every day", 10080: "every week", 43200: "every 30 days"}
"""How often a source is usually harvested, in minutes."""

_RUNS = 24
_MOST_WORDS = 50
_HELD_SHOWN = 50


class District(Struct, frozen=True):
    """A provider: its number here, the slug its page stands under, and its name."""

    id: int
    slug: str
    name: str


class DistrictLine(Struct, frozen=True):
    """A provider in the list of all: how many sources it has."""

    slug: str
    name: str
    sources: int


class HeldRecord(Struct, frozen=True):
    """A record that would be withdrawn; `title` is its resource's, or its identifier where it never became one."""

    id: str
    identifier: str
    title: str


class Held(Struct, frozen=True):
    """Deletions that wait for a person: how many, the first of them, and whether somebody has agreed already."""

    count: int
    records: tuple[HeldRecord, ...]
    accepted: bool


class PublishedSource(SourceView, frozen=True, kw_only=True):
    """A source with what its publisher needs: its rhythm, latest runs (newest first), alarms, deletions held back."""

    runs: tuple[RunView, ...]
    alarms: tuple[ProblemView, ...]
    interval_minutes: int
    held: Held | None

    @property
    def rhythm(self) -> str:
        """How often it is harvested, in words."""
        return INTERVALS.get(self.interval_minutes, f"every {self.interval_minutes:,} minutes")


class ProblemGroup(Struct, frozen=True):
    """One kind of problem at one source: how often, how serious, and how to mend it, in the words of one of them."""

    source: str
    code: str
    severity: str
    count: int
    records: int
    field: str
    message: str
    hint: str
    changed_at: datetime


class UnknownWord(Struct, frozen=True):
    """A value that stands in no list: where, how often, and a record that says it."""

    source: str
    code: str
    field: str
    value: str
    count: int
    record_id: str
    record_identifier: str

    @property
    def is_level(self) -> bool:
        """Whether its publisher can say which level it means."""
        return self.code == "level-unknown"


class DistrictView(Struct, frozen=True):
    """All of one publisher: sources, its records by outcome, problems by kind, unknown words, use in 30 days."""

    slug: str
    name: str
    sources: tuple[PublishedSource, ...]
    records: dict[str, int]
    problems: tuple[ProblemGroup, ...]
    unknown: tuple[UnknownWord, ...]
    usage: Usage

    @property
    def alarms(self) -> tuple[ProblemView, ...]:
        """The alarms of all its sources."""
        return tuple(alarm for source in self.sources for alarm in source.alarms)


def district_named(session: Session, slug: str) -> District:
    """The provider with this slug. Raises NotFound."""
    row = session.scalar(select(ProviderRow).where(ProviderRow.slug == slug))
    if row is None:
        raise NotFound(f"There is no district {slug[:100]}.")
    return District(row.id, row.slug, row.name)


def district_of_source(session: Session, name: str) -> str:
    """The slug of the provider of a source; empty where there is no such source."""
    found = session.scalar(
        select(ProviderRow.slug).join(SourceRow, SourceRow.provider_id == ProviderRow.id).where(SourceRow.name == name)
    )
    return found or ""


def list_districts(session: Session) -> tuple[DistrictLine, ...]:
    """All providers by name."""
    rows = session.execute(
        select(ProviderRow.slug, ProviderRow.name, func.count(SourceRow.id))
        .outerjoin(SourceRow, SourceRow.provider_id == ProviderRow.id)
        .group_by(ProviderRow.id, ProviderRow.slug, ProviderRow.name)
        .order_by(ProviderRow.name)
    )
    return tuple(DistrictLine(*row) for row in rows)


def sources_that_wait(session: Session) -> dict[str, int]:
    """The names of the sources whose deletions wait for a person, and how many records each would lose."""
    rows = session.execute(
        select(SourceRow.name, func.count())
        .join(HeldRow, HeldRow.source_id == SourceRow.id)
        .where(SourceRow.deletions_accepted.is_(False))
        .group_by(SourceRow.name)
    )
    return dict(rows.all())


def district_view(session: Session, slug: str) -> DistrictView:
    """All that a publisher's page says. Raises NotFound."""
    district = district_named(session, slug)
    sources = tuple(_published(session, each) for each in list_sources(session, provider=district.slug))
    records: dict[str, int] = {}
    for source in sources:
        for outcome, count in source.records.items():
            records[outcome] = records.get(outcome, 0) + count
    return DistrictView(
        slug=district.slug,
        name=district.name,
        sources=sources,
        records=records,
        problems=problem_groups(session, SourceRow.provider_id == district.id),
        unknown=unknown_words(session, SourceRow.provider_id == district.id),
        usage=usage_of(session, district.id),
    )


def published_source(session: Session, name: str) -> PublishedSource:
    """One source as its publisher sees it. Raises NotFound."""
    found = next(iter(list_sources(session, name=name)), None)
    if found is None:
        raise NotFound(f"There is no source named {name[:100]}.")
    return _published(session, found)


def problem_groups(session: Session, which: ColumnElement[bool]) -> tuple[ProblemGroup, ...]:
    """The kinds of problems that stand at some sources now, errors first, then the most frequent; without alarms.

    `changed_at` is the last run that changed a record of the source: only then do problems come and go.
    """
    errors = func.max(case((ProblemRow.severity == "error", 1), else_=0))
    rows = session.execute(
        select(
            SourceRow.id,
            SourceRow.name,
            ProblemRow.code,
            errors,
            func.count(),
            func.count(func.distinct(ProblemRow.record_id)),
            func.max(ProblemRow.id),
        )
        .join(SourceRow, SourceRow.id == ProblemRow.source_id)
        .where(which, ProblemRow.code.not_like(f"{ALARM}%"))
        .group_by(SourceRow.id, SourceRow.name, ProblemRow.code)
        .order_by(errors.desc(), func.count().desc(), SourceRow.name, ProblemRow.code)
    ).all()
    examples = _problems(session, [row[-1] for row in rows])
    changed = _last_changes(session, {row[0] for row in rows})
    groups = []
    for source_id, source, code, error, count, records, example_id in rows:
        example = examples[example_id]
        groups.append(
            ProblemGroup(
                source=source,
                code=code,
                severity="error" if error else "warning",
                count=count,
                records=records,
                field=example.field,
                message=example.message,
                hint=example.hint,
                changed_at=changed.get(source_id) or now(),
            )
        )
    return tuple(groups)


def unknown_words(session: Session, which: ColumnElement[bool], limit: int = _MOST_WORDS) -> tuple[UnknownWord, ...]:
    """The values no list knows at some sources, the most frequent first."""
    rows = session.execute(
        select(
            SourceRow.name,
            ProblemRow.code,
            ProblemRow.field,
            ProblemRow.value,
            func.count(),
            func.max(ProblemRow.record_id),
        )
        .join(SourceRow, SourceRow.id == ProblemRow.source_id)
        .where(which, ProblemRow.code.like("%-unknown"), ProblemRow.value != "", ProblemRow.record_id.is_not(None))
        .group_by(SourceRow.name, ProblemRow.code, ProblemRow.field, ProblemRow.value)
        .order_by(func.count().desc(), ProblemRow.value, SourceRow.name, ProblemRow.field)
        .limit(limit)
    ).all()
    identifiers = dict(
        session.execute(
            select(RecordRow.id, RecordRow.identifier).where(RecordRow.id.in_({row[-1] for row in rows}))
        ).all()
    )
    return tuple(
        UnknownWord(source, code, field, value, count, record_id or "", identifiers.get(record_id or "", ""))
        for source, code, field, value, count, record_id in rows
    )


def _published(session: Session, source: SourceView) -> PublishedSource:
    row = source_named(session, source.name)
    alarms = session.scalars(
        select(ProblemRow)
        .where(ProblemRow.source_id == row.id, ProblemRow.record_id.is_(None), ProblemRow.code.like(f"{ALARM}%"))
        .order_by(ProblemRow.id)
    )
    return PublishedSource(
        **{name: getattr(source, name) for name in SourceView.__struct_fields__},
        runs=runs_of(session, source.name, _RUNS),
        alarms=tuple(map(_view, alarms)),
        interval_minutes=row.every_minutes,
        held=_held(session, row),
    )


def _held(session: Session, source: SourceRow) -> Held | None:
    count = session.scalar(select(func.count()).where(HeldRow.source_id == source.id))
    if not count:
        return None
    rows = session.execute(
        select(RecordRow.id, RecordRow.identifier, ResourceRow.title)
        .join(HeldRow, HeldRow.record_id == RecordRow.id)
        .outerjoin(ResourceRow, ResourceRow.id == RecordRow.resource_id)
        .where(HeldRow.source_id == source.id)
        .order_by(ResourceRow.title, RecordRow.identifier)
        .limit(_HELD_SHOWN)
    )
    records = tuple(HeldRecord(id_, identifier, title or identifier) for id_, identifier, title in rows)
    return Held(count, records, source.deletions_accepted)


def _problems(session: Session, ids: Sequence[int]) -> dict[int, ProblemRow]:
    return {row.id: row for row in session.scalars(select(ProblemRow).where(ProblemRow.id.in_(ids)))}


def _last_changes(session: Session, source_ids: set[int]) -> dict[int, datetime]:
    """When each source last had a run that changed a record, or else its first one."""
    changing = RunRow.created + RunRow.updated + RunRow.withdrawn + RunRow.rejected > 0
    rows = session.execute(
        select(RunRow.source_id, func.max(case((changing, RunRow.started_at))), func.min(RunRow.started_at))
        .where(RunRow.source_id.in_(source_ids))
        .group_by(RunRow.source_id)
    )
    return {source_id: changed or first for source_id, changed, first in rows}


def _view(row: ProblemRow) -> ProblemView:
    return ProblemView(
        id=row.id,
        code=row.code,
        field=row.field,
        message=row.message,
        hint=row.hint,
        value=row.value,
        severity=row.severity,
        record_identifier="",
        run_id=row.run_id,
    )
