"""Learners and classes by API and as pages, and what never leaves: their ids in logs and headers."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from registry.learners.classes import classes_of, learners_of
from tests.web.conftest import Served
from tests.web.test_access import signed_in
from web.observe import redacted


def class_and_learners(served: Served) -> tuple[str, list[str]]:
    with served.learners.reading.begin() as session:
        found = next(each for each in classes_of(session, "default") if each.learners)
        return found.id, learners_of(session, found.id)


def test_a_learner_is_made_wishes_and_gets_a_path_and_recommendations(
    client: TestClient[Litestar], key: dict[str, str]
) -> None:
    made = client.post("/api/v1/learners", headers=key)
    assert made.status_code == 201
    path = f"/api/v1/learners/{made.json()['id']}"
    wishes = client.put(f"{path}/profile", headers=key, json={"grade": "4", "goals": ["4.NX.B.3"], "languages": ["en"]})
    assert wishes.json()["goals"] == ["https://standards.example/numbers/4.NX.B.3"]
    evidence = [{"learner": made.json()["id"], "standards": ["4.NX.A.1"], "score": 0.1, "kind": "task"}] * 4
    taken = client.post("/api/v1/evidence", headers=key, json=evidence)
    assert taken.status_code == 201
    assert [each["new"] for each in taken.json()["items"]] == [True] * 4
    profile = client.get(f"{path}/profile", headers=key).json()
    known = next(each for each in profile["standards"] if each["code"] == "4.NX.A.1")
    assert (known["state"], known["count"]) == ("gap", 4)
    assert known["interval"][0] <= known["probability"] <= known["interval"][1]
    steps = [step["code"] for step in client.get(f"{path}/path", headers=key).json()["steps"]]
    assert steps == ["4.NX.A.1", "4.NX.A.2", "4.NX.B.3"]
    assert client.get(f"{path}/path?to=4.NX.A.2", headers=key).json()["goals"][0]["code"] == "4.NX.A.2"
    found = client.get(f"{path}/recommendations?limit=2&minutes=60", headers=key).json()
    assert 0 < len(found["items"]) <= 2
    for item in found["items"]:
        product = 1.0
        for reason in item["reasons"]:
            product *= reason["value"]
        assert product == pytest.approx(item["score"], rel=1e-3)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"learner": "nobody", "standards": ["4.NX.A.1"], "score": 1, "kind": "quiz"}, "learner"),
        ({"learner": "x", "standards": ["no.such"], "score": 1, "kind": "quiz"}, "standards[0]"),
        ({"learner": "x", "standards": ["4.NX.A.1"], "score": 2, "kind": "quiz"}, "score"),
        ([{"learner": "x", "standards": [], "score": 1, "kind": "dance"}], "evidence[0].kind"),
    ],
)
def test_evidence_that_cannot_be_taken_is_named(
    client: TestClient[Litestar], key: dict[str, str], body: Any, field: str
) -> None:
    answer = client.post("/api/v1/evidence", headers=key, json=body)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("field", ["learner", "source"])
def test_evidence_holds_no_character_that_no_store_takes(
    served: Served, client: TestClient[Litestar], key: dict[str, str], field: str
) -> None:
    _, learners = class_and_learners(served)
    stated = {"learner": learners[0], "standards": ["4.NX.A.1"], "score": 1, "kind": "quiz", field: "a\x00b"}
    answer = client.post("/api/v1/evidence", headers=key, json=stated)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("school", ["", "  ", "a\x00b", "a\nb", "\u202eabc", "x" * 101, 7, None])
def test_the_school_of_a_learner_is_a_short_printable_text(
    client: TestClient[Litestar], key: dict[str, str], school: Any
) -> None:
    answer = client.post("/api/v1/learners", headers=key, json={"school": school})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["school"]


def test_what_is_sent_about_a_child_beside_the_school_is_named(
    client: TestClient[Litestar], key: dict[str, str]
) -> None:
    answer = client.post("/api/v1/learners", headers=key, json={"school": "Oak", "name": "Ada", "mail": "a@b"})
    assert [error["field"] for error in answer.json()["errors"]] == ["mail", "name"]


@pytest.mark.parametrize("body", [{"name": "Ada"}, {"school": ""}, {"school": 7}, ["x"], {"school": "x", "mail": "y"}])
def test_nothing_about_a_child_is_taken_when_a_learner_is_made(
    client: TestClient[Litestar], key: dict[str, str], body: Any
) -> None:
    assert client.post("/api/v1/learners", headers=key, json=body).status_code == 422


def test_a_learner_nobody_knows_is_not_found_and_not_repeated(
    served: Served, client: TestClient[Litestar], key: dict[str, str]
) -> None:
    for part in ("profile", "path", "recommendations"):
        answer = client.get(f"/api/v1/learners/feedface/{part}", headers=key)
        assert answer.status_code == 404
        assert "feedface" not in answer.text
    signed_in(served, client)
    page = client.get("/learners/feedface")
    assert page.status_code == 404
    assert "feedface" not in page.text


def test_a_teacher_sees_the_class_and_each_learner(served: Served, client: TestClient[Litestar]) -> None:
    signed_in(served, client)
    class_id, learners = class_and_learners(served)
    assert "Grade 4, room 12" in client.get("/classes").text
    grid = client.get(f"/classes/{class_id}").text
    assert "Learner 01" in grid
    assert "Gap" in grid
    assert "Not known yet" in grid
    page = client.get(f"/learners/{learners[0]}").text
    assert "4 pieces of evidence" in page
    assert "likely mastered" in page
    assert "Why this one" in page
    assert "Nothing is known of this learner yet" in client.get(f"/learners/{learners[2]}").text


def test_a_class_without_learners_says_so(served: Served, client: TestClient[Litestar]) -> None:
    signed_in(served, client)
    with served.learners.reading.begin() as session:
        empty = next(each.id for each in classes_of(session, "default") if not each.learners)
    assert "Nobody is in this class yet" in client.get(f"/classes/{empty}").text
    assert client.get("/classes/none").status_code == 404


def test_the_grid_by_api_is_the_page_in_numbers(
    served: Served, client: TestClient[Litestar], key: dict[str, str]
) -> None:
    class_id, learners = class_and_learners(served)
    grid = client.get(f"/api/v1/classes/{class_id}/grid", headers=key).json()
    assert [standard["code"] for standard in grid["standards"]] == ["4.NX.A.1", "4.NX.A.2"]
    assert [row["learner"] for row in grid["learners"]] == learners
    assert grid["counts"][0]["gap"] == 1
    under = client.get(f"/api/v1/classes/{class_id}/grid?standard=4.NX", headers=key).json()
    assert len(under["standards"]) == 3


def test_logs_and_figures_never_hold_a_learners_id(
    served: Served, client: TestClient[Litestar], key: dict[str, str]
) -> None:
    _, learners = class_and_learners(served)
    with structlog.testing.capture_logs() as lines:
        client.get(f"/api/v1/learners/{learners[0]}/profile?to=secret", headers=key)
        client.get(f"/learners/{learners[0]}", follow_redirects=False)
        client.get(f"/learners/{learners[0]}/nothing")
    logged = str(lines)
    assert len([line for line in lines if line["event"] == "request"]) == 3
    assert learners[0] not in logged
    assert "secret" not in logged
    assert learners[0] not in client.get("/metrics").text


@pytest.mark.parametrize(
    "address",
    ["/learners//{}", "//learners/{}", "/api/v1/learners//{}/profile", "/learner/{}", "/api/v1/learners/{}/profile/"],
)
def test_a_mistyped_address_puts_no_learner_into_the_log(
    served: Served, client: TestClient[Litestar], address: str
) -> None:
    _, learners = class_and_learners(served)
    path = address.format(learners[0])
    with structlog.testing.capture_logs() as lines:
        client.get(f"http://testserver.local{path}", headers={"X-Request-Id": learners[0]}, follow_redirects=False)
    assert [line["event"] for line in lines] == ["request"]
    assert learners[0] not in str(lines)
    assert learners[0] not in redacted(path)


def test_a_path_without_a_learner_is_logged_as_it_is() -> None:
    assert redacted("/api/v1/learners/0a1b2c/profile") == "/api/v1/learners/…/profile"
    assert redacted("/learners/0a1b2c") == "/learners/…"
    assert redacted("/standards/4.NX") == "/standards/4.NX"
