"""A cursor is ours, of this question, and of any length of list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import BadRequest
from registry.search.cursor import cursor, offset_of


@given(st.integers(0, 2**48 - 1), st.binary(), st.text())
def test_a_cursor_leads_back_to_its_place(offset: int, question: bytes, secret: str) -> None:
    token = cursor(offset, question, secret)
    assert offset_of(token, question, secret) == offset
    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("token", ["", "x", "AAAA", "§", "A" * 5000, "AAAAAAAAAAAAAAAAAAAA", "../..", "=" * 20])
def test_a_forged_cursor_is_refused_by_name(token: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        offset_of(token, b"q", "secret")
    assert [error.field for error in refusal.value.errors] == ["cursor"]


def test_a_cursor_of_another_question_or_secret_is_refused() -> None:
    token = cursor(20, b"rain", "secret")
    for question, secret in ((b"snow", "secret"), (b"rain", "other")):
        with pytest.raises(BadRequest):
            offset_of(token, question, secret)
