"""How much a resource would help with one standard now: factors that multiply to the score, each with its reason. Pure.

align · need · ready · reach · quality · fit · fresh · interest · time (design notes, "Which resource").
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt

from msgspec import Struct

from registry.learners.mastery import MASTERED, Standing, success
from registry.learners.views import Reason

LEVELS = {"beginning": 1.2, "developing": 0.6, "proficient": 0.0, "extending": -0.6}
"""How much easier than an ordinary item of the standard each competency level is, in logits."""

USUAL_MINUTES = 20
_ORIGIN = {"accepted": 1.0, "added": 1.0, "declared": 0.9, "suggested": 0.6}
_RELATION = {
    "learn": {"teaches": 1.0, "assesses": 0.5},
    "review": {"teaches": 1.0, "assesses": 0.8},
    "check": {"assesses": 1.0, "teaches": 0.4},
}
_CLOSENESS = {"same": 1.0, "equivalent": 0.9, "part": 0.85, "whole": 0.7}
_PRIOR_RATING = 0.7  # where a Bayesian mean starts; nothing is rated yet
_BEST = (0.6, 0.85)
_NO_LEVEL = 0.7


class Gap(Struct, frozen=True):
    """A step to find resources for: `ready` are the probabilities of its prerequisites."""

    concept: int
    kind: str
    standing: Standing
    prerequisites: tuple[float, ...]
    unlocks: int


class Offer(Struct, frozen=True):
    """What a resource says it does for a standard; it names the same, an equivalent, a part of it, or its whole."""

    closeness: str
    relation: str
    origin: str
    confidence: float
    level: str | None
    minutes: int | None
    interests: tuple[str, ...]


def factors(gap: Gap, offer: Offer) -> tuple[Reason, ...]:
    """The factors of the score, in the order of the formula."""
    return (
        _align(gap, offer),
        _need(gap),
        _ready(gap),
        _reach(gap),
        _QUALITY,
        _fit(gap, offer),
        _fresh(gap),
        *_rest(offer),
    )


def score(reasons: Sequence[Reason]) -> float:
    """The product of the factors."""
    return prod(reason.value for reason in reasons)


def urgency(gap: Gap) -> float:
    """What a gap contributes to every score for it: need · ready · reach."""
    return _need(gap).value * _ready(gap).value * _reach(gap).value


def wanted_level(standing: Standing) -> str:
    """The highest level at which the learner would succeed often enough, or the lowest where none is easy enough."""
    return max(LEVELS, key=lambda level: (_match(_chance(standing, level)), -LEVELS[level]))


def minutes_of(offer: Offer) -> int:
    """The minutes a resource takes, or those usual where it states none."""
    return offer.minutes or USUAL_MINUTES


def align_value(kind: str, offer: Offer) -> float:
    """How surely the resource serves the standard: by who said so, in what relation, how close a standard it names."""
    origin = _ORIGIN.get(offer.origin, 0.0) * (offer.confidence if offer.origin == "suggested" else 1.0)
    return origin * _RELATION[kind].get(offer.relation, 0.0) * _CLOSENESS[offer.closeness]


def _align(gap: Gap, offer: Offer) -> Reason:
    who = {"accepted": "a curator accepted it", "added": "a curator said so", "declared": "its publisher says so"}
    close = {
        "same": "this standard",
        "equivalent": "the same standard in another framework",
        "part": "a part of this standard",
        "whole": "the standard this is a part of",
    }
    why = f"It {offer.relation} {close[offer.closeness]}; {who.get(offer.origin, 'a machine suggests it')}."
    return Reason("align", align_value(gap.kind, offer), why)


def _need(gap: Gap) -> Reason:
    probability = gap.standing.probability
    return Reason(
        "need", max(0.0, MASTERED - probability), f"{probability:.0%} likely mastered; {MASTERED:.0%} is enough."
    )


def _ready(gap: Gap) -> Reason:
    known = gap.prerequisites
    value = prod((0.15 + 0.85 * probability) ** (1 / sqrt(len(known))) for probability in known)
    if not known:
        return Reason("ready", value, "Nothing has to be known before it.")
    return Reason("ready", value, f"What comes before it is {min(known):.0%} likely mastered at the least.")


def _reach(gap: Gap) -> Reason:
    steps = "1 later step rests" if gap.unlocks == 1 else f"{gap.unlocks} later steps rest"
    return Reason("reach", sqrt(1 + gap.unlocks), f"{steps} on it.")


_QUALITY = Reason("quality", 0.5 + 0.62 * (_PRIOR_RATING - 0.5), "Nobody has rated it yet: taken as usual.")


def _fit(gap: Gap, offer: Offer) -> Reason:
    if offer.level not in LEVELS:
        return Reason("fit", _NO_LEVEL, "It states no level.")
    chance = _chance(gap.standing, offer.level)
    return Reason("fit", _match(chance), f"At the {offer.level} level, success is expected {chance:.0%} of the time.")


def _fresh(gap: Gap) -> Reason:
    tries = gap.standing.tries
    opened = "1 resource has" if tries == 1 else f"{tries or 'No'} resources have"
    return Reason("fresh", 0.8**tries, f"{opened} been opened for this standard.")


def _rest(offer: Offer) -> tuple[Reason, Reason]:
    match = (
        f"It is about {', '.join(offer.interests)}." if offer.interests else "It names none of the learner's interests."
    )
    time = (
        f"It takes {offer.minutes} minutes." if offer.minutes else f"It states no time; {USUAL_MINUTES} minutes taken."
    )
    return (
        Reason("interest", 1 + 0.15 * bool(offer.interests), match),
        Reason("time", 1 / (minutes_of(offer) + 6), time),
    )


def _chance(standing: Standing, level: str) -> float:
    return success(standing.expected + LEVELS[level], standing.spread * standing.spread)


def _match(chance: float) -> float:
    """1 where success is as frequent as learning needs it, falling to .2 on both sides."""
    low, high = _BEST
    return max(0.2, 1 - 2.5 * max(low - chance, chance - high, 0.0))
