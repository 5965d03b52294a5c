"""What a text asks for, and which of its words must be held."""

from __future__ import annotations

from registry.search.matching import Terms, Word, required, terms
from registry.search.meilisearch_query import strictly


def word(*forms: str) -> Word:
    return Word(tuple(tuple(form.split()) for form in forms))


def test_phrases_and_words_become_stems_and_words_bring_others_along() -> None:
    asked = terms('"number lines" for adding colours')
    assert asked.phrases == (("number", "line"),)
    assert asked.words[0] == word("add", "addit", "sum")
    assert asked.words[1].forms[:2] == (("colour",), ("color",))
    assert asked.parts == (("number", "line"), ("add",), ("colour",))


def test_a_text_without_words_asks_for_nothing() -> None:
    assert terms("?! ...").parts == ()


def test_of_more_than_three_words_the_three_rarest_count_in_their_order() -> None:
    words = [word("a"), word("b"), word("c"), word("d")]
    held = dict(zip(words, (5, 100, 1, 7), strict=True))
    assert required(words, lambda each: held[each]) == (words[0], words[2], words[3])
    assert required(words[:3], lambda each: 1 / 0) == tuple(words[:3])


def test_the_texts_of_two_of_three_words_share_no_document() -> None:
    asked = terms("rain snow hail")
    texts = strictly(asked, asked.words)
    for held in ({"rain", "snow"}, {"rain", "hail"}, {"snow", "hail"}, {"rain", "snow", "hail"}):
        assert sum(fits(text, held) for text in texts) == 1
    for held in (set[str](), {"rain"}, {"snow"}, {"hail"}):
        assert not any(fits(text, held) for text in texts)


def test_another_word_is_held_instead_without_counting_a_document_twice() -> None:
    words = (word("rain", "drizzl"), word("snow", "sleet"))
    texts = strictly(Terms((), words), words)
    assert len(texts) == 4
    for first in ({"rain"}, {"drizzl"}, {"rain", "drizzl"}):
        for second in ({"snow"}, {"sleet"}, {"snow", "sleet"}):
            assert sum(fits(text, first | second) for text in texts) == 1
    many = tuple(word("a", "b", "c", "d", "e") for _ in range(3))
    assert len(strictly(Terms((), many), many)) <= 12


def fits(text: str, held: set[str]) -> bool:
    """Whether a document with these words fits what is quoted in a text for the engine."""
    parts = [part for part in text.split() if '"' in part]
    return all((part.strip('-"') in held) != part.startswith("-") for part in parts)
