"""What somebody typed is taken literally."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.search.words import Wanted, identifier_in, identifier_key, replaced, wanted


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Adding  fractions", Wanted((), ("Adding", "fractions"))),
        ("how to add the fractions", Wanted((), ("add", "fractions"))),
        ("to be or not to be", Wanted((), ("not",))),
        ("the", Wanted((), ("the",))),
        ('"water cycle" rain', Wanted((("water", "cycle"),), ("rain",))),
        ("“water cycle”", Wanted((("water", "cycle"),), ())),
        ('"rain" rain RAIN', Wanted((), ("rain",))),
        ('"water cycle', Wanted((), ("water", "cycle"))),
        ("title:x AND -y (z*)", Wanted((), ("title", "x", "y", "z"))),
        ("4.NF.B.3", Wanted((("4", "NF", "B", "3"),))),
        ("NW.M.4.FR", Wanted((("NW", "M", "4", "FR"),))),
        ("4nf3", Wanted((), ("4nf3",))),
        ("4.NF.B.3 games", Wanted((), ("4", "NF", "B", "3", "games"))),
        ("fracciones e más", Wanted((), ("fracciones", "e", "más"))),
        (' "" !? ', Wanted()),
    ],
)
def test_words_and_phrases_are_found_in_a_text(text: str, meant: Wanted) -> None:
    assert wanted(text) == meant


@given(st.text())
def test_any_text_yields_at_most_24_parts_without_syntax(text: str) -> None:
    parts = wanted(text).parts
    assert len(parts) <= 24
    assert all(word.isalnum() or word.isidentifier() or not word.isascii() for part in parts for word in part)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("oai:x.example:12", True), (" https://x.example/a ", True), ("10.1000/182", True), ("abc4", True),
        ("4", False), ("fractions", False), ("a: b", False), ("grade 4", False), ("", False),
    ],
)  # fmt: skip
def test_an_identifier_is_one_run_with_a_digit_colon_or_slash(text: str, may_be: bool) -> None:
    assert identifier_in(text) == (identifier_key(text) if may_be else None)


def test_a_word_is_replaced_only_where_it_stands_by_itself() -> None:
    assert replaced("car, scar (car) cars", "car", r"\1") == r"\1, scar (\1) cars"
