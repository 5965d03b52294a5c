"""The three districts as their harvesters meet them: over HTTP, on loopback."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import etree, html

from web.demo import content
from web.demo.endpoints import Districts, serve_districts
from web.demo.loopback import Answer, Request, serving

OAI = {"o": "http://www.openarchives.org/OAI/2.0/"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
JSONLD = "{https://w3id.org/open-resource-registry/oai/jsonld}jsonld"


@pytest.fixture(scope="module")
def districts() -> Iterator[Districts]:
    with serve_districts() as served:
        yield served


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as opened:
        yield opened


def echo(request: Request) -> Answer:
    return Answer(json.dumps([request.method, request.path, request.params]).encode(), "application/json")


def test_lakeside_gives_all_its_records_over_get_and_post(districts: Districts, client: httpx.Client) -> None:
    found: list[str] = []
    params = {"verb": "ListRecords", "metadataPrefix": "lrmi"}
    for page in range(10):
        ask = client.get(districts.oai_url, params=params) if page % 2 else client.post(districts.oai_url, data=params)
        answer = etree.fromstring(ask.raise_for_status().content)
        found += [node.text or "" for node in answer.iterfind(".//o:identifier", OAI)]
        token = answer.findtext(".//o:resumptionToken", namespaces=OAI)
        if not token:
            break
        params = {"verb": "ListRecords", "resumptionToken": token}
    assert sorted(found) == sorted(record.identifier for record in content.lakeside_records())


def test_lakeside_names_its_own_address(districts: Districts, client: httpx.Client) -> None:
    answer = etree.fromstring(client.get(districts.oai_url, params={"verb": "Identify"}).content)
    assert answer.findtext(".//o:baseURL", namespaces=OAI) == districts.oai_url


def test_the_links_of_lakesides_records_open(districts: Districts, client: httpx.Client) -> None:
    params = {"verb": "ListRecords", "metadataPrefix": "lrmi"}
    answer = etree.fromstring(client.get(districts.oai_url, params=params).content)
    urls = [url for node in answer.iter(JSONLD) if (url := json.loads(node.text or "{}").get("url"))]
    assert len(urls) > 20
    assert {client.get(url).status_code for url in urls} == {200}


def test_northwaters_spreadsheet_parses_behind_its_byte_order_mark(districts: Districts, client: httpx.Client) -> None:
    answer = client.get(districts.csv_url).raise_for_status()
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 55
    assert {client.get(row["Link"]).status_code for row in rows} == {200}


def test_northwaters_spreadsheet_answers_304_to_who_has_it(districts: Districts, client: httpx.Client) -> None:
    headers = client.get(districts.csv_url).headers
    known = [{"If-None-Match": headers["etag"]}, {"If-Modified-Since": headers["last-modified"]}]
    for condition in known:
        answer = client.get(districts.csv_url, headers=condition)
        assert (answer.status_code, answer.content) == (304, b"")
    stale = [{"If-None-Match": '"other"'}, {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}]
    for condition in [*stale, {"If-Modified-Since": "soon"}]:
        assert client.get(districts.csv_url, headers=condition).status_code == 200


def test_riverbends_sitemap_leads_to_pages_with_their_json_ld(districts: Districts, client: httpx.Client) -> None:
    robots = client.get(f"{districts.base_url}/robots.txt").text
    assert f"Sitemap: {districts.sitemap_url}" in robots
    index = etree.fromstring(client.get(districts.sitemap_url).content)
    (sitemap,) = [node.text or "" for node in index.iterfind("s:sitemap/s:loc", SITEMAP)]
    pages = [node.text or "" for node in etree.fromstring(client.get(sitemap).content).iterfind("s:url/s:loc", SITEMAP)]
    assert len(pages) == len(content.riverbend_pages())
    for page in pages:
        tree = html.fromstring(client.get(page).raise_for_status().text)
        (script,) = tree.xpath('//script[@type="application/ld+json"]/text()')
        stated = json.loads(script)
        assert (stated["@type"], stated["url"]) == ("LearningResource", page)


def test_a_script_in_a_description_is_text_on_its_page(districts: Districts, client: httpx.Client) -> None:
    tree = html.fromstring(client.get(f"{districts.base_url}/lakeside/resources/where-did-the-sugar-go").text)
    assert tree.xpath("//script") == []
    assert "<script>" in tree.text_content()


def test_an_unknown_page_is_a_404(districts: Districts, client: httpx.Client) -> None:
    assert client.get(f"{districts.base_url}/riverbend/staff/").status_code == 404


def test_the_same_port_gives_the_same_bytes_again(client: httpx.Client) -> None:
    bodies = []
    with serve_districts() as first:
        bodies.append(client.get(first.csv_url).content)
        port = urlsplit(first.base_url).port
    assert port is not None
    with serve_districts(port) as second:
        bodies.append(httpx.get(second.csv_url, trust_env=False).content)
    assert bodies[0] == bodies[1]


def test_a_taken_port_is_an_oserror() -> None:
    with serving(lambda _: echo) as base_url, pytest.raises(OSError, match="in use"):
        serving(lambda _: echo, urlsplit(base_url).port or 0).__enter__()


def test_a_form_and_a_query_reach_the_answer_as_one_list_of_parameters() -> None:
    with serving(lambda _: echo) as base_url:
        answer = httpx.post(f"{base_url}/a%20b?x=1&x=2&y=", data={"z": "é"}, trust_env=False)
    assert answer.json() == ["POST", "/a b", [["x", "1"], ["x", "2"], ["y", ""], ["z", "é"]]]


def test_a_head_request_has_the_length_and_no_body() -> None:
    with serving(lambda _: echo) as base_url:
        answer = httpx.head(f"{base_url}/a", trust_env=False)
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 0


def test_a_huge_form_is_refused_before_it_is_read() -> None:
    with serving(lambda _: echo) as base_url:
        connection = HTTPConnection(urlsplit(base_url).netloc)
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", "70000")
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()


def test_a_stopped_server_hangs_up_on_a_kept_alive_client() -> None:
    with httpx.Client(trust_env=False) as kept:
        with serving(lambda _: echo) as base_url:
            assert kept.get(base_url).status_code == 200
        with pytest.raises(httpx.TransportError):
            kept.get(base_url)
