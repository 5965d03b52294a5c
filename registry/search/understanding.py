"""What somebody typed, taken apart: codes, grades, levels, types, languages, minutes and licenses; the rest is text.

Only what cannot well be meant as content is read; what stands in quotes never is. No database, no index: text in,
parts out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from registry.search.grade_words import grades_read
from registry.search.plain_words import languages_read, levels_read, licenses_read, minutes_read
from registry.search.spans import READ, Span
from registry.search.type_words import types_read
from registry.search.words import EMPTY_WORDS, words_in

_LONGEST = 500
_QUOTED = re.compile(r'["“”„«][^"“”„«»]+["“”»]')
_EMPTY = "a|an|and|at|about|by|for|in|my|of|on|or|our|the|to|with|is|are|some|any|please"
_EDGES = re.compile(rf"^(?:(?:{_EMPTY})\b|[\s,;:.!?&/|()\-–—])+|(?:\b(?:{_EMPTY})|[\s,;:.!&/|(\-–—])+$", re.IGNORECASE)

_EVERYBODYS = frozenset(
    words_in(
        "practice practise practicing practising problem problems question questions task tasks idea ideas help review"
        " revision material materials about covering covers find finds give need needs show shows teaches"
    )
)
"""Words that tell nothing beside a standard: whatever is for it is for that."""


class Read(Struct, frozen=True):
    """One thing read out of a text.

    `kind` is the name of the search parameter that says the same, `value` what that parameter takes (any of them),
    `label` what a person calls it, `words` the words it was read from, which stand from `start` to `end`.
    """

    kind: str
    value: tuple[str, ...]
    label: str
    words: str
    start: int
    end: int


class Reading(Struct, frozen=True):
    """A text taken apart: what was read out of it, in the order of the words, and the text that is left."""

    stated: str
    read: tuple[Read, ...]
    text: str


def understand(text: str, codes: Mapping[str, tuple[str, str]] | None = None) -> Reading:
    """What a text asks for. `codes` maps spellings of standards in it to the value and the label of each.

    Texts of more than 500 characters are not taken apart but for the codes. `understand(r.text).read` may read more
    than `r` did: what stood apart has come together.
    """
    spans: list[Span] = []
    masked = without_quoted(text)
    for spelling, (value, label) in (codes or {}).items():
        masked = _take(masked, _standard(masked, spelling, value, label), spans)
    with_code = bool(spans)
    if len(text) <= _LONGEST:
        for rule in (licenses_read, minutes_read, grades_read, languages_read):
            masked = _take(masked, rule(masked), spans)
        masked = _take(masked, levels_read(masked, with_code), spans)
        _take(masked, types_read(masked), spans)
    spans.sort(key=lambda span: span.start)
    read = tuple(
        Read(each.kind, each.value, each.label, text[each.start : each.end], each.start, each.end) for each in spans
    )
    rest = left(text, read)
    return Reading(text, read, "" if with_code and _tells_nothing(rest) else rest)


def _tells_nothing(rest: str) -> bool:
    words = [word.casefold() for word in words_in(rest)]
    return READ not in without_quoted(rest) and all(word in _EVERYBODYS or word in EMPTY_WORDS for word in words)


def without_quoted(text: str) -> str:
    """The text with signs that are no words in place of what stands in quotes."""
    return _QUOTED.sub(lambda found: READ * len(found[0]), text)


def left(text: str, read: Iterable[Read]) -> str:
    """The text without the words of what was read out of it."""
    parts, place, several = [], 0, sorted(read, key=lambda each: each.start)
    if not several:
        return text.strip()
    for each in several:
        parts.append(text[place : each.start])
        place = each.end
    rest = " ".join(" ".join((*parts, text[place:])).split())
    return _EDGES.sub("", rest)


def changed(reading: Reading, kind: str, value: tuple[str, ...], label: str) -> Reading:
    """The reading with what was read of this kind meaning another value; with no value its words are text again."""
    if not value:
        kept = tuple(each for each in reading.read if each.kind != kind)
        return Reading(reading.stated, kept, left(reading.stated, kept))
    read = (_other(each, value, label) if each.kind == kind else each for each in reading.read)
    return Reading(reading.stated, tuple(read), reading.text)


def _other(read: Read, value: tuple[str, ...], label: str) -> Read:
    return Read(read.kind, value, label, read.words, read.start, read.end)


def _take(masked: str, found: Iterable[Span], spans: list[Span]) -> str:
    """Keep what was found where nothing has been read yet; one kind of thing is read once, but for standards."""
    for span in found:
        if READ in masked[span.start : span.end]:
            continue
        if span.kind != "standard" and any(each.kind == span.kind for each in spans):
            continue
        spans.append(span)
        masked = f"{masked[: span.start]}{READ * (span.end - span.start)}{masked[span.end :]}"
    return masked


def _standard(masked: str, spelling: str, value: str, label: str) -> Iterator[Span]:
    place = masked.find(spelling)
    while place >= 0:
        yield Span("standard", (value,), label, place, place + len(spelling))
        place = masked.find(spelling, place + len(spelling))
