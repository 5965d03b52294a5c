"""Two texts side by side: each in pieces, and which pieces the other does not have."""

from __future__ import annotations

from difflib import SequenceMatcher

Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces; True marks one that stands only here."""

_MOST_WORDS = 220


def side_by_side(text: str, other: str, most_words: int = _MOST_WORDS) -> tuple[Pieces, Pieces]:
    """Both texts in pieces that differ or agree, word by word; case and punctuation do not count.

    Of a long text only the first `most_words` words are given.
    """
    mine, theirs = _words(text, most_words), _words(other, most_words)
    matcher = SequenceMatcher(None, [_plain(word) for word in mine], [_plain(word) for word in theirs], autojunk=False)
    first: list[tuple[str, bool]] = []
    second: list[tuple[str, bool]] = []
    for kind, start, end, from_, to in matcher.get_opcodes():
        if end > start:
            first.append((" ".join(mine[start:end]), kind != "equal"))
        if to > from_:
            second.append((" ".join(theirs[from_:to]), kind != "equal"))
    return tuple(first), tuple(second)


def _words(text: str, most: int) -> list[str]:
    words = text.split(None, most)
    return [*words[:most], "…"] if len(words) > most else words


def _plain(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum()) or word
