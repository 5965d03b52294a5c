"""Texts encoded together: those that wait while one is being encoded are the next batch.

A product of matrices takes little longer for eight questions than for one, whose time goes into reading the weights.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from registry.search.minilm import Floats

_MOST = 16


class Together:
    """Encodes one text for each thread that asks, as many at once as happen to wait."""

    def __init__(self, encode: Callable[[Sequence[str]], Floats]) -> None:
        self._encode = encode
        self._waiting: list[tuple[str, Future[Floats]]] = []
        self._encoding = threading.Lock()

    def vector(self, text: str) -> Floats:
        """The vector of the text. Raises what encoding raises, for every text of the batch."""
        found: Future[Floats] = Future()
        self._waiting.append((text, found))
        with self._encoding:
            while not found.done():
                self._encode_oldest()
        return found.result()

    def _encode_oldest(self) -> None:
        some = self._waiting[:_MOST]
        del self._waiting[: len(some)]  # others may have put theirs behind meanwhile
        try:
            vectors = self._encode([text for text, _ in some])
        except BaseException as error:
            for _, found in some:
                found.set_exception(error)
            return
        for (_, found), vector in zip(some, vectors, strict=True):
            found.set_result(vector)
