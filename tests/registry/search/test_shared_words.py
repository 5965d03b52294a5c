"""The words two resources have in common."""

from __future__ import annotations

from registry.search.shared_words import shared_words


def _rarity(stem: str) -> float:
    return float(len(stem))


def test_words_of_both_titles_come_first_then_the_rarest_as_the_first_resource_has_them() -> None:
    one = ("Fractions with paper strips", "Comparing what learners shaded.")
    other = ("Compare a fraction", "Use the paper strip, shaded by learners.")
    assert shared_words(one, other, _rarity) == ("fractions", "comparing", "paper")


def test_resources_without_a_telling_word_in_common_share_none() -> None:
    assert shared_words(("Poems of the rain", ""), ("Parts of the whole", ""), _rarity) == ()
    assert shared_words(("Room 4", ""), ("Grade 4", ""), _rarity) == ()
    assert shared_words(("Rain", "Used in spring."), ("Halves", "Used in autumn."), _rarity) == ()
