"""How near two statements are in their words: what they are made of, what a word weighs, what two have in common."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Set
from functools import lru_cache
from itertools import chain, pairwise

_SAMPLE = 4_000  # statements that are counted to weigh words; more of them change no weight that matters
_LEAST = 0.1  # of a word that stands in nearly every statement; one that stands in a single one weighs 1
_NEAR = 0.7

_TOKEN = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")  # scripts written without spaces
_SPACE = re.compile(r"\s+")
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("‘’‚‛′´`", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-") | {"\u00ad": ""}
)
_SMALL_WORDS = """
    a about all also an and any are as at be been both but by can each eg for from has have how i ie if in into is
    it its may more most of on one or other s so some such than that the their them then there these they this
    those through to t use used using was were what when where which while who why will with within al als auf con
    das de del der des die du ein eine el en et für im la las le les los mit par pour que sich sur un una und une
    von y zu zum zur
"""
_STOP = frozenset(_SMALL_WORDS.split())


def typographic(text: str) -> str:
    """The text with every space, quotation mark and dash written in one way: equal for what differs in print alone."""
    folded = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).replace("--", "-").replace(" - ", "-")
    return _SPACE.sub(" ", folded).strip()


@lru_cache(maxsize=20_000)
def content(text: str) -> tuple[str, ...]:
    """The stems of its content words in order; those of all its words where it has no other.

    Numbers count, as 20 and 100 make two standards of one sentence.
    """
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    if not text.isascii():
        tokens = list(chain.from_iterable(map(_parts, tokens)))
    return tuple([_stem(token) for token in tokens if token not in _STOP]) or tuple(tokens)


@lru_cache(maxsize=20_000)
def phrases(text: str) -> frozenset[str]:
    """Every two words that stand side by side, the small ones too: what stays of a sentence when words are changed."""
    return frozenset(map(" ".join, pairwise(_TOKEN.findall(text.casefold()))))


def near(one: str, other: str) -> bool:
    """Whether they are one statement with a word or two changed: seven tenths of their stems in common."""
    if one == other:
        return True
    left, right = set(content(one)), set(content(other))
    return len(left & right) >= _NEAR * len(left | right) and bool(left)


class Weights:
    """What each word weighs: 1 where it stands in one statement of those counted, less the more it stands in."""

    def __init__(self, statements: Iterable[str]) -> None:
        sample = list(statements)
        sample = sample[:: 1 + len(sample) // _SAMPLE]
        counted = Counter(chain.from_iterable(set(content(text)) for text in sample))
        whole = math.log(len(sample) + 2)
        self._weights = {word: max(_LEAST, 1 - math.log(times) / whole) for word, times in counted.items() if times > 1}

    def of(self, words: Set[str]) -> float:
        """The weight of all of them."""
        weigh = self._weights.get
        return sum([weigh(word, 1.0) for word in words])


@lru_cache(maxsize=20_000)
def _stem(token: str) -> str:
    """Plural and verb endings taken off and long words cut, so that `multiplying` and `multiplication` are one."""
    stem = token
    if len(stem) > 3 and stem.isalpha():
        if stem.endswith("ies"):
            stem = stem[:-3] + "y"
        elif stem.endswith(("sses", "xes", "ches", "shes")):
            stem = stem[:-2]
        elif stem.endswith("s") and not stem.endswith(("ss", "us", "is")):
            stem = stem[:-1]
        if len(stem) > 5 and stem.endswith("ing"):
            stem = stem[:-3]
        elif len(stem) > 4 and stem.endswith("ed"):
            stem = stem[:-2]
        if len(stem) > 3 and stem.endswith(("e", "y")):
            stem = stem[:-1]
        if len(stem) > 4 and stem[-1] == stem[-2] and stem[-1] not in "ls":
            stem = stem[:-1]
    return stem[:7]


def _parts(token: str) -> list[str]:
    """The pairs of characters of a token in a script without spaces; itself in any other."""
    if len(token) < 3 or not _UNSPACED.search(token):
        return [token]
    return [token[index : index + 2] for index in range(len(token) - 1)]
