"""Other words for a word: synonyms of the field, spelling on both sides of the ocean, labels in other languages."""

from __future__ import annotations

import pytest

from registry.search.synonyms import Expansion, alternatives, expansions


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("times tables", "multiplication facts"),
        ("Word Problems", "story problem"),
        ("worksheets", "printable"),
        ("quiz", "assessment"),
        ("slope", "gradient"),
        ("WWII", "Second World War"),
        ("Pythagoras’ theorem", "Pythagorean theorem"),
        ("maths", "math"),
        ("colour", "color"),
        ("behaviours", "behaviors"),
        ("neighborhoods", "neighbourhoods"),
        ("centred", "centered"),
        ("programme", "program"),
        ("organise", "organize"),
        ("recognizing", "recognising"),
        ("realisation", "realization"),
        ("analyse", "analyze"),
        ("practise", "practice"),
        ("matemáticas", "mathematics"),
        ("fotosintesis", "photosynthesis"),
        ("Geschichte", "history"),
        ("hoja de trabajo", "worksheet"),
    ],
)
def test_a_word_is_found_by_what_others_call_it(word: str, other: str) -> None:
    assert other in alternatives(word)


@pytest.mark.parametrize(
    "word",
    ["exercise", "surprised", "noise", "raising", "prize", "size", "wise", "four", "hour", "zebra", "", "'", "of"],
)
def test_a_word_without_others_stays_alone(word: str) -> None:
    assert alternatives(word) == ()


def test_no_word_is_its_own_alternative() -> None:
    for word in ("quiz", "quizzes", "times table", "times tables", "color", "story problems"):
        assert word not in alternatives(word)


def test_phrases_are_seen_before_the_words_in_them() -> None:
    assert expansions(["story", "problems", "with", "times", "tables"]) == (
        Expansion(0, 2, ("word problem",)),
        Expansion(3, 5, ("multiplication facts", "multiplication tables")),
    )
    assert expansions(()) == ()
