"""What a text means beside the words it has: the sentence vectors a searching process holds, and their scores."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import Sessions
from registry.models import StampRow, VectorRow
from registry.search.quantized import Floats, Matrix
from registry.search.together import Together

STAMP = "vectors"
"""The stamp raised with every batch of vectors written."""

_LOOK_AGAIN = 2.0
_READ_AT_ONCE = 10_000
_QUERIES_KEPT = 2_000
_LONGEST_QUERY = 1_000


class Encoder(Protocol):
    """Turns texts into vectors of length one; those made under one name can be compared."""

    name: str

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row of 384 numbers for each text."""
        ...


class Vectors:
    """The vectors of all resources in memory, read from the store once and then kept up with it.

    Without an encoder, or before vectors are written, there are no scores: nothing is raised, and words decide alone.
    """

    def __init__(self, reading: Sessions, encoder: Encoder | None) -> None:
        self._reading, self._encoder = reading, encoder
        self._matrix = Matrix()
        self._lock = threading.Lock()
        self._seen, self._looked, self._waited_for = 0, float("-inf"), True
        self._encoded = lru_cache(_QUERIES_KEPT)(Together(encoder.encode).vector) if encoder else None
        self._found = lru_cache(_QUERIES_KEPT)(self._find)

    def scores(self, text: str, ids: Sequence[str]) -> dict[str, float]:
        """How near each of these resources is to the text, from -1 to 1; one that has no vector yet is left out."""
        return self._matrix.scores(vector, ids) if (vector := self._vector(_asked(text))) is not None else {}

    def nearest(self, text: str, k: int) -> Sequence[tuple[str, float]]:
        """The `k` resources nearest to the text and how near, best first; none for a text without words.

        Remembered until the next vectors come: who asks for the next page or sets a filter asks the same text again.
        """
        self._keep_up()
        return self._found(_asked(text), k, self._seen)

    def around(self, weights: Mapping[str, float], ids: Sequence[str]) -> dict[str, float]:
        """How near each of these is to the middle of those that have a weight; one without a vector is left out."""
        return self._matrix.around(weights, ids) if self._encoder is not None else {}

    def like(self, resource_id: str, k: int) -> list[tuple[str, float]]:
        """The `k` resources nearest to this one's own vector and how near, best first; none where it has no vector."""
        if self._encoder is None:
            return []
        self._keep_up()
        return self._matrix.like(resource_id, k)

    def refresh(self) -> int:
        """Take up at once what has been written; how many vectors are held then."""
        with self._lock:
            self._take_up()
        return len(self._matrix)

    def warm(self) -> None:
        """Read what there is while words decide alone: at 250,000 resources nobody should wait for it."""
        self._waited_for = False
        self.refresh()

    def _vector(self, asked: str) -> Floats | None:
        if not asked or self._encoded is None:
            return None
        self._keep_up()
        return self._encoded(asked) if len(self._matrix) else None

    def _find(self, asked: str, k: int, _seen: int) -> list[tuple[str, float]]:
        return self._matrix.nearest(vector, k) if (vector := self._vector(asked)) is not None else []

    def _keep_up(self) -> None:
        """Look for new vectors every two seconds: one asker does, and others wait for the very first only,
        unless it is being read beside."""
        if self._encoder is None or time.monotonic() - self._looked < _LOOK_AGAIN:
            return
        if not self._lock.acquire(blocking=self._waited_for and not self._seen):
            return
        try:
            if time.monotonic() - self._looked >= _LOOK_AGAIN:
                self._take_up()
        finally:
            self._lock.release()

    def _take_up(self) -> None:
        if self._encoder is None:
            return
        with self._reading.begin() as session:
            newest = session.scalar(select(StampRow.value).where(StampRow.name == STAMP)) or 0
            if newest != self._seen:
                _read(session, self._matrix, self._encoder.name, self._seen)
        self._seen, self._looked = newest, time.monotonic()


def _asked(text: str) -> str:
    """A question as it is remembered."""
    return " ".join(text[:_LONGEST_QUERY].casefold().split())


def _read(session: Session, matrix: Matrix, model: str, after: int) -> None:
    rows = session.execute(
        select(VectorRow.resource_id, VectorRow.content)
        .where(VectorRow.written > after, VectorRow.model == model)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    for part in rows.partitions():
        matrix.put([row.resource_id for row in part], [row.content for row in part])
