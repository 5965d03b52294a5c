"""The search of statements: by code, by the beginning of a code, by words, and whatever else is typed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.app import Registry
from registry.errors import NotFound
from registry.standards import browse
from tests.factories import framework, stored_framework

STATEMENTS = {
    "4.NF.1": "Explain why two fractions are equivalent.",
    "4.NF.2": "Compare 100 % of two fractions with different denominators.",
    "4.NF.3": "Add and subtract mixed numbers.",
    "5.NF.1": "Añadir fracciones con denominadores distintos.",
}

HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    '"',
    '"fractions',
    "fractions*",
    "*",
    "'; DROP TABLE concept; --",
    "fractions AND (",
    "NEAR(",
    "code:4",
    "^a",
    "-b",
    "a:*",
    "!a & |",
    "\\",
    "%",
    "_",
    "\ud800",
    "漢字",
    "x" * 10_000,
    "a " * 5_000,
    "http://",
    "urn:uuid:",
    "https://x.example/\x00",
    "(" * 500,
]


@pytest.fixture
def filled(registry: Registry) -> Registry:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(codes=tuple(STATEMENTS), statements=STATEMENTS))
        stored_framework(session, framework(code="city", codes=("4.NF.1",), statements={"4.NF.1": "City fractions"}))
    return registry


def found(registry: Registry, text: str, limit: int = 20, framework: str = "", grade: str = "") -> list[str]:
    with registry.reading.begin() as session:
        refs = browse.find_standards(session, text, limit, framework, grade)
        return [f"{ref.framework} {ref.code}".removeprefix("state ") for ref in refs]


def test_an_exact_code_comes_before_those_that_begin_so(filled: Registry) -> None:
    assert found(filled, "4.NF.1")[0] == "4.NF.1"
    assert set(found(filled, "4nf")) == {"4.NF.1", "4.NF.2", "4.NF.3", "city 4.NF.1"}
    assert found(filled, "5.n") == ["5.NF.1"]


def test_all_the_words_must_stand_in_it_in_any_form_and_the_last_may_be_begun(filled: Registry) -> None:
    assert found(filled, "fraction equivalents", framework="state") == ["4.NF.1"]
    assert found(filled, "compare denom") == ["4.NF.2"]
    assert found(filled, "equivalent numbers") == []


def test_a_search_stays_within_a_framework_and_a_grade(filled: Registry) -> None:
    assert found(filled, "fractions", framework="CITY")[-1] == "city 4.NF.1"
    assert "4.NF.1" not in found(filled, "4.NF.1", framework="city")
    assert found(filled, "fractions", framework="city", grade="5") == []
    assert len(found(filled, "fractions", grade="4")) == 3
    assert found(filled, "fractions", grade='4"%') == []
    with filled.reading.begin() as session, pytest.raises(NotFound, match="no framework"):
        browse.find_standards(session, "fractions", framework="nowhere")


def test_what_is_gone_is_not_found_by_words(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        stored_framework(session, framework(codes=("4.NF.1",), statements=STATEMENTS), digest="2")
    assert found(filled, "mixed numbers") == []
    assert found(filled, "4.NF.3") == ["4.NF.3"]


def test_any_text_is_harmless(filled: Registry) -> None:
    for text in HOSTILE:
        assert isinstance(found(filled, text), list), ascii(text[:20])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_anything_can_be_asked(filled: Registry, text: str) -> None:
    found(filled, text, grade=text[:5])


def test_no_more_are_found_than_asked_for(filled: Registry) -> None:
    assert len(found(filled, "fractions", limit=2)) == 2
