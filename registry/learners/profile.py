"""A learner's profile: a random id, what they wish and need, and what is known of each standard with its reasons."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import Rejected
from registry.learners import access, knowledge, mastery, standards, wishes
from registry.learners.access import Reader
from registry.learners.mastery import Standing
from registry.learners.models import EvidenceRow, EvidenceStandardRow, LearnerRow
from registry.learners.standards import Standard
from registry.learners.views import Behind, Known, Profile, StandardName, StandardProfile, Wishes
from registry.standards.graph import Graph


def create_learner(session: Session, school: str) -> str:
    """The id of a new learner in this school: 128 random bits, 32 hexadecimal digits."""
    at = now()
    learner = LearnerRow(id=secrets.token_hex(16), school=school, created_at=at, updated_at=at)
    session.add(learner)
    session.flush()
    return learner.id


def put_profile(session: Session, catalog: Session, reader: Reader, learner_id: str, stated: object) -> Wishes:
    """Replace what a learner wishes and needs; `stated` is decoded JSON, and a field it leaves out becomes empty.

    Raises Rejected naming every wrong field (`goals[1]`), NotFound.
    """
    learner = access.find(session, reader, learner_id)
    values, errors = wishes.read(stated)
    goals = values.get("goals", [])
    known = standards.resolved(catalog, goals)
    errors += standards.unknown(goals, known, "goals")
    if errors:
        raise Rejected("The profile cannot be taken as it is.", errors)
    learner.grade = values.get("grade")
    learner.languages = _distinct(values.get("languages", ()))
    learner.interests = _distinct(values.get("interests", ()))
    learner.aspirations = _distinct(values.get("aspirations", ()))
    learner.needs = _distinct(values.get("needs", ()))
    learner.goals = _distinct(known[goal].uri for goal in goals)
    learner.updated_at = now()
    session.flush()
    return wishes_of(learner)


def wishes_of(learner: LearnerRow) -> Wishes:
    """What a learner's row says they wish and need."""
    return Wishes(
        grade=learner.grade,
        languages=learner.languages,
        interests=learner.interests,
        aspirations=learner.aspirations,
        goals=learner.goals,
        needs=learner.needs,
    )


def read_profile(
    session: Session, catalog: Session, graph: Graph, reader: Reader, learner_id: str, at: datetime
) -> Profile:
    """What is known of a learner at this moment: each standard with evidence, each goal, and what neighbors suggest.

    Writes the access log, so the session must be one that writes. Raises NotFound.
    """
    learner = access.find(session, reader, learner_id)
    known = knowledge.load(session, catalog, graph, learner_id, at)
    behind = _evidence_behind(session, learner_id, at.timestamp())
    listed = standards.by_uri(catalog, {*behind, *learner.goals})
    beside = {
        near
        for concept in known.evidenced
        for near in (*graph.prerequisites(concept), *graph.successors(concept))
        if near not in known.evidenced
    }
    listed |= {each.uri: each for each in standards.by_id(catalog, beside).values()}
    standings = knowledge.standings(known, listed.values())
    found = [
        _standard(standard, standings[standard.id], standard.uri in learner.goals, behind.get(standard.uri, ()))
        for standard in sorted(listed.values(), key=lambda each: (each.framework, each.code, each.uri))
        if standings[standard.id].inferred or standard.uri in behind or standard.uri in learner.goals
    ]
    # A framework may have been taken out since; what was shown about its standards is still the learner's.
    for uri in sorted(behind.keys() - listed.keys()):
        gone = Standard(id=0, uri=uri, code="", statement="", framework="", subject="", grades=())
        standing = mastery.standing(known.state, uri, "", known.at)
        found.append(_standard(gone, standing, uri in learner.goals, behind[uri]))
    return Profile(
        id=learner.id,
        grade=learner.grade,
        languages=learner.languages,
        interests=learner.interests,
        aspirations=learner.aspirations,
        goals=tuple(named(listed[uri]) if uri in listed else StandardName(uri, "", "", "") for uri in learner.goals),
        needs=learner.needs,
        standards=tuple(found),
    )


def named(standard: Standard) -> StandardName:
    """A standard as answers name it."""
    return StandardName(standard.uri, standard.code, standard.statement, standard.framework)


def shown(standing: Standing) -> Known:
    """A standing as answers give it."""
    return Known(
        state=standing.state,
        probability=standing.probability,
        interval=standing.interval,
        count=standing.count,
        last=None if standing.last is None else datetime.fromtimestamp(standing.last, UTC),
        inferred=standing.inferred,
    )


def _standard(standard: Standard, standing: Standing, goal: bool, behind: Iterable[Behind]) -> StandardProfile:
    return StandardProfile(
        **msgspec.structs.asdict(named(standard)),
        **msgspec.structs.asdict(shown(standing)),
        goal=goal,
        prior=mastery.MEAN,
        mean=standing.mean,
        evidence=tuple(behind),
    )


def _evidence_behind(session: Session, learner_id: str, at: float) -> Mapping[str, list[Behind]]:
    """By standard, every evidence of the learner in order of its time, those set aside included."""
    rows = session.execute(
        select(
            EvidenceStandardRow.uri,
            EvidenceStandardRow.delta,
            EvidenceRow.id,
            EvidenceRow.at,
            EvidenceRow.kind,
            EvidenceRow.score,
            EvidenceRow.set_aside,
        )
        .join(EvidenceRow, EvidenceRow.id == EvidenceStandardRow.evidence_id)
        .where(EvidenceRow.learner_id == learner_id)
        .order_by(EvidenceRow.at, EvidenceRow.id)
    )
    behind: dict[str, list[Behind]] = {}
    for uri, delta, evidence_id, moment, kind, score, aside in rows:
        left = mastery.remaining(delta, moment.timestamp(), at)
        behind.setdefault(uri, []).append(Behind(evidence_id, moment, kind, score, delta, left, aside))
    return behind


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
