"""CASE packages."""

import json
from pathlib import Path
from typing import Any

import pytest

from vocab.frameworks import case
from vocab.frameworks.guid import made_of
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
            link(3, "ext:closeMatch", 2),
            link(3, "ext:likes", 2),
        ],
    )
    assert [(each.source, each.kind, each.target) for each in found.associations] == [
        (urn(2), "precedes", urn(3)),
        (urn(2), "exactMatch", urn(77)),
        (urn(2), "related", "https://other.example/standards/1"),
        (urn(3), "isPeerOf", urn(2)),
        (urn(3), "exemplar", "https://other.example/lesson"),
        (urn(3), "closeMatch", urn(2)),
        (urn(3), "ext:likes", urn(2)),
    ]
    assert found.problems == ()


def test_an_association_keeps_its_identifier_number_grouping_and_notes(tmp_path: Path) -> None:
    grouping = {"title": "Learning path", "identifier": uuid(70), "uri": f"{SERVER}/CFAssociationGroupings/{uuid(70)}"}
    stated = link(2, "precedes", 3, sequenceNumber=4, CFAssociationGroupingURI=grouping, notes="Seen in grade 3.")
    found = read(tmp_path, [item(2), item(3)], [stated, stated])
    assert found.associations == (Association(urn(2), "precedes", urn(3), uuid(900), 4, uuid(70), "Seen in grade 3."),)


def test_an_association_of_an_unknown_type_is_told_of(tmp_path: Path) -> None:
    found = read(tmp_path, [item(2), item(3)], [link(2, "likes", 3)])
    assert [problem.code for problem in found.problems] == ["association-unknown"]


def test_an_end_given_as_a_bare_address_is_the_item_with_that_address(tmp_path: Path) -> None:
    named = item(2, uri="https://state.example/math/1")
    stated = {"associationType": "isChildOf", "originNodeURI": f"{SERVER}/CFItems/{uuid(3)}"}
    found = read(tmp_path, [named, item(3)], [{**stated, "destinationNodeURI": "https://state.example/math/1"}])
    assert [each.parents for each in found.items] == [(), (urn(2),)]
    assert found.problems == ()


def test_an_identifier_made_of_the_address_says_that_the_address_is_the_identity(tmp_path: Path) -> None:
    address = "http://asn.example/resources/S1143"
    named = item(2, uri=address, identifier=made_of(address))
    found = read(tmp_path, [named], [link(2, "precedes", 3, originNodeURI={"identifier": made_of(address)})])
    assert (found.items[0].uri, found.items[0].aliases) == (address, ())
    assert found.associations[0].source == address


def test_what_we_have_no_field_for_is_kept_among_the_details(tmp_path: Path) -> None:
    stated = {
        "listEnumeration": "a)",
        "conceptKeywords": ["fractions"],
        "educationLevel": ["03", "Transition"],
        "subject": ["Math", "Knot theory"],
        "statusStartDate": "2014-08-01",
        "licenseURI": {"title": "CC BY", "identifier": uuid(7), "uri": "https://creativecommons.org/licenses/by/4.0/"},
        "abbreviatedStatement": "Short",
        "alternativeLabel": "Outcome",
        "lastChangeDateTime": "2020-02-02T00:00:00Z",
        "extensions": {"vendor": {"bloom": 3}},
    }
    document = {"lastChangeDateTime": "2020-01-01T00:00:00Z", "creator": "A State", "adoptionStatus": "Adopted"}
    found = read(tmp_path, [item(2, **stated)], [], **document, publisher="A Press", description="What to learn.")
    only = found.items[0]
    assert (only.grades, only.subjects, only.label) == (("3",), ("mathematics",), "Short")
    assert only.details == {
        **{member: stated[member] for member in stated if member not in ("abbreviatedStatement",)},
        "educationLevel": ["Transition"],
        "subject": ["Knot theory"],
    }
    assert (found.publisher, found.description) == ("A Press", "What to learn.")
    assert found.details == document


def test_numbers_under_other_parents_are_kept(tmp_path: Path) -> None:
    links = [link(4, "isChildOf", 2, sequenceNumber=1), link(4, "isChildOf", 3, sequenceNumber=7)]
    found = read(tmp_path, [item(2), item(3), item(4)], links)
    child = found.items[2]
    assert (child.position, child.parents, child.details) == (1, (urn(2), urn(3)), {"sequenceNumber": {urn(3): 7}})


def test_definitions_and_rubrics_are_kept_as_they_came(tmp_path: Path) -> None:
    concept = {"identifier": uuid(20), "title": "<b>Unit fractions</b>", "hierarchyCode": "1.1"}
    level = {"identifier": uuid(33), "quality": "Good", "score": 2.5}
    criterion = {"identifier": uuid(32), "category": "Reasoning", "weight": 0.5, "CFRubricCriterionLevels": [level]}
    rubric = {"identifier": uuid(31), "title": "Fractions", "CFRubricCriteria": [criterion]}
    head = {"identifier": uuid(1), "title": "Any"}
    stated = {"CFDocument": head, "CFDefinitions": {"CFConcepts": [concept, {"title": "?"}]}, "CFRubrics": [rubric]}
    found = case.read(json.dumps(stated).encode(), "any.json", "any")
    assert found.definitions == {"CFConcepts": (concept,)}
    assert found.rubrics == (rubric,)
    assert [(each.code, each.field) for each in found.problems] == [
        ("identifier-missing", "CFDefinitions.CFConcepts[1]")
    ]


def test_a_package_may_be_wrapped_in_an_object(tmp_path: Path) -> None:
    stated = {"CFPackage": {"CFDocument": {"identifier": uuid(1), "title": "Any"}, "CFItems": [item(2)]}}
    assert [each.uri for each in case.read(json.dumps(stated).encode(), "any.json", "any").items] == [urn(2)]


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
