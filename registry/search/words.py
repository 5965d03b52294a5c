"""What somebody typed, taken literally: phrases in quotes, words, or an identifier; no engine's syntax gets through."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from vocab.codes import looks_like_code

_MOST = 24
_QUOTED = re.compile(r'["“”„«]([^"“”„«»]+)["“”»]')
_WORD = re.compile(r"[^\W_]+")
_IDENTIFIER = re.compile(r"(?=\S*[\d:/])\S{4,}")
EMPTY_WORDS = frozenset(
    _WORD.findall(
        "a an and any are as at be but by can could do does for from had has have help her his how i if in into is"
        " it its just looking me my need no of on or our please should some something suitable that the their them"
        " then there these they this to want was we what when where which who will with would you your classroom"
        " kids lesson lessons pupil pupils resource resources student students teach teacher teachers teaching"
    )
)
"""Words that tell nothing of what is sought: those of every sentence, and those of every teacher's question."""


class Wanted(Struct, frozen=True):
    """The phrases and single words of a text, each once, words that carry no meaning left out while others remain."""

    phrases: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """Phrases and words alike, a word as a phrase of one; the last one typed stands last."""
        return (*self.phrases, *((word,) for word in self.words))


def words_in(text: str) -> list[str]:
    """Every word of a text, as often as it stands there."""
    return _WORD.findall(text)


def wanted(text: str) -> Wanted:
    """The phrases and words somebody asked for; at most 24 in all.

    A text that is the spelling of a code is one phrase: its letters and numbers each would be found anywhere.
    """
    if looks_like_code(text) and len(code := _WORD.findall(text)) > 1:
        return Wanted((tuple(code),))
    phrases = [tuple(found) for quoted in _QUOTED.findall(text) if (found := _WORD.findall(quoted))]
    loose = [phrase[0] for phrase in phrases if len(phrase) == 1]
    once: dict[str, str] = {}
    for word in (*loose, *_WORD.findall(_QUOTED.sub(" ", text))):
        once.setdefault(word.casefold(), word)
    words = list(once.values())
    phrases = [phrase for phrase in dict.fromkeys(phrases) if len(phrase) > 1]
    telling = [word for word in words if word.casefold() not in EMPTY_WORDS]
    if telling or phrases:
        words = telling
    return Wanted(tuple(phrases[:_MOST]), tuple(words[: _MOST - len(phrases[:_MOST])]))


def replaced(text: str, word: str, by: str) -> str:
    """The text with one of its words exchanged for another, wherever it stands by itself."""
    return re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", lambda _: by, text)


def identifier_key(identifier: str) -> str:
    """What an identifier is matched by: of one length and one alphabet, whatever the identifier holds."""
    return hashlib.blake2b(identifier.strip().casefold().encode(), digest_size=12).hexdigest()


def identifier_in(text: str) -> str | None:
    """The key of a text that may be an identifier: a run of four or more characters with a digit, colon or slash."""
    stated = text.strip()
    return identifier_key(stated) if _IDENTIFIER.fullmatch(stated) else None
