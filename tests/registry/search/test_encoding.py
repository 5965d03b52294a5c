"""Encoding in a process of its own."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from registry.search.encoding import EncoderLost, encoding
from registry.search.minilm import find_model, open_minilm


@pytest.mark.skipif(find_model() is None, reason="the model's package is not installed")
def test_the_process_says_what_the_model_says() -> None:
    model = open_minilm()
    assert model is not None
    texts = ["fractions as sums", "poems about rain\nand snow 🦆"]
    with encoding() as encode:
        assert np.abs(encode(texts) - model.encode(texts)).max() < 1e-5
        assert encode(["poems"]).shape == (1, 384)


@pytest.mark.parametrize("does", ["pass", "input(); print('short')", "input(); raise SystemExit(3)"])
def test_a_process_that_ends_is_told(does: str) -> None:
    with encoding([sys.executable, "-c", does]) as encode, pytest.raises(EncoderLost, match="has ended"):
        for _ in range(100):
            encode(["fractions"])
