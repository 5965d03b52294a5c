"""What two titles say differently: nothing, more words on one side, another word, or another part, tier or number."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from registry.catalog.fingerprint import words_of

_NUMBERS = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
        "zeroth 1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th",
    )
    for number, word in enumerate(words.split())
}
_ROMAN_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii"
_ROMAN = {word: str(number) for number, word in enumerate(_ROMAN_NUMERALS.split(), 1)}
_COUNTING_WORDS = (
    "part pt lesson unit section chapter episode week day session module volume vol book level stage grade year class"
    " tier topic activity problem exercise test quiz paper act scene phase step set version cycle task lecture"
    " workshop block semester term quarter course"
)
_COUNTED = frozenset(_COUNTING_WORDS.split())
_CONTRASTS = (
    "foundation higher core extension extended support challenge basic beginner beginners beginning elementary"
    " intermediate advanced honors easy hard introductory introduction",
    "student students pupil pupils learner teacher teachers instructor parent parents family families",
    "with without no not non never",
    "before after during pre post",
    "north south east west northern southern eastern western",
    "boys girls",
    "aqa edexcel eduqas ocr wjec",
    "kindergarten preschool primary secondary middle high college ks1 ks2 ks3 ks4",
    "morning afternoon evening",
    "answers answer solutions solution key assessment exam quiz test",
    "add adding addition subtract subtracting subtraction multiply multiplying multiplication divide dividing division",
    "same different like unlike equal unequal",
    "positive negative",
    "true false",
    "left right",
    "less more least greatest smallest largest minimum maximum",
    "increase decrease increasing decreasing",
    "cause causes effect effects",
    "english spanish french german italian latin mandarin chinese arabic portuguese",
)
_MARKS = frozenset(("including", "included", "excluding", "only", "plus", "revision", "review"))
_GROUPS = {word: number for number, words in enumerate(_CONTRASTS) for word in words.split()}
_PACKAGING_WORDS = (
    "lesson lessons plan plans resource resources free activity worksheet oer open pdf online learn about teacher"
    " teachers the a an of in on to for and or with by from at is are be how what why your our my"
    " el la los las de del un una y en le les des et der die das und"
)
_PACKAGING = frozenset(_PACKAGING_WORDS.split())


class Difference(IntEnum):
    """How far apart two titles are, the nearest first."""

    NONE = 0
    PACKAGING = 1
    """Only words that say nothing of the content: "Lesson:", an article, a slip of the pen."""
    MORE = 2
    """One says more than the other."""
    MARKED = 3
    """One has a number, a tier or a negation that the other does not have."""
    OTHER = 4
    """Each has a word the other does not have."""
    GUARDED = 5
    """They name different parts, grades, tiers or numbers, or the opposite: not the same, whatever the text says."""


class Compared(Struct, frozen=True):
    """Two titles beside each other; `shared` is the share of content words they have in common (0 to 1)."""

    difference: Difference
    shared: float
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def title_words(title: str) -> tuple[str, ...]:
    """The folded words of a title, number words and counted Roman numerals as digits ("Part II" is part 2)."""
    words = [_NUMBERS.get(word, word) for word in words_of(title)]
    for place in range(1, len(words)):
        if words[place - 1] in _COUNTED and words[place] in _ROMAN:
            words[place] = _ROMAN[words[place]]
    if len(words) > 1 and words[-1] in _ROMAN and words[-1] != "i":
        words[-1] = _ROMAN[words[-1]]
    return tuple(words)


def compared(title: str, other: str) -> Compared:
    """Two titles beside each other, and the words that only the one or the other has."""
    first, second = title_words(title), title_words(other)
    if first == second:
        return Compared(Difference.NONE, 1.0)
    mine, theirs = _unmatched(first, second)
    content = (_content(mine), _content(theirs))
    longer = max(len(_content(first)), len(_content(second)), 1)
    shared = max(0.0, 1.0 - max(map(len, content)) / longer)
    return Compared(_difference(first, second, mine, theirs), shared, tuple(mine), tuple(theirs))


def _difference(first: Sequence[str], second: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Difference:
    counted, other_counted = _counts(first), _counts(second)
    if any(counted[name] != other_counted[name] for name in counted.keys() & other_counted.keys()):
        return Difference.GUARDED
    numbers, other_numbers = _digits(mine), _digits(theirs)
    if numbers and other_numbers:
        return Difference.GUARDED
    groups, other_groups = ({_GROUPS[word] for word in words if word in _GROUPS} for words in (mine, theirs))
    if groups & other_groups:
        return Difference.GUARDED
    content, other_content = _content(mine), _content(theirs)
    if content and other_content:
        return Difference.OTHER
    marked = any(word in _GROUPS or word in _MARKS for word in (*content, *other_content))
    if numbers or other_numbers or marked or "without" in mine or "without" in theirs:
        return Difference.MARKED
    return Difference.MORE if content or other_content else Difference.PACKAGING


def _unmatched(first: Sequence[str], second: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words only the one or the other has; slips of the pen are matched."""
    theirs = list(second)
    mine = []
    for word in first:
        if word in theirs:
            theirs.remove(word)
        else:
            mine.append(word)
    for word in list(mine):
        slip = next((other for other in theirs if _slip(word, other)), None)
        if slip is not None:
            mine.remove(word)
            theirs.remove(slip)
    return mine, theirs


def _slip(word: str, other: str) -> bool:
    """Whether one word is the other with two neighboring letters swapped or one letter more.

    A letter in place of another makes too many other words (adduct, abduct), and so does the first letter.
    """
    if min(len(word), len(other)) < 4 or word[0] != other[0] or not (word.isalpha() and other.isalpha()):
        return False
    if len(word) == len(other):
        places = [place for place in range(len(word)) if word[place] != other[place]]
        return len(places) == 2 and places[1] == places[0] + 1 and sorted(word) == sorted(other)
    short, long = sorted((word, other), key=len)
    return len(long) == len(short) + 1 and any(
        long[:place] + long[place + 1 :] == short for place in range(1, len(long))
    )


def _counts(words: Sequence[str]) -> dict[str, str]:
    """What is counted in a title and at which number: `{"part": "2"}`; a single letter counts as a number."""
    found = {}
    for name, number in pairwise(words):
        if name in _COUNTED and (number.isdigit() or (len(number) == 1 and number != "a") or number == "k"):
            found[name] = number
        elif name.isdigit() and number in _COUNTED:
            found.setdefault(number, name)
    return found


def _digits(words: Sequence[str]) -> list[str]:
    return [word for word in words if any(sign.isdigit() for sign in word)]


def _content(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _PACKAGING]
