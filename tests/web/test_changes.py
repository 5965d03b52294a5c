"""The changes of a version on a page: hidden while it waits, decided by a curator, gone live and taken back."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from registry.standards.versions import read_content, receive
from tests.web.conftest import Served
from vocab.frameworks.model import Association, Framework, Item


def next_version(framework: Framework) -> Framework:
    """One statement reworded, one taken away."""
    items = list(framework.items)
    items[1] = replace(items[1], statement="Compare two fractions in another wording.")
    parents = {parent for item in items for parent in item.parents}
    last = next(item for item in reversed(items) if item.uri not in parents and item != items[1])
    items.remove(last)
    links = tuple(link for link in framework.associations if last.uri not in (link.source, link.target))
    return replace(framework, items=tuple(items), associations=links, version="next")


@pytest.fixture
def waiting(served: Served) -> str:
    """The address of the changes of a version that waits."""
    with served.registry.sessions.begin() as session:
        framework = read_content(session, "NUM")
        report = receive(session, next_version(framework), "next")
    assert (report.state, report.number) == ("waiting", 2)
    return "/frameworks/NUM/changes/2"


def signed_in(served: Served) -> TestClient[Litestar]:
    client = TestClient(served.app, base_url="http://testserver.local")
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/sign-in").text)
    fields = {"name": served.admin.name, "password": served.admin.password, "form_token": token[1] if token else ""}
    client.post("/sign-in", data=fields)
    return client


def token_in(text: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', text)
    assert found
    return found[1]


def test_a_version_that_waits_is_not_shown_to_strangers(client: TestClient[Litestar], waiting: str) -> None:
    assert client.get(waiting, follow_redirects=False).status_code in (303, 401)
    assert client.get("/frameworks/NUM/changes/9").status_code == 404


def test_a_curator_makes_it_live_and_takes_it_back(served: Served, client: TestClient[Litestar], waiting: str) -> None:
    curator = signed_in(served)
    text = curator.get(waiting).text
    assert "in another wording" in text and "Make version 2 live" in text
    step = {"form_token": token_in(text), "step": "switch"}
    assert curator.post(f"{waiting}/step", data=step, follow_redirects=False).status_code == 303
    live = client.get(waiting)
    assert live.status_code == 200 and "This version is in use" in live.text and "<ins>" in live.text
    assert "Make version" not in live.text
    back = {"form_token": token_in(curator.get(waiting).text), "step": "take-back"}
    assert curator.post(f"{waiting}/step", data=back, follow_redirects=False).status_code == 303
    assert "This version waits" in curator.get(waiting).text


def test_a_proposal_is_decided(served: Served, waiting: str) -> None:
    curator = signed_in(served)
    text = curator.get(f"{waiting}?kind=removed").text
    old = re.search(r'name="old" value="([^"]+)"', text)
    assert old, text
    data = {"form_token": token_in(text), "old": old[1], "decision": "reject"}
    assert curator.post(f"{waiting}/retag", data=data, follow_redirects=False).status_code == 303
    assert "Rejected" in curator.get(f"{waiting}?kind=removed").text


def test_a_parameter_that_cannot_be_read_is_named(served: Served, waiting: str) -> None:
    curator = signed_in(served)
    for query, name in (("kind=nothing", "kind"), ("after=x", "after")):
        answer = curator.get(f"{waiting}?{query}")
        assert answer.status_code == 400 and name in answer.text


def test_two_frameworks_stand_side_by_side(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.sessions.begin() as session:
        num = read_content(session, "NUM")
        one = Item(uri="https://other.example/1", statement="Compares fractions.", codes=("O.1",))
        two = Item(uri="https://other.example/2", statement="Something of its own.", codes=("O.2",))
        links = (Association(one.uri, "narrowMatch", num.items[1].uri),)
        receive(session, Framework("https://other.example/", "other", "Other", (one, two), links), "1")
    chosen = client.get("/frameworks/beside?left=NUM&right=other", follow_redirects=False)
    assert chosen.headers["location"] == "/frameworks/NUM/beside/other"
    text = client.get("/frameworks/NUM/beside/other").text
    assert "O.1" in text and "broader there" in text
    assert "narrower there" in client.get("/frameworks/other/beside/NUM").text
    assert "O.2" in client.get("/frameworks/NUM/beside/other?show=right").text
    assert client.get("/frameworks/NUM/beside/other?show=all").status_code == 400
    assert client.get("/frameworks/NUM/beside/NUM").status_code == 404
    assert client.get("/frameworks/beside").status_code == 400
