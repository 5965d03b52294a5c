"""The words two texts have in common."""

from __future__ import annotations

from registry.search.shared_words import shared_words


def _rarity(stem: str) -> float:
    return float(len(stem))


def test_the_rarest_words_of_both_in_any_form_are_named_as_the_first_has_them() -> None:
    one = "Comparing fractions with strips of paper in a classroom"
    assert shared_words(one, "The paper strip: compare a fraction", _rarity) == ("fractions", "comparing", "strips")


def test_texts_without_a_telling_word_in_common_share_none() -> None:
    assert shared_words("Poems of the rain", "Parts of the whole", _rarity) == ()
    assert shared_words("Room 4", "Grade 4", _rarity) == ()
