"""CASE packages that are not as they should be."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from vocab.frameworks import case
from vocab.frameworks.case_fields import (
    DEFINITIONS,
    OURS,
    CFAssociation,
    CFDocument,
    CFItem,
    OurDocument,
    OurItem,
    OurLink,
)
from vocab.frameworks.case_write import write
from vocab.frameworks.model import Framework

ONE, TWO = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
HEAD = {"identifier": ONE, "title": "State Mathematics"}
ITEM = {"identifier": TWO, "fullStatement": "Adds"}


def read(content: bytes) -> Framework:
    return case.read(content, "state.json", "state")


def package(item: Any = ITEM, links: Any = (), **members: Any) -> bytes:
    return json.dumps({"CFDocument": HEAD, "CFItems": [item], "CFAssociations": links, **members}).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": 1}', "state.json is no CASE package: CFDocument should be an object"),
        (b"[1]", "state.json is JSON, but no CASE package"),
        (b'"text"', "state.json is JSON, but no CASE package"),
        (b"", "state.json is not well-formed JSON"),
        (package()[:-30], "state.json is not well-formed JSON: Input data was truncated"),
        (package({**ITEM, "extensions": {"n": float("nan")}}), "state.json is not well-formed JSON"),
        (b'{"CFDocument":' + b"[" * 9000 + b"]" * 9000 + b"}", "state.json is nested too deeply"),
        (b'{"CFPackage": {"CFItems": []}}', "CFPackage is no CASE package"),
        (b'{"CFDocument": null}', "CFDocument should be an object"),
        (package({"fullStatement": "Adds"}), r"CFItems\[0\] has neither identifier nor uri"),
        (package({"identifier": ["x"]}), r"CFItems\[0\] has neither identifier nor uri"),
        (package(["x"]), r"CFItems\[0\] should be an object"),
        (package(links=[3]), r"CFAssociations\[0\] should be an object"),
        (package(links={"a": 1}), "CFAssociations should be a list"),
        (package({**ITEM, "fullStatement": "\ud800"}), "state.json is not well-formed JSON"),
        (b'{"CFDocument": {"identifier": "x", "extensions": {"n": 1e999}}}', "CFDocument cannot be read"),
    ],
)
def test_what_is_no_package_is_refused_in_one_sentence(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        read(content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + package({**ITEM, "fullStatement": "Años"}),
        json.dumps({"CFDocument": HEAD, "CFItems": [{**ITEM, "fullStatement": "Años"}]}, indent=1)
        .replace("\n", "\r\n")
        .encode("utf-16"),
    ],
)
def test_a_byte_order_mark_is_passed_over(content: bytes) -> None:
    found = read(content)
    assert ([item.statement for item in found.items], found.problems) == (["Años"], ())


def test_windows_letters_are_read_and_told_of() -> None:
    text = json.dumps({"CFDocument": HEAD, "CFItems": [{**ITEM, "fullStatement": "Años – “1”"}]}, ensure_ascii=False)
    found = read(text.encode("cp1252"))
    assert found.items[0].statement == "Años – “1”"
    assert [problem.code for problem in found.problems] == ["encoding"]


@pytest.mark.parametrize(
    ("members", "field", "value"),
    [
        ({"humanCodingScheme": 4.5}, "humanCodingScheme", ("4.5",)),
        ({"humanCodingScheme": {"a": 1}}, "humanCodingScheme", ()),
        ({"educationLevel": [3, None, "04"]}, "educationLevel", ("3", "4")),
        ({"educationLevel": {"a": 1}}, "educationLevel", ()),
        ({"extensions": ["x"]}, "extensions", {}),
        ({"uri": {"uri": "x"}}, "uri", ()),
    ],
)
def test_a_member_of_a_wrong_type_is_mended_or_left_out_and_named(
    members: dict[str, Any], field: str, value: Any
) -> None:
    found = read(package({**ITEM, **members}))
    ours = {"humanCodingScheme": "codes", "educationLevel": "grades", "extensions": "details", "uri": "aliases"}
    assert getattr(found.items[0], ours[field]) == value
    assert [(each.code, each.field) for each in found.problems] == [("member-type", f"CFItems[0].{field}")]


def test_the_same_fault_in_many_items_is_told_once() -> None:
    items = [
        {"identifier": f"{n:08d}-0000-4000-8000-000000000000", "fullStatement": "x", "notes": 3} for n in range(90)
    ]
    (problem,) = read(json.dumps({"CFDocument": HEAD, "CFItems": items}).encode()).problems
    assert problem.field == "CFItems[0].notes"
    assert problem.message.endswith("it was read as such. (And 89 more like it.)")


def test_a_link_of_wrong_types_is_left_out_and_told_of() -> None:
    ends = {"originNodeURI": {"identifier": TWO}, "destinationNodeURI": {"identifier": ONE}}
    links = [
        {**ends, "associationType": "precedes", "sequenceNumber": "7"},
        {**ends, "associationType": ["precedes"]},
        {"associationType": "precedes", "originNodeURI": [TWO]},
        {"associationType": "isChildOf", "originNodeURI": {"identifier": TWO}},
    ]
    found = read(package(links=links))
    assert [(each.source, each.sequence) for each in found.associations] == [(f"urn:uuid:{TWO}", None)]
    assert sorted({each.code for each in found.problems}) == ["association-end", "association-unknown", "member-type"]


def test_an_item_without_a_statement_is_named_by_its_place() -> None:
    found = read(package({"identifier": TWO}))
    assert [(each.code, each.field) for each in found.problems] == [("statement-missing", "CFItems[0].fullStatement")]
    assert len(found.items) == 1


def test_a_text_without_end_in_a_definition_is_cut() -> None:
    concept = {"identifier": TWO, "title": "x" * 30_000}
    found = read(package(CFDefinitions={"CFConcepts": [concept]}))
    assert len(found.definitions["CFConcepts"][0]["title"]) == 20_000
    assert [(each.code, each.field) for each in found.problems] == [("text-cut", "CFDefinitions.CFConcepts[0]")]


def test_extensions_without_bottom_are_cut_off() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"a": deep}
    found = read(package({**ITEM, "extensions": {"vendor": deep, "big": 10**40}}))
    assert [each.code for each in found.problems] == ["nested-too-deeply"]
    assert found.items[0].details["extensions"]["big"] == 1e40


@pytest.mark.parametrize("ours", [5, {"codes": 5}, {"details": []}, {"grades": ["3", "<script>"], "subjects": ["?"]}])
def test_our_own_extensions_are_not_trusted(ours: Any) -> None:
    found = read(package({**ITEM, "educationLevel": ["03"], "extensions": {OURS: ours}}))
    assert (found.items[0].grades, found.items[0].subjects, found.items[0].details) == (("3",), (), {})


@pytest.mark.parametrize("definitions", [[], None, 5, {"CFConcepts": {}}, {"CFConcepts": [3]}, {"CFConcepts": None}])
def test_definitions_of_any_shape_do_no_harm(definitions: Any) -> None:
    assert read(package(CFDefinitions=definitions, CFRubrics=definitions)).definitions == {}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(ONE) | st.just("isChildOf"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["identifier", "uri", "title", "added", "kept", OURS, "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def objects_like(kind: Any, ours: Any = None) -> st.SearchStrategy[Any]:
    members = dict.fromkeys(kind.__struct_fields__, anything)
    if ours:
        members["extensions"] = anything | st.fixed_dictionaries({OURS: objects_like(ours)})
    some = st.fixed_dictionaries({}, optional=members)
    return some | some.map(lambda found: {**found, "identifier": TWO}) | anything


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "CFDocument": objects_like(CFDocument, OurDocument).map(
                lambda found: {**found, **HEAD} if isinstance(found, dict) else HEAD
            )
        },
        optional={
            "CFItems": st.lists(objects_like(CFItem, OurItem), max_size=3),
            "CFAssociations": st.lists(objects_like(CFAssociation, OurLink), max_size=3),
            "CFDefinitions": anything | st.dictionaries(st.sampled_from(DEFINITIONS), anything, max_size=2),
            "CFRubrics": anything,
            "extensions": anything,
        },
    )
)
def test_nothing_that_a_package_may_hold_breaks_the_reader_or_the_writer(stated: dict[str, Any]) -> None:
    with suppress(ValueError):
        found = replace(read(json.dumps(stated).encode()), problems=())
        assert replace(read(b"".join(write(found))), problems=()) == found
