"""A learner's steps to their goals: the path over what is known of them, each step with its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.errors import Conflict
from registry.learners import access, knowledge, path, standards
from registry.learners.access import Reader
from registry.learners.mastery import Standing
from registry.learners.models import LearnerRow
from registry.learners.path import Step
from registry.learners.profile import named, shown
from registry.learners.standards import Standard
from registry.learners.views import Path, PathStep
from registry.standards.graph import Graph

_UNFINISHED = ("gap", "developing", "review")


class Plan(Struct, frozen=True):
    """The steps to some goals, and all that is known of the standards on and beside the way.

    `targets` are the goals' leaves, `checks` the steps that are probably known.
    """

    goals: tuple[Standard, ...]
    targets: frozenset[int]
    steps: tuple[Step, ...]
    checks: frozenset[int]
    standards: dict[int, Standard]
    standings: dict[int, Standing]

    def kind(self, concept: int) -> str:
        """What is to be done at a step: learn, review or check."""
        if concept in self.checks:
            return "check"
        return "review" if self.standings[concept].state == "review" else "learn"


def read_path(
    session: Session, catalog: Session, graph: Graph, reader: Reader, learner_id: str, to: str | None, at: datetime
) -> Path:
    """The ordered steps to a standard or heading (None: to the learner's goals), each with its reason.

    Writes the access log. Raises NotFound, and Conflict where prerequisites run in a circle.
    """
    learner = access.find(session, reader, learner_id)
    found = plan(session, catalog, graph, learner, to, at)
    steps = tuple(_step(found, step) for step in found.steps)
    return Path(tuple(named(goal) for goal in found.goals), steps, _note(found))


def plan(session: Session, catalog: Session, graph: Graph, learner: LearnerRow, to: str | None, at: datetime) -> Plan:
    """The steps to a standard or heading; where none is named to the learner's goals, else to what they have begun."""
    known = knowledge.load(session, catalog, graph, learner.id, at)
    mastered = knowledge.mastered(known)
    if to is not None:
        goals = [standards.meant_one(catalog, to)]
    elif learner.goals:
        held = standards.by_uri(catalog, learner.goals)
        goals = [held[uri] for uri in learner.goals if uri in held]
    else:
        begun = knowledge.standings(known, known.evidenced.values())
        goals = [known.evidenced[concept] for concept in sorted(begun) if begun[concept].state in _UNFINISHED]
    targets = frozenset(standards.leaves(graph, [goal.id for goal in goals if goal.id not in mastered]))
    concepts = path.needed(targets, graph.prerequisites, mastered)
    beside = {before for concept in concepts for before in graph.prerequisites(concept)}
    held_by_id = standards.by_id(catalog, concepts | beside)
    # A link may lead to a statement that is no longer held.
    concepts &= held_by_id.keys()
    standings = knowledge.standings(known, held_by_id.values())
    unknown = {concept for concept in concepts if standings[concept].state == "unknown"}
    try:
        steps = path.ordered(
            concepts, graph.prerequisites, {concept: standings[concept].probability for concept in concepts}
        )
    except path.Circle as circle:
        names = [held_by_id[concept].name for concept in circle.concepts]
        raise Conflict(
            f"The prerequisites run in a circle: {' → '.join([*names, names[0]])}. "
            "Take one of these links out of the framework or progression and import it again."
        ) from None
    return Plan(
        goals=tuple(goals),
        targets=targets,
        steps=tuple(steps),
        checks=frozenset(path.probably_known(concepts, graph.successors, unknown, mastered)),
        standards=held_by_id,
        standings=standings,
    )


def _step(found: Plan, step: Step) -> PathStep:
    standard, standing = found.standards[step.concept], found.standings[step.concept]
    return PathStep(
        **msgspec.structs.asdict(named(standard)),
        kind=found.kind(step.concept),
        **msgspec.structs.asdict(shown(standing)),
        goal=step.concept in found.targets,
        needs=tuple(found.standards[need].name for need in step.needs),
        unlocks=step.unlocks,
        reason=" ".join((_why_here(found, step), _why_now(step, step.concept in found.targets))),
    )


def _why_here(found: Plan, step: Step) -> str:
    standing = found.standings[step.concept]
    percent = f"{standing.probability:.0%}"
    pieces = "1 piece" if standing.count == 1 else f"{standing.count} pieces"
    if step.concept in found.checks:
        return "Probably known, because something mastered rests on it: check with one item."
    if standing.state == "review" and standing.last is not None:
        return (
            f"Was mastered, last shown on {datetime.fromtimestamp(standing.last, UTC):%Y-%m-%d}, and has faded since."
        )
    if standing.state == "gap":
        return f"A gap: {percent} likely mastered, by {pieces} of evidence."
    if standing.state == "developing":
        return f"On the way: {percent} likely mastered, by {pieces} of evidence."
    if standing.inferred:
        return f"No evidence yet; neighboring standards suggest {percent}."
    return f"Not enough evidence yet ({pieces})." if standing.count else "No evidence yet."


def _why_now(step: Step, goal: bool) -> str:
    rest = "1 later step rests on it." if step.unlocks == 1 else f"{step.unlocks} later steps rest on it."
    if goal:
        return f"It is a goal, and {rest}" if step.unlocks else "It is the goal."
    return rest


def _note(found: Plan) -> str:
    if not found.goals:
        return "No goal is set, and nothing has been begun: set a goal, or name one."
    if not found.steps:
        return "Everything on the way is mastered."
    checks = len(found.checks)
    work = len(found.steps) - checks
    parts = [f"{work} to learn or review"] if work else []
    parts += [f"{checks} to check"] if checks else []
    return f"{len(found.steps)} {'step' if len(found.steps) == 1 else 'steps'}: {', '.join(parts)}."
