"""Where the words of a question stand in a text, and the piece of the text that shows most of them.

The same for every index: words are compared by stem, other words for them count, and what is no whole word of the
catalog is taken as the beginning of some.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from itertools import islice

from msgspec import Struct

from registry.search.stems import stem_of
from registry.search.synonyms import expansions
from registry.search.words import wanted, words_in

_READ = 30_000
"""Characters of a text that are looked through."""
_MOST_PLACES = 200
_BEFORE = 40
"""Characters that are shown before the first word found."""
_LEAST_BEGINNING = 3
_WORD = re.compile(r"[^\W_]+")
_GAP = 3
"""Characters that may stand between two words of a phrase."""

Pieces = tuple[tuple[str, bool], ...]
"""A text cut where words were found: each piece, and whether it is one of them."""


class Sought(Struct, frozen=True):
    """The words of a question: how many there are, and how each is told in a text.

    `rows` maps the first stem of a word or phrase to those it begins, each with the number of the word of the question
    it answers; `beginnings` are taken for longer words too.
    """

    count: int = 0
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    beginnings: tuple[tuple[str, int], ...] = ()
    candidates: re.Pattern[str] | None = None


class Place(Struct, frozen=True):
    """Where a word of the question stands in a text, and which one."""

    start: int
    end: int
    word: int


def sought(text: str, known: Callable[[str], bool]) -> Sought:
    """What to look for; `known` says whether the catalog holds a word as it was typed."""
    asked = wanted(text)
    meant: list[list[tuple[str, ...]]] = [[_stems(part)] for part in asked.parts]
    first = len(asked.phrases)
    for each in expansions(asked.words):
        others = [_stems(words_in(other)) for other in each.alternatives]
        for place in range(each.start, each.end):
            meant[first + place] += others
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for word, several in enumerate(meant):
        for row in several:
            if row:
                rows.setdefault(row[0], []).append((word, row))
    beginnings = tuple(
        (_folded(typed), first + place)
        for place, typed in enumerate(asked.words)
        if len(typed) >= _LEAST_BEGINNING and not known(typed)
    )
    return Sought(len(meant), rows, beginnings, _candidates(rows, beginnings))


def places(text: str, asked: Sought) -> list[Place]:
    """The first places where words of the question stand, in order, none within another."""
    if asked.candidates is None:
        return []
    plain = _folded(text[:_READ])
    found: list[Place] = []
    for candidate in asked.candidates.finditer(plain):
        if found and candidate.start() < found[-1].end:
            continue
        if place := _place(plain, candidate, asked):
            found.append(place)
            if len(found) >= _MOST_PLACES:
                break
    return found


def excerpt(text: str, found: Sequence[Place], length: int, telling: Container[int] | None = None) -> Pieces:
    """The piece of the text, about `length` characters long, that shows most of the `telling` words (None: of all);
    its beginning where there are none."""
    if len(text) <= length:
        return cut(text, found)
    start = _best_start([each for each in found if telling is None or each.word in telling], length)
    begin = 0 if start <= _BEFORE else _after_space(text, start - _BEFORE, start)
    end = _before_space(
        text, begin + length, max((each.end for each in found if each.end <= begin + length), default=0)
    )
    moved = [Place(p.start - begin, p.end - begin, p.word) for p in found if begin <= p.start and p.end <= end]
    pieces = cut(text[begin:end], moved)
    return ((("… ", False),) if begin else ()) + pieces + ((("…", False),) if end < len(text) else ())


def cut(text: str, found: Sequence[Place]) -> Pieces:
    """The whole text, cut at its places."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for place in found:
        pieces += [(text[at : place.start], False), (text[place.start : place.end], True)]
        at = place.end
    pieces.append((text[at:], False))
    return tuple(piece for piece in pieces if piece[0])


def _place(plain: str, candidate: re.Match[str], asked: Sought) -> Place | None:
    token = candidate[0]
    longest: Place | None = None
    for word, row in asked.rows.get(stem_of(token), ()):
        end = _end_of(plain, candidate.end(), row[1:])
        if end and (longest is None or end > longest.end):
            longest = Place(candidate.start(), end, word)
    if longest is None:
        begun = next((word for beginning, word in asked.beginnings if token.startswith(beginning)), None)
        return None if begun is None else Place(candidate.start(), candidate.end(), begun)
    return longest


def _end_of(plain: str, at: int, stems: Sequence[str]) -> int:
    """Where the row of words ends that goes on here, 0 where it does not."""
    for stem in stems:
        following = _WORD.search(plain, at, at + 60)
        if not following or following.start() - at > _GAP or stem_of(following[0]) != stem:
            return 0
        at = following.end()
    return at


def _best_start(found: Sequence[Place], length: int) -> int:
    """Where the window begins that holds most of the words, the first such; 0 for no words at all."""
    best, most = 0, 0
    for number, place in enumerate(found):
        within = {
            each.word for each in islice(found, number, number + 30) if each.end <= place.start + length - _BEFORE
        }
        if len(within) > most:
            best, most = place.start, len(within)
    return best


def _after_space(text: str, at: int, before: int) -> int:
    space = text.find(" ", at, before)
    return space + 1 if space >= 0 else at


def _before_space(text: str, at: int, least: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", least, at)
    return space if space > 0 else at


def _stems(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(stem_of(_folded(word)) for word in words)


def _candidates(
    rows: dict[str, list[tuple[int, tuple[str, ...]]]], beginnings: Sequence[tuple[str, int]]
) -> re.Pattern[str] | None:
    """Words that begin as the stems do but for their last letter, which an ending may change (`study`, `studies`)."""
    begun = {stem[: max(2, len(stem) - 1)] if len(stem) > 2 else stem for stem in rows}
    begun.update(beginning for beginning, _ in beginnings)
    if not begun:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(begun)))})[^\W_]*")


class _Folding(dict[int, str]):
    """Each character as its lower-case letter without accents, one for one, so that places stay what they are."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        parts = unicodedata.normalize("NFKD", sign.lower())
        plain = parts[:1] if parts and all(map(unicodedata.combining, parts[1:])) else sign
        self[code] = plain
        return plain


_FOLDING = _Folding()


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_FOLDING)
