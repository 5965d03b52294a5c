"""Classes: who is in them, and the class by standard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from registry.db import new_id, now
from registry.errors import FieldError, NotFound, Rejected
from registry.learners import access, folding, mastery, standards
from registry.learners.access import Reader
from registry.learners.mastery import LearnerState
from registry.learners.models import ClassRow, LearnerRow, MemberRow
from registry.learners.profile import named, shown
from registry.learners.standards import Standard
from registry.learners.views import Cell, Grid, GridRow
from registry.standards.graph import Graph

MOST_COLUMNS = 60


class ClassName(Struct, frozen=True):
    """A class, its school and how many learners are in it."""

    id: str
    school: str
    title: str
    learners: int


def create_class(session: Session, school: str, title: str) -> str:
    """The id of a new class of this school. Raises Rejected where the title is empty or over 100 characters."""
    title = " ".join(title.split())
    if not 1 <= len(title) <= 100:
        raise Rejected("A class needs a title.", [FieldError("title", "must be 1 to 100 characters")])
    row = ClassRow(id=new_id(), school=school, title=title, created_at=now())
    session.add(row)
    session.flush()
    return row.id


def add_members(session: Session, class_id: str, learner_ids: Sequence[str]) -> None:
    """Put learners of the same school into a class, after those in it; who is in it already keeps their place.

    Raises NotFound, and Rejected naming each learner (`learners[1]`) that this school does not have.
    """
    row = _find(session, class_id)
    ours = set(
        session.scalars(select(LearnerRow.id).where(LearnerRow.id.in_(learner_ids), LearnerRow.school == row.school))
    )
    errors = [
        FieldError(f"learners[{index}]", "this school has no such learner")
        for index, learner_id in enumerate(learner_ids)
        if learner_id not in ours
    ]
    if errors:
        raise Rejected("Some of these learners cannot be in this class; none was added.", errors)
    here = set(learners_of(session, class_id))
    last = session.scalar(select(func.max(MemberRow.position)).where(MemberRow.class_id == class_id)) or 0
    fresh = [learner_id for learner_id in dict.fromkeys(learner_ids) if learner_id not in here]
    session.add_all(
        MemberRow(class_id=class_id, learner_id=learner_id, position=last + place)
        for place, learner_id in enumerate(fresh, start=1)
    )
    session.flush()


def class_name(session: Session, class_id: str) -> ClassName:
    """A class, for whoever decides who may see it; raises NotFound."""
    row = _find(session, class_id)
    return ClassName(row.id, row.school, row.title, len(learners_of(session, class_id)))


def classes_of(session: Session, school: str | None = None) -> list[ClassName]:
    """The classes of a school (None: of all schools), by title."""
    rows = session.execute(
        select(ClassRow.id, ClassRow.school, ClassRow.title, func.count(MemberRow.learner_id))
        .outerjoin(MemberRow, MemberRow.class_id == ClassRow.id)
        .where(true() if school is None else ClassRow.school == school)
        .group_by(ClassRow.id, ClassRow.school, ClassRow.title)
        .order_by(ClassRow.title, ClassRow.id)
    )
    return [ClassName(*row) for row in rows]


def learners_of(session: Session, class_id: str) -> list[str]:
    """The ids of a class's learners, in order of their places."""
    return list(
        session.scalars(select(MemberRow.learner_id).where(MemberRow.class_id == class_id).order_by(MemberRow.position))
    )


def grid(
    session: Session,
    catalog: Session,
    graph: Graph,
    reader: Reader,
    class_id: str,
    at: datetime,
    within: Sequence[str] = (),
) -> Grid:
    """The class by standard: all standards with evidence, or the leaves under the codes or URIs in `within`.

    Writes every learner's access log. Raises NotFound, Rejected (too many standards).
    """
    row = _find(session, class_id)
    places = session.execute(
        select(MemberRow.learner_id, MemberRow.position)
        .where(MemberRow.class_id == class_id)
        .order_by(MemberRow.position)
    )
    members = {place.learner_id: place.position for place in places}
    access.log(session, reader, members)
    states = folding.read_states(session, list(members))
    columns = _columns(catalog, graph, states.values(), within)
    learners = tuple(
        GridRow(learner_id, f"Learner {position:02d}", _cells(states[learner_id], columns, at.timestamp()))
        for learner_id, position in members.items()
    )
    counts = tuple(dict(Counter(learner.cells[place].state for learner in learners)) for place in range(len(columns)))
    return Grid(row.id, row.title, tuple(named(column) for column in columns), learners, counts)


def _find(session: Session, class_id: str) -> ClassRow:
    row = session.get(ClassRow, class_id)
    if row is None:
        raise NotFound("There is no such class here.")
    return row


def _columns(catalog: Session, graph: Graph, states: Iterable[LearnerState], within: Sequence[str]) -> list[Standard]:
    if within:
        roots = [standards.meant_one(catalog, stated).id for stated in within]
        found = list(standards.by_id(catalog, standards.leaves(graph, roots)).values())
        if len(found) > MOST_COLUMNS:
            raise Rejected(f"That is {len(found)} standards; a grid shows {MOST_COLUMNS}. Choose a narrower heading.")
    else:
        evidenced = Counter(
            uri for state in states for uri, competency in state.competencies.items() if competency.count
        )
        found = list(standards.by_uri(catalog, [uri for uri, _ in evidenced.most_common(MOST_COLUMNS)]).values())
    return sorted(found, key=lambda each: (each.framework, each.code, each.uri))


def _cells(state: LearnerState, columns: Sequence[Standard], at: float) -> tuple[Cell, ...]:
    cells = []
    for column in columns:
        known = shown(mastery.standing(state, column.uri, column.subject, at))
        cells.append(Cell(known.state, known.probability, known.interval, known.count, known.last))
    return tuple(cells)
