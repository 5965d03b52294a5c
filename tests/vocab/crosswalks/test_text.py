"""Text, links, dates and minutes from strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.text import canonical_url, has_markup, iso_date, minutes_of, plain


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("<p>One</p><p>two&nbsp;three</p>", "One two three"),
        ("a <b>bold</b>er word", "a bolder word"),
        ("<script>if (a<b) { steal() }</script>Safe", "Safe"),
        ("<style>p{color:red}</style>Safe", "Safe"),
        ("before<script>never closed", "before"),
        ("<!-- hidden <b>note</b> -->shown", "shown"),
        ("<img src='a>b' onerror=alert(1)>Caption", "Caption"),
        ("&lt;p&gt;Escaped&lt;/p&gt;&lt;p&gt;twice&lt;/p&gt;", "Escaped twice"),
        ("Bread &amp;nbsp;&amp;amp; butter", "Bread & butter"),
        ("<![CDATA[kept]]> too", "kept too"),
        ("<o:p>Word's own tag</o:p>", "Word's own tag"),
        ("if x<y and y>z then x < z", "if x<y and y>z then x < z"),
        ("R&D at AT&T", "R&D at AT&T"),
        ("a\x00b\u202ec\ud800d", "abcd"),
        ("line\r\n\tnext\u00a0word", "line next word"),
        ("e\u0301tude", "étude"),
    ],
)
def test_plain_text_is_what_a_reader_would_see(stated: str, meant: str) -> None:
    assert plain(stated, 100) == meant


def test_a_long_text_is_cut_at_a_word_and_says_so() -> None:
    assert plain("one two three four", 12) == "one two…"
    assert plain("one two", 7) == "one two"


@given(st.text(alphabet=st.one_of(st.sampled_from("<>&;/!-\"'ab p#x0 "), st.characters())), st.integers(10, 200))
def test_plain_text_stays_within_its_limit_and_holds_no_tag(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert "  " not in shown
    assert shown == shown.strip()
    assert all(ch.isprintable() or ord(ch) > 127 for ch in shown)


@given(st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=("Cc", "Cf", "Cs", "Cn"))))
def test_text_without_markup_keeps_every_word(text: str) -> None:
    import unicodedata

    assert plain(text, 100_000).split() == unicodedata.normalize("NFC", text).split()


def test_markup_is_told_from_signs() -> None:
    assert has_markup("<p>x") and has_markup("a&nbsp;b") and has_markup("<!-- x -->")
    assert not has_markup("a < b & c > d") and not has_markup("R&D") and not has_markup("x<y>z")


@pytest.mark.parametrize(
    ("stated", "canonical"),
    [
        ("HTTP://Example.ORG:80/a/../b?utm_source=x&q=1#part", "http://example.org/b?q=1"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/two words/%7eme%2f", "https://example.org/two%20words/~me%2F"),
        ("https://exämple.org/ü?q=ä", "https://xn--exmple-cua.org/%C3%BC?q=%C3%A4"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://127.0.0.1:8123/lesson?fbclid=1", "http://127.0.0.1:8123/lesson"),
        ("  https://example.org/50%  ", "https://example.org/50%25"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.org/x", None),
        ("/relative", None),
        ("//example.org/x", None),
        ("https://user:word@example.org/", None),
        ("https://example.org:99999/", None),
        ("https://exa mple.org/", None),
        ("https://example.org/a\nb", None),
        ("https://[bad", None),
        ("http:///nohost", None),
        ("", None),
        ("https://example.org/" + "a" * 5000, None),
    ],
)
def test_an_address_has_one_spelling_or_is_none(stated: str, canonical: str | None) -> None:
    assert canonical_url(stated) == canonical


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_canonical_address_is_its_own_canonical_address(path: str, query: str) -> None:
    once = canonical_url(f"https://example.org/{path}?{query}")
    assert once is None or canonical_url(once) == once


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2026-06-07T15:29:46.331768Z", "2026-06-07T15:29:46Z"),
        ("2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00Z"),
        ("2016-08-04T16:12:57 ", "2016-08-04T16:12:57Z"),
        ("2011", "2011-01-01"),
        ("2011-05", "2011-05-01"),
        ("03/15/2024", "2024-03-15"),
        ("15/03/2024", "2024-03-15"),
        ("15.03.2024", "2024-03-15"),
        ("March 15, 2024", "2024-03-15"),
        ("15 Mar 2024", "2024-03-15"),
        ("Fri, 15 Mar 2024 10:00:00 -0500", "2024-03-15T15:00:00Z"),
    ],
)
def test_dates_are_read_as_publishers_write_them(stated: str, read: str) -> None:
    assert iso_date(stated, "2026-11-22") == (read, None)


@pytest.mark.parametrize(("stated", "code"), [("2031-01-01", "date-in-future"), ("2024-02-30", "date-unreadable")])
def test_an_impossible_date_is_a_problem_and_no_date(stated: str, code: str) -> None:
    read, problem = iso_date(stated, "2026-11-22")
    assert read is None
    assert problem is not None and problem.code == code and problem.value == stated and problem.hint


@pytest.mark.parametrize(
    ("stated", "minutes"),
    [("PT1H30M", 90), ("45", 45), ("45.0", 45), ("45 min", 45), ("1 hour", 60), ("1.5 hours", 90), ("1:30", 90),
     ("00:45:00", 45), ("30-45 minutes", 45), ("1 hr 30 min", 90), ("about 20 minutes", 20), ("45-minute", 45),
     ("P1D", 1440), ("PT20S", 1), ("2 class periods", None), ("0", None), ("PT", None), ("", None),
     ("a while", None), ("99999999", None)],
)  # fmt: skip
def test_a_length_is_whole_minutes_or_unknown(stated: str, minutes: int | None) -> None:
    assert minutes_of(stated) == minutes


@given(st.text(max_size=80))
def test_no_text_makes_dates_or_minutes_fail(text: str) -> None:
    read, problem = iso_date(text, "2026-11-22")
    assert (read is None) == (problem is not None)
    length = minutes_of(text)
    assert length is None or 1 <= length <= 100_000
