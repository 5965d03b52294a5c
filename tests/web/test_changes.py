"""The changes of a version on a page: hidden while it waits, decided by a curator, gone live and taken back."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.accounts.keys import new_key
from registry.accounts.people import check_password
from registry.accounts.policy import CURATOR
from registry.search import indexing
from registry.standards.deciding import decided
from registry.standards.importing import reassemble_waiting
from registry.standards.versions import version_view
from tests.web.catalog import BASE
from tests.web.conftest import Served
from tests.web.next_version import receive_second
from tests.web.test_access import signed_in, token_in

PAGE = "/frameworks/NUM/changes/2"
OLD = BASE + "4.NX.A.2"
Client = TestClient[Litestar]


@pytest.fixture
def waiting(served: Served) -> Served:
    receive_second(served.registry)
    return served


@pytest.fixture
def curator(waiting: Served, client: Client) -> Client:
    """Somebody who keeps the standards, before a version that waits."""
    signed_in(waiting, client)
    return client


def send(client: Client, what: str, page: str = PAGE, **fields: object) -> int:
    token = token_in(client.get(page).text)
    answer = client.post(f"{PAGE}/{what}", data={"form_token": token} | fields, follow_redirects=False)
    return answer.status_code


def state(served: Served) -> str:
    with served.registry.reading.begin() as session:
        return version_view(session, "NUM", 2).state


def decisions(served: Served) -> dict[str, int]:
    with served.registry.reading.begin() as session:
        return decided(session, "NUM", 2)


def settle(served: Served) -> None:
    reassemble_waiting(served.registry.sessions)
    indexing.sync(served.registry)


def test_a_version_that_waits_is_not_shown_to_strangers(waiting: Served, client: Client) -> None:
    asked = client.get(PAGE, follow_redirects=False)
    assert asked.status_code == 303
    assert asked.headers["location"].startswith("/sign-in?next=")
    assert client.get(f"/api/v1{PAGE}").status_code == 401
    for nowhere in ("/frameworks/NUM/changes/9", "/frameworks/none/changes/1", "/frameworks/NUM/changes/99999999999"):
        assert client.get(nowhere).status_code == 404


def test_a_curators_key_may_see_it_and_another_key_may_not(waiting: Served, client: Client) -> None:
    with waiting.registry.sessions.begin() as session:
        person = check_password(session, waiting.admin.name, waiting.admin.password).id
        keys = {scope: new_key(session, person, (scope,)) for scope in (CURATOR, "other")}
    for scope, status in ((CURATOR, 200), ("other", 403)):
        headers = {"Authorization": f"Bearer {keys[scope]}"}
        assert client.get(f"/api/v1{PAGE}", headers=headers).status_code == status


def test_a_page_shows_what_was_and_what_is_with_the_words_that_differ(curator: Client) -> None:
    text = curator.get(PAGE).text
    assert '<ins><span class="usa-sr-only">put in: </span>with drawings' in text
    assert "<script>alert" not in text
    assert "Version 2</h3>" in text
    for heading in ("Removed", "Split", "Reworded", "Moved", "Added", "New link"):
        assert re.search(rf"<h2[^>]*>{heading}</h2>", text), heading
    assert f"standard={quote(BASE + '5.NX.A.1', safe='')}" in text
    assert "24 resources</a> aligned" in text
    order = re.findall(r'<h2 id="kind-(\w+)"', text)
    assert order[:2] == ["removed", "split"]


def test_one_kind_of_change_can_be_asked_for(curator: Client) -> None:
    text = curator.get(f"{PAGE}?kind=split").text
    assert "4.NX.A.2a" in text
    assert "5.NX.C.9" not in text
    assert "no change of this kind" in curator.get(f"{PAGE}?kind=merged").text


@pytest.mark.parametrize(
    ("query", "name"), [("kind=nothing", "Kind"), ("after=x", "Place in the list"), ("after=-2", "Place in the list")]
)
def test_a_parameter_that_cannot_be_read_is_named(curator: Client, query: str, name: str) -> None:
    answer = curator.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert f"<strong>{name}</strong>" in answer.text


def test_a_machine_reads_the_changes_a_page_at_a_time(waiting: Served, client: Client, key: dict[str, str]) -> None:
    found, after = [], ""
    for _ in range(20):
        body = client.get(f"/api/v1{PAGE}?limit=2{after}", headers=key).json()
        found += body["lines"]
        if body["next"] is None:
            break
        after = f"&after={body['next']}"
    assert [line["position"] for line in found] == list(range(len(found)))
    assert len(found) == sum(body["version"]["summary"].values())
    split = client.get(f"/api/v1{PAGE}?kind=split", headers=key).json()["lines"]
    assert [line["retags"][0]["new_uris"] for line in split] == [[BASE + "4.NX.A.2a", BASE + "4.NX.A.2b"]]
    assert client.get(f"/api/v1{PAGE}?limit=0", headers=key).status_code == 400


def test_a_curator_makes_it_live_and_takes_it_back(waiting: Served, curator: Client) -> None:
    text = curator.get(PAGE).text
    assert "Make version 2 live" in text
    assert "25 resources are aligned" in text
    assert send(curator, "step", step="switch") == 303
    assert state(waiting) == "live"
    assert waiting.sent == [("reassemble", {}), ("index-stale", {})]
    settle(waiting)
    curator.cookies.clear()
    open_to_all = curator.get(PAGE).text
    assert "In use" in open_to_all
    assert "<form" not in open_to_all.split("<main", 1)[1]
    signed_in(waiting, curator)
    assert send(curator, "step", step="take-back") == 303
    assert state(waiting) == "waiting"


def test_a_step_that_can_no_longer_be_taken_is_a_conflict(waiting: Served, curator: Client) -> None:
    assert send(curator, "step", step="take-back") == 409
    assert send(curator, "step", step="switch") == 303
    assert send(curator, "step", step="switch") == 409
    assert send(curator, "step", step="discard") == 409
    assert send(curator, "step", step="burn") == 400
    assert send(curator, "step") == 400
    assert state(waiting) == "live"


def test_a_version_is_discarded(waiting: Served, curator: Client) -> None:
    assert send(curator, "step", step="discard") == 303
    assert curator.get(PAGE).status_code == 404


def test_a_proposal_is_accepted_in_part_rejected_and_left_open_again(waiting: Served, curator: Client) -> None:
    page = f"{PAGE}?kind=split"
    assert curator.get(page).text.count('type="checkbox"') == 2
    assert send(curator, "retag", page, old=OLD, decision="accept", chosen=BASE + "4.NX.A.2b") == 303
    assert decisions(waiting) == {"": 1, "accepted": 1}
    text = curator.get(page).text
    assert "Accepted</span> by" in text
    assert text.count(" checked") == 1
    assert send(curator, "retag", page, old=OLD, decision="reject") == 303
    assert decisions(waiting) == {"": 1, "rejected": 1}
    assert send(curator, "retag", page, old=OLD, decision="open") == 303
    assert decisions(waiting) == {"": 2}


def test_a_decision_leads_back_to_where_it_was_made(waiting: Served, curator: Client) -> None:
    token = token_in(curator.get(PAGE).text)
    fields = {"form_token": token, "old": OLD, "decision": "reject", "kind": "split", "position": "1", "after": "0"}
    answer = curator.post(f"{PAGE}/retag", data=fields, follow_redirects=False)
    assert answer.headers["location"] == f"{PAGE}?kind=split&after=0#change-1"
    fields |= {"kind": "a\r\nSet-Cookie: x=y", "position": "é", "after": "//evil"}
    answer = curator.post(f"{PAGE}/retag", data=fields, follow_redirects=False)
    assert answer.headers["location"] == PAGE


def test_another_code_can_be_chosen_one_of_the_version_that_waits_too(waiting: Served, curator: Client) -> None:
    both = {"chosen": [BASE + "4.NX.A.2a", BASE + "4.NX.A.2b"], "other": "5.NX.C.9"}
    assert send(curator, "retag", old=OLD, decision="accept", **both) == 303
    assert send(curator, "step", step="switch") == 303
    settle(waiting)
    text = curator.get("/?standard=5.NX.C.9").text
    assert "Equal parts on a number line" in text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"decision": "accept"}, 422),
        ({"decision": "accept", "other": "9.ZZ.9"}, 422),
        ({"decision": "perhaps"}, 400),
        ({}, 400),
        ({"decision": ["accept", "reject"], "other": ["\x00", "5.NX.C.9"]}, 303),
    ],
)
def test_a_decision_that_is_none_is_refused_and_said(curator: Client, fields: dict[str, object], status: int) -> None:
    assert send(curator, "retag", old=OLD, **fields) == status
    assert send(curator, "retag", old="nothing", decision="reject") == 404


def test_all_that_are_sure_enough_are_accepted(waiting: Served, curator: Client) -> None:
    assert send(curator, "accept", percent="90") == 303
    assert decisions(waiting) == {"": 1, "accepted": 1}
    for wrong in ("", "0", "101", "x", "9" * 30, "٣"):
        assert send(curator, "accept", percent=wrong) == 400


@pytest.mark.parametrize("what", ["step", "retag", "accept"])
def test_a_form_of_another_site_changes_nothing(waiting: Served, curator: Client, what: str) -> None:
    fields = {"form_token": "0" * 64, "step": "switch", "old": OLD, "decision": "reject", "percent": "1"}
    assert curator.post(f"{PAGE}/{what}", data=fields).status_code == 403
    assert (state(waiting), decisions(waiting), waiting.sent) == ("waiting", {"": 2}, [])


def test_a_number_that_is_none_is_not_found(curator: Client) -> None:
    token = token_in(curator.get(PAGE).text)
    for wrong in ("x", "9" * 30, "٣"):
        data = {"form_token": token, "step": "switch"}
        assert curator.post(f"/frameworks/NUM/changes/{wrong}/step", data=data).status_code == 404


def test_the_first_version_says_that_it_is(client: Client) -> None:
    text = client.get("/frameworks/NUM/changes/1").text
    assert "first version that is kept" in text
