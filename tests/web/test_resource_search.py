"""LTI Resource Search 1.0: resources by words, subject and CASE GUID, page after page; what cannot be answered is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.web.catalog import BASE
from tests.web.conftest import Served
from vocab.frameworks.guid import guid

ROOT = "/ims/rs/v1p0"


def found(client: TestClient[Litestar], **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"{ROOT}/resources", params=asked)
    assert answer.status_code == 200, answer.text
    several: list[dict[str, Any]] = answer.json()["resources"]
    assert int(answer.headers["x-total-count"]) >= len(several)
    return several


def names(client: TestClient[Litestar], **asked: str) -> set[str]:
    return {each["name"] for each in found(client, **asked)}


def test_a_resource_is_told_with_its_standards_by_guid(client: TestClient[Litestar]) -> None:
    (told,) = found(client, search="equal parts number line", limit="1")
    assert told["name"] == "Equal parts on a number line"
    assert told["subject"] == ["Mathematics"]
    assert (told["learningResourceType"], told["language"]) == (["Lesson"], ["en"])
    assert (told["timeRequired"], told["typicalAgeRange"]) == ("PT45M", "9-10")
    assert told["publisher"] == "Lakeside School District"
    assert told["url"] == "https://lakeside.example/lessons/1"
    assert told["useRightsURL"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["ltiLink"]["url"].startswith("http://testserver.local/lti/launch?resource=")
    objective = told["learningObjectives"][0]
    own = guid(f"{BASE}4.NX.A.1")
    assert (objective["targetName"], objective["caseItemGUID"]) == ("4.NX.A.1", own)
    assert objective["alignmentType"] == "teaches"
    assert client.get(objective["caseItemUri"]).json()["identifier"] == own


@pytest.mark.parametrize(
    "asked",
    [
        f"learningObjectives.caseItemGUID='{guid(BASE + '4.NX.B.3')}'",
        f"learningObjectives.caseItemGUID='{guid(BASE + '4.NX.B.3').upper()}'",
        "learningObjectives.targetName='4.NX.B.3'",
        f"learningObjectives.targetURL='{BASE}4.NX.B.3'",
        "learningObjectives.targetName='4.NX.B.3' AND learningObjectives.alignmentType='teaches'",
        "search~'pizza'",
        "name~'pizza' AND subject='Mathematics'",
        "timeRequired<='PT20M' AND search~'pizza' AND typicalAgeRange='9-10'",
        'publisher="Lakeside School District" AND search~"slice by slice"',
    ],
)
def test_a_filter_finds_what_it_asks_for(client: TestClient[Litestar], asked: str) -> None:
    assert names(client, filter=asked) == {"Adding fractions with pizza"}


def test_values_of_one_member_are_joined_by_or(client: TestClient[Litestar]) -> None:
    asked = "learningObjectives.targetName='4.NX.B.3' OR learningObjectives.targetName='4.NX.A.2'"
    assert names(client, filter=asked) == {"Adding fractions with pizza", "Equal parts on a number line"}


@pytest.mark.parametrize(
    "asked",
    [
        "learningObjectives.caseItemGUID='00000000-0000-4000-8000-000000000000'",
        "learningObjectives.targetName='9.QQ.1'",
        "subject='Alchemy'",
        "publisher='Nobody'",
    ],
)
def test_a_value_that_nothing_has_finds_nothing(client: TestClient[Litestar], asked: str) -> None:
    answer = client.get(f"{ROOT}/resources", params={"filter": asked})
    assert (answer.status_code, answer.json()) == (200, {"resources": []})
    assert answer.headers["x-total-count"] == "0"


def test_every_resource_is_on_one_of_the_pages(client: TestClient[Litestar]) -> None:
    address, seen = f"{ROOT}/resources?limit=7&search=unlike+denominators&fields=name", list[str]()
    for _ in range(10):
        answer = client.get(address)
        assert all(set(each) == {"name"} for each in answer.json()["resources"])
        seen += [each["name"] for each in answer.json()["resources"]]
        following = re.findall(r'<([^>]+)>; rel="next"', answer.headers["link"])
        if not following:
            break
        assert "search=unlike+denominators" in following[0]
        address = following[0]
    assert len(seen) == len(set(seen)) == int(answer.headers["x-total-count"]) >= 24
    assert 'rel="prev"' in answer.headers["link"]


def test_resources_come_in_the_order_that_is_asked_for(client: TestClient[Litestar]) -> None:
    minutes = [
        int(each["timeRequired"][2:-1])
        for each in found(client, sort="timeRequired", orderBy="asc", search="unlike denominators")
    ]
    assert minutes == sorted(minutes)
    assert len(minutes) >= 24


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"filter": "subject"}, "filter"),
        ({"filter": "subject='a"}, "filter"),
        ({"filter": "textComplexity='5'"}, "filter"),
        ({"filter": "subject!='Mathematics'"}, "filter"),
        ({"filter": "timeRequired<='soon'"}, "filter"),
        ({"filter": "typicalAgeRange='90'"}, "filter"),
        ({"filter": "subject='a' AND subject='b'"}, "filter"),
        ({"filter": "subject='a' OR language='en'"}, "filter"),
        ({"filter": "subject='a' OR subject='b' AND language='en'"}, "filter"),
        ({"filter": "search~'a' OR search~'b'"}, "filter"),
        ({"filter": " AND ".join(["search~'a'"] * 11)}, "filter"),
        ({"filter": "learningObjectives.alignmentType='wishes'"}, "relation"),
        ({"fields": "name,secret"}, "fields"),
        ({"sort": "name"}, "sort"),
        ({"sort": "publishDate", "orderBy": "asc"}, "orderBy"),
        ({"orderBy": "up"}, "orderBy"),
        ({"limit": "0"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "10001"}, "offset"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    client: TestClient[Litestar], asked: dict[str, str], field: str
) -> None:
    answer = client.get(f"{ROOT}/resources", params=asked)
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert (told["imsx_codeMajor"], told["imsx_severity"]) == ("failure", "error")
    (minor,) = told["imsx_codeMinor"]["imsx_codeMinorField"]
    assert minor["imsx_codeMinorFieldName"] == field


def test_subjects_are_told_with_the_one_above(client: TestClient[Litestar]) -> None:
    answer = client.get(f"{ROOT}/subjects", params={"limit": "100"})
    told = {each["identifier"]: each for each in answer.json()["subjects"]}
    assert told["mathematics"]["name"] == "Mathematics"
    assert all(each["parent"] in told for each in told.values() if "parent" in each)
    assert any("parent" in each for each in told.values())
    page = client.get(f"{ROOT}/subjects", params={"limit": "2", "offset": "2"})
    assert page.json()["subjects"] == answer.json()["subjects"][2:4]
    assert 'rel="next"' in page.headers["link"]


def test_an_empty_catalog_answers_with_an_empty_list(serve: Callable[..., Served], empty_stores: Path) -> None:
    with TestClient(serve(empty_stores).app) as client:
        assert client.get(f"{ROOT}/resources").json() == {"resources": []}
