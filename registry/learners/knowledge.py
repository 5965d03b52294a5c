"""A learner's state laid over the graph of the standards: what is known of any of them at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from registry.learners import folding, mastery, standards
from registry.learners.mastery import LearnerState, Standing
from registry.learners.standards import Standard
from registry.standards.graph import Graph


class Knowledge(Struct, frozen=True):
    """A learner's state at a moment (seconds since 1970); `evidenced` has the standards with evidence, by id."""

    state: LearnerState
    graph: Graph
    at: float
    evidenced: dict[int, Standard]


def load(session: Session, catalog: Session, graph: Graph, learner_id: str, at: datetime) -> Knowledge:
    """What the evidence of this learner says; the caller has logged the reading (`access.find`)."""
    state = folding.read_state(session, learner_id)
    counted = [uri for uri, competency in state.competencies.items() if competency.count]
    found = standards.by_uri(catalog, counted)
    return Knowledge(state, graph, at.timestamp(), {standard.id: standard for standard in found.values()})


def standings(known: Knowledge, wanted: Iterable[Standard]) -> dict[int, Standing]:
    """What is known of these standards, by concept id; without evidence, what direct neighbors suggest."""
    return {standard.id: _standing(known, standard) for standard in wanted}


def mastered(known: Knowledge) -> set[int]:
    """The standards shown to be mastered now."""
    found = standings(known, known.evidenced.values())
    return {concept for concept, standing in found.items() if standing.state == "mastered"}


def _standing(known: Knowledge, standard: Standard) -> Standing:
    shift = 0.0
    if standard.id not in known.evidenced:
        shift = mastery.lent(
            known.state,
            [known.evidenced[near].uri for near in known.graph.prerequisites(standard.id) if near in known.evidenced],
            [known.evidenced[near].uri for near in known.graph.successors(standard.id) if near in known.evidenced],
            known.at,
        )
    return mastery.standing(known.state, standard.uri, standard.subject, known.at, shift)
