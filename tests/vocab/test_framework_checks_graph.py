"""What the checks say of a framework's items among each other: places, codes, links, circles."""

from __future__ import annotations

from collections import Counter

import pytest

from vocab.frameworks.checks import checked
from vocab.frameworks.model import Association, Framework, Item

ONE = Item("urn:x:1", "Count to ten.", codes=("K.1",), aliases=("https://a.example/1",))
TWO = Item("urn:x:2", "Count to twenty.", codes=("K.2",))
THREE = Item("urn:x:3", "Count to a hundred.", codes=("1.1",))


def framework(*items: Item, links: tuple[Association, ...] = (), aliases: tuple[str, ...] = ()) -> Framework:
    return Framework("https://a.example/f", "f", "Counting", items, links, aliases)


def told(found: Framework) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.severity)) for problem in found.problems]


def under(item: Item, *parents: str) -> Item:
    return Item(item.uri, item.statement, codes=item.codes, aliases=item.aliases, parents=parents)


def test_a_circle_of_parents_is_named_by_codes_and_refused() -> None:
    found = checked(framework(under(ONE, "urn:x:3"), under(TWO, "https://a.example/1"), under(THREE, "urn:x:2")))
    (problem,) = found.problems
    assert (problem.code, problem.severity, problem.value) == ("cycle-parent", "error", "K.1 → 1.1 → K.2 → K.1")


@pytest.mark.parametrize("back", ["urn:x:1", "https://a.example/1", "K.1", "k-1"])
def test_a_circle_of_precedes_is_found_by_uri_alias_and_any_spelling_of_a_code(back: str) -> None:
    links = (Association("urn:x:1", "precedes", "urn:x:2"), Association("K.2", "precedes", back))
    (problem,) = checked(framework(ONE, TWO, links=links)).problems
    assert (problem.code, problem.severity, problem.value) == ("cycle-precedes", "error", "K.1 → K.2 → K.1")


def test_a_circle_through_other_frameworks_is_named_by_uris() -> None:
    links = (
        Association("urn:x:1", "precedes", "https://b.example/9"),
        Association("https://b.example/9", "precedes", "urn:x:1"),
    )
    (problem,) = checked(framework(ONE, links=links)).problems
    assert problem.value == "K.1 → https://b.example/9 → K.1"


def test_a_code_that_several_statements_share_makes_no_circle() -> None:
    again = Item("urn:x:4", "Count again.", codes=("k 1",))
    links = (Association("urn:x:1", "precedes", "urn:x:2"), Association("urn:x:2", "precedes", "K.1"))
    assert told(checked(framework(ONE, TWO, again, links=links))) == [("code-twice", "warning")]


def test_a_table_of_links_is_checked_for_circles_by_what_its_ends_mean() -> None:
    links = (
        Association("4.NF.1", "precedes", "https://a.example/2"),
        Association("http://www.a.example/2/", "precedes", "4-nf-1"),
    )
    (problem,) = checked(framework(links=links)).problems
    assert (problem.code, problem.severity) == ("cycle-precedes", "error")
    assert problem.value == "4.NF.1 → https://a.example/2 → 4.NF.1"


def test_an_item_that_is_its_own_parent_is_an_error_told_once() -> None:
    for parent in ("urn:x:1", "https://a.example/1"):
        found = checked(framework(under(ONE, parent)))
        assert told(found) == [("parent-itself", "error")]
        assert "K.1 is named as its own parent" in found.problems[0].message


def test_a_link_of_a_statement_with_itself_is_left_out() -> None:
    links = (
        Association("urn:x:1", "precedes", "https://a.example/1"),
        Association("https://b.example/1", "related", "https://b.example/1"),
        Association("urn:x:1", "precedes", "urn:x:2"),
    )
    found = checked(framework(ONE, TWO, links=links))
    assert told(found) == [("self-relation", "warning")] * 2
    assert found.associations == links[2:]


def test_a_parent_that_is_not_there_is_told_and_the_item_stands_without_it() -> None:
    found = checked(framework(ONE, under(TWO, "urn:x:9", "urn:x:1")))
    assert told(found) == [("parent-missing", "warning")]
    assert (found.problems[0].field, found.items[1].parents) == ("K.2", ("urn:x:1",))


def test_a_parent_may_be_named_by_alias_or_be_the_framework_itself() -> None:
    items = (under(ONE, "https://a.example/f"), under(TWO, "https://a.example/1", "urn:x:1"), under(THREE, "urn:x:f"))
    found = checked(framework(*items, aliases=("urn:x:f",)))
    assert found.problems == ()
    assert [item.parents for item in found.items] == [(), ("urn:x:1",), ()]


def test_of_two_statements_with_one_uri_the_first_is_kept() -> None:
    found = checked(framework(ONE, Item("urn:x:1", "Another.", codes=("K.9",))))
    assert (told(found), found.items) == ([("item-twice", "warning")], (ONE,))
    assert "K.1 and K.9 have the same URI" in found.problems[0].message


def test_a_link_with_no_end_in_the_framework_is_told() -> None:
    links = (
        Association("urn:x:8", "related", "urn:x:9"),
        Association("urn:x:1", "related", "urn:x:9"),
        Association("k 2", "related", "8.EE.1"),
        Association("urn:x:9", "isPartOf", "https://a.example/f"),
    )
    found = checked(framework(ONE, TWO, links=links))
    assert [(problem.code, problem.value) for problem in found.problems] == [("association-dangling", "urn:x:8")]


def test_an_end_that_can_only_be_a_statement_of_this_framework_must_be_there() -> None:
    links = (
        Association("urn:x:1", "related", "https://a.example/f/9"),
        Association("https://a.example/f#9", "related", "urn:x:2"),
        Association("urn:x:1", "related", "https://a.example/other"),
    )
    found = checked(framework(ONE, TWO, links=links))
    assert [(problem.code, problem.field, problem.value) for problem in found.problems] == [
        ("association-end-unknown", "urn:x:1", "https://a.example/f/9"),
        ("association-end-unknown", "urn:x:2", "https://a.example/f#9"),
    ]


def test_two_statements_of_one_framework_are_no_exact_match() -> None:
    links = (
        Association("K.1", "exactMatch", "urn:x:2"),
        Association("urn:x:1", "closeMatch", "urn:x:2"),
        Association("urn:x:1", "exactMatch", "https://b.example/1"),
    )
    assert told(checked(framework(ONE, TWO, links=links))) == [("match-inside", "warning")]


def gone(item: Item) -> Item:
    return Item(item.uri, item.statement, codes=item.codes, deprecated=True)


def test_a_replacement_that_is_deprecated_itself_is_told_and_a_chain_is_none() -> None:
    first, second = Association("urn:x:1", "replacedBy", "urn:x:2"), Association("urn:x:2", "replacedBy", "urn:x:3")
    assert checked(framework(gone(ONE), gone(TWO), THREE, links=(first, second))).problems == ()
    (problem,) = checked(framework(gone(ONE), gone(TWO), THREE, links=(first,))).problems
    assert (problem.code, problem.severity) == ("replacement-deprecated", "warning")
    assert "K.1 is replaced by K.2, which is deprecated" in problem.message


def test_replacements_in_a_circle_are_a_warning() -> None:
    links = (Association("urn:x:1", "replacedBy", "urn:x:2"), Association("urn:x:2", "replacedBy", "urn:x:1"))
    assert told(checked(framework(gone(ONE), gone(TWO), links=links))) == [("cycle-replacedBy", "warning")]


def test_statements_in_the_same_words_under_one_parent_are_told_once() -> None:
    items = [Item(f"urn:x:1{n}", "Explain.", parents=("urn:x:1",)) for n in range(3)]
    found = checked(framework(ONE, *items))
    assert told(found) == [("statement-repeated", "warning")]
    assert "“Explain.” stands 3 times" in found.problems[0].message


def test_the_same_words_elsewhere_or_for_other_grades_are_nothing_to_tell() -> None:
    items = (
        Item("urn:x:11", "Explain.", parents=("urn:x:1",), grades=("1",)),
        Item("urn:x:12", "Explain.", parents=("urn:x:1",), grades=("2",)),
        Item("urn:x:13", "Explain.", parents=("urn:x:2",), grades=("1",)),
        Item("urn:x:14", "Explain."),
        Item("urn:x:15", "Explain."),
    )
    assert checked(framework(ONE, TWO, *items)).problems == ()


def test_codes_without_letter_or_digit_are_not_taken_for_one_code() -> None:
    found = checked(framework(Item("urn:x:1", "One", codes=("•",)), Item("urn:x:2", "Two", codes=("–",))))
    assert told(found) == [("code-unusable", "warning")] * 2


def test_a_large_framework_in_which_everything_is_wrong_is_told_in_a_few_sentences() -> None:
    items = [
        Item(f"{n % 5000}", "<b>TBD</b>", codes=("\x01",), parents=("urn:x:9",), language="xx") for n in range(9000)
    ]
    links = [Association(f"urn:x:{n}", "precedes", f"urn:x:{(n + 1) % 7000}") for n in range(7000)]
    found = checked(framework(*items, links=tuple(links)))
    counted = Counter(problem.code for problem in found.problems)
    assert max(counted.values()) <= 51
    assert len(found.items) == 5000
    assert counted["cycle-precedes"] == 1
