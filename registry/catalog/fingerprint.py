"""A resource's content as five numbers at most: resources that share one may be the same, and are worth comparing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from vocab.resource import Resource

MOST_KEYS = 5
"""How many keys a resource has at most: one of its title, four of its words."""

_BANDS = 4
_ROWS = 2
_MOST_WORDS = 1_500  # of one resource; what a text says further on tells no more lessons apart
_LEAST_WORDS = 5
_REMEMBERED = 4_096

_Numbers = NDArray[np.uint64]
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f’ʼ]+")
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
# Fixed: the keys are stored, and two processes must come to the same ones.
_FACTORS, _OFFSETS = np.random.Generator(np.random.PCG64(20260101)).integers(
    1, 2**63, size=(2, _BANDS * _ROWS, 1), dtype=np.uint64
)
_FACTORS |= np.uint64(1)
_BAND_NUMBERS = np.arange(1, _BANDS + 1, dtype=np.uint64).reshape(-1, 1)
_HIGHEST = np.uint64(2**64 - 1)


def words_of(text: str) -> list[str]:
    """The words of a text, folded: lower case, without accents and punctuation; numbers are words."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _WORD.findall(text.casefold().replace("'", ""))


def keys_of(resources: Sequence[Resource]) -> list[tuple[int, ...]]:
    """The keys of each resource, at most five signed 64-bit numbers, none twice.

    The first is its folded title. The others are MinHash bands over the pairs of neighboring words of title, summary
    and text (Broder 1997; bands as in Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4): of four
    bands of two rows one agrees with probability .93 where 70 % of the word pairs are shared, and with .01 where 5 %.
    """
    unknown = [resource for resource in dict.fromkeys(resources) if resource not in _recent]
    if len(_recent) + len(unknown) > _REMEMBERED:
        _recent.clear()
        unknown = list(dict.fromkeys(resources))
    found = dict(zip(unknown, _computed(unknown), strict=True))
    _recent.update(found)
    return [found.get(resource) or _recent[resource] for resource in resources]


_recent: dict[Resource, tuple[int, ...]] = {}
"""The keys of the last batches: a record is looked up by them before it is stored with them."""


def _computed(resources: Sequence[Resource]) -> list[tuple[int, ...]]:
    titles = [words_of(resource.title) for resource in resources]
    texts = [
        (title + words_of(f"{resource.summary} {resource.text}"[: _MOST_WORDS * 12]))[:_MOST_WORDS]
        for title, resource in zip(titles, resources, strict=True)
    ]
    long = [words for words in texts if len(words) >= _LEAST_WORDS]
    bands = iter(_bands(long) if long else ())
    return [
        tuple(dict.fromkeys([*_title_key(title), *(next(bands) if len(words) >= _LEAST_WORDS else ())]))
        for title, words in zip(titles, texts, strict=True)
    ]


def _title_key(words: list[str]) -> list[int]:
    digest = blake2b(" ".join(words).encode(), digest_size=8).digest()
    return [int.from_bytes(digest, "big", signed=True)] if words else []


def _bands(texts: Sequence[list[str]]) -> list[list[int]]:
    """The band keys of each of these texts, all in one pass."""
    ends = np.cumsum([len(words) for words in texts])
    hashed = np.fromiter((crc32(word.encode()) for words in texts for word in words), dtype=np.uint64, count=ends[-1])
    shingles = _mixed(hashed[:-1] * _FIRST + hashed[1:] * _SECOND)
    ranks = shingles * _FACTORS + _OFFSETS
    ranks[:, ends[:-1] - 1] = _HIGHEST  # these reach from one text into the next
    starts = np.concatenate(([0], ends[:-1]))
    least: _Numbers = np.minimum.reduceat(ranks, starts, axis=1).reshape(_BANDS, _ROWS, len(texts))
    keys = _mixed(least[:, 0] * _FIRST + least[:, 1] * _SECOND + _BAND_NUMBERS)
    found: list[list[int]] = keys.view(np.int64).T.tolist()
    return found


def _mixed(numbers: _Numbers) -> _Numbers:
    """Numbers whose bits all depend on all bits of the given (the finalizer of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
