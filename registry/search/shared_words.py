"""The words two resources have in common, those that tell most first."""

from __future__ import annotations

from collections.abc import Callable

from registry.search.stems import stem_of
from registry.search.words import wanted

Said = tuple[str, str]
"""The title and the summary of a resource."""

_MOST = 3


def shared_words(one: Said, other: Said, rarity: Callable[[str], float]) -> tuple[str, ...]:
    """The words of the first resource that the other has too, in any form, as the first has them; at most three.

    They stand in one of the titles at least; those of both titles come first, then the rarest. Of a long text only the
    beginning counts (what `wanted` takes). `rarity` says how much a word with a stem tells.
    """
    titles = [_by_stem(title) for title, _ in (one, other)]
    theirs = _by_stem(" ".join(other))
    both = {stem: word for stem, word in _by_stem(" ".join(one)).items() if stem in theirs}
    places = {stem: sum(stem in title for title in titles) for stem in both}
    told = sorted(filter(places.get, both), key=lambda stem: (-places[stem], -rarity(stem)))
    return tuple(both[stem] for stem in told[:_MOST])


def _by_stem(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in map(str.casefold, wanted(text).words):
        if word.isalpha() and len(word) > 1:
            found.setdefault(stem_of(word), word)
    return found
