"""A curator's word on the re-tags that a version proposes: accepted, rejected, undecided again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import FieldError, NotFound, Rejected
from registry.models import AlignmentRow, ConceptRow, ResourceRow, RetagRow, VersionRow
from registry.standards import lookup
from registry.standards.content import content
from registry.standards.retagging import IN_FORCE, note_statements
from registry.standards.versions import framework_row, locked_row
from vocab import codes

_MOST_CHOSEN = 50


def decide(
    session: Session, code: str, number: int, old_uri: str, chosen: Sequence[str], by: str, accepted: bool = True
) -> None:
    """A curator's word on one proposal: align with `chosen` (codes or URIs) instead, or leave as it is.

    In force at once where the version is live, else when it goes live. May be decided again. Raises NotFound, and
    Rejected naming a code that nobody knows.
    """
    row, version = _proposal(session, code, number, old_uri)
    if not accepted:
        return _write(session, row, version, "rejected", (), by)
    if len(chosen) > _MOST_CHOSEN:
        raise Rejected("Nothing was decided.", [FieldError("chosen", f"Choose at most {_MOST_CHOSEN} standards.")])
    uris = tuple(dict.fromkeys(_meant(session, row, version, stated) for stated in chosen))
    if not set(uris) - {old_uri}:
        advice = "Choose at least one other standard, or leave the resources where they are."
        raise Rejected("Nothing was decided.", [FieldError("chosen", advice)])
    return _write(session, row, version, "accepted", uris, by)


def reconsider(session: Session, code: str, number: int, old_uri: str) -> None:
    """Take a decision back: the proposal is undecided again. Raises NotFound."""
    row, version = _proposal(session, code, number, old_uri)
    _write(session, row, version, "", (), "")


def accept_surest(session: Session, code: str, number: int, least: float, by: str) -> int:
    """Accept every undecided proposal that names statements and is at least so sure (0 to 1); how many."""
    row = locked_row(session, code)
    version = _version(session, row.id, number)
    found = session.scalars(
        select(RetagRow).where(
            RetagRow.version_id == version.id, RetagRow.decision == "", RetagRow.confidence >= max(least, 0.0)
        )
    ).all()
    accepted = [each for each in found if each.new_uris]
    for each in accepted:
        each.decision, each.chosen, each.decided_by, each.decided_at = "accepted", each.new_uris, by[:200], now()
    session.flush()
    if version.state in IN_FORCE:
        note_statements(session, {each.old_uri for each in accepted})
    return len(accepted)


def decided(session: Session, code: str, number: int) -> dict[str, int]:
    """How many proposals of a version are undecided (""), accepted and rejected. Raises NotFound."""
    version = _version(session, framework_row(session, code).id, number)
    counts = select(RetagRow.decision, func.count()).where(RetagRow.version_id == version.id)
    return dict(session.execute(counts.group_by(RetagRow.decision)).all())


def concerned(session: Session, code: str, number: int, decision: str | None = None) -> int:
    """How many live resources are aligned with statements that a version takes away, all or those so decided on."""
    version = _version(session, framework_row(session, code).id, number)
    asked = (
        select(func.count(AlignmentRow.resource_id.distinct()))
        .select_from(RetagRow)
        .join(ConceptRow, ConceptRow.uri == RetagRow.old_uri)
        .join(AlignmentRow, AlignmentRow.concept_id == ConceptRow.id)
        .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
        .where(RetagRow.version_id == version.id, ResourceRow.withdrawn_at.is_(None))
    )
    return session.scalar(asked if decision is None else asked.where(RetagRow.decision == decision)) or 0


def _write(
    session: Session, row: RetagRow, version: VersionRow, decision: str, chosen: tuple[str, ...], by: str
) -> None:
    before = row.chosen
    row.decision, row.chosen = decision, chosen
    row.decided_by, row.decided_at = by[:200], now() if decision else None
    session.flush()
    if version.state in IN_FORCE:
        note_statements(session, {row.old_uri, *before, *chosen})


def _proposal(session: Session, code: str, number: int, old_uri: str) -> tuple[RetagRow, VersionRow]:
    version = _version(session, locked_row(session, code).id, number)
    found = session.get(RetagRow, (version.id, old_uri))
    if found is None:
        raise NotFound("There is no such proposal; the version may have been compared again since.")
    return found, version


def _version(session: Session, framework_id: int, number: int) -> VersionRow:
    wanted = select(VersionRow).where(VersionRow.framework_id == framework_id, VersionRow.number == number)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound(f"There is no version {number}; it may have been discarded.")
    return found


def _meant(session: Session, row: RetagRow, version: VersionRow, stated: str) -> str:
    """The URI of a standard given by code or URI: one of the version that waits, else one that is here."""
    if stated in row.new_uris:
        return stated
    live = [ref.uri for ref in lookup.resolve(session, [stated]).get(stated, ())]
    leaving = live and session.get(RetagRow, (version.id, live[0])) is not None
    if version.state == "waiting" and (leaving or not live):
        live = [*_in_content(session, version, stated), *live]
    if not live:
        known = f"No framework here has the standard “{stated[:100]}”."
        raise Rejected("Nothing was decided.", [FieldError("chosen", known)])
    return live[0]


def _in_content(session: Session, version: VersionRow, stated: str) -> list[str]:
    """What a code or URI means in a version that does not live yet. O(its size)."""
    framework = content(session, version.id)
    wanted, uri = codes.key(stated), codes.uri_key(stated)
    items = framework.items if framework else ()
    return [
        item.uri
        for item in items
        if codes.uri_key(item.uri) == uri or (wanted and wanted in map(codes.key, item.codes))
    ]
