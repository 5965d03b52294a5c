"""Texts are cut as BERT's uncased tokenizer cuts them."""

from __future__ import annotations

import time

import pytest

from registry.search.minilm import find_model
from registry.search.wordpiece import WordPieces

PIECES = ("[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "frac", "##tions", "a", ",", "!", "cafe", "水", "##s")


def cut(text: str, most: int = 20) -> list[str]:
    return [PIECES[number] for number in WordPieces(PIECES).ids(text, most)][1:-1]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("unaffable", ["un", "##aff", "##able"]),
        ("Fractions, a!", ["frac", "##tions", ",", "a", "!"]),
        ("CAFÉ cafés", ["cafe", "cafe", "##s"]),
        ("a水a", ["a", "水", "a"]),
        ("zebra a", ["[UNK]", "a"]),
        ("a\u200b\x00\ufffd\ta\u00a0a", ["a", "a", "a"]),
        ("a" * 101, ["[UNK]"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_text_becomes_the_longest_pieces_of_the_vocabulary(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


def test_a_long_text_is_cut_off_between_its_marks() -> None:
    found = WordPieces(PIECES).ids("fractions " * 1_000, 8)
    assert [PIECES[number] for number in found] == ["[CLS]", *["frac", "##tions"] * 3, "[SEP]"]


def test_a_text_of_a_million_characters_costs_no_more_than_its_beginning() -> None:
    pieces = WordPieces(PIECES)
    started = time.process_time()
    for text in ("x" * 1_000_000, "é" * 1_000_000, "!" * 1_000_000, " " * 1_000_000):
        pieces.ids(text, 128)
    assert time.process_time() - started < 1


@pytest.mark.skipif(find_model() is None, reason="the model's package is not installed")
def test_the_models_own_vocabulary_gives_the_numbers_its_publisher_gives() -> None:
    folder = find_model()
    assert folder is not None
    pieces = WordPieces((folder / "vocab.txt").read_text().split("\n"))
    assert pieces.ids("Hello world!", 128) == [101, 7592, 2088, 999, 102]
    assert pieces.ids("unaffable", 128) == [101, 14477, 20961, 3468, 102]
