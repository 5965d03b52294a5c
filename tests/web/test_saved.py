"""Searches that are kept: from the search page, by their feed, with what is new in them, and by key."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from sqlalchemy import update

from registry.catalog.ingest import batch_for, ingest
from registry.db import now
from registry.models import ResourceRow, SourceRow
from registry.search import indexing
from tests.factories import harvested
from tests.web.conftest import Served
from tests.web.keeping import Client, person, send


@pytest.fixture
def maria(served: Served) -> Client:
    return person(served, "maria")


def arrive(served: Served, *titles: str, minutes: int = 5) -> None:
    """Resources that came in so many minutes from now, with a date of their own that is long ago."""
    with served.registry.sessions.begin() as session:
        source = session.query(SourceRow).filter(SourceRow.name == "empty").one()
        batch = batch_for(session, source.id, f"run {titles[0]}")
        ingest(
            session,
            batch,
            [
                harvested(f"new-{title}", name=title, url=f"https://new.example/{title}", dateModified="2001-01-01")
                for title in titles
            ],
        )
        later = now() + timedelta(minutes=minutes)
        session.execute(update(ResourceRow).where(ResourceRow.title.in_(titles)).values(created_at=later))
    indexing.sync(served.registry)


def kept(client: Client) -> list[str]:
    """The addresses of what is kept, as its page has them."""
    return re.findall(r'<h2><a href="(/saved/[^"]+)"', client.get("/saved").text)


def test_a_search_is_saved_with_one_button_and_listed_by_its_words(
    served: Served, maria: Client, client: Client
) -> None:
    page = maria.get("/?q=quagga+fractions&grade=4&open=1").text
    assert 'name="query" form="save-search" value="q=quagga+fractions&amp;grade=4&amp;open=1"' in page
    assert 'form="save-search"' in maria.get("/?q=fractions", headers={"HX-Request": "true"}).text
    assert send(maria, "/saved", query="grade=4&q=fractions&open=1&cursor=x&unknown=1") == (303, "/saved")
    text = maria.get("/saved").text
    assert "fractions, Grade 4, Open licenses only" in text
    assert "Nothing new since you last opened it" in text
    assert 'href="/feeds/search.atom?q=fractions&amp;grade=4&amp;open=1"' in text
    assert maria.get(kept(maria)[0], follow_redirects=False).headers["location"] == "/?q=fractions&grade=4&open=1"
    assert "Save this search" not in client.get("/?q=fractions").text
    assert "/feeds/search.atom?q=fractions" in client.get("/?q=fractions").text
    assert "Save this search" not in maria.get("/").text


def test_what_arrives_is_new_until_the_search_is_opened(served: Served, maria: Client) -> None:
    send(maria, "/saved", query="q=quagga")
    send(maria, "/saved", query="q=number+line")
    arrive(served, "Quagga one", "Quagga two")
    text = maria.get("/saved").text
    assert text.count(" new</span>") == 1 and "2 new</span>" in text
    address = next(each for each in kept(maria) if "quagga" in maria.get(each).text.casefold())
    assert "2 new" not in maria.get("/saved").text
    arrive(served, "Quagga three", minutes=9)
    assert "1 new</span>" in maria.get("/saved").text
    answer = maria.get(address, follow_redirects=False)
    assert answer.headers["location"] == "/?q=quagga&sort=arrived"
    assert maria.get("/api/v1/search?q=quagga&sort=arrived").json()["items"][0]["title"] == "Quagga three"


def test_a_feed_of_a_search_needs_no_cookie_and_tells_when_things_arrived(served: Served, client: Client) -> None:
    arrive(served, "Quagga one")
    arrive(served, "Quagga two", minutes=9)
    entries = feedparser.parse(client.get("/feeds/search.atom?q=quagga").content).entries
    assert [entry.title for entry in entries] == ["Quagga two", "Quagga one"]
    assert entries[0].published_parsed > entries[1].published_parsed


def test_a_saved_search_is_renamed_and_deleted_by_its_owner_alone(served: Served, maria: Client) -> None:
    send(maria, "/saved", query="q=fractions")
    [address] = kept(maria)
    other = person(served, "li")
    for fields in ({"name": "Mine"}, {"do": "delete"}):
        assert send(other, address, **fields)[0] == 404
    assert other.get(address).status_code == 404
    assert send(maria, address, name="  For\tFriday ") == (303, "/saved")
    assert "For Friday" in maria.get("/saved").text
    assert send(maria, address, name=" ")[0] == 422
    send(maria, "/saved", query="q=fractions")
    assert len(kept(maria)) == 1
    assert send(maria, address, do="delete")[0] == 303
    assert "You have saved no search yet" in maria.get("/saved").text


@pytest.mark.parametrize("query", ["", "cursor=x", "minutes_max=soon", "grade=44", "q=" + "x" * 501])
def test_a_search_that_cannot_be_read_is_not_kept(maria: Client, query: str) -> None:
    assert send(maria, "/saved", query=query)[0] == 400
    assert kept(maria) == []


def test_a_saved_search_that_can_no_longer_be_read_says_why_and_can_be_deleted(served: Served, maria: Client) -> None:
    send(maria, "/saved", query="provider=Lakeside+School+District")
    with served.registry.sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE provider SET name = 'Lake', slug = 'lake' WHERE name LIKE 'Lake%'")
    text = maria.get("/saved").text
    assert "something it asks for is gone" in text and "Lakeside School District" in text
    assert send(maria, kept(maria)[0], do="delete")[0] == 303


def test_searches_are_kept_by_key(served: Served, client: Client, key: dict[str, str]) -> None:
    path = "/api/v1/saved-searches"
    made = client.post(path, json={"query": "q=fractions&grade=4", "name": "Mine"}, headers=key)
    assert made.status_code == 201
    listed: dict[str, Any] = client.get(path, headers=key).json()
    assert [(each["name"], each["query"]) for each in listed["items"]] == [("Mine", "q=fractions&grade=4")]
    assert client.post(path, json={"query": "grade=44"}, headers=key).json()["errors"][0]["field"] == "grade"
    assert client.post(path, json={"question": "x"}, headers=key).status_code == 422
    assert client.delete(f"{path}/{made.json()['id']}", headers=key).status_code == 204
    assert client.delete(f"{path}/{made.json()['id']}", headers=key).status_code == 404
