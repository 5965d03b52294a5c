"""What a new version of a framework changes, on statements written here and on scripted edits of made-up frameworks."""

from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from tests.vocab.edited import Edit, edited, told
from tests.vocab.sentences import synthetic
from vocab.frameworks.changes import Change, Kind
from vocab.frameworks.difference import about, compare
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.nearest import nearest

FRACTIONS = Item("u:f", "Number and operations with fractions", ("4.NF",))
EQUIVALENCE = Item(
    "u:1",
    "Explain why two fractions are equivalent by using visual models; compare two fractions with different"
    " numerators by creating common denominators.",
    ("4.NF.1",),
    parents=("u:f",),
    position=1,
)
DECIMALS = Item("u:2", "Write tenths and hundredths as decimal notation.", ("4.NF.2",), parents=("u:f",), position=2)
ANGLES = Item("u:3", "Measure angles with a protractor.", ("4.NF.3",), parents=("u:f",), position=3)
LINES = Item("u:4", "Draw parallel and perpendicular lines.", ("4.NF.4",), parents=("u:f",), position=4)
ALL = (FRACTIONS, EQUIVALENCE, DECIMALS, ANGLES, LINES)


def framework(*items: Item, links: tuple[Association, ...] = (), **fields: Any) -> Framework:
    return Framework("u:framework", "math", "Math", items, links, **fields)


def changes(*items: Item, links: tuple[Association, ...] = ()) -> tuple[Change, ...]:
    return compare(framework(*ALL), framework(*items, links=links))


def kinds(found: tuple[Change, ...]) -> list[str]:
    return [each.kind.value for each in found]


def but(changed: Item, *others: Item) -> tuple[Item, ...]:
    return (*(changed if item.uri == changed.uri else item for item in ALL), *others)


def without(*gone: Item) -> list[Item]:
    return [item for item in ALL if item not in gone]


def replaced_by(source: str, *targets: str) -> tuple[Association, ...]:
    return tuple(Association(source, "replacedBy", target) for target in targets)


def test_the_same_version_changes_nothing() -> None:
    links = (Association("u:1", "precedes", "u:2"),)
    assert compare(framework(*ALL, links=links), framework(*reversed(ALL), links=links)) == ()


@pytest.mark.parametrize(
    ("changed", "kind", "fields"),
    [
        (replace(ANGLES, codes=("4.MD.3",)), "recoded", ()),
        (replace(ANGLES, codes=("4-nf-3",)), "recoded", ()),
        (replace(ANGLES, statement="Measure and draw angles with a protractor."), "reworded", ()),
        (replace(ANGLES, statement="Measure  angles with a\u00a0protractor."), "amended", ("typography",)),
        (replace(ANGLES, parents=()), "moved", ()),
        (replace(ANGLES, kind="Standard", notes="See page 3."), "amended", ("kind", "notes")),
        (replace(ANGLES, grades=("4",), subjects=("math",)), "amended", ("grades", "subjects")),
        (replace(ANGLES, aliases=("https://state.example/3",)), "amended", ("aliases",)),
        (replace(ANGLES, parents=("u:f", "u:2")), "amended", ("parents",)),
        (replace(ANGLES, details={"conceptKeywords": ["angle"]}), "amended", ("conceptKeywords",)),
    ],
)
def test_what_differs_about_a_statement_is_told_by_its_kind(changed: Item, kind: str, fields: tuple[str, ...]) -> None:
    (found,) = changes(*but(changed))
    assert (found.kind, found.fields) == (kind, fields)
    assert [side.uri for side in (*found.old, *found.new)] == ["u:3", "u:3"]


def test_the_time_of_a_change_is_no_change() -> None:
    assert changes(*but(replace(ANGLES, details={"lastChangeDateTime": "2026-01-01"}))) == ()


def test_several_changes_of_one_statement_are_told_each_in_the_order_of_kinds() -> None:
    changed = replace(ANGLES, codes=("4.MD.9",), statement="Sketch angles.", parents=(), label="Angles")
    assert kinds(changes(*but(changed))) == ["recoded", "reworded", "moved", "amended"]


def test_a_side_names_the_statement_and_what_it_stands_under() -> None:
    (found,) = changes(*without(ANGLES))
    (side,) = found.old
    assert (found.kind, side.name, side.where) == (Kind.REMOVED, "4.NF.3", "4.NF")
    assert side.statement == ANGLES.statement


def test_a_statement_put_in_front_reorders_nothing() -> None:
    behind = [item if item is FRACTIONS else replace(item, position=item.position + 1) for item in ALL]
    first = Item("u:new", "Sort shapes by symmetry.", parents=("u:f",), position=1)
    assert kinds(changes(first, *behind)) == ["added"]


def test_only_the_statement_that_changed_places_is_reordered() -> None:
    (found,) = changes(*but(replace(EQUIVALENCE, position=9)))
    assert (found.kind, found.new[0].uri) == (Kind.REORDERED, "u:1")


def test_a_statement_is_known_by_an_alias_of_either_version() -> None:
    moved = replace(ANGLES, uri="urn:new", aliases=("u:3",))
    (found,) = changes(*without(ANGLES), moved)
    assert (found.kind, found.old[0].uri, found.new[0].uri) == (Kind.REIDENTIFIED, "u:3", "urn:new")


def test_an_address_that_two_statements_share_tells_neither_apart() -> None:
    page = ("https://state.example/standards",)
    old = [replace(ANGLES, aliases=page), replace(LINES, aliases=page)]
    new = [Item("u:8", "Sing a song.", aliases=page), Item("u:9", "Dance a dance.", aliases=page)]
    assert sorted(kinds(compare(framework(*old), framework(*new)))) == ["added", "added", "removed", "removed"]


def test_two_spellings_of_a_uri_are_one_statement() -> None:
    old = replace(ANGLES, uri="http://www.state.example/3/", parents=())
    (found,) = compare(framework(old), framework(replace(old, uri="https://state.example/3")))
    assert (found.kind, found.fields) == (Kind.AMENDED, ("uri",))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (replace(ANGLES, uri="urn:new"), ["reidentified"]),
        (replace(ANGLES, uri="urn:new", parents=()), ["reidentified", "moved"]),
        (replace(ANGLES, uri="urn:new", codes=("CCSS.Math.Content.4.NF.3",)), ["reidentified", "recoded"]),
        (replace(ANGLES, uri="urn:new", codes=("9.X.1",)), ["replaced"]),
        (replace(ANGLES, uri="urn:new", statement="Sing a song of the sea."), ["removed", "added"]),
    ],
)
def test_another_uri_with_the_same_code_and_wording_is_the_same_statement(changed: Item, expected: list[str]) -> None:
    assert kinds(changes(*without(ANGLES), changed)) == expected


def test_a_framework_without_codes_whose_uris_all_change_is_still_the_same() -> None:
    old = [replace(item, codes=()) for item in ALL]
    new = [replace(each, uri=f"n{each.uri}", parents=tuple(f"n{uri}" for uri in each.parents)) for each in old]
    assert kinds(compare(framework(*old), framework(*new))) == ["reidentified"] * 5


def test_a_heading_renamed_under_another_uri_is_known_by_what_stands_under_it() -> None:
    heading = Item("u:g", "Rational quantities", ("4.RQ",))
    below = [replace(item, parents=("u:g",)) for item in ALL if item is not FRACTIONS]
    (found,) = changes(heading, *below)
    assert (found.kind, found.old[0].uri, found.new[0].uri) == (Kind.REPLACED, "u:f", "u:g")


def clauses() -> tuple[Item, Item]:
    first, second = EQUIVALENCE.statement.split("; ")
    return (
        Item("u:1a", f"{first}.", ("4.NF.1.a",), parents=("u:f",), position=1),
        Item("u:1b", second.capitalize(), ("4.NF.1.b",), parents=("u:f",), position=2),
    )


def test_a_statement_divided_in_two_is_split_and_says_how_it_is_known() -> None:
    (found,) = changes(*without(EQUIVALENCE), *clauses())
    assert (found.kind, [side.uri for side in found.new]) == (Kind.SPLIT, ["u:1a", "u:1b"])
    assert 0.9 <= found.confidence <= 1
    assert found.why == "Two new statements under 4.NF together carry 100 % of its words."


def test_two_statements_joined_are_merged() -> None:
    (found,) = compare(framework(*without(EQUIVALENCE), *clauses()), framework(*ALL))
    assert (found.kind, [side.uri for side in found.old]) == (Kind.MERGED, ["u:1a", "u:1b"])


def test_one_clause_of_two_that_remains_is_a_replacement_less_sure_than_a_split() -> None:
    (split,) = changes(*without(EQUIVALENCE), *clauses())
    (found,) = changes(*without(EQUIVALENCE), clauses()[0])
    assert found.kind is Kind.REPLACED
    assert 0.5 <= found.confidence < split.confidence


def test_an_unlike_statement_in_its_place_replaces_nothing() -> None:
    song = Item("u:9", "Sing a song of the sea.", ("4.NF.9",), parents=("u:f",), position=1)
    assert kinds(changes(*without(EQUIVALENCE), song)) == ["removed", "added"]


@pytest.mark.parametrize(
    ("gone", "targets", "kind"),
    [(True, ["n:1"], "replaced"), (True, ["n:1", "n:2"], "split"), (False, ["n:1"], "deprecated"),
     (False, ["n:1", "n:2"], "split")],
)  # fmt: skip
def test_the_publishers_word_comes_first_and_is_sure(gone: bool, targets: list[str], kind: str) -> None:
    new = [Item(uri, f"Sing song {uri}.") for uri in targets]
    rest = without(ANGLES) if gone else but(replace(ANGLES, deprecated=True))
    found = changes(*rest, *new, links=replaced_by("u:3", *targets))
    assert kinds(found) == [kind, *["linked"] * len(targets)]
    assert (found[0].confidence, [side.uri for side in found[0].new]) == (1.0, targets)


def test_two_statements_with_one_stated_successor_are_merged() -> None:
    marked = [replace(item, deprecated=True) if item in (ANGLES, LINES) else item for item in ALL]
    links = replaced_by("u:3", "u:9") + replaced_by("u:4", "u:9")
    found = changes(*marked, Item("u:9", "Sing."), links=links)
    assert told(found)[Edit(Kind.MERGED, ("u:3", "u:4"), ("u:9",))] == 1
    assert kinds(found) == ["merged", "linked", "linked"]


def test_replacements_are_followed_to_the_last_and_circles_end() -> None:
    links = replaced_by("u:3", "u:4") + replaced_by("u:4", "u:9")
    marked = [replace(item, deprecated=True) if item is LINES else item for item in without(ANGLES)]
    assert kinds(changes(*marked, Item("u:9", "Sing."), links=links))[0] == "merged"
    round_about = [replace(item, deprecated=True) if item in (ANGLES, LINES) else item for item in ALL]
    found = changes(*round_about, links=replaced_by("u:3", "u:4") + replaced_by("u:4", "u:3"))
    assert [(each.old[0].uri, each.new[0].uri) for each in found[:2]] == [("u:3", "u:4"), ("u:4", "u:3")]


def test_one_deprecated_without_a_successor_is_told_once() -> None:
    marked = framework(*but(replace(ANGLES, deprecated=True)))
    assert kinds(compare(framework(*ALL), marked)) == ["deprecated"]
    assert compare(marked, marked) == ()
    assert [each.fields for each in compare(marked, framework(*ALL))] == [("deprecated",)]


def test_the_old_versions_word_counts_for_what_is_gone_since() -> None:
    old = framework(*but(replace(ANGLES, deprecated=True)), links=replaced_by("u:3", "u:4"))
    found = compare(old, framework(*without(ANGLES)))
    assert kinds(found) == ["replaced", "unlinked"]


def test_a_statement_that_bears_two_old_uris_merges_them() -> None:
    both = Item("u:9", "Draw lines and angles.", aliases=("u:3", "u:4"), parents=("u:f",), position=3)
    (found,) = changes(*without(ANGLES, LINES), both)
    assert (found.kind, found.confidence) == (Kind.MERGED, 1.0)


def test_a_successor_outside_the_framework_is_named_by_its_uri() -> None:
    found = changes(*without(ANGLES), links=replaced_by("u:3", "https://other.example/9"))
    assert (found[0].kind, found[0].new[0].name) == (Kind.REPLACED, "https://other.example/9")


def test_links_are_compared_by_kind_and_by_what_their_ends_are() -> None:
    old = framework(*ALL, links=(Association("u:1", "precedes", "u:3", "id-1"), Association("u:1", "related", "u:2")))
    new = framework(
        *without(ANGLES),
        replace(ANGLES, uri="urn:new"),
        links=(Association("u:1", "precedes", "urn:new", "id-2", 7), Association("u:2", "related", "u:4")),
    )
    found = compare(old, new)
    assert kinds(found) == ["reidentified", "linked", "unlinked"]
    assert [(each.fields, each.old[0].uri, each.new[0].uri) for each in found[1:]] == [
        (("related",), "u:2", "u:4"),
        (("related",), "u:1", "u:2"),
    ]


def test_a_link_by_code_is_the_link_by_uri() -> None:
    old = framework(*ALL, links=(Association("4.NF.1", "precedes", "4-NF-2"),))
    assert compare(old, framework(*ALL, links=(Association("u:1", "precedes", "u:2"),))) == ()


def test_what_is_said_of_the_framework_itself_is_told_by_name() -> None:
    new = replace(framework(*ALL), version="2", license_url="https://cc.example", details={"adoptionStatus": "Draft"})
    assert about(framework(*ALL), new) == ("version", "license_url", "adoptionStatus")


def test_a_table_of_links_is_compared_by_its_links() -> None:
    old, new = (framework(links=(Association("a", "exactMatch", end),)) for end in ("b", "c"))
    assert kinds(compare(old, new)) == ["linked", "unlinked"]


def test_what_goes_without_successor_may_go_to_the_neighbor_that_took_its_words() -> None:
    taken = replace(LINES, statement="Draw parallel and perpendicular lines; measure angles with a protractor.")
    new = framework(*[taken if item is LINES else item for item in without(ANGLES)])
    (found,) = nearest(compare(framework(*ALL), new), framework(*ALL), new)
    assert (found.old_uri, found.new_uris, found.confidence) == ("u:3", ("u:4",), 1.0)


def test_what_nothing_is_like_goes_to_what_it_stood_under_or_nowhere() -> None:
    new = framework(*without(ANGLES))
    (found,) = nearest(compare(framework(*ALL), new), framework(*ALL), new)
    assert (found.new_uris, found.confidence) == (("u:f",), 0.1)
    (found,) = nearest(compare(framework(FRACTIONS), framework(LINES)), framework(FRACTIONS), framework(LINES))
    assert (found.new_uris, found.confidence) == ((), 0.0)


@pytest.mark.parametrize("coded", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_the_difference_of_scripted_edits_is_the_edits(seed: int, coded: bool) -> None:
    old = synthetic(seed, coded=coded)
    new, edits = edited(old, seed)
    assert told(compare(old, new)) == Counter(edits)
    assert len(edits) > 50


@pytest.mark.parametrize("seed", range(4))
def test_every_statement_has_one_fate_and_every_new_one_one_origin(seed: int) -> None:
    old = synthetic(seed)
    new, _ = edited(old, seed + 100, 150)
    found = compare(old, new)
    ends = ("removed", "split", "merged", "replaced", "deprecated")
    fates = Counter(side.uri for each in found if each.kind in ends for side in each.old)
    assert max(fates.values()) == 1
    gone = {item.uri for item in old.items} - {item.uri for item in new.items}
    renamed = {each.old[0].uri for each in found if each.kind is Kind.REIDENTIFIED}
    assert gone <= fates.keys() | renamed
    origins = ("added", "split", "merged", "replaced", "reidentified")
    come = Counter(side.uri for each in found if each.kind in origins for side in each.new)
    fresh = {item.uri for item in new.items} - {item.uri for item in old.items}
    stated = {side.uri for each in found if each.kind is Kind.DEPRECATED for side in each.new}
    assert fresh <= come.keys() | stated
    assert max(come[uri] for uri in fresh) == 1
