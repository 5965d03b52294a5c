"""What a learner's evidence says about mastery: an online Gaussian filter, O(1) for each evidence. Pure.

Two latent quantities explain an outcome: the learner's general ability in a subject, and how far each competency
departs from it. Both are normal distributions that every outcome moves. The constants are measured
(design notes, "Mastery"); forgetting pulls a competency back to where nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import erfc, exp, log, pi, sqrt

import msgspec
from msgspec import Struct

DAY = 86_400.0
TAU = 45 * DAY
ABILITY_MEAN, ABILITY_VARIANCE = 0.0, 0.6
MEAN, VARIANCE = -0.3, 0.5
DRIFT_MEAN, DRIFT_VARIANCE = 0.04, 0.06
TARGET = log(0.8 / 0.2)
MASTERED, LAPSED, GAP = 0.85, 0.7, 0.3
TOO_WIDE = 0.9
HOP = 0.4
WEIGHTS = {"task": 1.0, "judgement": 1.0, "quiz": 1.0, "self-report": 0.3, "opened": 0.0}
"""How much one evidence of each kind counts. Exposure is logged; it is not mastery."""

_MASTERED_X, _LAPSED_X = 1.0364333894937898, 0.5244005127080407  # where the normal curve reaches .85 and .7
_PI_8 = pi / 8


class Evidence(Struct, frozen=True, order=True):
    """One outcome on some standards. The fields' order is the order of the fold; `id` tells only equals apart.

    `at` in seconds since 1970, `standards` sorted URIs, each once; `score` from 0 to 1; `easiness` in logits.
    """

    at: float
    standards: tuple[str, ...]
    kind: str
    score: float
    easiness: float
    subject: str
    id: str


class Ability(Struct):
    """General ability in one subject, as a normal distribution on the logit scale."""

    mean: float = ABILITY_MEAN
    variance: float = ABILITY_VARIANCE


class Competency(Struct):
    """One competency as its evidence left it at the moment `at` (0 where there is none).

    `unsettled` is the variance less what drift put in: how much no evidence has settled. `gains` and `losses` are what
    evidence moved up and down, forgotten like the mean: mean = MEAN + gains + losses.
    `mastered`: it was, and no evidence has taken it away since. `tries` counts resources opened for it.
    """

    subject: str
    mean: float = MEAN
    variance: float = VARIANCE
    unsettled: float = VARIANCE
    at: float = 0.0
    count: int = 0
    tries: int = 0
    mastered: bool = False
    gains: float = 0.0
    losses: float = 0.0


class LearnerState(Struct):
    """Everything the filter keeps of one learner: abilities by subject, competencies by URI."""

    abilities: dict[str, Ability] = {}
    competencies: dict[str, Competency] = {}


class Standing(Struct, frozen=True):
    """What is known of one competency at one moment; never a bare number.

    `state` is unknown, gap, developing, mastered or review. `probability` that the learner would succeed on
    at least 80 % of ordinary items; `interval` is that probability if the true level were a standard deviation lower
    or higher. `expected` and `spread` are the level in logits, `mean` the competency's share of it. `inferred`: no
    evidence of its own, moved by a neighbor.
    """

    state: str
    probability: float
    interval: tuple[float, float]
    count: int
    last: float | None
    expected: float
    spread: float
    mean: float
    tries: int = 0
    inferred: bool = False


def fold(evidences: Iterable[Evidence]) -> tuple[LearnerState, dict[str, tuple[float, ...]]]:
    """The state that this log makes, in whatever order it is given, and by evidence id what it moved each standard."""
    state = LearnerState()
    return state, {evidence.id: update(state, evidence) for evidence in sorted(evidences)}


def update(state: LearnerState, evidence: Evidence) -> tuple[float, ...]:
    """Move the state by one evidence, no older than any before it; returns what it moved each standard's mean.

    Equations 1 to 4 of the design notes, in their order.
    """
    weight = WEIGHTS[evidence.kind]
    known = state.competencies
    touched = []
    for uri in evidence.standards:
        competency = known.get(uri)
        if competency is None:
            competency = known[uri] = Competency(evidence.subject)
        touched.append(competency)
    if not weight:
        for competency in touched:
            competency.tries += 1
        return (0.0,) * len(touched)
    ability = state.abilities.get(evidence.subject)
    if ability is None:
        ability = state.abilities[evidence.subject] = Ability()

    at = evidence.at
    shares = len(touched)
    mean = variance = 0.0
    for competency in touched:
        _forget(competency, at)
        mean += competency.mean
        variance += competency.variance
    total = ability.variance + variance / (shares * shares)
    predicted = success(evidence.easiness + ability.mean + mean / shares, total)
    informative = weight * predicted * (1 - predicted)
    scale = 1 + informative * total
    step = weight * (evidence.score - predicted) / scale
    shrink = informative / scale

    ability.mean += step * ability.variance
    settled = shrink / (shares * shares)
    deltas = []
    for competency in touched:
        delta = step * competency.variance / shares + DRIFT_MEAN
        competency.mean += delta
        competency.variance -= settled * competency.variance * competency.variance - DRIFT_VARIANCE
        competency.unsettled -= settled * competency.unsettled * competency.unsettled
        competency.at = at
        competency.count += 1
        competency.subject = evidence.subject
        if delta > 0:
            competency.gains += delta
        else:
            competency.losses += delta
        deltas.append(delta)
    ability.variance -= shrink * ability.variance * ability.variance
    for competency, delta in zip(touched, deltas, strict=True):
        _remember_mastery(competency, ability, delta)
    return tuple(deltas)


def success(level: float, variance: float) -> float:
    """The chance of success at this level (logits) when the level itself is uncertain (MacKay's approximation)."""
    return 1 / (1 + exp(-level / sqrt(1 + _PI_8 * variance)))


def standing(state: LearnerState, uri: str, subject: str, at: float, shift: float = 0.0) -> Standing:
    """What is known of a competency at this moment; `shift` is the prior its neighbors lend it (see `lent`).

    `subject` counts only where the competency has no evidence of its own.
    """
    kept = state.competencies.get(uri)
    competency = msgspec.structs.replace(kept) if kept else Competency(subject)
    _forget(competency, at)
    evidenced = competency.count > 0
    ability = state.abilities.get(competency.subject if evidenced else subject) or Ability()
    mean = competency.mean + (0.0 if evidenced else shift)
    expected = ability.mean + mean
    spread = sqrt(ability.variance + competency.variance)
    x = (expected - TARGET) / spread
    probability = normal_cdf(x)
    return Standing(
        state=_named(competency, ability, probability),
        probability=probability,
        interval=(normal_cdf(x - 1), normal_cdf(x + 1)),
        count=competency.count,
        last=competency.at if evidenced else None,
        expected=expected,
        spread=spread,
        mean=mean,
        tries=competency.tries,
        inferred=not evidenced and shift != 0.0,
    )


def lent(state: LearnerState, prerequisites: Iterable[str], successors: Iterable[str], at: float) -> float:
    """The prior that neighbors lend where there is no evidence: success on what follows, failure on what precedes."""
    known = state.competencies
    gains = sum(known[uri].gains * _kept(known[uri], at) for uri in successors if uri in known)
    losses = sum(known[uri].losses * _kept(known[uri], at) for uri in prerequisites if uri in known)
    return HOP * (gains + losses)


def remaining(delta: float, moved_at: float, at: float) -> float:
    """What is left of an evidence's delta at a later moment; the remainders of all its evidence add up to a mean."""
    return delta * exp(min(0.0, moved_at - at) / TAU)


def canonical(state: LearnerState) -> bytes:
    """The state as bytes: equal states give equal bytes."""
    return msgspec.json.encode([sorted(state.abilities.items()), sorted(state.competencies.items())])


def normal_cdf(x: float) -> float:
    """The share of a standard normal distribution below x."""
    return 0.5 * erfc(-x / sqrt(2))


def _forget(competency: Competency, at: float) -> None:
    kept = _kept(competency, at)
    competency.mean = MEAN + (competency.mean - MEAN) * kept
    competency.variance = VARIANCE + (competency.variance - VARIANCE) * kept * kept
    competency.unsettled = VARIANCE + (competency.unsettled - VARIANCE) * kept * kept
    competency.gains *= kept
    competency.losses *= kept


def _kept(competency: Competency, at: float) -> float:
    return exp(min(0.0, competency.at - at) / TAU)


def _remember_mastery(competency: Competency, ability: Ability, delta: float) -> None:
    spread = sqrt(ability.variance + competency.variance)
    x = (ability.mean + competency.mean - TARGET) / spread
    if x >= _MASTERED_X and _settled(competency, ability):
        competency.mastered = True
    elif delta < 0 and x < _LAPSED_X:
        competency.mastered = False


def _settled(competency: Competency, ability: Ability) -> bool:
    # Without drift: drift adds .06 an evidence, and the most informative one takes .05 from a variance of .5, so that
    # by the whole spread nobody who answers alike, always right or always wrong, would ever be known.
    return competency.count > 1 and sqrt(ability.variance + competency.unsettled) <= TOO_WIDE


def _named(competency: Competency, ability: Ability, probability: float) -> str:
    # What was mastered once is known well enough to say that it has faded, however wide it has become.
    if competency.mastered and probability < LAPSED:
        return "review"
    if not _settled(competency, ability):
        return "unknown"
    if probability >= MASTERED:
        return "mastered"
    return "gap" if probability < GAP else "developing"
