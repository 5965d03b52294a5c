"""CASE packages."""

import json
from pathlib import Path
from typing import Any

import pytest

from vocab.frameworks.model import Association, Framework
from vocab.frameworks.read import read_framework

SERVER = "https://case.example/ims/case/v1p0"


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def urn(number: int) -> str:
    return f"urn:uuid:{uuid(number)}"


def item(number: int, **fields: Any) -> dict[str, Any]:
    stated = {"identifier": uuid(number), "uri": f"{SERVER}/CFItems/{uuid(number)}", "fullStatement": f"Item {number}"}
    return {**stated, **fields}


def link(origin: int, kind: str, destination: int | str, **fields: Any) -> dict[str, Any]:
    def end(node: int | str) -> dict[str, str]:
        return {"identifier": uuid(node), "uri": f"{SERVER}/{uuid(node)}"} if isinstance(node, int) else {"uri": node}

    return {
        "identifier": uuid(900),
        "originNodeURI": end(origin),
        "associationType": kind,
        "destinationNodeURI": end(destination),
        **fields,
    }


def read(tmp_path: Path, items: list[dict[str, Any]], links: list[dict[str, Any]], **document: Any) -> Framework:
    head = {"identifier": uuid(1), "uri": f"{SERVER}/CFDocuments/{uuid(1)}", "title": "State Mathematics", **document}
    path = tmp_path / "state-math.json"
    path.write_text(json.dumps({"CFDocument": head, "CFItems": items, "CFAssociations": links}))
    return read_framework(path)


def test_the_uuid_is_the_identity_and_the_uri_an_alias(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2, humanCodingScheme="4.NF.3", educationLevel=["04"])], [link(2, "isChildOf", 1)])
    assert (found.uri, found.code, found.title) == (urn(1), "state-math", "State Mathematics")
    (only,) = found.items
    assert only.uri == urn(2)
    assert only.aliases == (f"{SERVER}/CFItems/{uuid(2)}",)
    assert (only.codes, only.grades, only.parents) == (("4.NF.3",), ("4",), ())
    assert found.problems == ()


def test_the_document_says_who_publishes_under_which_license(tmp_path: Path) -> None:
    license = {"title": "CC BY", "identifier": uuid(7), "uri": "https://creativecommons.org/licenses/by/4.0/"}
    found = read(
        tmp_path,
        [item(2)],
        [],
        publisher="A State",
        version="2.1",
        language="es-MX",
        licenseURI=license,
        subject=["Math"],
    )
    assert (found.publisher, found.version, found.language) == ("A State", "2.1", "es")
    assert found.license_url == "https://creativecommons.org/licenses/by/4.0/"
    assert found.subjects == ("mathematics",)
    assert found.items[0].language == "es"


def test_a_parent_may_come_after_its_child_and_there_may_be_several(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [item(4), item(3), item(2)],
        [link(4, "isChildOf", 3), link(4, "isChildOf", 2), link(3, "isChildOf", 2), link(2, "isChildOf", 1)],
    )
    assert {each.uri: each.parents for each in found.items} == {urn(4): (urn(3), urn(2)), urn(3): (urn(2),), urn(2): ()}


def test_siblings_stand_in_the_order_of_their_sequence_numbers(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [item(2), item(3)],
        [link(2, "isChildOf", 1, sequenceNumber=20), link(3, "isChildOf", 1, sequenceNumber=10)],
    )
    assert [each.uri for each in sorted(found.items, key=lambda each: each.position)] == [urn(3), urn(2)]


def test_a_sequence_number_beyond_all_measure_is_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2)], [link(2, "isChildOf", 1, sequenceNumber=10**40)])
    assert found.items[0].position == 1


def test_an_item_whose_parent_is_not_in_the_file_stays_and_is_told_of(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2)], [link(2, "isChildOf", 55)])
    assert found.items[0].parents == ()
    (problem,) = found.problems
    assert (problem.code, problem.severity, problem.value) == ("parent-missing", "warning", urn(55))


def test_associations_keep_their_direction_and_may_point_outside(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        [item(2), item(3)],
        [
            link(2, "precedes", 3),
            link(2, "exactMatchOf", 77),
            link(2, "isRelatedTo", "https://other.example/standards/1"),
            link(3, "isPeerOf", 2),
            link(3, "exemplar", "https://other.example/lesson"),
        ],
    )
    assert found.associations == (
        Association(urn(2), "precedes", urn(3)),
        Association(urn(2), "exactMatch", urn(77)),
        Association(urn(2), "related", "https://other.example/standards/1"),
        Association(urn(3), "related", urn(2)),
    )
    assert found.problems == ()


def test_an_association_of_an_unknown_type_is_told_of(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2), item(3)], [link(2, "ext:likes", 3)])
    assert [problem.code for problem in found.problems] == ["association-unknown"]


def test_a_replaced_item_is_deprecated(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2), item(3)], [link(2, "replacedBy", 3)])
    assert [each.deprecated for each in found.items] == [True, False]


def test_an_item_given_twice_is_kept_once(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2), item(2, fullStatement="Again")], [])
    assert [each.statement for each in found.items] == ["Item 2"]
    assert [problem.code for problem in found.problems] == ["item-twice"]


@pytest.mark.parametrize(
    ("package", "told"),
    [
        ({"CFDocument": [], "CFItems": []}, "CFDocument should be an object"),
        ({"CFDocument": {"title": "x"}}, "CFDocument has neither identifier nor uri"),
        ({"CFDocument": {"identifier": "x"}, "CFItems": {}}, "CFItems should be a list"),
        ({"CFDocument": {"identifier": "x"}, "CFItems": ["y"]}, r"CFItems\[0\] should be an object"),
        ({"CFDocument": {"identifier": "x"}, "CFItems": [{}]}, r"CFItems\[0\] has neither"),
    ],
)
def test_a_misshapen_package_is_refused_by_field(tmp_path: Path, package: dict[str, Any], told: str) -> None:
    path = tmp_path / "package.json"
    path.write_text(json.dumps(package))
    with pytest.raises(ValueError, match=told):
        read_framework(path)
