"""The order of what was found: by the words a resource has and where, by meaning, and by what it is part of."""

from __future__ import annotations

from typing import Any

import pytest

from registry.ports import Document, Hit
from registry.search.matching import terms
from registry.search.ranking import Meaning, ranked
from registry.search.sayings import packed, unpacked
from tests.registry.search.documents import doc_id, document


def ordered(text: str, documents: list[Document], meaning: Meaning | None = None, **rare: float) -> list[int]:
    """The numbers of the documents in the order they are ranked in; every word as rare as `rare` says, else 2."""
    hits = [Hit(each.id, 1.0) for each in documents]
    said = {each.id: unpacked(packed(each)) for each in documents}
    found = ranked(hits, said, terms(text), lambda stem: rare.get(stem, 2.0), meaning or Meaning())
    return [int(hit.id[5:]) for hit in found]


FAR = "Rivers and coasts of the north"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"title": "Adding fractions"}, {"title": "Adding things", "text": "There are fractions, too."}),
        ({"title": FAR, "keywords": "fractions"}, {"title": FAR, "text": "fractions"}),
        ({"title": FAR, "text": "fractions " * 3}, {"title": FAR, "text": "fractions and again others"}),
        ({"title": FAR, "text": "fractions are added"}, {"title": FAR, "text": "fractions are added " + "word " * 200}),
        ({"title": FAR, "text": "adding fractions"}, {"title": FAR, "text": "fractions; we end up with adding"}),
        ({"title": FAR, "text": "adding of fractions"}, {"title": FAR, "text": "adding adding adding"}),
    ],
)
def test_words_count_by_where_they_stand_how_often_how_densely_and_together(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    assert ordered("adding fractions", [document(1, **worse), document(2, **better)]) == [2, 1]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    documents = [document(1, "All about maths"), document(2, "All about trapezia")]
    assert ordered("trapezia maths", documents, math=0.5, trapezia=6.0) == [2, 1]
    assert ordered("trapezia maths", documents, math=6.0, trapezia=0.5) == [1, 2]


def test_another_word_for_a_word_counts_half() -> None:
    documents = [document(1, "Colour wheels"), document(2, "Color wheels"), document(3, "Wheels")]
    assert ordered("color wheels", documents) == [2, 1, 3]


def test_a_phrase_counts_only_where_its_words_stand_together() -> None:
    assert ordered('"number line"', [document(1, "Line number"), document(2, "Number line")]) == [2, 1]


def test_what_is_near_in_meaning_comes_forward_and_draws_its_like_along() -> None:
    documents = [document(number, "Rain") for number in (1, 2, 3)]
    near = {doc_id(1): 0.1, doc_id(2): 0.2, doc_id(3): 0.9}
    assert ordered("rain", documents, Meaning(near)) == [3, 2, 1]
    same = dict.fromkeys(near, 0.5)
    alike = Meaning(same, lambda weights, ids: {each: float(each == doc_id(2)) for each in ids})
    assert ordered("rain", documents, alike) == [2, 1, 3]


def test_meaning_that_few_have_does_not_count_and_one_without_it_is_as_the_others() -> None:
    documents = [document(number, "Rain") for number in (1, 2, 3)]
    assert ordered("rain", documents, Meaning({doc_id(3): 0.9})) == [1, 2, 3]
    assert ordered("rain", documents, Meaning({doc_id(1): 0.1, doc_id(3): 0.9})) == [3, 2, 1]


def test_what_is_part_of_a_unit_that_fits_comes_before_what_is_not() -> None:
    documents = [
        document(1, "Rain"),
        document(2, "Rain", part_of=("Weather",)),
        document(3, "Rain", part_of=("Weather",)),
    ]
    assert ordered("rain", documents) == [2, 3, 1]


def test_what_others_say_of_it_decides_between_equals_only() -> None:
    assert ordered("rain", [document(1, "Rain"), document(2, "Rain", prior=1.0)]) == [2, 1]
    assert ordered("rain", [document(1, "Rain"), document(2, "Snow", text="rain", prior=1.0)]) == [1, 2]


def test_scores_fall_from_one_and_stay_above_zero() -> None:
    documents = [document(1, "Rain"), document(2, "Rain and snow"), document(3, "Sun")]
    hits = [Hit(each.id, 1.0) for each in documents]
    said = {each.id: unpacked(packed(each)) for each in documents}
    scores = [hit.score for hit in ranked(hits, said, terms("rain"), lambda _: 2.0, Meaning())]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1 and scores[-1] > 0


def test_hits_of_which_nothing_is_kept_stay_as_the_engine_gave_them() -> None:
    hits = (Hit("b", 0.9), Hit("a", 0.5))
    assert ranked(hits, {}, terms("rain"), lambda _: 2.0, Meaning()) == hits
    assert ranked((), {}, terms("rain"), lambda _: 2.0, Meaning()) == ()


@pytest.mark.parametrize("text", ["", "word " * 5_000, "語 été \U0001f600 co2", "\x00"])
def test_a_saying_is_read_as_it_was_packed(text: str) -> None:
    made = document(1, text or "x", keywords=text, text=text, part_of=("Unit é", "Course"), prior=0.25)
    said = unpacked(packed(made))
    assert (len(said.wholes), said.prior) == (2, 0.25)
    assert said.title <= said.keywords <= len(said.stems) <= 800
