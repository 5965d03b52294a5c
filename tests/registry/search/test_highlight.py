"""Words of a question are found in texts by what they mean, and shown where most of them stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.search.highlight import cut, excerpt, places, sought


def marked(text: str, question: str, *unknown: str) -> list[str]:
    asked = sought(question, lambda word: word not in unknown)
    return [piece for piece, on in cut(text, places(text, asked)) if on]


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("fraction", "Fractions, a fraction and the refraction", ["Fractions", "fraction"]),
        ("studies", "To study is to have studied", ["study", "studied"]),
        ("the water cycle", "The cycle of water", ["cycle", "water"]),
        ("ecole", "L’École des femmes", ["École"]),
        ("colour", "Color wheels", ["Color"]),
        ("times tables", "Multiplication facts, seven times", ["Multiplication facts", "times"]),
        ('"number line"', "A number line; a line; a number-line", ["number line", "number-line"]),
        ('"line number"', "A number line", []),
        ("what is it", "What it is", ["What", "it", "is"]),
        ("?!", "What?!", []),
        ("", "Nothing", []),
    ],
)
def test_words_are_found_by_stem_by_other_words_and_in_phrases(question: str, text: str, found: list[str]) -> None:
    assert marked(text, question) == found


def test_what_is_no_word_of_the_catalog_is_the_beginning_of_some() -> None:
    assert marked("Like denominators", "denomi", "denomi") == ["denominators"]
    assert marked("Like denominators", "denomi") == []


def test_an_excerpt_shows_where_most_of_the_words_stand() -> None:
    text = f"{'Rain falls. ' * 50}Rain and fractions of rain.{' Rain falls.' * 50}"
    pieces = excerpt(text, places(text, sought("rain fractions", lambda word: True)), 80)
    shown = "".join(piece for piece, _ in pieces)
    assert {"Rain", "fractions"} <= {piece for piece, on in pieces if on}
    assert len(shown) < 140
    assert shown.startswith("… ")
    assert shown.endswith("…")


def test_a_text_without_the_words_is_shown_from_its_beginning() -> None:
    text = "One two three four five six seven eight nine ten"
    assert excerpt(text, (), 20) == (("One two three four", False), ("…", False))
    assert excerpt(text, (), 100) == ((text, False),)


@given(text=st.text(max_size=300), question=st.text(max_size=40), length=st.integers(1, 120))
def test_nothing_is_added_to_a_text_and_nothing_lost_but_its_ends(text: str, question: str, length: int) -> None:
    asked = sought(question, lambda word: len(word) % 2 == 0)
    found = places(text, asked)
    assert "".join(piece for piece, _ in cut(text, found)) == text
    shown = "".join(piece for piece, _ in excerpt(text, found, length))
    assert shown.removeprefix("… ").removesuffix("…") in text or shown in text
