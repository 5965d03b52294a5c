"""Languages out of publishers' words."""

import pytest

from vocab.languages import is_rtl, label, language_of


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("en_US", "en"),
        ("EN", "en"),
        ("eng", "en"),
        ("English", "en"),
        ("English (US)", "en"),
        ("English language", "en"),
        ("http://id.loc.gov/vocabulary/iso639-2/eng", "en"),
        ("http://lexvo.org/id/iso639-3/spa", "es"),
        ("Español", "es"),
        ("es-419", "es"),
        ("Spanish; Castilian", "es"),
        ("fre", "fr"),
        ("zh", "zh"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hant-TW", "zh-Hant"),
        ("Chinese (Simplified)", "zh-Hans"),
        ("Haitian Creole", "ht"),
        ("ASL", "ase"),
    ],
)
def test_a_language_is_read_from_what_publishers_say(stated: str, expected: str) -> None:
    assert language_of(stated) == expected


@pytest.mark.parametrize("stated", ["", "und", "zxx", "mul", "Klingonish", "https://example.org/page", "-", "123"])
def test_other_words_name_no_language(stated: str) -> None:
    assert language_of(stated) is None


def test_a_language_has_a_name_a_reader_knows() -> None:
    assert label("es") == "Spanish"
    assert label("xx") == "xx"


def test_some_languages_run_from_right_to_left() -> None:
    assert is_rtl("ar")
    assert is_rtl("fa-AF")
    assert not is_rtl("es")
