"""Questions in a teacher's own words on the page and by API, and what is said and asked for where nothing is found."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from registry.accounts.keys import new_key
from registry.models import PersonRow
from registry.search.requests import wanted
from tests.web.conftest import Served


def chips(page: str) -> dict[str, dict[str, str]]:
    """What each chip says, and the question its link asks."""
    found = re.findall(r'class="oer-chip" href="([^"]+)">(.*?)</a>', page, re.DOTALL)
    return {
        " ".join(re.sub("<[^>]+>", "", label).replace("Remove the filter", "").replace("×", "").split()): dict(
            parse_qsl(urlsplit(html.unescape(address)).query)
        )
        for address, label in found
    }


def test_what_was_read_stands_as_chips_that_can_be_taken_off(client: TestClient[Litestar]) -> None:
    page = client.get("/", params={"q": "unlike denominators worksheets for 5th grade under 30 min"}).text
    assert chips(html.unescape(page)) == {
        "Worksheet from “worksheets”": {"q": "unlike denominators for 5th grade under 30 min"},
        "Grade 5 from “5th grade”": {"q": "unlike denominators worksheets for under 30 min"},
        "Up to 30 minutes from “under 30 min”": {"q": "unlike denominators worksheets for 5th grade"},
    }
    assert "Unlike denominators, sheet 3" in page
    assert "Unlike denominators, sheet 20" not in page
    assert "6 resources" in page


def test_all_of_it_can_be_searched_for_as_words(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=pizza+grade+4").text
    assert "Grade 4 " in page
    (address,) = re.findall(r'href="([^"]+)">Search for all of it as words', page)
    assert html.unescape(address) == "/?q=pizza+grade+4&literal=1"
    literal = client.get(html.unescape(address)).text
    assert "oer-chip" not in literal
    assert 'href="/?q=pizza+grade+4">Read grades' in literal


def test_the_api_says_how_the_question_was_read(client: TestClient[Litestar]) -> None:
    understood = client.get("/api/v1/search", params={"q": "fractions 4th grade"}).json()["understood"]
    assert understood["text"] == "fractions"
    assert understood["read"] == [
        {"kind": "grade", "value": ["4"], "label": "Grade 4", "words": "4th grade", "start": 10, "end": 19}
    ]
    assert client.get("/api/v1/search?q=grade+4&literal=1").json()["understood"]["read"] == []
    assert client.get("/api/v1/search?q=x&literal=2").status_code == 400


def test_a_parameter_says_more_than_the_words(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/search", params={"q": "denominators grade 4", "grade": "5"}).json()
    assert found["understood"]["read"] == []
    assert found["total"] > 0
    assert all(item["grades"] == ["5"] for item in found["items"])


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("pizza grade 5", "Nothing for grade 5; shown for grades 4 to 6."),
        ("pizza grade 9", "Nothing for grade 9 or next to it; shown for all grades."),
        ("pizza quiz", "Nothing here is of the kind “Quiz”; “quiz” was searched for as a word."),
        ("pizza under 10 min", "Nothing takes 10 minutes or less; shown whatever it takes."),
        ("pizza at beginning", "Nothing at the level “beginning”; shown for all levels."),
    ],
)
def test_the_softest_of_what_was_read_is_given_up_and_said(client: TestClient[Litestar], q: str, told: str) -> None:
    page = client.get("/", params={"q": q}).text
    assert told in html.unescape(page)
    assert "Adding fractions with pizza" in page


def test_a_parameter_is_never_given_up(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/search?q=pizza&grade=9").json()
    assert (found["total"], found["understood"]["given_up"]) == (0, [])


def test_nothing_found_says_which_filter_empties_it(client: TestClient[Litestar]) -> None:
    page = html.unescape(client.get("/?q=pizza&grade=12&open=1").text)
    assert "Take one thing away, and there is something:" in page
    assert '<a href="/?q=pizza&open=1">Without “Grade 12”</a>: 1 resource' in page
    assert "Without “Open licenses only”" not in page


def test_nothing_found_names_other_levels_and_the_nearest_standards_that_have_something(
    client: TestClient[Litestar],
) -> None:
    page = html.unescape(client.get("/?standard=4.NX.B.3&level=extending").text)
    assert "At other levels there is something:" in page
    assert "/?standard=4.NX.B.3&level=proficient" in page
    assert "left aside" not in page
    page = html.unescape(client.get("/?standard=4.NX.B.3&level=extending&language=es").text)
    assert "At other levels there is something, if all else that you asked for is left aside:" in page
    page = html.unescape(client.get("/?standard=4.NX.B.3&level=beginning").text)
    assert '<a href="/?standard=4.NX.A.1&level=beginning">4.NX.A.1</a>: 1' in page
    assert "stands beside it" in page


def test_a_code_nobody_has_leads_to_the_nearest(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=4.NX.A.7").text
    assert "No framework here has the code “4.NX.A.7”. Near it:" in page
    assert '<a href="/?q=4.NX.A.1">4.NX.A.1</a> (2)' in page


def test_what_is_not_found_can_be_asked_for_and_is_counted(
    served: Served, client: TestClient[Litestar], key: dict[str, str]
) -> None:
    page = client.get("/?q=zebra+stripes&standard=4.NX.A.2&level=extending").text
    assert 'form="ask" name="level" value="extending"' in page
    sent = {"text": "zebra  stripes", "standard": "https://standards.example/numbers/4.NX.A.2", "level": "extending"}
    for _ in range(2):
        answer = client.post("/requests", data=sent, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/asked")
    client.post("/requests", data={"text": "<script>alert(9)</script>"})
    assert "Thank you" in client.get("/asked").text
    first, second = client.get("/api/v1/requests", headers=key).json()["items"]
    assert (first["standard"]["code"], first["level"], first["count"]) == ("4.NX.A.2", "extending", 2)
    assert first["texts"] == ["zebra stripes"]
    assert (second["standard"], second["texts"], second["count"]) == (None, ["<script>alert(9)</script>"], 1)
    admin = client.get("/admin", headers=key).text
    assert "zebra stripes" in admin
    assert "<script>alert(9)" not in admin
    assert "zebra stripes" in client.get("/districts/lakeside-school-district", headers=key).text


def test_a_district_may_read_what_is_wanted_and_a_stranger_may_not(
    served: Served, client: TestClient[Litestar]
) -> None:
    assert client.get("/api/v1/requests").status_code == 401
    with served.registry.sessions.begin() as session:
        person = session.scalars(select(PersonRow.id)).one()
        district = new_key(session, person, ("district:lakeside-school-district",))
        nobody = new_key(session, person, ("nothing",))
    assert client.get("/api/v1/requests", headers={"Authorization": f"Bearer {district}"}).status_code == 200
    assert client.get("/api/v1/requests", headers={"Authorization": f"Bearer {nobody}"}).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [{}, {"text": "  "}, {"text": "a" * 301}, {"text": "write me: a.b@school.example"}, {"text": "555 123 4567 89"}],
)
def test_a_request_that_says_nothing_too_much_or_who_asks_is_refused(
    served: Served, client: TestClient[Litestar], sent: dict[str, str]
) -> None:
    assert client.post("/requests", data=sent).status_code == 422
    with served.registry.reading.begin() as session:
        assert wanted(session) == ()


def test_another_site_cannot_ask_and_nobody_can_ask_by_the_thousand(client: TestClient[Litestar]) -> None:
    sent = {"text": "zebras"}
    assert client.post("/requests", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    statuses = [client.post("/requests", data=sent, follow_redirects=False).status_code for _ in range(61)]
    assert statuses == [303] * 60 + [429]


def test_a_standard_chosen_shows_its_resources_by_level(client: TestClient[Litestar]) -> None:
    page = html.unescape(client.get("/?standard=4.NX").text)
    assert "By standard and level" in page
    assert '<a href="/?standard=4.NX.A.1&level=developing">1' in page
    assert "oer-levels-table" not in client.get("/?q=pizza").text


def test_standards_stand_under_their_heading_and_subjects_under_the_broader(client: TestClient[Litestar]) -> None:
    page = client.get("/").text
    assert '<p class="oer-branch">4.NX Fractions in grade 4</p>' in page
    under = {each["value"]: each.get("under") for each in client.get("/api/v1/search").json()["facets"]["standard"]}
    assert under == {"5.NX.A.1": None, "4.NX.A.1": "4.NX Fractions in grade 4",
                     "4.NX.A.2": "4.NX Fractions in grade 4", "4.NX.B.3": "4.NX Fractions in grade 4"}  # fmt: skip
