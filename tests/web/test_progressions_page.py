"""The map of a progression as a page, as a table and for machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from lxml import html

from tests.factories import stored_framework
from tests.web.catalog import BASE
from tests.web.conftest import Served
from vocab.frameworks.model import Association, Framework, Item

WORST = "<script>alert('x')</script> & “fractions”"


@pytest.fixture
def wide(served: Served, client: TestClient[Litestar]) -> Iterator[TestClient[Litestar]]:
    """A standard that 150 others lead to, in a second framework that also prints a code of the first."""

    def item(code: str, statement: str, **more: object) -> Item:
        return Item(uri=f"https://wide.example/{code}", statement=statement, codes=(code,), **more)  # type: ignore[arg-type]

    framework = Framework(
        uri="https://wide.example/",
        code="WIDE",
        title="A wide one",
        items=(
            item("9.WD.A.1", WORST, language="ar"),
            *(item(f"8.WD.A.{number}", f"Number {number}") for number in range(1, 151)),
            item("4.NX.A.1", "The same code", deprecated=True),
        ),
        associations=tuple(
            Association(f"https://wide.example/8.WD.A.{number}", "precedes", "https://wide.example/9.WD.A.1")
            for number in range(1, 151)
        ),
    )
    with served.registry.sessions.begin() as session:
        stored_framework(session, framework)
    yield client


def read(client: TestClient[Litestar], address: str) -> html.HtmlElement:
    answer = client.get(f"/progressions/{address}")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(page: html.HtmlElement) -> dict[str, list[str]]:
    """The table: for each code what the cells say of grade, what comes before and what it leads to."""
    return {
        row.xpath("string(.//th//a)"): [text(cell) for cell in row.xpath("./td")[:3]]
        for row in page.xpath("//table/tbody/tr[th[@scope='row']]")
    }


@pytest.mark.parametrize("address", ["4.NX.A.2", "4-nx-a-2", quote(f"{BASE}4.NX.A.2", safe=""), f"{BASE}4.NX.A.2"])
def test_a_standard_by_any_spelling_is_shown_among_what_comes_before_and_after(
    client: TestClient[Litestar], address: str
) -> None:
    page = read(client, address)
    assert page.xpath("string(//h1)") == "4.NX.A.2"
    boxes = page.xpath("//svg//a")
    assert [box.xpath("string(./text[1])") for box in boxes] == ["4.NX.A.1", "4.NX.A.2", "4.NX.B.3", "5.NX.A.1"]
    assert len(page.xpath("//svg//g[@data-source]")) == 3
    assert [box.get("href") for box in boxes][:2] == [
        f"/progressions/{quote(BASE + '4.NX.A.1', safe='')}",
        f"/standards/{quote(BASE + '4.NX.A.2', safe='')}",
    ]
    assert "You are here" in text(boxes[1])
    assert all("You are here" not in text(boxes[place]) for place in (0, 2, 3))


def test_the_table_says_what_the_picture_shows(client: TestClient[Litestar]) -> None:
    page = read(client, "4.NX.A.2")
    assert rows(page) == {
        "4.NX.A.1": ["Grade 4", "nothing recorded", "4.NX.A.2"],
        "4.NX.A.2": ["Grade 4", "4.NX.A.1", "4.NX.B.3"],
        "4.NX.B.3": ["Grade 4", "4.NX.A.2", "5.NX.A.1"],
        "5.NX.A.1": ["Grade 5", "4.NX.B.3", "nothing recorded"],
    }
    assert [text(each) for each in page.xpath("//th[@scope='rowgroup']")] == ["Grade 4", "Grade 5"]
    assert page.xpath("//table/caption")
    assert page.xpath("//a[@href='#as-table']") and page.xpath("//*[@id='as-table']")
    codes = {box.xpath("string(./text[1])") for box in page.xpath("//svg//a")}
    assert codes == set(rows(page))


def test_steps_are_obeyed_and_carried_on(client: TestClient[Litestar]) -> None:
    page = read(client, "4.NX.A.2?before=0&after=1")
    assert list(rows(page)) == ["4.NX.A.2", "4.NX.B.3"]
    assert rows(page)["4.NX.A.2"] == ["Grade 4", "1, not shown", "4.NX.B.3"]
    assert page.xpath("//svg//a/@href")[1].endswith("?before=0&after=1")
    assert page.xpath("//select[@id='before']/option[@selected]/@value") == ["0"]
    assert "1 more" in text(page.xpath("//svg")[0])


@pytest.mark.parametrize("path", ["/progressions/4.NX.A.2", "/api/v1/progressions/4.NX.A.2"])
@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("value", ["7", "-1", "two", "1.5", "٣", "1&{}=2"])
def test_steps_that_are_none_are_refused_by_name(
    client: TestClient[Litestar], path: str, name: str, value: str
) -> None:
    answer = client.get(f"{path}?{name}={value.format(name)}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [name]


def test_a_heading_shows_what_stands_under_it(client: TestClient[Litestar]) -> None:
    page = read(client, "4.NX")
    assert "among the standards under" in text(page.xpath("//header[@class='oer-head']")[0])
    assert list(rows(page)) == ["4.NX.A.1", "4.NX.A.2", "4.NX.B.3", "5.NX.A.1"]
    assert len(page.xpath("//a[contains(@class, 'map-box--center')]")) == 3


def test_what_is_left_out_is_counted_and_can_be_centered_on(wide: TestClient[Litestar]) -> None:
    page = read(wide, "9.WD.A.1?before=1")
    assert len(page.xpath("//svg//a")) == 120
    note = page.xpath("//div[@class='oer-note']")[0]
    assert "31 more standards lie within these steps" in text(note)
    offered = note.xpath(".//a/@href")
    assert len(offered) == 12
    assert wide.get(offered[0]).status_code == 200
    assert offered[0].endswith("?before=1")


def test_what_a_framework_says_is_text_and_nothing_else(wide: TestClient[Litestar]) -> None:
    answer = wide.get("/progressions/9.WD.A.1")
    assert "<script>alert" not in answer.text
    assert not re.search(r"<script(?! src=)|<style| style=| on\w+=", answer.text)
    wording = html.fromstring(answer.text).xpath("//svg//text[@lang='ar']")[0]
    assert wording.get("direction") == "rtl"


def test_a_code_in_two_frameworks_offers_the_other(wide: TestClient[Litestar]) -> None:
    page = read(wide, "4.NX.A.1")
    other = page.xpath("//div[@class='oer-note']//a/@href")
    assert other == [f"/progressions/{quote('https://wide.example/4.NX.A.1', safe='')}"]
    empty = html.fromstring(wide.get(other[0]).text)
    assert not empty.xpath("//main//svg")
    assert "Nothing is recorded to come before this standard" in text(empty)


def test_a_framework_is_a_list_of_headings_with_maps(client: TestClient[Litestar]) -> None:
    page = read(client, "num")
    assert page.xpath("string(//h1)") == "Number standards of the tests"
    links = page.xpath("//main//li//a[starts-with(@href, '/progressions/')]/@href")
    assert links == [f"/progressions/{quote(BASE + code, safe='')}" for code in ("4.NX", "5.NX.A.1")]
    assert client.get(links[0]).status_code == 200


@pytest.mark.parametrize("path", ["/progressions/", "/api/v1/progressions/"])
@pytest.mark.parametrize("code", ["9.ZZ.Q.9", "%00", "..%2F..", "x" * 3000, "%F0%9F%8D%95"])
def test_what_nobody_has_is_not_found(client: TestClient[Litestar], path: str, code: str) -> None:
    assert client.get(path + code).status_code == 404


def test_machines_get_the_same(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/progressions/4.NX.A.2?before=1&after=1").json()
    ids = [node["ref"]["id"] for node in found["nodes"]]
    assert [(node["ref"]["code"], node["grades"], node["column"], node["center"]) for node in found["nodes"]] == [
        ("4.NX.A.1", ["4"], 0, False),
        ("4.NX.A.2", ["4"], 1, True),
        ("4.NX.B.3", ["4"], 2, False),
    ]
    assert sorted(found["edges"]) == sorted([ids[:2], ids[1:]])
    assert found["bands"] == [{"grades": ["4"], "first": 0, "last": 2}]
    assert found["nodes"][2]["after"] == 1
    assert [ref["code"] for ref in client.get("/api/v1/progressions/NUM").json()["headings"]] == ["4.NX", "5.NX.A.1"]


def test_the_api_says_what_it_takes(client: TestClient[Litestar]) -> None:
    paths = client.get("/schema/openapi.json").json()["paths"]
    named = {each["name"] for each in paths["/api/v1/progressions/{code}"]["get"]["parameters"]}
    assert named == {"code", "before", "after"}
