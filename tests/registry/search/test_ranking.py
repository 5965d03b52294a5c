"""Words and meaning joined: one scale for both, and nothing lost where there is no meaning yet."""

from __future__ import annotations

from registry.ports import Hit
from registry.search.ranking import reranked

HITS = [Hit("a", 0.9, 30.0), Hit("b", 0.8, 20.0), Hit("c", 0.79, 19.0), Hit("d", 0.5, 10.0)]


def ids(hits: tuple[Hit, ...]) -> str:
    return "".join(hit.id for hit in hits)


def test_without_meaning_the_engine_s_order_stands() -> None:
    assert reranked(HITS, {}) == tuple(HITS)
    assert reranked(HITS, {"d": 0.9}) == tuple(HITS)  # too few of them have one
    assert reranked([], {}) == ()


def test_what_is_near_in_meaning_comes_forward() -> None:
    near = {"a": 0.1, "b": 0.2, "c": 0.8, "d": 0.2}
    assert ids(reranked(HITS, near)) == "acbd"
    assert sorted(ids(reranked(HITS, near))) == list("abcd")


def test_a_hit_without_a_meaning_is_taken_as_the_others_are_on_the_average() -> None:
    assert ids(reranked(HITS, {"a": 0.5, "b": 0.5, "c": 0.5})) == "abcd"


def test_scores_fall_from_one_and_stay_above_zero() -> None:
    scores = [hit.score for hit in reranked(HITS, {"a": 0.1, "b": 0.9, "c": 0.5, "d": 0.3})]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1 and scores[-1] > 0


def test_no_engine_s_scale_matters() -> None:
    near = {"a": 0.1, "b": 0.9, "c": 0.5, "d": 0.3}
    other = [Hit(hit.id, hit.score, hit.strength / 1000) for hit in HITS]
    assert ids(reranked(HITS, near)) == ids(reranked(other, near))
