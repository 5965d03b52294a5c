"""How many resources there are for each standard at each level, kept in step as resources and standards change.

A resource counts for every standard a search for which finds it: what stands above the standards it is aligned with,
and the exact equivalents of those. What each counts for is kept with it, so that it can be taken off again however
the frameworks have changed since: the sums never drift.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.models import AlignmentRow, ResourceRow, TallyRow
from registry.standards.graph import Graph
from registry.standards.portions import portions
from vocab.schemes import scheme

ALL = "*"
UNSTATED = ""
_LEVELS = (ALL, UNSTATED, *(term.key for term in scheme("levels").terms))
_PER_CONCEPT = 16
"""A concept and a level are packed into one number; the list of levels may grow to this many."""


def count_again(session: Session, graph: Graph, resource_ids: Sequence[str]) -> None:
    """Count these resources for what they are aligned with now, in place of what they counted for before.

    Call it in the transaction that marks them as indexed, by whoever holds the index's lease. O(their alignments times
    the depth of the frameworks).
    """
    change: Counter[int] = Counter()
    covering: dict[int, set[int]] = {}
    for some in portions(resource_ids):
        now = _counted(session, graph, some, covering)
        rows = session.execute(select(ResourceRow.id, ResourceRow.tallied).where(ResourceRow.id.in_(some))).all()
        written = []
        for resource, before in rows:
            after = now.get(resource, ())
            if set(before) != set(after):
                change.subtract(before)
                change.update(after)
                written.append({"key": resource, "tallied": tuple(sorted(after))})
        if written:
            table = ResourceRow.__table__
            statement = update(table).where(table.c.id == bindparam("key"))  # type: ignore[arg-type]
            session.connection().execute(
                statement.values(tallied=bindparam("tallied", type_=table.c.tallied.type)), written
            )
    _add(session, change)


def tallies(session: Session, concept_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """For each concept that has any: resources by level ("" where none is stated), and in all under "*"."""
    found: dict[int, dict[str, int]] = {}
    for some in portions(concept_ids):
        rows = session.execute(
            select(TallyRow.concept_id, TallyRow.level, TallyRow.resources).where(
                TallyRow.concept_id.in_(some), TallyRow.resources > 0
            )
        )
        for concept, level, resources in rows:
            found.setdefault(concept, {})[level] = resources
    return found


def _counted(
    session: Session, graph: Graph, resource_ids: Sequence[str], covering: dict[int, set[int]]
) -> Mapping[str, set[int]]:
    rows = session.execute(
        select(AlignmentRow.resource_id, AlignmentRow.concept_id, AlignmentRow.level)
        .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
        .where(
            AlignmentRow.resource_id.in_(resource_ids),
            AlignmentRow.concept_id.is_not(None),
            ResourceRow.withdrawn_at.is_(None),
        )
    )
    found: dict[str, set[int]] = {}
    for resource, concept, level in rows:
        if concept is None:
            continue
        if concept not in covering:
            covering[concept] = graph.covering(concept)
        places = [_LEVELS.index(ALL), _LEVELS.index(level if level in _LEVELS else UNSTATED)]
        found.setdefault(resource, set()).update(
            each * _PER_CONCEPT + place for each in covering[concept] for place in places
        )
    return found


def _add(session: Session, change: Mapping[int, int]) -> None:
    rows = sorted((*_unpacked(packed), count) for packed, count in change.items() if count)
    more = [{"concept_id": concept, "level": level, "resources": count} for concept, level, count in rows if count > 0]
    fewer = [{"concept": concept, "at": level, "by": count} for concept, level, count in rows if count < 0]
    if more:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        statement = insert(TallyRow)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["concept_id", "level"],
                set_={"resources": TallyRow.resources + statement.excluded.resources},
            ),
            more,
        )
    if fewer:
        table = TallyRow.__table__
        session.connection().execute(
            update(table)  # type: ignore[arg-type]
            .where(table.c.concept_id == bindparam("concept"), table.c.level == bindparam("at"))
            .values(resources=table.c.resources + bindparam("by")),
            fewer,
        )
        for some in portions(sorted({concept for concept, _, count in rows if count < 0})):
            session.execute(delete(TallyRow).where(TallyRow.concept_id.in_(some), TallyRow.resources <= 0))


def _unpacked(packed: int) -> tuple[int, str]:
    return packed // _PER_CONCEPT, _LEVELS[packed % _PER_CONCEPT]
