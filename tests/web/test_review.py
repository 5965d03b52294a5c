"""Curators and what may be the same: shown side by side, decided, merged, undone, split; nobody else may."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.accounts.keys import new_key
from registry.accounts.people import check_password
from registry.accounts.policy import CURATOR, district_scope
from tests.web.alike import decisions, receive_alike, record_of, resource_of
from tests.web.conftest import Served
from tests.web.test_access import signed_in, token_in

Client = TestClient[Litestar]


@pytest.fixture
def alike(served: Served) -> Served:
    receive_alike(served.registry)
    return served


@pytest.fixture
def curator(alike: Served, client: Client) -> Client:
    signed_in(alike, client)
    return client


def _send(client: Client, path: str, page: str = "/review", **fields: str) -> tuple[int, str]:
    token = token_in(client.get(page).text)
    answer = client.post(path, data={"form_token": token} | fields, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "")


def _decide(client: Client, served: Served, decision: str) -> tuple[int, str]:
    first, second = sorted((resource_of(served.registry, "paper"), resource_of(served.registry, "cardboard")))
    return _send(client, "/review", first=first, second=second, decision=decision)


def test_a_pair_is_shown_side_by_side_with_the_words_that_differ(curator: Client) -> None:
    text = curator.get("/review").text
    assert "1 pair waits for a decision" in text
    assert re.search(r"Fractions with <mark>paper</mark> strips", text)
    assert re.search(r"Fractions with <mark>cardboard</mark> strips", text)
    assert "<mark>45 minutes</mark>" in text
    assert "Eastfield Schools" in text and "Southport Schools" in text


def test_a_pair_said_to_be_the_same_becomes_one_and_the_other_address_leads_there(
    alike: Served, curator: Client
) -> None:
    kept, gone = sorted((resource_of(alike.registry, "paper"), resource_of(alike.registry, "cardboard")))
    assert _decide(curator, alike, "same") == (303, "/review")
    assert resource_of(alike.registry, "cardboard") == resource_of(alike.registry, "paper") == kept
    answer = curator.get(f"/resources/{gone}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/resources/{kept}")
    answer = curator.get(f"/api/v1/resources/{gone}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/api/v1/resources/{kept}")
    assert "Nothing to decide" in curator.get("/review").text
    assert ("index-stale", {}) in alike.sent


def test_a_merge_can_be_undone_and_is_not_proposed_again(alike: Served, curator: Client) -> None:
    gone = max(resource_of(alike.registry, "paper"), resource_of(alike.registry, "cardboard"))
    _decide(curator, alike, "same")
    path = re.search(r'action="(/review/merges/[^"]+/undo)"', curator.get("/review/merges").text)
    assert path
    assert _send(curator, path[1], "/review/merges") == (303, f"/resources/{gone}")
    assert curator.get(f"/resources/{gone}", follow_redirects=False).status_code == 200
    assert decisions(alike.registry) == ["different"]
    assert "Nothing was merged by hand" in curator.get("/review/merges").text
    assert _send(curator, path[1], "/review/merges")[0] == 409


def test_a_pair_said_to_be_different_leaves_the_queue_for_good(alike: Served, curator: Client) -> None:
    assert _decide(curator, alike, "different") == (303, "/review")
    assert "Nothing to decide" in curator.get("/review").text
    assert _decide(curator, alike, "same")[0] == 409
    assert resource_of(alike.registry, "cardboard") != resource_of(alike.registry, "paper")


def test_a_record_recognized_by_its_content_can_be_told_to_be_another_resource(alike: Served, curator: Client) -> None:
    kept = resource_of(alike.registry, "copy")
    assert kept == resource_of(alike.registry, "paper")
    text = curator.get("/review/merges").text
    assert "Recognized by its content" in text
    page = curator.get(f"/resources/{kept}").text
    assert "What is shown of it" in page and "This is another resource" in page
    assert "<dd>identifiers, kind of resource, grade, language</dd>" in page
    record = record_of(alike.registry, "copy")
    status, place = _send(curator, f"/review/records/{record}/split", f"/resources/{kept}")
    assert (status, place) == (303, f"/resources/{resource_of(alike.registry, 'copy')}")
    assert resource_of(alike.registry, "copy") != kept
    assert "Recognized by its content" not in curator.get("/review/merges").text


def test_a_visitor_is_offered_no_split(alike: Served, client: Client) -> None:
    text = client.get(f"/resources/{resource_of(alike.registry, 'paper')}").text
    assert "Recognized by" in text
    assert "This is another resource" not in text


def test_pages_of_pairs_go_on_where_the_last_ended(alike: Served, curator: Client) -> None:
    assert "From the beginning" in curator.get("/review", params={"after": "0.1~a~b"}).text
    for bad in ("x", "nan~a~b", "1~a", "1~a~b~c"):
        assert curator.get("/review", params={"after": bad}).status_code == 400


def test_bad_decisions_are_refused(alike: Served, curator: Client) -> None:
    assert _send(curator, "/review", first="a", second="b", decision="maybe")[0] == 400
    assert _send(curator, "/review", first="a", second="b", decision="same")[0] == 404
    assert _send(curator, "/review/merges/nobody/undo")[0] == 404
    assert _send(curator, "/review/records/nobody/split")[0] == 404
    assert curator.post("/review", data={"decision": "same"}).status_code == 403


@pytest.mark.parametrize("path", ["/review", "/review/merges"])
def test_only_curators_and_administrators_may_review(alike: Served, client: Client, path: str) -> None:
    assert client.get(path, follow_redirects=False).status_code == 303
    with alike.registry.sessions.begin() as session:
        person = check_password(session, alike.admin.name, alike.admin.password).id
        scopes = (CURATOR, district_scope("eastfield-schools"))
        keys = {scope: new_key(session, person, (scope,)) for scope in scopes}
    answers = {
        scope: client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code for scope, key in keys.items()
    }
    assert answers == {CURATOR: 200, district_scope("eastfield-schools"): 403}
