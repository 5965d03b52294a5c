"""The words two texts have in common, those that tell most first."""

from __future__ import annotations

from collections.abc import Callable

from registry.search.stems import stem_of
from registry.search.words import wanted

_MOST = 3


def shared_words(one: str, other: str, rarity: Callable[[str], float]) -> tuple[str, ...]:
    """The rarest words of the first text that the other has too, in any form, as the first has them; at most three.

    Only the beginnings count (what `wanted` takes of a text). `rarity` says how much a word with a stem tells.
    """
    theirs = _by_stem(other)
    both = {stem: word for stem, word in _by_stem(one).items() if stem in theirs}
    return tuple(both[stem] for stem in sorted(both, key=lambda stem: -rarity(stem))[:_MOST])


def _by_stem(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in map(str.casefold, wanted(text).words):
        if word.isalpha() and len(word) > 1:
            found.setdefault(stem_of(word), word)
    return found
