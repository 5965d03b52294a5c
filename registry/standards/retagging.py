"""Re-tags in force: what a version took a standard from counts for others instead, as curators decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from registry.models import AlignmentRow, ConceptRow, ResourceRow, RetagRow, VersionRow
from registry.standards import lookup
from registry.standards.lookup import ConceptRef
from registry.standards.portions import portions
from registry.standards.touched import note_resources_of

IN_FORCE = ("live", "past")
LIKELY = 0.5
"""How sure a proposal must be to be told as what replaced a statement before anybody has decided."""
_LONGEST_CHAIN = 20
"""Versions through which one statement is followed: A gave way to B, B to C, …"""


class RetagView(Struct, frozen=True):
    """A proposal and what became of it; `decision` is empty, accepted or rejected; `resources` have the old."""

    old_uri: str
    new_uris: tuple[str, ...]
    confidence: float
    why: str
    decision: str
    chosen: tuple[str, ...]
    decided_by: str
    decided_at: datetime | None
    resources: int


def proposals(
    session: Session, version_id: int, after: str = "", limit: int = 100, undecided: bool = False
) -> tuple[RetagView, ...]:
    """Proposals of a version by old URI, from the one after `after` on."""
    asked = select(RetagRow).where(RetagRow.version_id == version_id, RetagRow.old_uri > after)
    if undecided:
        asked = asked.where(RetagRow.decision == "")
    return _views(session, session.scalars(asked.order_by(RetagRow.old_uri).limit(limit)).all())


def proposals_for(session: Session, version_id: int, old_uris: Sequence[str]) -> dict[str, RetagView]:
    """The proposals of a version for these statements, by old URI."""
    rows = [
        row
        for some in portions(old_uris)
        for row in session.scalars(
            select(RetagRow).where(RetagRow.version_id == version_id, RetagRow.old_uri.in_(some))
        )
    ]
    return {view.old_uri: view for view in _views(session, rows)}


def resources_of(session: Session, uris: Sequence[str]) -> dict[str, int]:
    """How many live resources are aligned with each of the statements themselves."""
    found: dict[str, int] = {}
    for some in portions(uris):
        rows = session.execute(
            select(ConceptRow.uri, func.count(AlignmentRow.resource_id.distinct()))
            .join(AlignmentRow, AlignmentRow.concept_id == ConceptRow.id)
            .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
            .where(ConceptRow.uri.in_(some), ResourceRow.withdrawn_at.is_(None))
            .group_by(ConceptRow.uri)
        )
        found |= dict(rows.all())
    return found


def note_retagged(session: Session, version_id: int, old_uris: Collection[str] = ()) -> None:
    """Note the resources that decided re-tags of a version concern, all or those of some old statements."""
    asked = select(RetagRow.old_uri, RetagRow.chosen).where(RetagRow.version_id == version_id, RetagRow.decision != "")
    rows = [row for row in session.execute(asked) if not old_uris or row.old_uri in old_uris]
    note_statements(session, {uri for row in rows for uri in (row.old_uri, *row.chosen)})


def note_replaced(session: Session, framework_id: int, number: int) -> None:
    """Note what was re-tagged away from statements that version `number` of a framework changes: one may be back.

    Call it while that version stands in the live tables. O(accepted re-tags of the frameworks' versions).
    """
    rows = session.execute(
        select(RetagRow.old_uri, RetagRow.chosen)
        .join(ConceptRow, ConceptRow.uri == RetagRow.old_uri)
        .where(
            RetagRow.decision == "accepted", ConceptRow.framework_id == framework_id, ConceptRow.changed_in == number
        )
    )
    note_statements(session, {uri for old_uri, chosen in rows for uri in (old_uri, *chosen)})


def note_statements(session: Session, uris: Collection[str]) -> None:
    """Note the resources of these statements and of all that accepted re-tags put in their place."""
    reached, waiting = set(uris), set(uris)
    while waiting:
        waiting = {uri for several in _accepted(session, sorted(waiting)).values() for uri in several} - reached
        reached |= waiting
    ids: set[int] = set()
    for some in portions(sorted(reached)):
        ids.update(session.scalars(select(ConceptRow.id).where(ConceptRow.uri.in_(some))))
    note_resources_of(session, ids)


def in_force(session: Session, refs: Iterable[ConceptRef]) -> dict[int, tuple[ConceptRef, ...]]:
    """For those of the statements that an accepted re-tag replaces: what stands in their place, by concept id.

    Followed from version to version until statements are reached that nothing replaces.
    """
    chosen: dict[str, tuple[ConceptRef, ...]] = {}
    starts = {ref.uri: ref.id for ref in refs}
    waiting: Collection[str] = starts
    for _ in range(_LONGEST_CHAIN):
        found = _accepted(session, sorted(waiting), only_departed=True)
        meant = lookup.resolve(session, {uri for uris in found.values() for uri in uris})
        for old, uris in found.items():
            chosen[old] = tuple(meant[uri][0] for uri in uris if uri in meant)
        waiting = {ref.uri for old in found for ref in chosen[old]} - chosen.keys()
        if not waiting:
            break
    return {starts[uri]: several for uri in starts if (several := _ends(uri, chosen))}


def replacements(session: Session, uri: str) -> tuple[ConceptRef, ...]:
    """What took the place of a statement: as curators accepted, else as the versions' changes surely propose it."""
    rows = session.execute(
        select(RetagRow.decision, RetagRow.chosen, RetagRow.new_uris)
        .join(VersionRow, VersionRow.id == RetagRow.version_id)
        .where(
            RetagRow.old_uri == uri,
            or_(RetagRow.decision == "accepted", and_(RetagRow.decision == "", RetagRow.confidence >= LIKELY)),
            VersionRow.state.in_(IN_FORCE),
        )
        .order_by(VersionRow.number.desc())
    ).all()
    uris = next((chosen if decision else proposed for decision, chosen, proposed in rows), ())
    meant: Mapping[str, tuple[ConceptRef, ...]] = lookup.resolve(session, uris)
    return tuple(meant[each][0] for each in uris if each in meant)


def _views(session: Session, rows: Sequence[RetagRow]) -> tuple[RetagView, ...]:
    counts = resources_of(session, [row.old_uri for row in rows])
    return tuple(
        RetagView(
            old_uri=row.old_uri,
            new_uris=row.new_uris,
            confidence=row.confidence,
            why=row.why,
            decision=row.decision,
            chosen=row.chosen,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            resources=counts.get(row.old_uri, 0),
        )
        for row in rows
    )


def _accepted(session: Session, old_uris: Sequence[str], only_departed: bool = False) -> dict[str, tuple[str, ...]]:
    """The URIs accepted in place of each, by the newest version; only of what is gone or deprecated, if so asked."""
    found: dict[str, tuple[str, ...]] = {}
    for some in portions(old_uris):
        asked = (
            select(RetagRow.old_uri, RetagRow.chosen)
            .join(VersionRow, VersionRow.id == RetagRow.version_id)
            .where(RetagRow.old_uri.in_(some), RetagRow.decision == "accepted", VersionRow.state.in_(IN_FORCE))
            .order_by(RetagRow.version_id)
        )
        if only_departed:
            asked = asked.join(ConceptRow, ConceptRow.uri == RetagRow.old_uri).where(
                or_(ConceptRow.gone, ConceptRow.deprecated)
            )
        found |= dict(session.execute(asked).all())
    return found


def _ends(uri: str, chosen: Mapping[str, tuple[ConceptRef, ...]]) -> tuple[ConceptRef, ...]:
    """Where the way from a statement ends: at what nothing replaces, each once; nowhere where it is not replaced."""
    ends: dict[int, ConceptRef] = {}
    passed, waiting = {uri}, list(chosen.get(uri, ()))
    while waiting:
        ref = waiting.pop(0)
        if further := [each for each in chosen.get(ref.uri, ()) if each.uri not in passed]:
            passed.add(ref.uri)
            waiting = [*further, *waiting]
        else:
            ends[ref.id] = ref
    return tuple(ends.values())
