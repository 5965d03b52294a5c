"""The feed of changes and the sitemap: what people and crawlers follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from lxml import etree
from sqlalchemy import select, update

from registry.catalog import overview, sets
from registry.catalog.ingest import batch_for, ingest
from registry.models import ResourceRow, SourceRow
from tests.factories import harvested
from tests.web.conftest import Served

ATOM = "/feeds/changes.atom"


def entries(client: TestClient[Litestar], **params: str) -> list[str]:
    answer = client.get(ATOM, params=params)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(answer.content)
    assert not read.bozo
    return [entry.title for entry in read.entries]


def add(served: Served, count: int, **stated: object) -> None:
    with served.registry.sessions.begin() as session:
        source = session.query(SourceRow).filter(SourceRow.name == "empty").one()
        batch = batch_for(session, source.id, "another run")
        ingest(session, batch, [harvested(f"more-{number}", **stated) for number in range(count)])


def change(served: Served, title: str, **values: object) -> None:
    with served.registry.sessions.begin() as session:
        ids = session.scalars(select(ResourceRow.id).where(ResourceRow.title == title)).all()
        assert len(ids) == 1
        session.execute(update(ResourceRow).where(ResourceRow.id.in_(ids)).values(values))
        sets.restamp(session, ids)


def test_the_feed_starts_with_what_changed_last(served: Served, client: TestClient[Litestar]) -> None:
    change(served, "Fracciones equivalentes", updated_at=datetime.now(UTC) + timedelta(minutes=1))
    found = entries(client)
    assert found[0] == "Fracciones equivalentes"
    assert len(found) == 27
    assert "Old lesson on fractions" not in found
    entry = feedparser.parse(client.get(ATOM).content).entries[0]
    assert entry.link.startswith("http://testserver.local/resources/")
    assert entry.authors[0].name == "Lakeside School District"
    assert entry.tags[0].term == "mathematics"


def test_the_feed_holds_fifty(served: Served, client: TestClient[Litestar]) -> None:
    add(served, 60)
    assert len(entries(client)) == 50


def test_the_feed_can_be_of_a_provider_a_subject_or_a_standard(served: Served, client: TestClient[Litestar]) -> None:
    add(served, 3, about="Biology")
    assert len(entries(client, provider="empty-school-district")) == 3
    assert len(entries(client, provider="empty-school-district", subject="Science")) == 3
    assert entries(client, provider="empty-school-district", subject="mathematics") == []
    assert set(entries(client, standard="4.NX.A.1")) == {"Equal parts on a number line", "Fracciones equivalentes"}
    assert set(entries(client, standard="4.NX", provider="lakeside-school-district")) == {
        "Equal parts on a number line", "Adding fractions with pizza", "Fracciones equivalentes",
    }  # fmt: skip
    assert entries(client, provider="nobody") == []


@pytest.mark.parametrize(("name", "value"), [("subject", "alchemy"), ("standard", "9.ZZ.9")])
def test_a_filter_nobody_knows_is_named(client: TestClient[Litestar], name: str, value: str) -> None:
    answer = client.get(ATOM, params={name: value}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


def test_a_takedown_reaches_the_feed_and_the_sitemap(served: Served, client: TestClient[Litestar]) -> None:
    before = len(addresses(client))
    change(served, "Fracciones equivalentes", taken_down="Its author asked for it.")
    assert "Fracciones equivalentes" not in entries(client)
    assert len(addresses(client)) == before - 1


def test_an_unchanged_feed_is_not_sent_again(client: TestClient[Litestar]) -> None:
    tag = client.get(ATOM).headers["etag"]
    again = client.get(ATOM, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_an_empty_registry_has_an_empty_feed(serve: Callable[..., Served], empty_stores: Path) -> None:
    with TestClient(serve(empty_stores).app) as client:
        assert entries(client) == []
        assert client.get(ATOM).content == client.get(ATOM).content
        assert addresses(client) == []


def test_every_page_leads_to_the_feed(client: TestClient[Litestar]) -> None:
    assert f'type="application/atom+xml" title="New and changed resources" href="{ATOM}"' in client.get("/").text


def addresses(client: TestClient[Litestar]) -> list[str]:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = etree.fromstring(client.get("/sitemap.xml").content)
    found: list[str] = []
    for page in index.findall("s:sitemap/s:loc", space):
        urls = etree.fromstring(client.get(str(page.text)).content)
        assert all(datetime.fromisoformat(str(each.text)).tzinfo for each in urls.findall("s:url/s:lastmod", space))
        found += [str(loc.text) for loc in urls.findall("s:url/s:loc", space)]
    return found


def test_the_sitemap_grows_by_pages_and_names_everything_once(served: Served, client: TestClient[Litestar]) -> None:
    served.app.state.sitemap = overview.SitemapPages(10)
    for count in (12, 30):
        add(served, count)
        found = addresses(client)
        assert len(found) == len(set(found)) == 27 + count
    with served.registry.reading.begin() as session:
        ranges = served.app.state.sitemap.ranges(session)
        sizes = [len(overview.list_between(session, first, end, 100)) for first, end in ranges]
    assert len(sizes) == 6
    assert max(sizes) == 10
    for wrong in ("/sitemap/zzzz", "/sitemap/-", "/sitemap/%00-"):
        assert client.get(wrong).status_code == 404
