"""What stands in a written CASE package, and in one object alone."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from vocab.frameworks import case, case_objects
from vocab.frameworks.case_fields import OURS
from vocab.frameworks.case_write import write
from vocab.frameworks.guid import guid, made_of
from vocab.frameworks.model import Association, Framework, Item

OPENAPI = Path(__file__).parents[3] / "shared" / "data" / "schemas" / "case-1.1" / "openapi-3.0.json"
BASE = "https://registry.example"
DOCUMENT, TOP, CHILD = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in "123")
ASN = "http://asn.example/resources/S1143"
FRAMEWORK = Framework(
    DOCUMENT,
    "math",
    "State Mathematics",
    items=(
        Item(TOP, "Fractions", kind="Domain", aliases=("https://state.example/fractions",)),
        Item(CHILD, "Adds", codes=("4.NF.3", "CCSS.4.NF.3"), parents=(TOP,), position=2, grades=("K", "4")),
        Item(ASN, "Subtracts", parents=(TOP, CHILD), position=1, labels={"es": "Resta"}, language="es"),
    ),
    associations=(
        Association(CHILD, "precedes", ASN, notes="Seen."),
        Association(CHILD, "closeMatch", "5.NF.1"),
        Association(ASN, "isTranslationOf", CHILD),
    ),
    publisher="A State",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    definitions={"CFItemTypes": ({"identifier": guid(TOP), "title": "Domain", "typeCode": None},)},
    details={"lastChangeDateTime": "2020-01-02T03:04:05+00:00"},
)


def written(framework: Framework = FRAMEWORK, **manner: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(write(framework, **manner)))
    return found


def test_an_item_is_written_with_its_identifier_address_and_the_words_of_ceds() -> None:
    top, child, other = written()["CFItems"]
    assert (top["identifier"], top["uri"]) == (guid(TOP), "https://state.example/fractions")
    assert (child["uri"], child["humanCodingScheme"], child["educationLevel"]) == (CHILD, "4.NF.3", ["KG", "04"])
    assert child["extensions"] == {OURS: {"codes": ["4.NF.3", "CCSS.4.NF.3"]}}
    assert (other["identifier"], other["uri"], other["language"]) == (made_of(ASN), ASN, "es")
    assert other["extensions"] == {OURS: {"labels": {"es": "Resta"}}}


def test_what_has_no_web_address_gets_one_below_the_base() -> None:
    package = written(base=BASE)
    assert package["CFDocument"]["uri"] == f"{BASE}/ims/case/v1p1/CFDocuments/{guid(DOCUMENT)}"
    top, child, other = package["CFItems"]
    assert child["uri"] == f"{BASE}/ims/case/v1p1/CFItems/{guid(CHILD)}"
    assert (top["uri"], other["uri"]) == ("https://state.example/fractions", ASN)
    read = case.read(json.dumps(package).encode(), "again", "math")
    assert [each.aliases for each in read.items] == [("https://state.example/fractions",), (), ()]


def test_the_hierarchy_is_written_before_the_links_the_primary_parent_first() -> None:
    links = [
        (each["originNodeURI"]["identifier"], each["associationType"], each["destinationNodeURI"]["identifier"])
        for each in written()["CFAssociations"]
    ]
    top, child, other = (guid(each.uri) for each in FRAMEWORK.items)
    assert links == [
        (top, "isChildOf", guid(DOCUMENT)),
        (child, "isChildOf", top),
        (other, "isChildOf", top),
        (other, "isChildOf", child),
        (child, "precedes", other),
        (child, "ext:closeMatch", "5.NF.1"),
        (other, "isTranslationOf", child),
    ]


def test_a_code_at_the_end_of_a_link_is_marked_as_one() -> None:
    end = written()["CFAssociations"][5]["destinationNodeURI"]
    assert end == {"title": "5.NF.1", "identifier": "5.NF.1", "uri": "urn:x-code:5.NF.1", "targetType": "ext:code"}


def test_the_older_version_holds_only_what_it_has_members_for() -> None:
    package = written(version="1.0")
    assert [each["associationType"] for each in package["CFAssociations"][4:]] == ["precedes"] + ["isRelatedTo"] * 2
    assert "targetType" not in package["CFAssociations"][5]["destinationNodeURI"]
    assert not [each for name in ("CFItems", "CFAssociations") for each in package[name] if "extensions" in each]
    assert not {"caseVersion", "extensions"} & package["CFDocument"].keys()
    again = case.read(json.dumps(package).encode(), "again", "math")
    assert [(each.uri, each.parents, each.position) for each in again.items] == [
        (each.uri, each.parents, each.position) for each in FRAMEWORK.items
    ]


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"CASE 2\.0 is not known"):
        write(FRAMEWORK, version="2.0")


def test_a_definition_is_completed_and_read_as_it_was() -> None:
    package = written()
    (found,) = package["CFDefinitions"]["CFItemTypes"]
    assert (found["hierarchyCode"], found["description"]) == ("1", "Domain")
    assert found["lastChangeDateTime"] == "2020-01-02T03:04:05+00:00"
    assert "typeCode" not in found
    assert case.read(json.dumps(package).encode(), "again", "math").definitions == FRAMEWORK.definitions


def test_a_date_that_is_not_the_publishers_is_not_taken_for_it() -> None:
    dateless = Framework("urn:x-any", "any", "Any", items=(Item(ASN, "Adds"),))
    package = written(dateless, changed="2026-01-02T03:04:05Z")
    assert package["CFItems"][0]["lastChangeDateTime"] == "2026-01-02T03:04:05Z"
    again = case.read(json.dumps(package).encode(), "again", "any")
    assert (again.details, again.items[0].details) == ({}, {})


def test_two_items_whose_addresses_end_in_one_uuid_stay_two() -> None:
    address = f"https://state.example/{guid(TOP)}"
    framework = Framework(DOCUMENT, "math", "Any", items=(Item(TOP, "One"), Item(address, "Other", parents=(TOP,))))
    package = written(framework)
    assert len({each["identifier"] for each in package["CFItems"]}) == 2
    assert case.read(json.dumps(package).encode(), "again", "math").items == framework.items


def test_a_package_comes_in_pieces() -> None:
    many = Framework(DOCUMENT, "math", "Any", items=tuple(Item(f"urn:x-item:{n}", "Adds") for n in range(2000)))
    pieces = list(write(many))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 70_000


@pytest.mark.real
@pytest.mark.skipif(not OPENAPI.is_file(), reason="the schemas are not beside the project (../shared/data)")
@pytest.mark.parametrize("base", ["", BASE])
def test_every_object_alone_keeps_to_the_schema_of_the_rest_binding(base: str) -> None:
    schemas = json.loads(OPENAPI.read_text(), strict=False)["components"]["schemas"]
    made = case_objects.package(FRAMEWORK, {each.uri: each for each in FRAMEWORK.items}.get, base=base)
    objects = [("CFDocumentDType", case_objects.document(made, alone=True))]
    objects += [("CFItemDType", case_objects.item(each, made, alone=True)) for each in FRAMEWORK.items]
    objects += [("CFAssociationDType", case_objects.child_of(FRAMEWORK.items[1], TOP, made, alone=True))]
    objects += [("CFAssociationDType", case_objects.child_of(FRAMEWORK.items[0], "", made, alone=True))]
    precedes, close, translation = (case_objects.association(each, made, alone=True) for each in FRAMEWORK.associations)
    objects += [("CFAssociationDType", precedes), ("CFAssociationDType", translation)]
    (stated,) = FRAMEWORK.definitions["CFItemTypes"]
    objects += [("CFItemTypeDType", case_objects.definition("CFItemTypes", stated, made))]
    rubric = {"identifier": guid(TOP), "CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": 1}]}]}
    objects += [("CFRubricDType", case_objects.definition("CFRubrics", rubric, made))]
    for name, each in objects:
        schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(each)] == []
    assert close["associationType"] == "ext:closeMatch"  # the binding's pattern asks for a line break after "ext:"
