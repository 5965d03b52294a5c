"""A search taken along: the whole result as CSV and JSON-LD, and the feed of a search."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event

from registry.app import Registry
from registry.catalog.ingest import batch_for, ingest
from registry.learners.app import Learners
from registry.models import SourceRow
from registry.search import indexing
from registry.search.exporting import CSV, JSONLD, Form, Part, part, written
from registry.search.query import Query
from tests.factories import harvested, source
from tests.web.conftest import Served
from web.app import create_app

TABLE, GRAPH, FEED = "/search/export.csv", "/search/export.jsonld", "/feeds/search.atom"
KINDS = ("Lesson", "Worksheet", "Assessment")


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def rows(client: TestClient[Litestar], asked: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{TABLE}?{asked}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="search.csv"' in answer.headers["content-disposition"]
    found = table(answer.content)
    assert answer.headers["x-total-count"] == str(len(found))
    return found


def nodes(client: TestClient[Litestar], asked: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{GRAPH}?{asked}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/ld+json"
    read = answer.json()
    assert read["@context"] == "https://schema.org/"
    found: list[dict[str, Any]] = read["@graph"]
    return found


def paged(client: TestClient[Litestar], asked: str) -> list[str]:
    """The ids of a result as its pages give them."""
    found: list[str] = []
    cursor = ""
    while True:
        page = client.get(f"/api/v1/search?{asked}&limit=20&facets=0&cursor={cursor}").json()
        found += [item["id"] for item in page["items"]]
        if not page["next"]:
            return found
        cursor = page["next"]


def ids(addresses: list[str]) -> list[str]:
    return [address.rpartition("/")[2] for address in addresses]


def fill(served: Served, stated: list[dict[str, Any]]) -> None:
    with served.registry.sessions.begin() as session:
        empty = session.query(SourceRow).filter(SourceRow.name == "empty").one()
        records = [harvested(f"more-{number}", **each) for number, each in enumerate(stated)]
        ingest(session, batch_for(session, empty.id, "another run"), records)
    indexing.sync(served.registry)


@pytest.fixture
def stocked(registry: Registry) -> Registry:
    """230 resources, indexed, on each pair of stores in turn."""
    with registry.sessions.begin() as session:
        records = [
            harvested(f"n-{n}", timeRequired=f"PT{5 + n % 7}M", learningResourceType=KINDS[n % 3]) for n in range(230)
        ]
        ingest(session, source(session), records)
    indexing.sync(registry)
    return registry


@pytest.fixture
def reader(stocked: Registry, learners: Learners) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(stocked, learners)) as client:
        yield client


def test_a_file_holds_what_the_pages_hold_in_their_order(reader: TestClient[Litestar]) -> None:
    for asked in ("sort=newest", "q=title", "type=worksheet&sort=shortest", "q=title&minutes_max=8"):
        pages = paged(reader, asked)
        assert len(pages) > 70
        assert ids([row["page"] for row in rows(reader, asked)]) == pages
        assert ids([node["@id"] for node in nodes(reader, asked)]) == pages


def test_a_file_that_is_cut_says_so_and_leads_to_the_rest(stocked: Registry, reader: TestClient[Litestar]) -> None:
    def page(form: Form, cursor: str = "") -> Part:
        with stocked.reading.begin() as session:
            return part(session, stocked, Query(q="title", type=("lesson", "worksheet"), cursor=cursor), form)

    def file(form: Form) -> bytes:
        address = f"{TABLE}?q=title&type=lesson&type=worksheet&cursor="
        return b"".join(written(page(form), lambda after: page(form, after), form, address, 100))

    found = table(file(CSV))
    assert len(found) == 101
    assert found[-1]["title"] == "This file ends after 100 of 154 results. Another starts where it ends."
    rest = table(reader.get(found[-1]["link"]).content)
    asked = "q=title&type=lesson&type=worksheet"
    assert ids([row["page"] for row in (*found[:-1], *rest)]) == paged(reader, asked)
    graph = json.loads(file(JSONLD))["@graph"]
    assert [node["@type"] for node in graph] == ["LearningResource"] * 100 + ["SearchResultsPage"]
    assert graph[-1]["url"] == found[-1]["link"]


def test_what_moves_to_a_later_page_meanwhile_is_in_the_file_once() -> None:
    pages = {"2": Part({"b": b"b\r\n", "c": b"c\r\n"}, 3, None)}
    first = Part({"a": b"a\r\n", "b": b"b\r\n"}, 3, "2")
    assert b"".join(written(first, pages.__getitem__, CSV, "")).endswith(b"page\r\na\r\nb\r\nc\r\n")


def test_the_rest_of_a_file_is_asked_for_by_the_cursor_of_a_page(reader: TestClient[Litestar]) -> None:
    cursor = reader.get("/api/v1/search?sort=newest&limit=100").json()["next"]
    answer = reader.get(f"{TABLE}?sort=newest&cursor={cursor}")
    assert ids([row["page"] for row in table(answer.content)]) == paged(reader, "sort=newest")[100:]
    assert answer.headers["x-total-count"] == "230"


@pytest.mark.parametrize("form", [CSV, JSONLD])
def test_a_page_costs_the_same_number_of_selects_however_many_rows_it_has(stocked: Registry, form: Form) -> None:
    asked: list[str] = []
    event.listen(stocked.engine, "before_cursor_execute", lambda *event_: asked.append(event_[2]))
    counts = []
    for minutes in (5, 5, 8):
        asked.clear()
        with stocked.reading.begin() as session:
            found = part(session, stocked, Query(minutes_max=minutes), form)
        counts.append((len(found.rows), len(asked)))
    (few, _), (_, one), (many, other) = counts
    assert few < many
    assert one == other


def test_a_row_says_what_a_teacher_needs(client: TestClient[Litestar]) -> None:
    row = next(each for each in rows(client, "standard=4.NX.A.1") if each["title"].startswith("Equal parts"))
    assert row.pop("summary").startswith("Learners place equal fractions")
    assert row.pop("page").startswith("http://testserver.local/resources/")
    assert row == {
        "title": "Equal parts on a number line",
        "link": "https://lakeside.example/lessons/1",
        "grades": "4",
        "subjects": "Mathematics",
        "types": "Lesson",
        "license": "CC BY 4.0",
        "minutes": "45",
        "language": "English",
        "providers": "Lakeside School District",
        "standards": "4.NX.A.1 teaches developing; 4.NX.A.2 teaches",
    }


def test_a_node_is_what_the_resource_says_of_itself(client: TestClient[Litestar]) -> None:
    for node in nodes(client, "q=fractions"):
        address = f"/api/v1/resources/{node['@id'].rpartition('/')[2]}"
        alone = client.get(address, headers={"Accept": "application/ld+json"}).json()
        assert alone == {"@context": "https://schema.org/"} | node


@pytest.mark.parametrize("begun", ["=", "+", "-", "@", " =", "＝"])
def test_no_cell_is_a_formula(served: Served, client: TestClient[Litestar], begun: str) -> None:
    text = f'{begun}HYPERLINK("https://evil.example","Click"), quagga'
    fill(served, [{"name": text, "description": text, "publisher": text}])
    found = rows(client, "q=quagga")
    assert len(found) == 1
    assert found[0]["title"] == "'" + text.strip()
    assert not [cell for cell in found[0].values() if cell.lstrip()[:1] in ("=", "+", "-", "@", "＝")]


def test_text_of_any_script_with_quotes_and_line_ends_comes_through(
    served: Served, client: TestClient[Litestar]
) -> None:
    title = 'Quagga, "Pferd" und שלום 漢字 🦓'
    fill(served, [{"name": title}])
    assert [row["title"] for row in rows(client, "q=quagga")] == [title]
    assert [node["name"] for node in nodes(client, "q=quagga")] == [title]


def test_a_withdrawn_resource_is_in_no_file_and_no_feed(client: TestClient[Litestar]) -> None:
    assert "Old lesson on fractions" not in {row["title"] for row in rows(client)}
    assert "Old lesson on fractions" not in {node["name"] for node in nodes(client)}
    assert "Old lesson on fractions" not in entries(client)


def test_a_search_without_results_is_an_empty_file(client: TestClient[Litestar]) -> None:
    assert rows(client, "grade=12") == []
    assert client.get(f"{TABLE}?grade=12").text.startswith("\ufefftitle,link,summary,grades,subjects,types,license,")
    assert nodes(client, "grade=12") == []


@pytest.mark.parametrize("path", [TABLE, GRAPH, FEED])
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("cursor=forged", "cursor"),
        ("cursor=AAAAAAAAAAAAAAAAAAAA", "cursor"),
        ("level=wizard", "level"),
        ("standard=9.XX.9", "standard"),
        ("minutes_max=soon", "minutes_max"),
        ("sort=luck", "sort"),
        ("q=a%00b", "q"),
        ("limit=1000", "limit"),
    ],
)
def test_what_cannot_be_read_is_named(client: TestClient[Litestar], path: str, asked: str, name: str) -> None:
    answer = client.get(f"{path}?{asked}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [name]


def entries(client: TestClient[Litestar], asked: str = "") -> list[str]:
    answer = client.get(f"{FEED}?{asked}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(answer.content)
    assert not read.bozo
    return [entry.title for entry in read.entries]


def test_the_feed_of_a_search_starts_with_what_arrived_last(client: TestClient[Litestar]) -> None:
    asked = "standard=4.NX&level=developing"
    found = client.get(f"/api/v1/search?{asked}&sort=arrived").json()
    assert entries(client, f"{asked}&sort=shortest") == [item["title"] for item in found["items"]] != []
    feed = feedparser.parse(client.get(f"{FEED}?{asked}&sort=shortest&unknown=1").content).feed
    assert feed.title == "4.NX, Developing | Open Resource Registry"
    links = {link.rel: link.href for link in feed.links}
    assert links == {
        "self": f"http://testserver.local{FEED}?{asked}",
        "alternate": f"http://testserver.local/?{asked}",
    }
    assert client.get(links["alternate"]).status_code == 200


def test_the_feed_of_a_search_holds_fifty_and_none_where_nothing_fits(
    served: Served, client: TestClient[Litestar]
) -> None:
    fill(served, [{"name": f"Quagga number {number}"} for number in range(60)])
    assert len(entries(client, "q=quagga")) == 50
    assert entries(client, "grade=12") == []
    assert client.get(f"{FEED}?grade=12").content == client.get(f"{FEED}?grade=12").content


def test_an_unchanged_feed_of_a_search_is_not_sent_again(served: Served, client: TestClient[Litestar]) -> None:
    tag = client.get(f"{FEED}?q=quagga+lesson").headers["etag"]
    again = client.get(f"{FEED}?q=quagga+lesson", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    fill(served, [{"name": "Quagga lesson"}])
    changed = client.get(f"{FEED}?q=quagga+lesson", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "Quagga lesson" in changed.text


def test_the_page_of_a_search_leads_to_its_files_and_its_feed(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=fractions&grade=4").text
    for path in (TABLE, GRAPH, FEED):
        assert f'<a href="{path}?q=fractions&amp;grade=4">' in page
    alternate = f'title="This search" href="{FEED}?q=fractions&amp;grade=4">'
    assert alternate in page.partition("</head>")[0]
    assert f'<a href="{TABLE}">' in client.get("/").text
    assert TABLE not in client.get("/?grade=12").text


def test_what_a_search_reads_in_its_words_counts_in_its_files_too(client: TestClient[Litestar]) -> None:
    for asked in ("q=fractions+under+30+min", "q=fractions+under+30+min&literal=1"):
        assert ids([row["page"] for row in rows(client, asked)]) == paged(client, asked)


def test_an_index_that_is_down_is_told_before_a_file_starts(serve: Callable[..., Served], filled_stores: Path) -> None:
    down = serve(filled_stores, search_url="http://127.0.0.1:1", search_key="none")
    with TestClient(down.app) as client:
        for path in (TABLE, GRAPH, FEED):
            answer = client.get(path, headers={"Accept": "application/json"})
            assert answer.status_code == 503
            assert "retry-after" in answer.headers


def test_crawlers_are_told_to_leave_files_and_feeds_of_searches_alone(client: TestClient[Litestar]) -> None:
    told = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /search/", f"Disallow: {FEED}"} <= set(told)
