"""The stem of a word, as the embedded index has it, for whoever must know which words are one."""

from __future__ import annotations

from functools import lru_cache

import tantivy

_STEMMED = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


@lru_cache(maxsize=200_000)
def stem_of(word: str) -> str:
    """The word without its endings (Porter 2); itself where it is no word."""
    found = _STEMMED.analyze(word)
    return found[0] if len(found) == 1 else word
