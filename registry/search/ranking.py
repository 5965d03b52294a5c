"""What comes first among what fits: one order for whatever engine found it, from the words and the meaning of each.

Read are the first candidates of a search, those nearest in meaning among them. Every part of the sum is a share of what
the question could have at most, so that no catalog's size matters. The weights were chosen on one half of the judged
queries and tried on the other, and the other way round (decision 18).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from registry.ports import Hit
from registry.search.matching import Stems, Terms, Word
from registry.search.sayings import Saying, code

WINDOW = 120
"""How many candidates are looked at; what stands behind them keeps the engine's order."""

_IN_TITLE, _IN_KEYWORDS, _HELD_AT_ALL = 0.1, 0.2, 0.4
_TOGETHER, _TOGETHER_IN_TITLE, _TOGETHER_IN_KEYWORDS = 0.8, 1.0, 0.5
_OTHER_WORD = 0.5
_MEANING, _LIKE_THE_BEST, _SAME_WHOLE, _PRIOR = 0.5, 0.4, 0.15, 0.1
_BEST, _LEADING, _OF_A_WHOLE = 10, 30, 5
_K1, _B = 1.2, 0.75
_APART = (1, 2, 3, -1)
"""How many words on the second of two words may stand."""

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Meaning(Struct, frozen=True):
    """How near candidates are to the question, by id; and how near to the middle of some of them, given weights."""

    near: Mapping[str, float] = {}
    around: Callable[[Mapping[str, float], Sequence[str]], Mapping[str, float]] = lambda weights, ids: {}


def ranked(
    hits: Sequence[Hit], said: Mapping[str, Saying], asked: Terms, rarity: Callable[[str], float], meaning: Meaning
) -> tuple[Hit, ...]:
    """The hits in the order of what they say and mean, scores from 1 falling; as they are where nothing is known.

    A hit without a vector is taken for as near as the others are on the average, and vectors that fewer than half have
    do not count. Costs a look at every stem of the hits for each word of the question, in numpy.
    """
    ids = [hit.id for hit in hits]
    if not ids or not said:
        return tuple(hits)
    sayings = [said.get(each, _NOTHING) for each in ids]
    scores = _by_words(_Window(sayings), asked, rarity) + _PRIOR * np.array([each.prior for each in sayings])
    near = _known(meaning.near, ids)
    if near is not None and near.max() > 0:
        scores += _MEANING * np.maximum(near, 0) / near.max()
        best = np.argsort(-scores, kind="stable")[:_BEST]
        alike = _known(meaning.around({ids[place]: float(scores[place]) for place in best}, ids), ids)
        scores += 0 if alike is None else _LIKE_THE_BEST * alike
    scores += _SAME_WHOLE * _by_wholes(sayings, scores)
    order = np.argsort(-scores, kind="stable")
    first = max(float(scores[order[0]]), 1e-9)
    return tuple(Hit(ids[place], min(max(float(scores[place]) / first, 0.0001), 1.0)) for place in order)


def _known(values: Mapping[str, float], ids: Sequence[str]) -> Floats | None:
    if 2 * len(values) < len(ids) or not values:
        return None
    usual = sum(values.values()) / len(values)
    return np.array([values.get(each, usual) for each in ids])


def _by_words(window: _Window, asked: Terms, rarity: Callable[[str], float]) -> Floats:
    """BM25 of the whole with what stands in titles and keywords, what is held at all, and what stands together."""
    words = [*(Word((phrase,)) for phrase in asked.phrases), *asked.words]
    weights = [max(rarity(word.forms[0][0]), 0.01) for word in words]
    score = np.zeros(window.count)
    for word, weight in zip(words, weights, strict=True):
        own, *others = (window.places(form) for form in word.forms)
        held, in_title, in_keywords = (window.counts(own, each) for each in (None, window.titled, window.keyed))
        much = window.saturated(held)
        for places in others:
            others_held = window.counts(places)
            much, held = np.maximum(much, _OTHER_WORD * window.saturated(others_held)), held + others_held
        score += weight * (much + _IN_TITLE * (in_title > 0) + _IN_KEYWORDS * (in_keywords > 0))
        score += weight * _HELD_AT_ALL * (held > 0)
    for (one, its), (next_one, next_its) in pairwise(zip(words, weights, strict=True)):
        score += (its + next_its) / 2 * _together(window, one.forms[0][0], next_one.forms[0][0])
    return score / (sum(weights) or 1.0)


def _together(window: _Window, one: str, other: str) -> Floats:
    places = window.places((one,))
    anywhere = np.zeros(window.count)
    in_title, in_keywords = np.zeros(window.count), np.zeros(window.count)
    for step in _APART:
        found = window.followed(places, other, step)
        anywhere += window.counts(found)
        if step in (1, 2):
            in_title += window.counts(found, window.titled)
            in_keywords += window.counts(found, window.keyed)
    beside = _TOGETHER_IN_TITLE * in_title + _TOGETHER_IN_KEYWORDS * (in_keywords > 0)
    return _TOGETHER * window.saturated(anywhere) + beside


def _by_wholes(sayings: Sequence[Saying], scores: Floats) -> Floats:
    """For each the best of what it is part of: the mean of the five best that are part of it, too, among the first."""
    held: dict[int, list[float]] = defaultdict(list)
    for place in np.argsort(-scores, kind="stable")[:_LEADING]:
        for whole in sayings[place].wholes.tolist():
            held[whole].append(float(scores[place]))
    worth = {whole: sum(found[:_OF_A_WHOLE]) / _OF_A_WHOLE for whole, found in held.items()}
    return np.array([max((worth.get(whole, 0.0) for whole in each.wholes.tolist()), default=0.0) for each in sayings])


class _Window:
    """The stems of all candidates in one row, and whose they are."""

    def __init__(self, sayings: Sequence[Saying]) -> None:
        lengths = np.array([len(each.stems) for each in sayings])
        self.count = len(sayings)
        self._codes = np.concatenate([each.stems for each in sayings])
        self._owner = np.repeat(np.arange(self.count), lengths)
        place = np.arange(len(self._codes)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        titles = np.array([each.title for each in sayings])[self._owner]
        keywords = np.array([each.keywords for each in sayings])[self._owner]
        self.titled = place < titles
        self.keyed = (place >= titles) & (place < keywords)
        self._norm = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1.0))

    def places(self, form: Stems) -> Places:
        """Where these stems stand one after the other."""
        found: Places = np.flatnonzero(self._codes == code(form[0]))
        for step, stem in enumerate(form[1:], 1):
            found = self.followed(found, stem, step)
        return found

    def followed(self, places: Places, stem: str, step: int) -> Places:
        """Those of the places that have the stem so many places on in the same resource."""
        there = places + step
        inside = (there >= 0) & (there < len(self._codes))
        places, there = places[inside], there[inside]
        kept: Places = places[(self._codes[there] == code(stem)) & (self._owner[there] == self._owner[places])]
        return kept

    def counts(self, places: Places, among: NDArray[np.bool_] | None = None) -> Floats:
        """How many of the places each candidate has."""
        kept = places if among is None else places[among[places]]
        return np.bincount(self._owner[kept], minlength=self.count).astype(np.float64)

    def saturated(self, counts: Floats) -> Floats:
        """What a count is worth, from 0 to below 1 + k1: the more often, and the shorter the whole, the more."""
        return counts * (_K1 + 1) / (counts + self._norm)


_NOTHING = Saying(np.zeros(0, np.uint32), 0, 0, np.zeros(0, np.uint32), 0.0)
