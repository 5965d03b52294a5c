"""How like two resources are, as a number with its reasons in words, and what follows from it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from registry.catalog.fingerprint import words_of
from registry.catalog.title_words import Compared, Difference, compared
from vocab.resource import Resource

SAME = 0.90
"""From here on two resources of different sources are joined without asking (measured: benchmarks/duplicates.py)."""
NEAR = 0.62
"""From here on a curator is asked."""

_MOST_WORDS = 3_000
_ENOUGH = 8  # word pairs: a text with fewer says too little to be recognized by


class Likeness(Struct, frozen=True):
    """How like two resources are: 0 to 1, and in words why."""

    score: float
    why: str

    @property
    def same(self) -> bool:
        """Whether they are so like that nobody needs to be asked."""
        return self.score >= SAME

    @property
    def near(self) -> bool:
        """Whether a person should look at them."""
        return self.score >= NEAR


class _Text(Struct, frozen=True):
    pairs: frozenset[tuple[str, str]]
    numbers: Counter[str]


class _Texts(Struct, frozen=True):
    """Two texts beside each other: shares of word pairs in common, of both and of the shorter one."""

    enough: bool
    both: float
    shorter: float
    numbers_differ: bool


def likeness(one: Resource, other: Resource) -> Likeness:
    """How like two resources are; the same whichever is named first.

    Half is the title, half the text. What the title rules out (another part, grade, tier or number) and another
    language make it 0; what leaves a doubt (a word replaced in the title, other grades, other numbers in the text, too
    little text) keeps it below `SAME`, so that a person decides.
    """
    title = compared(one.title, other.title)
    if title.difference is Difference.GUARDED:
        return Likeness(0.0, f"the titles name different things: {_words(title)}")
    if _apart(_primary(one.languages), _primary(other.languages)):
        return Likeness(0.0, "different languages")
    texts = _compared_texts(one, other)
    doubts = _doubts(one, other, title, texts)
    score = 0.5 * _title_score(title) + 0.5 * _text_score(texts)
    score -= sum(cost for cost, _ in _small_differences(one, other))
    if doubts:
        score = min(score, SAME - 0.01)
    reasons = [_title_reason(title), _text_reason(texts), *doubts, *(why for _, why in _small_differences(one, other))]
    return Likeness(round(max(score, 0.0), 4), "; ".join(reasons))


def _title_score(title: Compared) -> float:
    if title.difference <= Difference.PACKAGING:
        return 1.0 if title.difference is Difference.NONE else 0.98
    if title.difference is Difference.MORE:
        return 0.75 + 0.25 * title.shared
    return title.shared


def _text_score(texts: _Texts) -> float:
    if not texts.enough:
        return 0.3
    return max(texts.both, 0.97 * texts.shorter)


def _doubts(one: Resource, other: Resource, title: Compared, texts: _Texts) -> list[str]:
    found = []
    if title.difference in (Difference.MARKED, Difference.OTHER):
        found.append("the title may mean something else")
    if _apart(frozenset(one.grades), frozenset(other.grades)):
        found.append("different grades")
    if texts.numbers_differ:
        found.append("different numbers in the text")
    if not texts.enough:
        found.append("too little text to tell")
    return found


def _small_differences(one: Resource, other: Resource) -> list[tuple[float, str]]:
    """What counts against two resources a little, for districts state these carelessly."""
    found = []
    if _apart(frozenset(one.types), frozenset(other.types)):
        found.append((0.01, "different types"))
    if one.minutes and other.minutes and max(one.minutes, other.minutes) > 1.5 * min(one.minutes, other.minutes):
        found.append((0.01, f"{one.minutes} and {other.minutes} minutes"))
    if _apart(_folded(one.creators), _folded(other.creators)):
        found.append((0.02, "different creators"))
    if _apart(_stated_standards(one), _stated_standards(other)):
        found.append((0.01, "different standards"))
    return found


def _compared_texts(one: Resource, other: Resource) -> _Texts:
    mine, theirs = _text_of(one), _text_of(other)
    least = min(len(mine.pairs), len(theirs.pairs))
    if least < _ENOUGH:
        return _Texts(False, 0.0, 0.0, False)
    common = len(mine.pairs & theirs.pairs)
    return _Texts(
        enough=True,
        both=common / (len(mine.pairs) + len(theirs.pairs) - common),
        shorter=common / least,
        numbers_differ=bool(mine.numbers - theirs.numbers) and bool(theirs.numbers - mine.numbers),
    )


@lru_cache(maxsize=2_048)
def _text_of(resource: Resource) -> _Text:
    words = words_of(f"{resource.summary} {resource.text}"[: _MOST_WORDS * 8])[:_MOST_WORDS]
    numbers = Counter(word for word in words if word.isdigit())
    return _Text(frozenset(pairwise(words)), numbers)


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and not one & other


def _primary(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tag.partition("-")[0] for tag in languages)


def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for word in words_of(name) if len(word) > 2)


def _stated_standards(resource: Resource) -> frozenset[str]:
    return frozenset(each.standard.casefold() for each in resource.alignments if not each.tentative)


def _title_reason(title: Compared) -> str:
    if title.difference is Difference.NONE:
        return "same title"
    return f"title differs in {_words(title)}"


def _words(title: Compared) -> str:
    sides = [" ".join(side)[:80] for side in (title.mine, title.theirs) if side]
    return " / ".join(f"“{side}”" for side in sides) or "the order of its words"


def _text_reason(texts: _Texts) -> str:
    if not texts.enough:
        return "hardly any text"
    if texts.both >= 0.98:
        return "same text"
    if texts.shorter >= 0.9:
        return f"one text holds {texts.shorter:.0%} of the other"
    return f"{texts.both:.0%} of the text in common"
