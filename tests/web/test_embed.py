"""Pages for other people's pages: the framed search and card, the page that makes the frame, oEmbed, OpenSearch."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from lxml import etree

from registry.accounts.people import sign_in
from registry.catalog.card import Card
from registry.catalog.takedown import take_down
from registry.models import PersonRow, ResourceRow
from tests.web.conftest import Served
from web.auth import COOKIE

FRAMED = ["/embed/search", "/embed/search?q=fractions", "/embed/search?grade=13", "/embed/resources/none"]


HOSTILE = "Pizza</script><b onclick='x'>\""


def make_hostile(served: Served, title: str) -> str:
    """Give the resource a title that markup was left in; its id."""
    id = resource_id(served, title)
    with served.registry.sessions.begin() as session:
        row = session.get_one(ResourceRow, id)
        card = msgspec.json.decode(row.card, type=Card)
        row.body = msgspec.structs.replace(row.body, title=HOSTILE)
        row.card = msgspec.json.encode(msgspec.structs.replace(card, title=HOSTILE, summary=HOSTILE))
    return id


def resource_id(served: Served, title: str) -> str:
    with served.registry.reading.begin() as session:
        return session.query(ResourceRow.id).filter(ResourceRow.title.startswith(title)).one().id


@pytest.mark.parametrize("path", FRAMED)
def test_a_framed_page_may_stand_on_any_site_and_sets_no_cookie(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path)
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", ["/", "/embed", "/standards", "/sign-in", "/nowhere", "/embedded", "/api/v1/search"])
def test_no_other_page_may_be_framed(client: TestClient[Litestar], path: str) -> None:
    assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


def test_somebody_who_is_signed_in_sees_the_same_framed_page_as_everybody(
    served: Served, client: TestClient[Litestar]
) -> None:
    nobody = client.get("/embed/search?q=fractions").content
    with served.registry.sessions.begin() as session:
        client.cookies.set(COOKIE, sign_in(session, session.query(PersonRow.id).one().id))
    assert b"Sign out" in client.get("/").content
    assert client.get("/embed/search?q=fractions").content == nobody
    assert "Cookie" not in client.get("/embed/search").headers["vary"]


def test_a_filter_in_the_frame_s_address_stays_on_whatever_is_typed(client: TestClient[Litestar]) -> None:
    page = client.get("/embed/search?q=fractions&level=developing&provider=Lakeside+School+District").text
    assert '<input type="hidden" name="level" value="developing">' in page
    assert '<input type="hidden" name="provider" value="Lakeside School District">' in page
    assert "Only: Level Developing; From Lakeside School District" in page


def test_results_in_a_frame_open_a_tab_of_their_own_and_say_so(client: TestClient[Litestar]) -> None:
    page = client.get("/embed/search?q=equal+parts").text
    links = re.findall(r'<a [^>]*href="http[^>]*>', page)
    assert links
    assert all('target="_blank" rel="noopener' in link for link in links)
    assert page.count("(opens in a new tab)") == len(links)


def test_the_results_in_a_frame_go_on_page_after_page(client: TestClient[Litestar]) -> None:
    page = client.get("/embed/search?q=unlike+denominators&limit=7").text
    following = html.unescape(re.findall(r'href="(/embed/search[^"]*)" rel="next"', page)[0])
    assert "limit=7" in following
    again = client.get(following).text
    assert again.count('<li class="oer-panel">') == 7
    assert "First page" in again


def test_a_frame_that_finds_nothing_says_so_and_leads_to_the_whole_catalog(client: TestClient[Litestar]) -> None:
    page = client.get("/embed/search?q=zebra&grade=12&open=1").text
    assert "Nothing fits these words within what this page is about" in page
    assert 'href="http://testserver.local/?q=zebra"' in page


def test_a_bad_filter_in_a_frame_is_named(client: TestClient[Litestar]) -> None:
    answer = client.get("/embed/search?grade=13", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "<strong>Grade</strong>" in answer.text
    assert "Sign in" not in answer.text


def test_what_strangers_wrote_is_escaped_in_the_card(served: Served, client: TestClient[Litestar]) -> None:
    page = client.get(f"/embed/resources/{make_hostile(served, 'Adding fractions')}").text
    assert "<b onclick" not in page
    assert "&lt;/script&gt;&lt;b onclick" in page
    assert "<b onclick" not in client.get("/embed/search?q=pizza").text
    assert "Open at lakeside.example" in page


def test_the_card_of_a_withdrawn_resource_tells_nothing_of_it(served: Served, client: TestClient[Litestar]) -> None:
    answer = client.get(f"/embed/resources/{resource_id(served, 'Old lesson')}")
    assert answer.status_code == 410
    assert "Old lesson" not in answer.text
    assert "withdrawn by its publisher" in answer.text


def test_a_takedown_is_not_blamed_on_the_publisher(served: Served, client: TestClient[Litestar]) -> None:
    gone = resource_id(served, "Fracciones equivalentes")
    with served.registry.sessions.begin() as session:
        take_down(session, gone, "Its author asked for it.", "admin")
    for path in (f"/embed/resources/{gone}", f"/resources/{gone}", f"/resources/{gone}/preview"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "this catalog" in answer.text.lower()
        assert not re.search("withdrawn by|publisher", answer.text)


def test_the_page_that_makes_a_frame_gives_a_line_to_paste(client: TestClient[Litestar]) -> None:
    answer = client.get("/embed", params={"standard": "4.NX", "title": 'Ours & "theirs"', "height": "500"})
    assert "frame-src 'self'" in answer.headers["content-security-policy"]
    snippet = html.unescape(re.findall(r'<code id="snippet">(.*?)</code>', answer.text)[0])
    frame = etree.fromstring(snippet, etree.HTMLParser()).find(".//iframe")
    assert frame.get("src") == "http://testserver.local/embed/search?standard=4.NX"
    assert (frame.get("title"), frame.get("height")) == ('Ours & "theirs"', "500")
    assert "allow-scripts" not in frame.get("sandbox")
    assert 'src="/embed/search?standard=4.NX"' in answer.text


@pytest.mark.parametrize(
    ("asked", "field"),
    [("provider=Nobody", "Provider"), ("standard=9.QQ", "Standard"), ("height=1", "Height"), ("grade=13", "Grade")],
)
def test_the_page_that_makes_a_frame_names_what_cannot_be_read(
    client: TestClient[Litestar], asked: str, field: str
) -> None:
    answer = client.get(f"/embed?{asked}")
    assert answer.status_code == 400
    assert f"<strong>{field}</strong>" in answer.text
    assert 'id="snippet"' not in answer.text


def test_an_empty_catalog_can_be_framed(serve: Callable[..., Served], empty_stores: Path) -> None:
    with TestClient(serve(empty_stores).app) as client:
        assert "There is nothing here yet" in client.get("/embed/search").text


def test_a_resource_s_page_leads_to_its_oembed(served: Served, client: TestClient[Litestar]) -> None:
    id = make_hostile(served, "Adding fractions")
    head = etree.fromstring(client.get(f"/resources/{id}").text, etree.HTMLParser())
    (link,) = head.xpath('//link[@type="application/json+oembed"]/@href')
    told = client.get(link).json()
    assert (told["version"], told["type"]) == ("1.0", "rich")
    assert told["title"] == HOSTILE
    assert told["author_name"] == "Lakeside School District"
    frame = etree.fromstring(told["html"], etree.HTMLParser()).find(".//iframe")
    assert frame.get("src") == f"http://testserver.local/embed/resources/{id}"
    assert frame.get("title") == told["title"]
    (link,) = head.xpath('//link[@type="text/xml+oembed"]/@href')
    root = etree.fromstring(client.get(link).content)
    assert (root.tag, root.findtext("html"), root.findtext("width")) == ("oembed", told["html"], str(told["width"]))


def test_oembed_keeps_to_the_room_there_is(served: Served, client: TestClient[Litestar]) -> None:
    address = f"http://testserver.local/resources/{resource_id(served, 'Adding')}"
    told = client.get("/oembed", params={"url": address, "maxwidth": "320", "maxheight": "200"}).json()
    assert (told["width"], told["height"]) == (320, 200)
    assert 'width="320" height="200"' in told["html"]


def test_oembed_frames_a_search_with_its_filters(client: TestClient[Litestar]) -> None:
    told = client.get("/oembed", params={"url": "http://testserver.local/?q=fractions&level=developing"}).json()
    assert "/embed/search?q=fractions&amp;level=developing" in told["html"]
    assert told["title"] == "Learning resources: fractions"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": "http://testserver.local/resources/none"}, 404),
        ({"url": "http://elsewhere.example/resources/x"}, 404),
        ({"url": "http://testserver.local/admin"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://["}, 404),
        ({"url": "http://testserver.local/?grade=13"}, 400),
        ({"url": "http://testserver.local/", "format": "yaml"}, 501),
        ({"url": "http://testserver.local/", "maxwidth": "wide"}, 400),
    ],
)
def test_oembed_refuses_what_it_cannot_frame(client: TestClient[Litestar], asked: dict[str, str], status: int) -> None:
    assert client.get("/oembed", params=asked, headers={"Accept": "application/json"}).status_code == status


def test_oembed_tells_nothing_of_a_withdrawn_resource(served: Served, client: TestClient[Litestar]) -> None:
    address = f"http://testserver.local/resources/{resource_id(served, 'Old lesson')}"
    answer = client.get("/oembed", params={"url": address})
    assert answer.status_code == 404
    assert "Old lesson" not in answer.text


def test_a_browser_s_search_field_completes_what_is_typed(client: TestClient[Litestar]) -> None:
    root = etree.fromstring(client.get("/opensearch.xml").content)
    urls = {url.get("type"): url.get("template") for url in root.findall("{*}Url")}
    assert urls["application/atom+xml"] == "http://testserver.local/feeds/search.atom?q={searchTerms}"
    answer = client.get(urls["application/x-suggestions+json"].replace("{searchTerms}", "4.NX"))
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    typed, words, told, links = answer.json()
    assert typed == "4.NX"
    assert "4.NX.A.1" in words
    assert len(words) == len(told) == len(links)
    assert links[0].startswith("http://testserver.local/?q=")
    assert client.get("/opensearch/suggestions").json() == ["", [], [], []]
