"""Many vectors in little memory: eight bits a number for the scores, one bit a number to find whom to score."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WIDTH = 384
_LEVELS = np.float32(127)
_WORDS = WIDTH // 64
_FIRST_ROOM = 1_024
_SCORED_FOR_EACH = 10
_SCORED_AT_LEAST = 1_500
_FAR = np.uint16(WIDTH + 1)
_PACKED = np.dtype([("scale", "<f4"), ("codes", "i1", WIDTH)])


def packed(vectors: Floats) -> list[bytes]:
    """Each row of length one as 388 bytes: a float32 and 384 whole numbers from -127 to 127 to multiply it with."""
    found = np.empty(len(vectors), _PACKED)
    found["scale"] = np.abs(vectors).max(axis=1) / _LEVELS
    found["codes"] = np.rint(vectors / np.maximum(found["scale"], np.float32(1e-12))[:, None])
    return [row.tobytes() for row in found]


class Matrix:
    """Packed vectors by id, to be compared with others; 440 bytes each. One thread may put while others ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._held = _Held.with_room(_FIRST_ROOM)

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, ids: Sequence[str], contents: Sequence[bytes]) -> None:
        """Add or replace these vectors; an empty content takes one away."""
        with self._lock:
            for each, content in zip(ids, contents, strict=True):
                if not content and each in self._rows:
                    self._held.there[self._rows.pop(each)] = False
            kept = [(each, content) for each, content in zip(ids, contents, strict=True) if content]
            if not kept:
                return
            new = [each for each, _ in kept if each not in self._rows]
            at = dict(zip(new, range(len(self._ids), len(self._ids) + len(new)), strict=True))
            rows = np.array([at[each] if each in at else self._rows[each] for each, _ in kept])
            held = self._held.grown(len(self._ids) + len(new))
            held.fill(rows, np.frombuffer(b"".join(content for _, content in kept), _PACKED))
            # In this order, so that whoever has an id or a row and then takes what is held finds it there.
            self._held = held
            self._ids += new
            self._rows |= at

    def scores(self, vector: Floats, ids: Sequence[str]) -> dict[str, float]:
        """The cosine with each of these that is held."""
        known = [(each, row) for each in ids if (row := self._rows.get(each)) is not None]
        values = self._held.dots(vector, np.array([row for _, row in known], np.int64)).tolist()
        return dict(zip((each for each, _ in known), values, strict=True))

    def around(self, weights: Mapping[str, float], ids: Sequence[str]) -> dict[str, float]:
        """The cosine of each of these with the middle of those that have a weight; none where none of them is held."""
        held = self._held
        rows = np.array([self._rows[each] for each in weights if each in self._rows], np.int64)
        if not len(rows):
            return {}
        scales = held.scales[rows] * np.array([weights[each] for each in weights if each in self._rows], np.float32)
        middle: Floats = scales @ held.codes[rows].astype(np.float32)
        return self.scores(middle / max(float(np.linalg.norm(middle)), 1e-12), ids)

    def nearest(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """The ids with the largest cosines and these, best first.

        Scored are ten times `k`, or 1,500, that share most signs with the vector; with fewer held, all.
        """
        count = len(self._ids)
        held = self._held
        rows = held.likely(vector, count, max(_SCORED_FOR_EACH * k, _SCORED_AT_LEAST))
        values = held.dots(vector, rows)
        best = np.argpartition(-values, k)[:k] if len(values) > k else np.arange(len(values))
        best = best[np.argsort(-values[best])]
        return [(self._ids[row], value) for row, value in zip(rows[best].tolist(), values[best].tolist(), strict=True)]

    def like(self, each: str, k: int) -> list[tuple[str, float]]:
        """The ids nearest to this one's own vector, without itself, as `nearest` gives them; none if it is not held."""
        row = self._rows.get(each)
        if row is None:
            return []
        held = self._held
        vector: Floats = held.codes[row] * held.scales[row]
        return [found for found in self.nearest(vector, k + 1) if found[0] != each][:k]


class _Held(Struct, frozen=True):
    """The numbers, with room for more rows. A reader keeps the one it began with."""

    codes: NDArray[np.int8]
    scales: Floats
    signs: NDArray[np.uint64]
    """One row for each 64 numbers: the bits say which are positive."""
    there: NDArray[np.bool_]

    @classmethod
    def with_room(cls, room: int) -> _Held:
        return cls(
            np.zeros((room, WIDTH), np.int8),
            np.zeros(room, np.float32),
            np.zeros((_WORDS, room), np.uint64),
            np.zeros(room, np.bool_),
        )

    def grown(self, needed: int) -> _Held:
        """The same, with room for so many; itself where there is."""
        room = len(self.scales)
        if needed <= room:
            return self
        larger = _Held.with_room(max(needed, room + room // 4))
        larger.codes[:room], larger.scales[:room] = self.codes, self.scales
        larger.signs[:, :room], larger.there[:room] = self.signs, self.there
        return larger

    def fill(self, rows: NDArray[np.int64], packed_rows: NDArray[np.void]) -> None:
        codes = packed_rows["codes"]
        self.codes[rows], self.scales[rows] = codes, packed_rows["scale"]
        self.signs[:, rows] = _signs(codes).T
        self.there[rows] = True

    def dots(self, vector: Floats, rows: NDArray[np.int64]) -> Floats:
        found: Floats = self.codes[rows].astype(np.float32) @ vector
        found *= self.scales[rows]
        return found

    def likely(self, vector: Floats, count: int, most: int) -> NDArray[np.int64]:
        """Rows among the first `count` that differ from the vector in the fewest signs; `most`, and ties."""
        there = self.there[:count]
        if count <= most:
            return np.flatnonzero(there)
        asked = _signs(vector[None])[0]
        differing = np.zeros(count, np.uint16)
        for word in range(_WORDS):
            differing += np.bitwise_count(self.signs[word, :count] ^ asked[word])
        differing[~there] = _FAR
        reached = np.cumsum(np.bincount(differing, minlength=int(_FAR) + 1))
        farthest = min(int(np.searchsorted(reached, most)), WIDTH)
        return np.flatnonzero(differing <= farthest)


def _signs(vectors: NDArray[np.int8] | Floats) -> NDArray[np.uint64]:
    return np.packbits(vectors > 0, axis=1).view(np.uint64)
