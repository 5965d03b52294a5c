"""The CASE 1.1 provider: valid against the published schemas, complete, paged, and honest about what is not there."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.standards.versions import read_content, receive
from tests.servers import shared
from tests.web.conftest import Served
from vocab.frameworks.case import read
from vocab.frameworks.guid import guid

ROOT = "/ims/case/v1p1"


@cache
def described() -> dict[str, Any]:
    """1EdTech's OpenAPI document."""
    found: dict[str, Any] = json.loads(Path(shared("schemas/case-1.1/openapi-3.0.json")).read_text(), strict=False)
    return found


def valid(body: Any, name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": described()["components"]}
    jsonschema.Draft202012Validator(schema).validate(body)


@pytest.fixture
def case_client(served: Served) -> TestClient[Litestar]:
    """The small catalog, and a package with rubrics and definitions beside it."""
    package = read(json.dumps(PACKAGE).encode(), "rubrics.json", "rubrics")
    with served.registry.sessions.begin() as session:
        receive(session, package, "rubrics")
    return TestClient(served.app, base_url="http://testserver.local")


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def named(kind: str, number: int, **more: Any) -> dict[str, Any]:
    where = f"https://state.example/ims/case/v1p1/{kind}/{uuid(number)}"
    return {"identifier": uuid(number), "uri": where, "lastChangeDateTime": "2026-01-01T00:00:00Z", **more}


PACKAGE = {
    "CFDocument": named("CFDocuments", 1, creator="State", title="Rubrics"),
    "CFItems": [named("CFItems", 2, fullStatement="Reads."), named("CFItems", 3, fullStatement="Writes.")],
    "CFAssociations": [
        named(
            "CFAssociations",
            4,
            associationType="precedes",
            originNodeURI={"title": "Reads.", **{k: named("CFItems", 2)[k] for k in ("identifier", "uri")}},
            destinationNodeURI={"title": "Writes.", **{k: named("CFItems", 3)[k] for k in ("identifier", "uri")}},
        )
    ],
    "CFDefinitions": {
        "CFConcepts": [
            named("CFConcepts", 5, title="Top", hierarchyCode="1"),
            named("CFConcepts", 6, title="Under it", hierarchyCode="1.1"),
        ],
        "CFSubjects": [named("CFSubjects", 7, title="English", hierarchyCode="1")],
        "CFLicenses": [named("CFLicenses", 8, title="CC BY", licenseText="Attribution")],
        "CFItemTypes": [named("CFItemTypes", 9, title="Standard", hierarchyCode="1", description="A standard")],
        "CFAssociationGroupings": [named("CFAssociationGroupings", 10, title="Strands")],
    },
    "CFRubrics": [
        named(
            "CFRubrics",
            11,
            title="Reading",
            CFRubricCriteria=[named("CFRubricCriteria", 12, category="Fluency", position=1, weight=1.0)],
        )
    ],
}

ANSWERS = {
    f"CFDocuments/{uuid(1)}": "CFDocumentDType",
    f"CFPackages/{uuid(1)}": "CFPackageDType",
    f"CFItems/{uuid(2)}": "CFItemDType",
    f"CFItemAssociations/{uuid(2)}": "CFAssociationSetDType",
    f"CFAssociations/{uuid(4)}": "CFAssociationDType",
    f"CFConcepts/{uuid(5)}": "CFConceptSetDType",
    f"CFSubjects/{uuid(7)}": "CFSubjectSetDType",
    f"CFLicenses/{uuid(8)}": "CFLicenseDType",
    f"CFItemTypes/{uuid(9)}": "CFItemTypeSetDType",
    f"CFAssociationGroupings/{uuid(10)}": "CFAssociationGroupingDType",
    f"CFRubrics/{uuid(11)}": "CFRubricDType",
}


@pytest.mark.real
@pytest.mark.parametrize(("path", "schema"), ANSWERS.items(), ids=lambda each: each.partition("/")[0])
def test_every_answer_is_valid_against_the_published_schema(
    case_client: TestClient[Litestar], path: str, schema: str
) -> None:
    answer = case_client.get(f"{ROOT}/{path}")
    assert answer.status_code == 200, answer.text
    valid(answer.json(), schema)
    again = case_client.get(f"{ROOT}/{path}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.real
def test_documents_are_paged_sorted_filtered_and_cut_to_fields(case_client: TestClient[Litestar]) -> None:
    whole = case_client.get(f"{ROOT}/CFDocuments", params={"sort": "title", "orderBy": "desc"})
    valid(whole.json(), "CFDocumentSetDType")
    titles = [each["title"] for each in whole.json()["CFDocuments"]]
    assert titles == sorted(titles, key=str.casefold, reverse=True)
    assert whole.headers["x-total-count"] == str(len(titles)) and len(titles) >= 2
    page = case_client.get(f"{ROOT}/CFDocuments", params={"limit": 1})
    assert len(page.json()["CFDocuments"]) == 1 and 'rel="next"' in page.headers["link"]
    found = case_client.get(f"{ROOT}/CFDocuments", params={"filter": "title='Rubrics'", "fields": "title,identifier"})
    assert found.json()["CFDocuments"] == [{"identifier": uuid(1), "title": "Rubrics"}]


@pytest.mark.real
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "offset=-1", "sort=nothing", "orderBy=up", "filter=title", "fields=nothing"]
)
def test_a_parameter_that_cannot_be_read_is_told_in_the_binding_s_words(
    case_client: TestClient[Litestar], query: str
) -> None:
    answer = case_client.get(f"{ROOT}/CFDocuments?{query}")
    assert answer.status_code == 400
    valid(answer.json(), "imsx_StatusInfoDType")
    assert query.partition("=")[0] in answer.text


@pytest.mark.real
@pytest.mark.parametrize("kind", [each.partition("/")[0] for each in ANSWERS])
def test_what_nobody_has_is_not_found(case_client: TestClient[Litestar], kind: str) -> None:
    for identifier in (uuid(999), "no-uuid", "%00", "x" * 500):
        answer = case_client.get(f"{ROOT}/{kind}/{identifier}")
        assert answer.status_code == 404
        valid(answer.json(), "imsx_StatusInfoDType")


def test_a_statement_that_never_had_a_uuid_has_one_and_its_package_reads_back(
    case_client: TestClient[Litestar], served: Served
) -> None:
    with served.registry.reading.begin() as session:
        framework = read_content(session, "NUM")
    body = case_client.get(f"{ROOT}/CFPackages/{guid(framework.uri)}").content
    again = read(body, "num.json", "NUM")
    assert [item.uri for item in again.items] == [item.uri for item in framework.items]
    assert [item.statement for item in again.items] == [item.statement for item in framework.items]
    item = case_client.get(f"{ROOT}/CFItems/{guid(framework.items[1].uri)}")
    assert item.json()["fullStatement"] == framework.items[1].statement
