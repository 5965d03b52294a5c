"""The resources that a change of the standards concerns: noted in the same transaction, dealt with afterwards."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from registry.db import insert_new
from registry.models import AlignmentRow, ReassemblyRow, ResourceRow
from registry.standards import lookup
from registry.standards.graph import read_graph
from registry.standards.portions import portions


def note_resources_of(session: Session, concept_ids: Collection[int]) -> None:
    """Note that the resources aligned with these concepts must be put together again. O(concepts + resources)."""
    for some in portions(sorted(concept_ids)):
        found = (
            select(AlignmentRow.resource_id)
            .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
            .where(AlignmentRow.concept_id.in_(some), ResourceRow.withdrawn_at.is_(None))
            .distinct()
        )
        session.execute(insert_new(session, ReassemblyRow).from_select(["resource_id"], found))


def note_unresolved(session: Session) -> None:
    """Note the resources that state a standard unknown until now. O(standards stated that nobody knows)."""
    unknown = session.scalars(select(AlignmentRow.stated).where(AlignmentRow.concept_id.is_(None)).distinct()).all()
    for some in portions(list(lookup.resolve(session, unknown))):
        found = (
            select(AlignmentRow.resource_id)
            .where(AlignmentRow.concept_id.is_(None), AlignmentRow.stated.in_(some))
            .distinct()
        )
        session.execute(insert_new(session, ReassemblyRow).from_select(["resource_id"], found))


def recount(session: Session, ends: Collection[int]) -> None:
    """Have the resources under these statements counted and indexed again, because links at them came or went.

    `ends` are the statements at both ends of those links. Without any resource under them it costs a walk.
    """
    if not ends or session.scalar(select(AlignmentRow.id).limit(1)) is None:
        return
    concerned = read_graph(session).widened(ends)
    for some in portions(sorted(concerned)):
        aligned = select(AlignmentRow.resource_id).where(AlignmentRow.concept_id.in_(some))
        session.execute(
            update(ResourceRow)
            .where(ResourceRow.id.in_(aligned), ResourceRow.indexed_revision > 0)
            .values(indexed_revision=0)
            .execution_options(synchronize_session=False)
        )


def waiting(session: Session) -> int:
    """How many resources wait to be put together again."""
    return session.scalar(select(func.count()).select_from(ReassemblyRow)) or 0
