"""Counts of what is held."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import (
    AlignmentRow,
    ConceptRow,
    FrameworkRow,
    ProviderRow,
    RecordRow,
    ResourceRow,
    RunRow,
    SourceRow,
)


class Stats(Struct, frozen=True):
    """How much the registry holds; `stale` resources wait to be indexed."""

    resources: int
    withdrawn: int
    stale: int
    records: dict[str, int]
    alignments: int
    unresolved: int
    frameworks: int
    standards: int
    providers: int
    sources: int
    runs: dict[str, int]


def stats(session: Session) -> Stats:
    """The counts now; counting reads whole indexes, so this is for commands and an operator, not for pages."""

    def count(*conditions: object) -> int:
        return session.scalar(select(func.count()).select_from(ResourceRow).where(*conditions)) or 0  # type: ignore[arg-type]

    def size(table: type) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return Stats(
        resources=count(ResourceRow.withdrawn_at.is_(None)),
        withdrawn=count(ResourceRow.withdrawn_at.is_not(None)),
        stale=count(ResourceRow.indexed_revision < ResourceRow.revision),
        records=dict(session.execute(select(RecordRow.outcome, func.count()).group_by(RecordRow.outcome)).all()),
        alignments=size(AlignmentRow),
        unresolved=session.scalar(
            select(func.count()).select_from(AlignmentRow).where(AlignmentRow.concept_id.is_(None))
        )
        or 0,
        frameworks=size(FrameworkRow),
        standards=size(ConceptRow),
        providers=size(ProviderRow),
        sources=size(SourceRow),
        runs=dict(session.execute(select(RunRow.status, func.count()).group_by(RunRow.status)).all()),
    )
