"""Which resources to use next: scored for every gap on the way, chosen for coverage and variety, within the minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

from msgspec import Struct
from sqlalchemy.orm import Session

from registry.errors import BadRequest, FieldError
from registry.learners import access, candidates, score, steps
from registry.learners.access import Reader
from registry.learners.candidates import Candidate, Found
from registry.learners.profile import named, wishes_of
from registry.learners.score import Gap
from registry.learners.steps import Plan
from registry.learners.views import Missing, Reason, Recommendation, Recommendations, Wishes
from registry.ports import SearchIndex
from registry.standards.graph import Graph
from vocab.languages import label

MOST_GAPS = 12
_LEFT = 0.5  # of a gap's need, once a resource has been chosen for it
_ALIKE = 0.5  # what a resource loses that is in every way like one chosen already


class _Scored(Struct, frozen=True):
    """A resource for one gap, before any other has been chosen."""

    gap: Gap
    candidate: Candidate
    reasons: tuple[Reason, ...]
    score: float


class _Chosen(Struct, frozen=True):
    """A resource that has been chosen: for which gap, by which factors, and the concepts it also serves."""

    use: _Scored
    reasons: tuple[Reason, ...]
    also: tuple[int, ...]


def recommend(
    session: Session,
    catalog: Session,
    index: SearchIndex,
    graph: Graph,
    reader: Reader,
    learner_id: str,
    at: datetime,
    to: str | None = None,
    limit: int = 5,
    minutes: int | None = None,
) -> Recommendations:
    """Up to `limit` resources for the next steps to a goal that together take at most `minutes`, and what is missing.

    Writes the access log. Raises NotFound, BadRequest, Conflict (prerequisites in a circle), Unavailable (index down).
    """
    if not 1 <= limit <= 100:
        raise BadRequest("limit must be from 1 to 100.", [FieldError("limit", "must be from 1 to 100")])
    if minutes is not None and minutes < 1:
        raise BadRequest("minutes must be 1 or more.", [FieldError("minutes", "must be 1 or more")])
    learner = access.find(session, reader, learner_id)
    wishes = wishes_of(learner)
    plan = steps.plan(session, catalog, graph, learner, to, at)
    gaps = _gaps(plan, graph)
    found = candidates.find(catalog, index, graph, {gap.concept: gap.kind for gap in gaps}, wishes)
    chosen = _choose(_scored(gaps, found), limit, minutes)
    items = tuple(_recommendation(plan, pick) for pick in chosen)
    missing = tuple(
        _missing(plan, gap, found[gap.concept], wishes) for gap in gaps if not found[gap.concept].candidates
    )
    total = sum(score.minutes_of(pick.use.candidate.offer) for pick in chosen)
    return Recommendations(items, missing, total, _note(plan, items, missing, minutes))


def _gaps(plan: Plan, graph: Graph) -> list[Gap]:
    """The steps worth finding resources for now, the most urgent first."""
    gaps = [
        Gap(
            concept=step.concept,
            kind=plan.kind(step.concept),
            standing=plan.standings[step.concept],
            prerequisites=tuple(
                plan.standings[before].probability
                for before in graph.prerequisites(step.concept)
                if before in plan.standings
            ),
            unlocks=step.unlocks,
        )
        for step in plan.steps
    ]
    return sorted(gaps, key=score.urgency, reverse=True)[:MOST_GAPS]


def _scored(gaps: Sequence[Gap], found: Mapping[int, Found]) -> list[_Scored]:
    scored = []
    for gap in gaps:
        for candidate in found[gap.concept].candidates:
            reasons = score.factors(gap, candidate.offer)
            scored.append(_Scored(gap, candidate, reasons, score.score(reasons)))
    return scored


def _choose(scored: Sequence[_Scored], limit: int, minutes: int | None) -> list[_Chosen]:
    """Greedily the resource that adds most: less for what is covered already, less for what is like one before it."""
    waiting: dict[str, list[_Scored]] = {}
    for each in scored:
        if each.score > 0:
            waiting.setdefault(each.candidate.card.id, []).append(each)
    left = {each.gap.concept: 1.0 for each in scored}
    likeness = dict.fromkeys(waiting, 0.0)
    chosen: list[_Chosen] = []
    budget = inf if minutes is None else minutes
    while len(chosen) < limit:
        affordable = [id for id, uses in waiting.items() if score.minutes_of(uses[0].candidate.offer) <= budget]
        if not affordable:
            break
        best = min(affordable, key=lambda id: (-_gain(waiting[id], left) * (1 - _ALIKE * likeness[id]), id))
        uses = waiting.pop(best)
        pick = _chosen(uses, left, likeness[best])
        chosen.append(pick)
        budget -= score.minutes_of(pick.use.candidate.offer)
        for use in uses:
            left[use.gap.concept] *= _LEFT
        for id, others in waiting.items():
            likeness[id] = max(likeness[id], _likeness(others[0].candidate, pick.use.candidate))
    return chosen


def _gain(uses: Sequence[_Scored], left: Mapping[int, float]) -> float:
    """What a resource adds over all the gaps it serves."""
    return sum(use.score * left[use.gap.concept] for use in uses)


def _chosen(uses: Sequence[_Scored], left: Mapping[int, float], likeness: float) -> _Chosen:
    """The gap a resource serves best now, and the factors of what it adds to what is chosen."""
    use = max(uses, key=lambda each: each.score * left[each.gap.concept])
    helps = "It helps with one step." if len(uses) == 1 else f"It helps with {len(uses)} steps."
    if left[use.gap.concept] < 1:
        helps += " Something is chosen for this step already."
    coverage = Reason("coverage", _gain(uses, left) / use.score, helps)
    like = f"It is {likeness:.0%} like one that stands before it." if likeness else "It is like none before it."
    variety = Reason("variety", 1 - _ALIKE * likeness, like)
    also = tuple(each.gap.concept for each in uses if each is not use)
    return _Chosen(use, (*use.reasons, coverage, variety), also)


def _likeness(one: Candidate, other: Candidate) -> float:
    """How alike two resources are in provider, type and words, from 0 to 1."""
    pairs = (
        (0.3, set(one.card.providers), set(other.card.providers)),
        (0.3, set(one.card.types), set(other.card.types)),
        (0.4, one.words, other.words),
    )
    return sum(weight * len(mine & theirs) / len(mine | theirs) for weight, mine, theirs in pairs if mine | theirs)


def _recommendation(plan: Plan, pick: _Chosen) -> Recommendation:
    card, gap = pick.use.candidate.card, pick.use.gap
    return Recommendation(
        id=card.id,
        title=card.title,
        url=card.url,
        minutes=card.minutes,
        standard=named(plan.standards[gap.concept]),
        kind=gap.kind,
        also=tuple(named(plan.standards[concept]) for concept in pick.also),
        level=pick.use.candidate.offer.level,
        score=score.score(pick.reasons),
        reasons=pick.reasons,
        resource=card,
    )


def _missing(plan: Plan, gap: Gap, found: Found, wishes: Wishes) -> Missing:
    standard = plan.standards[gap.concept]
    level = score.wanted_level(gap.standing)
    languages = f" in {' or '.join(label(tag) for tag in wishes.languages)}" if wishes.languages else ""
    away = ", ".join(f"{count} {why}" for why, count in sorted(found.turned_away.items()))
    why = f"Nothing here for {standard.name} at the {level} level{languages} fits."
    return Missing(
        **{field: getattr(standard, field) for field in ("uri", "code", "statement", "framework")},
        level=level,
        why=f"{why} Turned away: {away}." if away else why,
    )


def _note(
    plan: Plan,
    items: Sequence[Recommendation],
    missing: Sequence[Missing],
    minutes: int | None,
) -> str:
    if not plan.goals:
        return "No goal is set, and nothing has been begun: set a goal, or name one."
    if not plan.steps:
        return "Everything on the way is mastered: there is nothing to recommend."
    if items:
        return f"{len(items)} to use next." + (f" Nothing fits {len(missing)} of the next steps." if missing else "")
    if missing and len(missing) == min(len(plan.steps), MOST_GAPS):
        first = missing[0]
        return f"Nothing fits. What is missing first: {first.code or first.statement} at the {first.level} level."
    if minutes is not None:
        return f"Nothing that fits takes {minutes} minutes or less."
    return "What is left is likely known already: check it with one item each."
