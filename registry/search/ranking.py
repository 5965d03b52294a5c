"""What comes first among what fits: the engine's words and the sentence's meaning, joined over the best candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.ports import Hit

WINDOW = 100
"""How many candidates are looked at; what stands behind them keeps the engine's order."""
MEANING = 0.3
"""How much the nearest meaning counts beside the best words."""


def reranked(hits: Sequence[Hit], meaning: Mapping[str, float]) -> tuple[Hit, ...]:
    """The hits by words and meaning together, scores from 1 falling; as they are where fewer than half have a meaning.

    Each side counts as a share of its best among the candidates, so that no engine's scale matters. A hit without a
    meaning (its vector is still to come) is taken for as near as the others are on the average.
    """
    strongest = max((hit.strength for hit in hits), default=0.0)
    nearest = max(meaning.values(), default=0.0)
    if len(hits) < 2 or 2 * len(meaning) < len(hits) or strongest <= 0 or nearest <= 0:
        return tuple(hits)
    usual = sum(meaning.values()) / len(meaning)
    joined = [hit.strength / strongest + MEANING * max(meaning.get(hit.id, usual), 0.0) / nearest for hit in hits]
    order = sorted(range(len(hits)), key=lambda place: (-joined[place], place))
    best = joined[order[0]]
    return tuple(Hit(hits[place].id, joined[place] / best, hits[place].strength) for place in order)
