"""A learner's record as one file, everything and why; and back from that file to the same state."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import Conflict, Rejected
from registry.learners import access, arriving, folding, mastery, wishes
from registry.learners.access import Access, Reader
from registry.learners.mastery import LearnerState
from registry.learners.models import ClassRow, EvidenceRow, EvidenceStandardRow, LearnerRow, MemberRow
from registry.learners.profile import wishes_of
from registry.learners.views import Wishes


class ExportedEvidence(Struct, frozen=True):
    """One evidence: as it came, as it is folded, and by standard what it moved."""

    id: str
    came_as: msgspec.Raw
    at: datetime
    kind: str
    score: float
    easiness: float
    subject: str
    source: str | None
    set_aside: bool
    received_at: datetime
    moved: dict[str, float]


class Export(Struct, frozen=True):
    """Everything held about one learner. `how` says how the state follows from the evidence."""

    format: Literal["oer-learner-1"]
    exported_at: datetime
    how: str
    id: str
    school: str
    created_at: datetime
    profile: Wishes
    state: LearnerState
    evidence: tuple[ExportedEvidence, ...]
    classes: tuple[str, ...]
    access: tuple[Access, ...]


_HOW = (
    "The state is the fold of the evidence in order of time; evidence set aside counts for nothing. What each evidence "
    "moved (logits) fades with a time constant of 45 days; what is left of all of it adds up to a competency's mean "
    "less the prior, -0.3."
)


def export_learner(session: Session, reader: Reader, learner_id: str) -> bytes:
    """Everything held about a learner as one indented JSON file (`Export`), this reading included. Raises NotFound."""
    learner = access.find(session, reader, learner_id)
    log = access.read_access_log(session, Reader(reader.who, f"{reader.why}: access log"), learner_id)
    classes = session.scalars(
        select(ClassRow.title)
        .join(MemberRow, MemberRow.class_id == ClassRow.id)
        .where(MemberRow.learner_id == learner_id)
        .order_by(ClassRow.title)
    )
    whole = Export(
        format="oer-learner-1",
        exported_at=now(),
        how=_HOW,
        id=learner.id,
        school=learner.school,
        created_at=learner.created_at,
        profile=wishes_of(learner),
        state=folding.read_state(session, learner_id),
        evidence=_evidence(session, learner_id),
        classes=tuple(classes),
        access=tuple(log),
    )
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)


def import_learner(session: Session, content: bytes) -> str:
    """Take an exported learner back under the same id, and return it; the state is folded anew from the evidence.

    Classes and the access log of the old place stay in the file. Raises Rejected where the file is no export or its
    state does not follow from its evidence, Conflict where the learner is here.
    """
    try:
        whole = msgspec.json.decode(content, type=Export)
    except msgspec.MsgspecError as problem:
        raise Rejected(f"This is no export of a learner: {problem}") from None
    if session.get(LearnerRow, whole.id) is not None:
        raise Conflict("This learner is here already; forget them first to take them back from a file.")
    _check(session, whole)
    profile = whole.profile
    learner = LearnerRow(
        id=whole.id,
        school=whole.school,
        grade=profile.grade,
        languages=profile.languages,
        interests=profile.interests,
        aspirations=profile.aspirations,
        goals=profile.goals,
        needs=profile.needs,
        created_at=whole.created_at,
        updated_at=now(),
    )
    session.add(learner)
    session.flush()
    for each in whole.evidence:
        session.add(_row(learner.id, each))
        session.add_all(EvidenceStandardRow(evidence_id=each.id, uri=uri, delta=0.0) for uri in each.moved)
    session.flush()
    folding.refold(session, learner)
    if mastery.canonical(folding.read_state(session, learner.id)) != mastery.canonical(whole.state):
        raise Rejected(
            "The state in this file does not follow from its evidence: the file was changed, or is not whole."
        )
    return learner.id


def _evidence(session: Session, learner_id: str) -> tuple[ExportedEvidence, ...]:
    moved: dict[str, dict[str, float]] = {}
    for row in session.scalars(
        select(EvidenceStandardRow)
        .join(EvidenceRow, EvidenceRow.id == EvidenceStandardRow.evidence_id)
        .where(EvidenceRow.learner_id == learner_id)
        .order_by(EvidenceStandardRow.uri)
        .execution_options(populate_existing=True)
    ):
        moved.setdefault(row.evidence_id, {})[row.uri] = row.delta
    rows = session.scalars(
        select(EvidenceRow).where(EvidenceRow.learner_id == learner_id).order_by(EvidenceRow.at, EvidenceRow.id)
    )
    return tuple(
        ExportedEvidence(
            id=row.id,
            came_as=msgspec.Raw(row.raw.encode()),
            at=row.at,
            kind=row.kind,
            score=row.score,
            easiness=row.easiness,
            subject=row.subject,
            source=row.source,
            set_aside=row.set_aside,
            received_at=row.received_at,
            moved=moved[row.id],
        )
        for row in rows
    )


def _row(learner_id: str, each: ExportedEvidence) -> EvidenceRow:
    return EvidenceRow(
        id=each.id,
        learner_id=learner_id,
        raw=bytes(each.came_as).decode(),
        at=each.at,
        kind=each.kind,
        score=each.score,
        easiness=each.easiness,
        subject=each.subject,
        source=each.source,
        set_aside=each.set_aside,
        received_at=each.received_at,
    )


def _check(session: Session, whole: Export) -> None:
    """Raise where the file holds what could not have come in by the usual way."""
    _, errors = wishes.read(msgspec.to_builtins(whole.profile))
    if errors or not re.fullmatch("[0-9a-f]{32}", whole.id):
        raise Rejected("The learner's id or profile in this file cannot be taken as it is.", errors)
    for each in whole.evidence:
        fine = each.kind in mastery.WEIGHTS and 0 <= each.score <= 1 and -5 <= each.easiness <= 5 and each.moved
        stated = msgspec.json.decode(each.came_as)
        known = isinstance(stated, dict) and stated.keys() <= arriving.FIELDS.keys()
        if not (fine and known and each.at.tzinfo and each.received_at.tzinfo):
            raise Rejected(f"The evidence {each.id[:40]} in this file cannot be taken: a field of it is wrong.")
        if session.get(EvidenceRow, each.id) is not None:
            raise Conflict(f"The evidence {each.id[:40]} is here already, with another learner.")
