"""Re-tags: what is aligned with a statement that a version took away, aligned with others, as a curator decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import FieldError, NotFound, Rejected
from registry.models import AlignmentRow, ConceptRow, FrameworkRow, ResourceRow, RetagRow, VersionRow
from registry.standards import lookup
from registry.standards.lookup import ConceptRef
from registry.standards.portions import portions
from registry.standards.touched import note_resources_of

_IN_FORCE = ("live", "past")


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
    rows = session.scalars(asked.order_by(RetagRow.old_uri).limit(limit)).all()
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


def resources_of(session: Session, uris: Sequence[str]) -> dict[str, int]:
    """How many live resources are aligned with each of the statements themselves, or were before a re-tag."""
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


def decide(
    session: Session, code: str, number: int, old_uri: str, chosen: Sequence[str], by: str, accepted: bool = True
) -> None:
    """A curator's word on one proposal: align with `chosen` (codes or URIs) instead, or leave as it is.

    In force at once where the version is live, else when it goes live. May be decided again. Raises NotFound, and
    Rejected naming a code that nobody knows.
    """
    row, version = _proposal(session, code, number, old_uri)
    uris = tuple(_meant(session, row, stated) for stated in chosen) if accepted else ()
    if accepted and not uris:
        raise Rejected("Nothing was decided.", [FieldError("chosen", "Choose at least one standard, or reject.")])
    row.decision, row.chosen = ("accepted", uris) if accepted else ("rejected", ())
    row.decided_by, row.decided_at = by[:200], now()
    session.flush()
    if version.state in _IN_FORCE:
        note_retagged(session, version.id, [old_uri])


def note_retagged(session: Session, version_id: int, old_uris: Collection[str] = ()) -> None:
    """Note the resources that accepted re-tags of a version concern, all or those of some old statements."""
    asked = select(RetagRow.old_uri, RetagRow.chosen).where(RetagRow.version_id == version_id, RetagRow.decision != "")
    rows = [row for row in session.execute(asked) if not old_uris or row.old_uri in old_uris]
    uris = {uri for row in rows for uri in (row.old_uri, *row.chosen)}
    ids: set[int] = set()
    for some in portions(sorted(uris)):
        ids.update(session.scalars(select(ConceptRow.id).where(ConceptRow.uri.in_(some))))
    note_resources_of(session, ids)


def in_force(session: Session, refs: Iterable[ConceptRef]) -> dict[int, tuple[ConceptRef, ...]]:
    """For those of the statements that an accepted re-tag replaces: what stands in their place, by concept id."""
    by_uri = {ref.uri: ref.id for ref in refs}
    chosen: dict[int, tuple[str, ...]] = {}
    for some in portions(sorted(by_uri)):
        rows = session.execute(
            select(RetagRow.old_uri, RetagRow.chosen)
            .join(VersionRow, VersionRow.id == RetagRow.version_id)
            .where(RetagRow.old_uri.in_(some), RetagRow.decision == "accepted", VersionRow.state.in_(_IN_FORCE))
            .order_by(RetagRow.version_id)
        )
        chosen |= {by_uri[old]: uris for old, uris in rows}
    if not chosen:
        return {}
    meant = lookup.resolve(session, {uri for uris in chosen.values() for uri in uris})
    found = {concept: tuple(meant[uri][0] for uri in uris if uri in meant) for concept, uris in chosen.items()}
    return {concept: several for concept, several in found.items() if several}


def replacements(session: Session, uri: str) -> tuple[ConceptRef, ...]:
    """What took the place of a statement: as curators accepted, else as the versions' changes propose it."""
    rows = session.execute(
        select(RetagRow.decision, RetagRow.chosen, RetagRow.new_uris)
        .join(VersionRow, VersionRow.id == RetagRow.version_id)
        .where(RetagRow.old_uri == uri, RetagRow.decision != "rejected", VersionRow.state.in_(_IN_FORCE))
        .order_by(VersionRow.number.desc())
    ).all()
    uris = next((chosen if decision else proposed for decision, chosen, proposed in rows), ())
    meant: Mapping[str, tuple[ConceptRef, ...]] = lookup.resolve(session, uris)
    return tuple(meant[each][0] for each in uris if each in meant)


def _proposal(session: Session, code: str, number: int, old_uri: str) -> tuple[RetagRow, VersionRow]:
    found = session.execute(
        select(RetagRow, VersionRow)
        .join(VersionRow, VersionRow.id == RetagRow.version_id)
        .join(FrameworkRow, FrameworkRow.id == VersionRow.framework_id)
        .where(FrameworkRow.code == code, VersionRow.number == number, RetagRow.old_uri == old_uri)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such proposal; the version may have been discarded.")
    return found[0], found[1]


def _meant(session: Session, row: RetagRow, stated: str) -> str:
    """The URI of a standard given by code or URI: one that is here, or one that the waiting version proposes."""
    if stated in row.new_uris:
        return stated
    meant = lookup.resolve(session, [stated]).get(stated, ())
    if not meant:
        raise Rejected(
            "Nothing was decided.", [FieldError("chosen", f"No framework here has the standard “{stated[:100]}”.")]
        )
    return meant[0].uri
