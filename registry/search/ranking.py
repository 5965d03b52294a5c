"""What comes first among what fits: the engine's words and the sentence's meaning, joined over the best candidates.

Both scores are put on one scale by how far they stand from their mean among the candidates (z-scores), so that no
engine's scale matters and either engine gives the same kind of page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from registry.ports import Hit

WINDOW = 100
"""How many candidates are looked at; what stands behind them keeps the engine's order."""
MEANING = 0.8
"""How much the meaning counts beside the words."""


def reranked(hits: Sequence[Hit], meaning: Mapping[str, float]) -> tuple[Hit, ...]:
    """The hits by words and meaning together, scores from 1 falling to 0; as they are where fewer than half have one.

    A hit without a meaning (its vector is still to come) is taken for as near as the others are on the average.
    """
    if len(hits) < 2 or 2 * len(meaning) < len(hits):
        return tuple(hits)
    words = _standardized([hit.strength for hit in hits])
    near = _standardized([meaning.get(hit.id) for hit in hits])
    joined = [word + MEANING * other for word, other in zip(words, near, strict=True)]
    order = sorted(range(len(hits)), key=lambda place: (-joined[place], place))
    least, most = min(joined), max(joined)
    spread = (most - least) or 1.0
    return tuple(Hit(hits[place].id, (0.01 + 0.99 * (joined[place] - least) / spread)) for place in order)


def _standardized(values: Sequence[float | None]) -> list[float]:
    """How many standard deviations each stands above the mean; 0 for one that is not there."""
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else 0.0
    deviation = sqrt(sum((value - mean) ** 2 for value in known) / len(known)) if known else 0.0
    return [0.0 if value is None or not deviation else (value - mean) / deviation for value in values]
