"""A resource's content as six numbers at most: resources that share one may be the same, and are worth comparing."""

from __future__ import annotations

import re
import unicodedata
import zlib
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from vocab.resource import Resource

MOST_KEYS = 6
"""How many keys a resource has at most: one of its title, five of its words."""

_BANDS = 5
_ROWS = 2
_MOST_WORDS = 1_500  # of one resource; what a text says further on tells no more lessons apart
_LEAST_SHINGLES = 4

_Numbers = NDArray[np.uint64]
_WORD = re.compile(r"[^\W_]+")
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
# Fixed: the keys are stored, and two processes must come to the same ones.
_FACTORS, _OFFSETS = np.random.Generator(np.random.PCG64(20260101)).integers(
    1, 2**63, size=(2, _BANDS * _ROWS, 1), dtype=np.uint64
)
_FACTORS |= np.uint64(1)
_BAND_NUMBERS = np.arange(1, _BANDS + 1, dtype=np.uint64)


def words_of(text: str) -> list[str]:
    """The words of a text, folded: lower case, without accents and punctuation; numbers are words."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in parts if not unicodedata.combining(sign)).replace("’", "").replace("ʼ", "")
    return _WORD.findall(text.casefold().replace("'", ""))


@lru_cache(maxsize=2_048)
def keys_of(resource: Resource) -> tuple[int, ...]:
    """The keys of a resource, at most six signed 64-bit numbers, none twice.

    The first is its folded title. The others are MinHash bands over the pairs of neighboring words of title, summary
    and text (Broder 1997; bands as in Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4): of five
    bands of two rows one agrees with probability .97 where 70 % of the word pairs are shared, and with .01 where 5 %.
    """
    title = words_of(resource.title)
    found = []
    if title:
        found.append(int.from_bytes(blake2b(" ".join(title).encode(), digest_size=8).digest(), "big", signed=True))
    words = title + words_of(f"{resource.summary} {resource.text}"[: _MOST_WORDS * 12])
    found.extend(_bands(words[:_MOST_WORDS]))
    return tuple(dict.fromkeys(found))


def _bands(words: list[str]) -> list[int]:
    if len(words) <= _LEAST_SHINGLES:
        return []
    hashed = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint64, count=len(words))
    shingles = _mixed(hashed[:-1] * _FIRST + hashed[1:] * _SECOND)
    least: _Numbers = (shingles * _FACTORS + _OFFSETS).min(axis=1).reshape(_BANDS, _ROWS)
    keys = _mixed(least[:, 0] * _FIRST + least[:, 1] * _SECOND + _BAND_NUMBERS)
    return [int(key) for key in keys.view(np.int64)]


def _mixed(numbers: _Numbers) -> _Numbers:
    """Numbers whose bits all depend on all bits of the given (the finalizer of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
