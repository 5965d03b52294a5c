"""Two frameworks side by side on a page."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.standards.versions import receive
from tests.factories import framework
from tests.web.conftest import Served
from tests.web.next_version import receive_other

PAGE = "/frameworks/NUM/beside/CITY"
Client = TestClient[Litestar]


@pytest.fixture
def two(served: Served, client: Client) -> Client:
    receive_other(served.registry)
    return client


def test_two_names_lead_to_the_page_of_the_pair(client: Client) -> None:
    chosen = client.get("/frameworks/beside?left=NUM&right=a/b", follow_redirects=False)
    assert chosen.status_code == 303
    assert chosen.headers["location"] == "/frameworks/NUM/beside/a%2Fb"
    missing = client.get("/frameworks/beside?left=NUM")
    assert missing.status_code == 400
    assert "Second framework" in missing.text


def test_each_match_is_said_in_words_from_either_side(two: Client) -> None:
    text = two.get(PAGE).text
    assert text.index("4.NX.A.1") < text.index("4.NX.A.2") < text.index("4.NX.B.3")
    for words in (
        "the same",
        "broader there",
        "close",
        "Says why two fractions are equal.",
        "3 statements of NUM have",
    ):
        assert words in text
    assert "5.NX.A.1" not in text
    turned = two.get("/frameworks/CITY/beside/NUM").text
    assert "narrower there" in turned
    assert "2 statements of CITY have" in turned


def test_what_has_no_counterpart_can_be_asked_for(two: Client) -> None:
    left, right, everything = (two.get(f"{PAGE}?show={shown}").text for shown in ("left", "right", "all"))
    assert "5.NX.A.1" in left
    assert "4.NX.B.3" not in left
    assert "C.3" in right
    assert "C.2" not in right
    assert "No counterpart recorded" in everything
    assert "5.NX.A.1" in everything
    assert "C.1" in everything


def test_two_without_anything_in_common_say_how_to_bring_it_in(served: Served, two: Client) -> None:
    with served.registry.sessions.begin() as session:
        receive(session, framework(code="far"), "1")
    text = two.get("/frameworks/NUM/beside/far").text
    assert "from_code, to_code and relation" in text
    assert "0 statements of NUM have" in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PAGE}?show=both", 400),
        (f"{PAGE}?after=x", 400),
        ("/frameworks/NUM/beside/NUM", 404),
        ("/frameworks/NUM/beside/none", 404),
        ("/frameworks/none/beside/NUM", 404),
    ],
)
def test_what_cannot_be_shown_is_said(two: Client, path: str, status: int) -> None:
    assert two.get(path).status_code == status
