"""The stems of words, the same for every index and for our own ranking: which words count as one."""

from __future__ import annotations

from functools import lru_cache

import tantivy

LONGEST = 40
"""Longer runs of letters are no words and are left out."""

ANALYZER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.remove_long(LONGEST))
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)
"""Words of letters and digits, in lower case, without accents and endings (Porter 2)."""


def stems_in(text: str) -> list[str]:
    """The stems of a text in their order."""
    found: list[str] = ANALYZER.analyze(text)
    return found


@lru_cache(maxsize=200_000)
def stem_of(word: str) -> str:
    """The word without its endings; itself where it is no word."""
    found = ANALYZER.analyze(word)
    return found[0] if len(found) == 1 else word
