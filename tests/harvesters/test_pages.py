"""What a web page says of its resource: JSON-LD, microdata, RDFa, and blocks that are broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvesters.page import OnPage, resources_on
from harvesters.sitemap import SitemapHarvester
from harvesters.source import SourceConfig
from registry.ports import Harvested
from tests.harvesters.sites import Site, patient_fetcher, running_site
from tests.servers import shared
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context, Resource
from web.demo.loopback import Answer

URL = "https://maple.example/lessons/1"
BY = "https://creativecommons.org/licenses/by/4.0/"

MICRODATA = f"""<div itemscope itemtype="https://schema.org/LearningResource" itemid="/lessons/1">
  <h1 itemprop="name">Fractions</h1><p itemprop="description">On a <b>line</b>.</p>
  <a itemprop="license" href="{BY}">license</a><meta itemprop="inLanguage" content="en">
  <a itemprop="url" href="/lessons/1">open</a>
  <div itemprop="educationalAlignment" itemscope itemtype="http://schema.org/AlignmentObject">
    <meta itemprop="alignmentType" content="teaches"><span itemprop="targetName">4.NF.B.3</span></div>
  <div itemprop="author" itemscope itemtype="http://schema.org/Person"><i itemprop="name">Ann Reed</i></div></div>"""
RDFA = f"""<div vocab="http://schema.org/" typeof="LearningResource" resource="/lessons/1">
  <h1 property="name">Fractions</h1><p property="description">On a <b>line</b>.</p>
  <a property="license" href="{BY}">license</a><meta property="inLanguage" content="en">
  <a property="url" href="/lessons/1">open</a>
  <div property="educationalAlignment" typeof="AlignmentObject">
    <meta property="alignmentType" content="teaches"><span property="targetName">4.NF.B.3</span></div>
  <div property="author" typeof="Person"><i property="name">Ann Reed</i></div></div>"""
JSONLD = (
    '<script type="application/ld+json">{"@type": "LearningResource", "name": "Said in JSON", "url": "/j"}</script>'
)
ORGANIZATION = '<script type="application/ld+json">{"@type": "Organization", "name": "Maple", "url": "/"}</script>'
BROKEN = '<script type="application/ld+json">{"@type": "LearningResource", "name": "half</script>'


def read(inner: str) -> OnPage:
    return resources_on(f"<html><head><title>x</title></head><body>{inner}</body></html>".encode(), "text/html", URL)


def resource(found: tuple[str, bytes]) -> Resource:
    read = crosswalk("schema.org", found[1], Context(found[0], URL)).resource
    assert read is not None
    return read


@pytest.mark.parametrize("markup", [MICRODATA, RDFA, ORGANIZATION + MICRODATA, ORGANIZATION + RDFA])
def test_a_resource_in_microdata_or_rdfa_is_read_as_in_json_ld(markup: str) -> None:
    on_page = read(markup)
    assert on_page.problems == ()
    (found,) = on_page.resources
    assert found[0] == URL
    said = resource(found)
    assert (said.title, said.summary, said.license) == ("Fractions", "On a line.", "cc-by-4.0")
    assert (said.creators, said.languages, said.url) == (("Ann Reed",), ("en",), URL)
    assert [(each.standard, each.relation) for each in said.alignments] == [("4.NF.B.3", "teaches")]


def test_json_ld_comes_first_and_microdata_is_not_read_beside_it() -> None:
    assert [identifier for identifier, _ in read(JSONLD + MICRODATA).resources] == ["https://maple.example/j"]


def test_microdata_about_something_else_is_no_resource() -> None:
    assert read(MICRODATA.replace("LearningResource", "LocalBusiness")).resources == ()


def test_a_broken_block_is_a_problem_and_its_neighbor_is_read() -> None:
    found = read(BROKEN + JSONLD)
    assert len(found.resources) == 1
    assert [problem.code for problem in found.problems] == ["jsonld-broken"]


def test_a_broken_block_does_not_keep_microdata_from_being_read() -> None:
    found = read(BROKEN + MICRODATA)
    assert (len(found.resources), [problem.code for problem in found.problems]) == (1, ["jsonld-broken"])


@pytest.mark.parametrize(
    ("markup", "codes"),
    [
        ("<p>nothing</p>", []),
        ("<div itemscope itemtype='http://schema.org/Lesson'>" * 2_500, ["page-too-large"]),
        (MICRODATA.replace("itemscope", "").replace("itemprop", "data-x") + "<p>itemscope schema.org</p>", []),
        (RDFA.replace("LearningResource", "Organization") + "<p>word</p>" * 200_000, ["page-too-large"]),
        ("<div itemscope itemtype='http://schema.org/Lesson' itemprop='a'>" * 900, ["markup-unreadable"]),
        ("<div vocab='http://schema.org/' typeof='Lesson'>" * 900, []),
        (
            "<div vocab='http://[' typeof='schema:Lesson' resource='http://[x'><b property='name'>x</b></div>",
            ["markup-unreadable"],
        ),
    ],
)
def test_pages_too_large_or_too_odd_give_a_problem_at_most(markup: str, codes: list[str]) -> None:
    found = read(markup)
    assert (found.resources, [problem.code for problem in found.problems]) == ((), codes)


@pytest.mark.parametrize("markup", [MICRODATA, RDFA])
def test_an_address_that_is_none_costs_neither_its_item_nor_its_neighbors_anything_else(markup: str) -> None:
    odd = markup
    for name in ("itemid", "resource"):
        odd = odd.replace(f'{name}="/lessons/1"', f'{name}="http://[::1"').replace('href="/lessons/1"', 'href="//["')
    found = read(odd + markup.replace("/lessons/1", "/lessons/2").replace("Fractions", "Decimals"))
    assert {resource(each).title for each in found.resources} == {"Fractions", "Decimals"}
    assert found.problems == ()


def test_an_item_has_the_properties_it_refers_to_and_a_circle_of_references_ends() -> None:
    item = '<div itemscope itemtype="https://schema.org/LearningResource" itemref="more more gone" id="one">'
    more = (
        '<p id="more" itemprop="name"><b>Fractions</b></p><div id="round" itemscope itemref="round" itemprop="a"></div>'
    )
    (found,) = read(f'{item}<i itemprop="description">x</i></div>{more}').resources
    assert resource(found).title == "Fractions"
    refers = '<div itemscope itemtype="https://schema.org/Lesson" itemref="' + "long " * 20_000 + '"></div>'
    long = '<div id="long">' + "<p itemprop='name'>x</p>" * 1_000 + "</div>"
    assert [problem.code for problem in read(refers + long).problems] == ["markup-unreadable"]


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def harvested(site: Site, page: str) -> list[Harvested]:
    listing = f"<urlset><url><loc>{site.base}/page</loc></url></urlset>".encode()
    site.routes |= {"/sitemap.xml": Answer(listing, "text/xml"), "/page": Answer(page.encode(), "text/html")}
    with patient_fetcher() as fetcher:
        pages = list(SitemapHarvester(SourceConfig("maple", f"{site.base}/sitemap.xml"), fetcher).pages(None, None))
    return [record for page in pages for record in page.records]


def test_the_problem_of_a_broken_block_stands_at_the_page_s_record(site: Site) -> None:
    (record,) = harvested(site, f"<html>{BROKEN}{JSONLD}</html>")
    assert record.payload
    assert [problem.code for problem in record.problems] == ["jsonld-broken"]


def test_a_page_with_nothing_but_a_broken_block_is_rejected_for_both_reasons(site: Site) -> None:
    (record,) = harvested(site, f"<html>{BROKEN}</html>")
    assert not record.payload
    assert [problem.code for problem in record.problems] == ["jsonld-broken", "no-resource-data"]


def test_nothing_a_page_refers_to_is_fetched(site: Site) -> None:
    there = f"{site.base}/vocabulary"
    head = f'<head profile="{there}"><base href="{there}/"><link rel="rdfa:vocabulary" href="{there}"></head>'
    context = (
        f'<script type="application/ld+json">{{"@context": ["{there}", {{"name": "{there}#n"}}], "name": "x"}}</script>'
    )
    said = f'<p vocab="{there}" prefix="x: {there}#" typeof="x:Lesson schema:Lesson" property="x:y" resource="{there}">T</p>'
    resources_on(f"<html>{head}<body>{context}{said}{RDFA}</body></html>".encode(), "text/html", URL)
    assert site.requests == []


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "resources"),
    [
        ("oersi-etl/resources/hoou-ifm-erzaehlung-wie.html", 1),
        ("tess/fixtures/files/ingestion/gtn/galaxy-intro-strands.html", 1),
        ("tess/fixtures/files/ingestion/hsftraining/python-novice-inflammation.html", 1),
    ],
)
def test_recorded_pages_give_their_resource_without_a_problem(path: str, resources: int) -> None:
    found = resources_on(shared(f"interop/{path}").read_bytes(), "text/html", "https://recorded.example/page")
    assert (len(found.resources), found.problems) == (resources, ())
