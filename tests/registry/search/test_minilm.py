"""The sentence model in numpy says what its publisher's own implementation says."""

from __future__ import annotations

import numpy as np
import pytest

from registry.search.minilm import WIDTH, MiniLM, find_model

pytestmark = pytest.mark.skipif(find_model() is None, reason="the model's package is not installed")

PUBLISHED = ("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.")
"""The example of the sentence-transformers documentation, with the cosines it prints."""


@pytest.fixture(scope="module")
def model() -> MiniLM:
    folder = find_model()
    assert folder is not None
    return MiniLM(folder)


def test_cosines_are_the_published_ones(model: MiniLM) -> None:
    found = model.encode(PUBLISHED)
    expected = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert np.abs(found @ found.T - np.array(expected)).max() < 0.001


def test_a_vector_does_not_depend_on_the_texts_beside_it(model: MiniLM) -> None:
    texts = [
        "fractions",
        "a longer text about " + "adding fractions with unlike denominators " * 9,
        "",
        "🦆",
        "x" * 900,
    ]
    together = model.encode(texts)
    alone = np.concatenate([model.encode([text]) for text in texts])
    assert together.shape == (5, WIDTH)
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5


def test_no_texts_are_no_rows(model: MiniLM) -> None:
    assert model.encode([]).shape == (0, WIDTH)


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("sharing a pizza equally", "Fractions as equal parts of a whole", "The water cycle"),
        ("why do volcanoes erupt", "Plate tectonics and magma", "Verbs in the past tense"),
        ("how plants make food", "Photosynthesis in leaves", "Planting a flag: the moon landing"),
    ],
)
def test_what_means_the_same_in_other_words_is_nearer(model: MiniLM, query: str, near: str, far: str) -> None:
    asked, right, wrong = model.encode([query, near, far])
    assert asked @ right > asked @ wrong + 0.1
