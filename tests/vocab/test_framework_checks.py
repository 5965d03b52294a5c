"""What the checks say of a framework's texts and attributes, and what they make of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from vocab.frameworks.checks import checked
from vocab.frameworks.mending import is_plain
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.shapes import broken_shapes
from vocab.resource import Problem
from vocab.text import plain

SOUND = Item("urn:x:1", "Add fractions.", codes=("4.NF.3",), grades=("4",), labels={"es": "Sumar fracciones."})
LINK = Association("urn:x:1", "related", "https://elsewhere.example/9")


def framework(*items: Item, links: tuple[Association, ...] = (), **stated: Any) -> Framework:
    return replace(Framework("urn:x:f", "f", "Fractions", items, links), **stated)


def told(found: Framework) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.field, str(problem.severity)) for problem in found.problems]


def test_a_sound_framework_is_said_nothing_of_and_its_items_are_left_alone() -> None:
    before = framework(SOUND, links=(LINK,))
    found = checked(before)
    assert found.problems == ()
    assert found.items[0] is SOUND
    assert found == before


ITEMS = [
    (Item("", "One"), "uri-missing", "error"),
    (Item("one", "One"), "uri-relative", "error"),
    (Item("urn:x:\x001", "One"), "uri-relative", "error"),
    (Item("urn:x:" + "1" * 2_000, "One"), "uri-too-long", "error"),
    (Item("https://a.example/a b", "One"), "uri-characters", "warning"),
    (Item("urn:x:1", ""), "statement-empty", "error"),
    (Item("urn:x:1", " \n "), "statement-empty", "error"),
    (Item("urn:x:1", "<p>&nbsp;</p>"), "statement-empty", "error"),
    (Item("urn:x:1", "w " * 10_001), "statement-too-long", "warning"),
    (Item("urn:x:1", "One", label="w " * 1_001), "label-too-long", "warning"),
    (Item("urn:x:1", "One", notes="w " * 10_001), "notes-too-long", "warning"),
    (Item("urn:x:1", "One", kind="w" * 201), "kind-too-long", "warning"),
    (Item("urn:x:1", "One", codes=("4" * 201,)), "code-too-long", "warning"),
    (Item("urn:x:1", "One", codes=("•",)), "code-unusable", "warning"),
    (Item("urn:x:1", "One", codes=("4.\x02NF",)), "control-characters", "warning"),
    (Item("urn:x:1", "O\x00ne"), "control-characters", "warning"),
    (Item("urn:x:1", "One", aliases=("urn:x:\x00",)), "alias-unusable", "warning"),
    (Item("urn:x:1", "One", grades=("4", "13")), "grade-unknown", "warning"),
    (Item("urn:x:1", "One", position=-1), "position-out-of-range", "warning"),
    (Item("urn:x:1", "One", position=2**31), "position-out-of-range", "warning"),
    (Item("urn:x:1", "One", labels={"de": ""}), "label-empty", "warning"),
    (Item("urn:x:1", "One", labels={"de": "w " * 10_001}), "translation-too-long", "warning"),
    (Item("urn:x:1", "One <b>two</b>"), "statement-markup", "warning"),
    (Item("urn:x:1", "TBD"), "placeholder", "warning"),
    (Item("urn:x:1", "Lorem ipsum dolor sit amet."), "placeholder", "warning"),
]


@pytest.mark.parametrize(("item", "code", "severity"), ITEMS)
def test_what_is_wrong_with_a_statement_is_told_with_a_way_to_mend_it(item: Item, code: str, severity: str) -> None:
    problems = [problem for problem in checked(framework(item)).problems if problem.code == code]
    assert [problem.severity for problem in problems] == [severity]
    assert problems[0].message and problems[0].hint


@pytest.mark.parametrize(
    ("stated", "code", "severity"),
    [
        ({"uri": ""}, "uri-missing", "error"),
        ({"uri": "framework"}, "uri-relative", "error"),
        ({"code": ""}, "framework-code-missing", "error"),
        ({"title": ""}, "title-missing", "error"),
        ({"title": "w " * 300}, "title-too-long", "warning"),
        ({"title": "f"}, "title-unstated", "warning"),
        ({"title": "Untitled"}, "placeholder", "warning"),
        ({"description": "w " * 10_001}, "description-too-long", "warning"),
        ({"publisher": "A\x00B"}, "control-characters", "warning"),
        ({"license_url": "CC BY 4.0"}, "license-link-unusable", "warning"),
        ({"license_url": "javascript:alert(1)"}, "license-link-unusable", "warning"),
        ({"language": "english"}, "language-unknown", "warning"),
    ],
)
def test_what_is_wrong_with_the_framework_itself_is_told(stated: dict[str, Any], code: str, severity: str) -> None:
    stated = {"uri": "https://a.example/f", **stated}
    assert [(each, weight) for each, _, weight in told(checked(framework(SOUND, **stated)))] == [(code, severity)]


@pytest.mark.parametrize(
    ("link", "code"),
    [
        (Association("", "related", "urn:x:1"), "association-end-missing"),
        (Association("urn:x:1", "related", " "), "association-end-missing"),
        (Association("urn:x:1", "related", "urn:x:\x00"), "association-end-unusable"),
        (Association("urn:x:1", "related", "urn:x:" + "2" * 2_000), "association-end-unusable"),
        (Association("urn:x:1", "likes", "urn:x:9"), "association-unknown"),
        (Association("urn:x:1", "ext:a b", "urn:x:9"), "association-unknown"),
    ],
)
def test_a_link_that_says_nothing_is_left_out(link: Association, code: str) -> None:
    found = checked(framework(SOUND, links=(link, LINK)))
    assert told(found) == [(code, "associations", "warning")]
    assert found.associations == (LINK,)


def test_a_publishers_own_type_of_link_is_kept() -> None:
    link = Association("urn:x:1", "ext:crossCutting.1", "urn:x:9")
    found = checked(framework(SOUND, links=(link,)))
    assert (found.problems, found.associations) == ((), (link,))


def test_a_link_keeps_what_is_sound_about_it() -> None:
    link = replace(LINK, sequence=2**31, notes="A\x00B")
    found = checked(framework(SOUND, links=(link,)))
    assert found.associations == (replace(LINK, notes="AB"),)
    assert [code for code, _, _ in told(found)] == ["sequence-out-of-range", "control-characters"]


def test_what_is_wrong_is_mended_as_the_warnings_say() -> None:
    item = Item(
        "urn:x:1",
        "Add\u00a0 <i>fractions</i> &amp; mixed\x00 numbers",
        codes=("4.\x02NF", "5" * 300),
        aliases=("urn:x:\x00", "urn:x:2"),
        grades=("4", "13"),
        position=-5,
        kind="k" * 300,
    )
    (found,) = checked(framework(item)).items
    assert found == Item(
        "urn:x:1",
        "Add fractions & mixed numbers",
        codes=("4.NF",),
        aliases=("urn:x:2",),
        grades=("4",),
        kind="k" * 199 + "…",
    )


def test_a_license_that_is_no_address_is_kept_among_the_rights() -> None:
    found = checked(framework(SOUND, license_url="CC BY 4.0", rights="© A State"))
    assert (found.license_url, found.rights) == ("", "© A State CC BY 4.0")


def test_a_label_stands_for_a_statement_that_is_missing() -> None:
    found = checked(framework(Item("urn:x:1", "", label="One"), Item("urn:x:2", "<br>", label="Two")))
    assert [item.statement for item in found.items] == ["One", "Two"]
    assert [problem.severity for problem in found.problems if problem.code == "statement-empty"] == []


@pytest.mark.parametrize(
    ("stated", "taken", "wrong"),
    [
        ("es", "es", False),
        ("zh-Hans", "zh-Hans", False),
        ("en-US", "en-US", False),
        ("gsw", "gsw", False),
        ("en_US", "en", True),
        ("English", "en", True),
        ("eng", "en", True),
        ("EN", "en", True),
        ("xx-invalid", "fr", True),
        ("", "fr", True),
        ("klingonese", "fr", True),
    ],
)
def test_a_wrong_language_is_told_with_what_was_taken_for_it(stated: str, taken: str, wrong: bool) -> None:
    found = checked(framework(replace(SOUND, language=stated), language="fr"))
    assert found.items[0].language == taken
    assert told(found) == ([("language-unknown", "4.NF.3", "warning")] if wrong else [])
    assert all(f"{taken} was taken" in problem.message for problem in found.problems)


def test_the_language_of_a_translation_is_mended_and_its_text_kept() -> None:
    labels = {"Spanish": "Uno", "es": "Otro", "en_GB": "One", "": "Unum", "de": " "}
    found = checked(framework(Item("urn:x:1", "First", labels=labels)))
    assert found.items[0].labels == {"es": "Uno", "en": "One", "und": "Unum"}
    assert [problem.value for problem in found.problems if problem.code == "language-unknown"] == [
        "Spanish",
        "en_GB",
        "",
    ]


def test_an_empty_framework_is_an_error_and_a_table_of_links_is_none() -> None:
    assert told(checked(framework())) == [("no-items", "items", "error")]
    assert checked(framework(links=(LINK,))).problems == ()


def test_a_framework_checked_twice_says_everything_once() -> None:
    once = checked(framework(*(item for item, _, _ in ITEMS), links=(replace(LINK, target=""),)))
    again = checked(replace(once, problems=()))
    assert (again.items, again.associations) == (once.items, once.associations)
    assert set(checked(once).problems) == set(once.problems)


def test_readers_problems_come_first_and_are_counted_with_ours() -> None:
    said = tuple(Problem("uri-characters", f"line {n}", "m", "h") for n in range(45))
    found = checked(replace(framework(*(Item(f"urn:x: {n}", f"S {n}") for n in range(20))), problems=said))
    assert found.problems[:45] == said
    assert found.problems[-1].message == "15 more problems of the kind uri-characters."


_TEXT = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("ab <>&;/\u00a0\u00ad\u0301e\u200b\n\t\x00\x85\ufffd\ufffe\ue000"), max_size=12),
)


@given(_TEXT)
def test_a_text_that_counts_as_plain_is_what_plain_makes_of_it(text: str) -> None:
    assert not is_plain(text) or plain(text, 20_000) == text


@given(_TEXT)
def test_what_plain_makes_counts_as_plain_unless_it_may_hold_markup(text: str) -> None:
    made = plain(text, 20_000)
    assert is_plain(made) or any(mark in made for mark in "<&") or not made.isprintable()


_ITEM = st.builds(
    Item,
    uri=st.sampled_from(["urn:x:1", "urn:x:2", "", "one", "urn:x:\x01"]),
    statement=_TEXT,
    codes=st.lists(_TEXT, max_size=2).map(tuple),
    aliases=st.lists(_TEXT, max_size=1).map(tuple),
    parents=st.lists(st.sampled_from(["urn:x:1", "urn:x:2", "urn:x:f"]), max_size=2).map(tuple),
    position=st.integers(-(2**33), 2**33),
    kind=_TEXT,
    label=_TEXT,
    notes=_TEXT,
    grades=st.lists(st.sampled_from(["K", "4", "13", ""]), max_size=2).map(tuple),
    language=st.sampled_from(["en", "en_US", "english", "xx", "", "zh-Hans"]),
    labels=st.dictionaries(st.sampled_from(["de", "German", "", "qq-x"]), _TEXT, max_size=2),
)
_LINK = st.builds(
    Association,
    source=st.sampled_from(["urn:x:1", "urn:x:2", "", "\x00"]),
    kind=st.sampled_from(["related", "precedes", "likes"]),
    target=st.sampled_from(["urn:x:1", "urn:x:9"]),
    sequence=st.one_of(st.none(), st.integers(-(2**33), 2**33)),
    notes=_TEXT,
)
_NOT_MENDED = ("uri-characters", "code-unusable")


@given(st.lists(_ITEM, max_size=4), st.lists(_LINK, max_size=4), _TEXT)
def test_what_was_checked_breaks_no_shape_that_can_be_mended(
    items: list[Item], links: list[Association], text: str
) -> None:
    before = framework(*items, links=tuple(links), title=text, license_url=text, rights=text, language=text[:5])
    found = checked(before)
    left = [each.problem for each in broken_shapes(found)]
    assert [problem for problem in left if problem.severity == "warning" and problem.code not in _NOT_MENDED] == []
    again = checked(replace(found, problems=()))
    assert (again.items, again.associations, again.language) == (found.items, found.associations, found.language)
