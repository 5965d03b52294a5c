"""A statement of a framework as every other feature names and links it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import one_of
from registry.models import ConceptRow, FrameworkRow
from registry.standards.portions import portions


class ConceptRef(Struct, frozen=True):
    """One statement, enough to name and link it. `code` is the preferred printed code, maybe empty."""

    id: int
    uri: str
    code: str
    statement: str
    framework: str

    @property
    def name(self) -> str:
        """What a person calls it: its code, or its wording where it has none."""
        return self.code or self.statement


REF_COLUMNS = (ConceptRow.id, ConceptRow.uri, ConceptRow.code, ConceptRow.statement, FrameworkRow.code)
# Built once: to put a statement together takes longer than to have it answered.
_WITH_IDS = (
    select(*REF_COLUMNS)
    .join(FrameworkRow, FrameworkRow.id == ConceptRow.framework_id)
    .where(one_of(ConceptRow.__table__.c.id, "ids"))
)


def refs(session: Session, concept_ids: Iterable[int]) -> dict[int, ConceptRef]:
    """The statements with these ids; ids nobody has are left out."""
    found: dict[int, ConceptRef] = {}
    for some in portions(sorted(set(concept_ids))):
        rows = session.connection().execute(_WITH_IDS, {"ids": some})
        found.update((row[0], ConceptRef(*row)) for row in rows)
    return found
