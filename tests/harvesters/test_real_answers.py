"""Recorded answers of real repositories and sites, through the same parsers."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import yaml

from harvesters.http import Fetched, Fetcher, Limits
from harvesters.oai import OaiHarvester
from harvesters.oai_answer import formats_in, identity_in, read_answer
from harvesters.page import resources_on
from harvesters.sitemap_entries import read_sitemaps
from harvesters.source import SourceConfig
from harvesters.table import TableHarvester
from registry.ports import Harvested, HarvestFailed
from tests.servers import shared
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context

pytestmark = pytest.mark.real


def sickle(name: str) -> bytes:
    return shared(f"interop/oaipmh-sickle/sample_data/{name}.xml").read_bytes()


def answer(name: str, verb: str) -> Fetched:
    return Fetched(200, f"https://recorded.example/{name}?verb={verb}", sickle(name))


def fetching(body: bytes, content_type: str = "text/xml") -> Fetcher:
    response = httpx.Response(200, content=body, headers={"content-type": content_type})
    return Fetcher(transport=httpx.MockTransport(lambda request: response), limits=Limits())


def test_a_recorded_list_is_walked_by_its_tokens_to_its_end() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        arguments = dict(parse_qsl(urlsplit(str(request.url)).query))
        name = arguments.get("resumptionToken", f"{arguments['verb']}.xml").removesuffix(".xml")
        return httpx.Response(200, content=sickle(name))

    sickle("ListRecords")
    fetcher = Fetcher(transport=httpx.MockTransport(respond))
    pages = list(OaiHarvester(SourceConfig("s", "https://recorded.example/oai"), fetcher).pages(None, None))
    records = [record for page in pages for record in page.records]
    assert len(pages) >= 2
    assert {record.format for record in records if record.payload} == {"oai_dc"}
    assert any(record.deleted for record in records)
    assert pages[-1].checkpoint is None


def test_what_a_recorded_repository_says_of_itself_is_understood() -> None:
    identity = identity_in(read_answer(answer("Identify", "Identify"), "Identify"))
    assert (identity.granularity, identity.deleted) == ("YYYY-MM-DD", "persistent")
    formats = formats_in(read_answer(answer("ListMetadataFormats", "ListMetadataFormats"), "ListMetadataFormats"))
    assert "oai_dc" in dict(formats)


@pytest.mark.parametrize(
    "name",
    ["badArgument", "cannotDisseminateFormat", "idDoesNotExist", "noSetHierarchy", "undefinedError", "ListSets",
     "ListRecordsBroken", "ListIdentifiers", "GetRecord"],
)  # fmt: skip
def test_a_recorded_answer_that_is_no_list_never_reads_as_one(name: str) -> None:
    with pytest.raises(HarvestFailed):
        read_answer(answer(name, "ListRecords"), "ListRecords")


@pytest.mark.parametrize("name", ["noRecordsMatch", "badResumptionToken"])
def test_the_two_benign_errors_are_told_apart(name: str) -> None:
    assert read_answer(answer(name, "ListRecords"), "ListRecords").error == name


def test_a_recorded_list_in_rdf_gives_its_resources() -> None:
    cassette = yaml.safe_load(shared("interop/tess/vcr_cassettes/ingestors/tess_oai_pmh_listrecords.yml").read_text())
    body = cassette["http_interactions"][0]["response"]["body"]["string"]
    body = body.encode() if isinstance(body, str) else body
    config = SourceConfig("tess", "https://recorded.example/oai", {"prefix": "rdf"})

    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=sickle("Identify") if request.url.params["verb"] == "Identify" else body)

    (page,) = OaiHarvester(config, Fetcher(transport=httpx.MockTransport(respond))).pages(None, None)
    assert {record.format for record in page.records} == {"rdf"}
    found = [crosswalk(each.format, each.payload, Context(each.identifier)).resource for each in page.records]
    assert [each.license for each in found if each] == ["apache-2.0", "mit"]
    assert all(
        each.creators and each.keywords and each.url.startswith("https://example.com/") for each in found if each
    )


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("tess/fixtures/files/ingestion/gtn/sitemap.xml", 6),
        ("tess/fixtures/files/ingestion/hsftraining/sitemap.txt", 3),
        ("tess/fixtures/files/sitemaps/sitemap.xml", 8),
        ("oersi-etl/resources/hoou-sitemap.xml", 10),
        ("oersi-etl/resources/oerbw-sitemap.xml", 10),
        ("oersi-etl/resources/oncampus-sitemap.xml", 11),
    ],
)
def test_a_recorded_sitemap_names_its_pages(path: str, pages: int) -> None:
    with fetching(shared(f"interop/{path}").read_bytes()) as fetcher:
        found = read_sitemaps("https://recorded.example/sitemap.xml", fetcher)
    assert len(found.entries) == pages
    assert found.whole
    assert all(entry.url == entry.url.strip() for entry in found.entries)


@pytest.mark.parametrize(
    ("path", "resources"),
    [
        ("oersi-etl/resources/hoou-online-punkteabfrage.html", 1),
        ("oersi-etl/resources/hoou-tutorial-lernen-lernen.html", 1),
        ("tess/fixtures/files/ingestion/gtn/galaxy-intro-101.html", 1),
        ("tess/fixtures/files/ingestion/gtn/slides-introduction.html", 1),
        ("tess/fixtures/files/ingestion/gtn/faq.html", 0),
        ("tess/fixtures/files/ingestion/hsftraining/python-testing.html", 0),
    ],
)
def test_a_recorded_page_gives_its_resource_and_not_its_breadcrumbs(path: str, resources: int) -> None:
    body = shared(f"interop/{path}").read_bytes()
    assert len(resources_on(body, "text/html", "https://recorded.example/page").resources) == resources


def test_a_district_s_spreadsheet_is_read_with_every_oddity_told() -> None:
    body = shared("resources/oer-commons-open.csv").read_bytes()
    with fetching(body, "text/csv") as fetcher:
        pages = list(TableHarvester(SourceConfig("c", "https://recorded.example/t.csv"), fetcher).pages(None, None))
    records: list[Harvested] = [record for page in pages for record in page.records]
    codes = [problem.code for record in records for problem in record.problems]
    assert len(records) == 1_293
    assert codes.count("identifier-duplicate") == 121
    assert codes.count("cells-surplus") == 294
    assert not any(page.problems for page in pages)
