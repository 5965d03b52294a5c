"""A form that is refused comes back on its page: what was typed stands in it, and what is wrong beside the field."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.web.conftest import Served
from tests.web.keeping import Client, person, resource, send
from tests.web.test_access import token_in

PIZZA = "Adding fractions with pizza"
LONG = "x" * 151


@pytest.fixture
def maria(served: Served) -> Client:
    return person(served, "maria")


def refused(client: Client, path: str, **fields: str) -> etree._Element:
    """The page that a refused form leads to, still with the menu of who sent it."""
    token = token_in(client.get("/collections").text)
    answer = client.post(path, data={"form_token": token} | fields)
    assert answer.status_code == 422
    assert "Sign out" in answer.text
    return etree.fromstring(answer.text, etree.HTMLParser())


def said(page: etree._Element, field: str) -> str:
    """What the page says beside the only field of that name that is at fault; the two are tied together."""
    (wrong,) = page.xpath(f"//*[@name='{field}'][@aria-invalid='true']")
    (told,) = page.xpath(f"//*[@id='{wrong.get('aria-describedby')}']")
    return "".join(told.itertext())


def typed(page: etree._Element, field: str) -> list[str]:
    return [str(each) for each in page.xpath(f"//input[@name='{field}']/@value")]


def made(client: Client) -> str:
    """The address of a new list."""
    return send(client, "/collections/new", title="Week one")[1]


def test_a_new_list_without_a_name_is_asked_for_again(maria: Client) -> None:
    made(maria)
    page = refused(maria, "/collections/new", title="  ")
    assert page.findtext(".//h1") == "Lists"
    assert said(page, "title") == "Give the list a name of at most 150 characters."
    assert page.xpath("//details[@open]//input[@name='title']")
    assert typed(refused(maria, "/collections/new", title=LONG), "title") == [LONG]


def test_a_new_list_for_a_resource_is_asked_for_again_beside_the_resource(served: Served, maria: Client) -> None:
    page = refused(maria, "/collections/new", title=" ", resource=resource(served, PIZZA))
    assert page.findtext(".//h1") == "Add to a list"
    assert "name of at most" in said(page, "title")
    assert typed(page, "resource") == [resource(served, PIZZA)]


def test_a_list_keeps_its_name_while_another_one_is_mended(maria: Client) -> None:
    address = made(maria)
    page = refused(maria, f"{address}/wording", title=LONG, note="For Friday", visibility="link")
    assert page.findtext(".//h1") == "Week one"
    assert "name of at most" in said(page, "title")
    assert page.xpath("//details[@open]//input[@name='title']/@value") == [LONG]
    assert "For Friday" in str(page.findtext(".//textarea[@id='note']"))
    assert page.xpath("//input[@name='visibility'][@checked]/@value") == ["link"]
    assert "Only you" in maria.get(address).text and "Its link" not in maria.get(address).text


def test_somebody_elses_list_is_not_worded_however_badly(served: Served, maria: Client) -> None:
    address = made(maria)
    send(maria, f"{address}/wording", title="Week one", visibility="public")
    assert send(person(served, "li"), f"{address}/wording", title=" ")[0] == 403


def test_another_name_for_a_saved_search_is_asked_for_again(maria: Client) -> None:
    send(maria, "/saved", query="q=fractions")
    send(maria, "/saved", query="q=pizza")
    addresses = re.findall(r'<h2><a href="(/saved/[^"]+)"', maria.get("/saved").text)
    page = refused(maria, addresses[1], name=LONG)
    assert page.findtext(".//h1") == "Saved searches"
    assert "name of at most" in said(page, "name")
    assert typed(page, "name") == ["pizza", LONG]
    assert len(page.xpath("//details[@open]")) == 1


def test_a_word_for_a_level_is_asked_for_again(served: Served) -> None:
    admin = person(served, "lea", "admin")
    page = refused(admin, "/admin/sources/lakeside/levels", word="w" * 101, level="extending")
    assert page.findtext(".//h1") == "Words for levels"
    assert said(page, "word") == "Give a word of up to 100 characters."
    assert "w" * 101 in typed(page, "word")
    assert page.xpath("//select[@id='level-new']/option[@selected]/@value") == ["extending"]
    assert "is no level here" in said(refused(admin, "/admin/sources/lakeside/levels", word="A", level="x"), "level")
