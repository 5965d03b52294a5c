"""Which resources a text finds, whatever the engine: the stems of its phrases and words, and which are required.

Nobody's words are all in what they seek, and one of many is in everything. Required are the phrases in quotes and, of
three words and more, two of the three that the fewest resources hold; of one or two words, all. A word is also held by
what holds another word for it. Benchmarked in `benchmarks.search_quality`; decision 18.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from msgspec import Struct

from registry.search.stems import stems_in
from registry.search.synonyms import expansions
from registry.search.words import wanted

Stems = tuple[str, ...]
"""One word's stem, or those of several words that stand together."""

AMONG, NEEDED = 3, 2
"""So many of the rarest words count, and so many of these are required."""
_MOST_OTHERS = 2


class Word(Struct, frozen=True):
    """A word that was asked for: its own stems first, then those of what means as much."""

    forms: tuple[Stems, ...]


class Terms(Struct, frozen=True):
    """The phrases and words of a text, as an index has them."""

    phrases: tuple[Stems, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def parts(self) -> tuple[Stems, ...]:
        """Phrases and words alike, without other words for them."""
        return (*self.phrases, *(word.forms[0] for word in self.words))


def terms(text: str) -> Terms:
    """What the text asks for; nothing where it holds no word."""
    asked = wanted(text)
    others: dict[int, list[Stems]] = defaultdict(list)
    for each in expansions(asked.words):
        meant = [tuple(stems) for other in each.alternatives if (stems := stems_in(other))]
        for place in range(each.start, each.end):
            others[place] += meant
    words = []
    for place, word in enumerate(asked.words):
        if own := tuple(stems_in(word)):
            several = [each for each in dict.fromkeys(others[place]) if each != own]
            words.append(Word((own, *several[:_MOST_OTHERS])))
    phrases = (tuple(stems_in(" ".join(phrase))) for phrase in asked.phrases)
    return Terms(tuple(phrase for phrase in phrases if phrase), tuple(dict.fromkeys(words)))


def required(words: Sequence[Word], held: Callable[[Word], int]) -> tuple[Word, ...]:
    """The words of which `NEEDED`, or the only one, must be held: the three rarest, in the order of the text.

    `held` says in about how many resources a word stands; it is asked only where there are more than three.
    """
    if len(words) <= AMONG:
        return tuple(words)
    rarest = sorted(range(len(words)), key=lambda place: (held(words[place]), place))[:AMONG]
    return tuple(words[place] for place in sorted(rarest))
