"""A publisher's records: which there are, and of each what was sent, what is wrong with it, what it became."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from registry.errors import BadRequest, FieldError, NotFound
from registry.models import HeldRow, PayloadRow, ProblemRow, RecordRow, ResourceRow, SourceRow
from vocab.resource import Problem, Severity

OUTCOMES = ("stored", "rejected", "withdrawn")


class RecordLine(Struct, frozen=True):
    """One record in a list, with what is wrong with it."""

    id: str
    source: str
    identifier: str
    outcome: str
    title: str
    changed_at: datetime
    problems: tuple[Problem, ...]


class RecordPage(Struct, frozen=True):
    """Some records, the last changed first; `next` leads to those that follow, empty at the end."""

    items: tuple[RecordLine, ...]
    next: str


class RecordView(Struct, frozen=True):
    """One record: what its source sent, what is wrong with it, and the resource it became."""

    id: str
    source: str
    identifier: str
    outcome: str
    url: str
    format: str
    datestamp: str
    first_seen: datetime
    changed_at: datetime
    recognized: str
    origin: str
    held: bool
    problems: tuple[Problem, ...]
    payload: bytes
    resource_id: str
    resource_title: str
    resource_withdrawn: bool


def records_of(
    session: Session,
    provider_id: int,
    outcome: str = "",
    source: str = "",
    problem: str = "",
    cursor: str = "",
    limit: int = 50,
) -> RecordPage:
    """A provider's records: of one outcome, of one source, with one kind of problem, or all.

    Raises BadRequest for an outcome there is none of and for a cursor that is none of ours.
    """
    if outcome and outcome not in OUTCOMES:
        wrong = FieldError("outcome", f"Use one of {', '.join(OUTCOMES)}.")
        raise BadRequest("The question cannot be read as it is.", [wrong])
    chosen: list[ColumnElement[bool]] = [SourceRow.provider_id == provider_id]
    if outcome:
        chosen.append(RecordRow.outcome == outcome)
    if source:
        chosen.append(SourceRow.name == source)
    if problem:
        # Through the sources of the provider, so that the index over (source, code) serves.
        theirs = select(SourceRow.id).where(SourceRow.provider_id == provider_id)
        having = select(ProblemRow.record_id).where(ProblemRow.source_id.in_(theirs), ProblemRow.code == problem)
        chosen.append(RecordRow.id.in_(having))
    if cursor:
        chosen.append(_behind(cursor))
    rows = session.execute(
        select(RecordRow, SourceRow.name, ResourceRow.title)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .outerjoin(ResourceRow, ResourceRow.id == RecordRow.resource_id)
        .where(*chosen)
        .order_by(RecordRow.changed_at.desc(), RecordRow.id.desc())
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    problems = _problems(session, [row.id for row, _, _ in shown])
    items = tuple(
        RecordLine(
            id=row.id,
            source=name,
            identifier=row.identifier,
            outcome=row.outcome,
            title=title or "",
            changed_at=row.changed_at,
            problems=problems.get(row.id, ()),
        )
        for row, name, title in shown
    )
    return RecordPage(items, _cursor(items[-1]) if len(rows) > limit else "")


def record_view(session: Session, provider_id: int, record_id: str) -> RecordView:
    """One record of a provider. Raises NotFound, also for a record of somebody else."""
    found = session.execute(
        select(RecordRow, SourceRow.name, PayloadRow.content)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .outerjoin(PayloadRow, PayloadRow.record_id == RecordRow.id)
        .where(RecordRow.id == record_id[:64], SourceRow.provider_id == provider_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such record here.")
    row, source, content = found
    resource = session.get(ResourceRow, row.resource_id) if row.resource_id else None
    return RecordView(
        id=row.id,
        source=source,
        identifier=row.identifier,
        outcome=row.outcome,
        url=row.url,
        format=row.format,
        datestamp=row.datestamp,
        first_seen=row.first_seen,
        changed_at=row.changed_at,
        recognized=row.recognized,
        origin=row.origin,
        held=session.get(HeldRow, (row.source_id, row.id)) is not None,
        problems=_problems(session, [row.id]).get(row.id, ()),
        payload=zlib.decompress(content) if content else b"",
        resource_id=resource.id if resource else "",
        resource_title=resource.title if resource else "",
        resource_withdrawn=resource is not None and resource.withdrawn_at is not None,
    )


def _problems(session: Session, record_ids: Sequence[str]) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, list[Problem]] = {}
    rows = session.scalars(
        select(ProblemRow)
        .where(ProblemRow.record_id.in_(record_ids))
        .order_by(ProblemRow.severity, ProblemRow.id)  # errors come before warnings
    )
    for row in rows:
        problem = Problem(row.code, row.field, row.message, row.hint, row.value, Severity(row.severity))
        found.setdefault(row.record_id or "", []).append(problem)
    return {record_id: tuple(problems) for record_id, problems in found.items()}


def _cursor(line: RecordLine) -> str:
    return f"{int(line.changed_at.timestamp())}-{line.id}"


def _behind(cursor: str) -> ColumnElement[bool]:
    read = re.fullmatch(r"([0-9]{1,11})-([0-9a-f]{1,64})", cursor)
    if read is None:
        wrong = FieldError("cursor", "Go back to the first page: this is no place in the list.")
        raise BadRequest("The question cannot be read as it is.", [wrong])
    moment = datetime.fromtimestamp(int(read[1]), UTC)
    return or_(RecordRow.changed_at < moment, and_(RecordRow.changed_at == moment, RecordRow.id < read[2]))
