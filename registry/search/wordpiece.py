"""Text to the word pieces a BERT model was trained on: lower case, no accents, the longest pieces of its vocabulary."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST_WORD = 100
_CHARACTERS_PER_PIECE = 12
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPieces:
    """A vocabulary of pieces; a piece that continues a word begins with `##`.

    The rules are those of BERT's uncased tokenizer (Devlin et al., 2018), so that a model meets what it has learned.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._characters = _Characters()
        self._word = lru_cache(50_000)(self._split)

    def ids(self, text: str, most: int) -> list[int]:
        """The pieces' numbers between those of [CLS] and [SEP], at most `most` of them; what is longer is cut off."""
        found: list[int] = []
        for word in self._words(text[: most * _CHARACTERS_PER_PIECE]):
            found += self._word(word)
            if len(found) > most - 2:
                break
        return [self._ids[CLS], *islice(found, most - 2), self._ids[SEP]]

    def _words(self, text: str) -> list[str]:
        return unicodedata.normalize("NFD", text).lower().translate(self._characters).split()

    def _split(self, word: str) -> tuple[int, ...]:
        """The fewest steps to the end by the longest piece each time; one [UNK] for a word that cannot be made up."""
        unknown = (self._ids[UNKNOWN],)
        if len(word) > _LONGEST_WORD:
            return unknown
        found, start = [], 0
        while start < len(word):
            before = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._ids.get(before + word[start:end])
                if number is not None:
                    break
            else:
                return unknown
            found.append(number)
            start = end
        return tuple(found)


class _Characters(dict[int, str]):
    """What stands for a character, by its code, worked out when it is first met: a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _replaced(chr(code))
        return found


def _replaced(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    if category in ("Mn", "Cc", "Cf", "Cs", "Co", "Cn") or character == "\ufffd":
        return ""
    ascii_mark = character.isascii() and not character.isalnum()
    if ascii_mark or category.startswith("P") or any(first <= ord(character) <= last for first, last in _IDEOGRAPHS):
        return f" {character} "
    return character
