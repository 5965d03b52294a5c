"""One resource as a reader sees it: its words, what it is aligned with and who says so, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.catalog.assemble import members_of
from registry.catalog.card import Card
from registry.catalog.matching import end_of
from registry.catalog.ratings import Rating, ratings_of
from registry.catalog.uniting import who_says
from registry.errors import NotFound
from registry.models import AlignmentRow, ProblemRow, ProviderRow, RecordRow, ResourceRow, SourceRow
from registry.standards import lookup
from vocab.resource import Problem, Resource, Severity


class AlignmentView(Struct, frozen=True):
    """One alignment; `resolved` says whether a framework here knows the standard, else `code` is what was stated."""

    uri: str
    code: str
    statement: str
    framework: str
    relation: str
    level: str | None
    level_stated: str
    origin: str
    confidence: float
    stated: str
    resolved: bool


class ProvenanceView(Struct, frozen=True):
    """One record behind a resource: who gave it, as what, when, and what was wrong with it."""

    provider: str
    provider_slug: str
    source: str
    identifier: str
    url: str
    datestamp: str
    outcome: str
    first_seen: datetime
    changed_at: datetime
    problems: tuple[Problem, ...]
    record_id: str = ""
    recognized: str = ""
    """By what it was found to be this resource; empty where it made it."""
    gives: tuple[str, ...] = ()
    """The fields of the resource that are this record's word; empty where there is only one record."""


class ResourceView(Struct, frozen=True):
    """The whole record of a resource."""

    id: str
    resource: Resource
    card: Card
    alignments: tuple[AlignmentView, ...]
    provenance: tuple[ProvenanceView, ...]
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None
    merged_into: str | None = None
    """The resource it turned out to be the same as, which speaks for it now."""
    rating: Rating | None = None
    taken_down: bool = False
    """Whether it was withdrawn by whoever runs the catalog, and not by its publisher."""


def resource_view(session: Session, resource_id: str) -> ResourceView:
    """The resource, withdrawn or not. Raises NotFound. Seven selects; more where several records speak for it."""
    row = session.get(ResourceRow, resource_id)
    if row is None:
        raise NotFound("There is no such resource here.")
    return ResourceView(
        id=row.id,
        resource=row.body,
        card=msgspec.json.decode(row.card, type=Card),
        alignments=alignments_of(session, [resource_id]).get(resource_id, ()),
        provenance=_provenance(session, resource_id),
        created_at=row.created_at,
        updated_at=row.updated_at,
        withdrawn_at=row.withdrawn_at,
        merged_into=end_of(session, row.merged_into) if row.merged_into else None,
        rating=ratings_of(session, [resource_id]).get(resource_id),
        taken_down=bool(row.taken_down),
    )


def alignments_of(
    session: Session, resource_ids: Sequence[str], suggested: bool = True
) -> dict[str, tuple[AlignmentView, ...]]:
    """The alignments of resources; without those a machine suggested where `suggested` says so. Two selects."""
    found: dict[str, tuple[AlignmentView, ...]] = {}
    if not resource_ids:
        return found
    asked = select(AlignmentRow).where(AlignmentRow.resource_id.in_(resource_ids)).order_by(AlignmentRow.id)
    rows = session.scalars(asked if suggested else asked.where(AlignmentRow.origin != "suggested")).all()
    refs = lookup.refs(session, (row.concept_id for row in rows if row.concept_id is not None))
    for row in rows:
        ref = refs.get(row.concept_id) if row.concept_id is not None else None
        view = AlignmentView(
            uri=ref.uri if ref else "",
            code=ref.name if ref else row.stated,
            statement=ref.statement if ref else "",
            framework=ref.framework if ref else "",
            relation=row.relation,
            level=row.level,
            level_stated=row.level_stated,
            origin=row.origin,
            confidence=row.confidence,
            stated=row.stated,
            resolved=ref is not None,
        )
        found[row.resource_id] = (*found.get(row.resource_id, ()), view)
    return found


def _provenance(session: Session, resource_id: str) -> tuple[ProvenanceView, ...]:
    rows = session.execute(
        select(RecordRow, SourceRow.name, ProviderRow)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
        .where(RecordRow.resource_id == resource_id)
        .order_by(RecordRow.first_seen, RecordRow.id)
    ).all()
    problems: dict[str, list[Problem]] = {}
    for problem in session.scalars(
        select(ProblemRow).where(ProblemRow.record_id.in_([record.id for record, _, _ in rows])).order_by(ProblemRow.id)
    ):
        problems.setdefault(problem.record_id or "", []).append(_problem(problem))
    gives = _gives(session, resource_id) if len(rows) > 1 else {}
    return tuple(
        ProvenanceView(
            provider=provider.name,
            provider_slug=provider.slug,
            source=source,
            identifier=record.identifier,
            url=record.url,
            datestamp=record.datestamp,
            outcome=record.outcome,
            first_seen=record.first_seen,
            changed_at=record.changed_at,
            problems=tuple(problems.get(record.id, ())),
            record_id=record.id,
            recognized=record.recognized,
            gives=gives.get(record.id, ()),
        )
        for record, source, provider in rows
    )


def _gives(session: Session, resource_id: str) -> dict[str, tuple[str, ...]]:
    """For each live record (by id) the fields of the resource that are its word."""
    members = members_of(session, resource_id)
    if len(members) < 2:
        return {}
    found: dict[str, list[str]] = {}
    for field, places in who_says(members).items():
        for place in places:
            found.setdefault(members[place].record_id, []).append(field)
    return {record_id: tuple(fields) for record_id, fields in found.items()}


def _problem(row: ProblemRow) -> Problem:
    return Problem(row.code, row.field, row.message, row.hint, row.value, Severity(row.severity))
