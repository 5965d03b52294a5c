"""Texts that wait while others are encoded make up the next batch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from registry.search.minilm import Floats
from registry.search.together import Together

WAIT = 30.0


class Lengths:
    """Encodes a text as its length; the first batch lasts until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, texts: Sequence[str]) -> Floats:
        self.batches.append(list(texts))
        self.begun.set()
        assert self.go_on.wait(WAIT)
        if "bad" in texts:
            raise ValueError("not to be encoded")
        return np.array([[len(text)] for text in texts], np.float32)


def asked_meanwhile(encode: Lengths, together: Together, first: str, others: Sequence[str]) -> list[object]:
    """What each is answered when the others ask while the first is being encoded."""
    with ThreadPoolExecutor(len(others) + 1) as threads:
        waiting = [threads.submit(together.vector, first)]
        assert encode.begun.wait(WAIT)
        waiting += [threads.submit(together.vector, each) for each in others]
        while len(together._waiting) < len(others):
            threading.Event().wait(0.001)
        encode.go_on.set()
        return [each.exception(WAIT) or each.result().tolist() for each in waiting]


def test_those_who_wait_are_encoded_at_once() -> None:
    encode = Lengths()
    others = ["x" * number for number in range(1, 21)]
    assert asked_meanwhile(encode, Together(encode), "first", others) == [[5.0], *([float(n)] for n in range(1, 21))]
    assert [len(batch) for batch in encode.batches] == [1, 16, 4]


def test_a_failure_is_told_to_all_of_the_batch_and_to_nobody_else() -> None:
    encode = Lengths()
    together = Together(encode)
    first, *others = asked_meanwhile(encode, together, "first", ["bad", "good"])
    assert first == [5.0]
    assert [str(each) for each in others] == ["not to be encoded"] * 2
    assert together.vector("again").tolist() == [5.0]


def test_one_alone_is_encoded_alone() -> None:
    encode = Lengths()
    encode.go_on.set()
    assert Together(encode).vector("fractions").tolist() == [9.0]
    assert encode.batches == [["fractions"]]


def test_an_interrupt_is_not_swallowed() -> None:
    def interrupted(texts: Sequence[str]) -> Floats:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Together(interrupted).vector("fractions")
