"""Packed vectors keep who is near whom."""

from __future__ import annotations

import numpy as np

from registry.search.quantized import WIDTH, Floats, Matrix, packed


def normalized(vectors: Floats) -> Floats:
    length: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / length


def drawn(count: int, seed: int = 1) -> Floats:
    """Vectors in clumps, as those of lessons are."""
    chance = np.random.default_rng(seed)
    centers = chance.normal(size=(max(count // 20, 1), WIDTH))
    at = chance.integers(0, len(centers), count)
    return normalized((centers[at] + 0.7 * chance.normal(size=(count, WIDTH))).astype(np.float32))


def holding(vectors: Floats) -> Matrix:
    matrix = Matrix()
    matrix.put([str(number) for number in range(len(vectors))], packed(vectors))
    return matrix


def test_a_packed_vector_scores_as_the_one_it_was() -> None:
    vectors = drawn(200)
    assert {len(content) for content in packed(vectors)} == {388}
    scores = holding(vectors).scores(vectors[0], [str(number) for number in range(200)])
    assert np.abs(np.array(list(scores.values())) - vectors @ vectors[0]).max() < 0.005


def test_only_what_is_held_has_a_score() -> None:
    matrix = holding(drawn(3))
    assert set(matrix.scores(drawn(1)[0], ["1", "unknown", "2"])) == {"1", "2"}
    assert matrix.scores(drawn(1)[0], []) == {}


def test_the_nearest_of_many_are_found_by_their_signs() -> None:
    vectors = drawn(20_000)
    matrix, asked = holding(vectors), vectors[:50]
    hits = 0
    for number, vector in enumerate(asked):
        found = matrix.nearest(vector, 20)
        assert found[0][0] == str(number)
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        exact = np.argsort(-(vectors @ vector))[:20]
        hits += len({each for each, _ in found} & {str(row) for row in exact})
    assert hits / (50 * 20) > 0.95


def test_a_vector_put_again_replaces_the_first_and_an_empty_one_takes_it_away() -> None:
    vectors = drawn(5_000)
    matrix = holding(vectors)
    matrix.put(["7", "8"], [packed(vectors[9:10])[0], b""])
    matrix.put(["never", "8"], [b"", b""])
    nearest = [each for each, _ in matrix.nearest(vectors[9], 2)]
    assert set(nearest) == {"7", "9"}
    assert len(matrix) == 4_999
    assert "8" not in [each for each, _ in matrix.nearest(vectors[8], 4_999)]
    matrix.put(["8"], packed(vectors[8:9]))
    assert matrix.nearest(vectors[8], 1)[0][0] == "8"


def test_nothing_held_is_nothing_near() -> None:
    assert Matrix().nearest(drawn(1)[0], 10) == []
    assert holding(drawn(3)).nearest(drawn(1)[0], 0) == []


def test_a_vector_of_nothing_is_packed_too() -> None:
    assert holding(np.zeros((1, WIDTH), np.float32)).scores(drawn(1)[0], ["0"]) == {"0": 0.0}
