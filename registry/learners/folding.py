"""Keeps each learner's stored state equal to the fold of their evidence log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from registry.learners import mastery
from registry.learners.mastery import Ability, Competency, Evidence, LearnerState
from registry.learners.models import AbilityRow, CompetencyRow, EvidenceRow, EvidenceStandardRow, LearnerRow

_MOST_PER_SELECT = 500
_COMPETENCY_COLUMNS = tuple(getattr(CompetencyRow, field) for field in Competency.__struct_fields__)


def add(session: Session, learner: LearnerRow, arrived: Sequence[Evidence]) -> None:
    """Fold evidence just stored into its learner's state: in O(1) each, or all anew where some is older than the state.

    The learner's row must be locked (`access.lock`).
    """
    ordered = sorted(arrived)
    if learner.folded_to is not None and ordered[0].at <= learner.folded_to:
        refold(session, learner)
        return
    uris = sorted({uri for evidence in ordered for uri in evidence.standards})
    state = _read(session, learner.id, uris)
    deltas = {evidence.id: (evidence, mastery.update(state, evidence)) for evidence in ordered}
    _forget(session, learner.id, uris)
    _write(session, learner.id, state)
    _write_deltas(session, deltas.values())
    learner.folded_to = ordered[-1].at


def refold(session: Session, learner: LearnerRow) -> None:
    """Make the state anew from the whole log. The learner's row must be locked."""
    log = evidence_log(session, learner.id)
    state, deltas = mastery.fold(log)
    _forget(session, learner.id, None)
    _write(session, learner.id, state)
    _write_deltas(session, ((evidence, deltas[evidence.id]) for evidence in log))
    learner.folded_to = max((evidence.at for evidence in log), default=None)


def read_state(session: Session, learner_id: str) -> LearnerState:
    """The stored state of a learner."""
    return _read(session, learner_id, None)


def read_states(
    session: Session, learner_ids: Sequence[str], uris: Sequence[str] | None = None
) -> dict[str, LearnerState]:
    """The stored states of many learners, all of it or what concerns these standards."""
    states = {learner_id: LearnerState() for learner_id in learner_ids}
    abilities = select(AbilityRow.learner_id, AbilityRow.subject, AbilityRow.mean, AbilityRow.variance)
    for learner_id, subject, mean, variance in session.execute(abilities.where(AbilityRow.learner_id.in_(learner_ids))):
        states[learner_id].abilities[subject] = Ability(mean, variance)
    competencies = select(CompetencyRow.learner_id, CompetencyRow.uri, *_COMPETENCY_COLUMNS).where(
        CompetencyRow.learner_id.in_(learner_ids)
    )
    for part in _parts(uris):
        found = session.execute(competencies if part is None else competencies.where(CompetencyRow.uri.in_(part)))
        for learner_id, uri, *values in found:
            states[learner_id].competencies[uri] = Competency(*values)
    return states


def evidence_log(session: Session, learner_id: str) -> list[Evidence]:
    """What counts of a learner's log, in no particular order: evidence set aside is not in it."""
    standards: dict[str, list[str]] = {}
    for evidence_id, uri in session.execute(
        select(EvidenceStandardRow.evidence_id, EvidenceStandardRow.uri)
        .join(EvidenceRow, EvidenceRow.id == EvidenceStandardRow.evidence_id)
        .where(EvidenceRow.learner_id == learner_id, EvidenceRow.set_aside.is_(False))
    ):
        standards.setdefault(evidence_id, []).append(uri)
    rows = session.execute(
        select(
            EvidenceRow.at,
            EvidenceRow.kind,
            EvidenceRow.score,
            EvidenceRow.easiness,
            EvidenceRow.subject,
            EvidenceRow.id,
        ).where(EvidenceRow.learner_id == learner_id, EvidenceRow.set_aside.is_(False))
    )
    return [
        Evidence(at.timestamp(), tuple(sorted(standards[evidence_id])), kind, score, easiness, subject, evidence_id)
        for at, kind, score, easiness, subject, evidence_id in rows
    ]


def _read(session: Session, learner_id: str, uris: Sequence[str] | None) -> LearnerState:
    return read_states(session, [learner_id], uris)[learner_id]


def _parts(uris: Sequence[str] | None) -> Iterable[Sequence[str] | None]:
    if uris is None:
        return (None,)
    return (uris[start : start + _MOST_PER_SELECT] for start in range(0, len(uris), _MOST_PER_SELECT))


def _forget(session: Session, learner_id: str, uris: Sequence[str] | None) -> None:
    session.execute(delete(AbilityRow).where(AbilityRow.learner_id == learner_id))
    for part in _parts(uris):
        rows = delete(CompetencyRow).where(CompetencyRow.learner_id == learner_id)
        session.execute(rows if part is None else rows.where(CompetencyRow.uri.in_(part)))


def _write(session: Session, learner_id: str, state: LearnerState) -> None:
    abilities = [
        {"learner_id": learner_id, "subject": subject, **msgspec.structs.asdict(ability)}
        for subject, ability in state.abilities.items()
    ]
    competencies = [
        {"learner_id": learner_id, "uri": uri, **msgspec.structs.asdict(competency)}
        for uri, competency in state.competencies.items()
    ]
    if abilities:
        session.execute(insert(AbilityRow), abilities)
    if competencies:
        session.execute(insert(CompetencyRow), competencies)


def _write_deltas(session: Session, deltas: Iterable[tuple[Evidence, tuple[float, ...]]]) -> None:
    rows = [
        {"evidence_id": evidence.id, "uri": uri, "delta": delta}
        for evidence, moved in deltas
        for uri, delta in zip(evidence.standards, moved, strict=True)
    ]
    if rows:
        session.execute(update(EvidenceStandardRow), rows)
