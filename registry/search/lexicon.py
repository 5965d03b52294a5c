"""The catalog's own words: counted by the indexer, held in the process, and asked what a mistyped word may be."""

from __future__ import annotations

import math
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache, lru_cache

import numpy as np
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from registry.models import WordRow
from registry.ports import Document
from registry.search.stems import stem_of
from registry.search.words import words_in

_ADD_ONE = text(
    "INSERT INTO word (term, resources) VALUES (:term, :count) "
    "ON CONFLICT (term) DO UPDATE SET resources = word.resources + excluded.resources"
)
_ADD_ARRAYS = text(
    "INSERT INTO word (term, resources) SELECT * FROM unnest(CAST(:terms AS varchar[]), CAST(:counts AS integer[])) "
    "ON CONFLICT (term) DO UPDATE SET resources = word.resources + excluded.resources"
)
_READ = 4_000
"""Characters of the full text whose words count: the beginning says what a resource is about."""
_SHORTEST, _LONGEST = 2, 24
_NOT_COUNTED = frozenset(("",))
_SHORTEST_MEANT = 3
_LETTER = 0.3
"""What a single letter or digit tells; they are not counted."""
_AGAIN_AFTER = 60.0
_COMMONER = 40
"""How many times as common a neighbor must be for a word that is held once or twice to count as mistyped."""


class Words:
    """The words of documents that are indexed for the first time, to be added to the catalog's in one step."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, documents: Iterable[Document]) -> None:
        """Count the words of these documents, each once a document."""
        for document in documents:
            said = (document.title, document.keywords, document.wording, document.summary, document.text[:_READ])
            self._counts.update(set(map(_counted, set(words_in(" ".join(said).casefold())))) - _NOT_COUNTED)

    def store(self, session: Session) -> None:
        """Add what was counted to what the store holds."""
        _add(session, self._counts)


def forget_words(session: Session) -> None:
    """Begin to count anew, for a rebuild."""
    session.execute(delete(WordRow))


def _add(session: Session, counts: Mapping[str, int]) -> None:
    if not counts:
        return
    terms = sorted(counts)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ADD_ARRAYS, {"terms": terms, "counts": [counts[term] for term in terms]})
    else:
        session.execute(_ADD_ONE, [{"term": term, "count": counts[term]} for term in terms])


@lru_cache(maxsize=200_000)
def _counted(word: str) -> str:
    """The word as it is counted; empty for one that is not."""
    word = folded(word)
    return word if _SHORTEST <= len(word) <= _LONGEST and word.isalnum() else ""


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """A word as it is counted and looked up: lower case, without accents."""
    word = word.casefold()
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


class Lexicon:
    """The words of one moment. Looking for a neighbor reads all of them in numpy (4 ms at 100,000), once a word.

    `common` are words of the language: one that stands nowhere here is no mistake for that.
    """

    def __init__(self, counts: Mapping[str, int], common: Container[str] = frozenset()) -> None:
        self._counts, self._common = counts, common
        self._stems: Counter[str] = Counter()
        for word, count in counts.items():
            self._stems[stem_of(word)] += count
        self._most = max(counts.values(), default=0)
        self._words = [word for word in counts if word.isalpha() and len(word) >= _SHORTEST_MEANT]
        self._lengths = np.array([len(word) for word in self._words], dtype=np.int16)
        self._letters = np.array([_letters(word) for word in self._words], dtype=np.uint32)
        self._known: dict[str, str] = {}

    def mended(self, word: str) -> str:
        """The word, or the one that was meant where nothing here is spelled like it."""
        typed = folded(word)
        if len(typed) < 4 or not typed.isalpha() or not self._words:
            return word
        if typed not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[typed] = self._meant(typed)
        return word if self._known[typed] == typed else self._known[typed]

    def resources(self, word: str) -> int:
        """In about how many resources the word stands."""
        return self._counts.get(folded(word), 0)

    def rarity(self, stem: str) -> float:
        """How much a word with this stem tells: about the logarithm of how many times as many resources lack it."""
        if len(stem) < _SHORTEST:
            return _LETTER
        holding = min(self._stems[stem], self._most)
        return math.log1p((self._most - holding + 0.5) / (holding + 0.5))

    def _meant(self, typed: str) -> str:
        held = self._counts.get(typed, 0)
        if held > 2 or typed in self._common or (not held and stem_of(typed) in self._stems):
            return typed
        furthest = 1 if len(typed) < 6 or held else 2
        best, best_score = typed, -np.inf
        for word, count in self._beside(typed, furthest):
            apart = distance(typed, word, furthest)
            if apart > furthest or (held and count < _COMMONER * held):
                continue
            score = np.log(count) - 4.0 * apart + (1.5 if word[0] == typed[0] else 0.0)
            if score > best_score:
                best, best_score = word, score
        return best

    def _beside(self, typed: str, furthest: int) -> Iterable[tuple[str, int]]:
        """Words of about this length and about these letters."""
        near = np.abs(self._lengths - len(typed)) <= furthest
        near &= np.bitwise_count(self._letters ^ np.uint32(_letters(typed))) <= 2 * furthest
        for place in np.flatnonzero(near):
            word = self._words[place]
            yield word, self._counts[word]


class Lexicons:
    """The lexicon as of at most a minute ago; read by whoever asks first after that."""

    def __init__(self, common: Callable[[], Container[str]] = frozenset) -> None:
        self._common = cache(common)
        self._held: tuple[float, Lexicon] | None = None
        self._reading = threading.Lock()

    def current(self, session: Session) -> Lexicon:
        """The catalog's words. An old lexicon serves while another thread reads a new one."""
        held = self._held
        if held and (time.monotonic() < held[0] or not self._reading.acquire(blocking=False)):
            return held[1]
        if not held:
            self._reading.acquire()
        try:
            if self._held is held:
                rows = session.execute(select(WordRow.term, WordRow.resources))
                counts = dict(rows.all())
                self._held = (time.monotonic() + _AGAIN_AFTER, Lexicon(counts, self._common()))
            assert self._held is not None
            return self._held[1]
        finally:
            self._reading.release()


def distance(one: str, other: str, most: int) -> float:
    """Optimal string alignment of two words, `most` + 1 where it is more; a swap of neighbors and a doubled or missing
    double letter cost less than another mistake, for people make them more often."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    above: list[float] = []
    row = [float(number) for number in range(len(other) + 1)]
    for i, mine in enumerate(one):
        before, above, row = above, row, [row[0] + 1.0]
        for j, theirs in enumerate(other):
            cost = 0.0 if mine == theirs else 1.0
            gone = 0.7 if i and one[i - 1] == mine else 1.0
            come = 0.7 if j and other[j - 1] == theirs else 1.0
            best = min(above[j] + cost, above[j + 1] + gone, row[j] + come)
            if i and j and mine == other[j - 1] and theirs == one[i - 1]:
                best = min(best, before[j - 1] + 0.8)
            row.append(best)
        if min(row) > most:
            return most + 1
    return row[-1]


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 32)
    return bits
