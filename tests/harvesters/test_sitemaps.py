"""Web sites read by their sitemaps."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from harvesters.page import resources_on
from harvesters.sitemap import SitemapHarvester
from harvesters.source import SourceConfig
from registry.ports import Harvested, HarvestFailed, Page
from tests.harvesters.sites import Site, patient_fetcher, payload, running_site
from web.demo.loopback import Answer, Request

NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
HTML = "text/html"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        for name in ("lesson", "two-lessons", "nothing"):
            running.routes[f"/{name}.html"] = Answer(payload(f"sitemap/{name}.html"), HTML)
        yield running


def urlset(site: Site, *paths: str, lastmod: str = "") -> bytes:
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    entries = "".join(f"<url><loc>{site.base}/{path}</loc>{stamp}</url>" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="{NS}">{entries}</urlset>'.encode()


def index(site: Site, *paths: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{site.base}/{path}</loc></sitemap>" for path in paths)
    return f'<?xml version="1.0"?><sitemapindex xmlns="{NS}">{entries}</sitemapindex>'.encode()


def read(site: Site, since: datetime | None = None, **state: str) -> list[Page]:
    with patient_fetcher() as fetcher:
        config = SourceConfig("pine", f"{site.base}/sitemap.xml", state=state)
        return list(SitemapHarvester(config, fetcher).pages(since, None))


def records(pages: Sequence[Page]) -> list[Harvested]:
    return [record for page in pages for record in page.records]


def codes(pages: Sequence[Page]) -> list[str]:
    return [problem.code for record in records(pages) for problem in record.problems]


def listed(site: Site, pages: Sequence[Page]) -> set[str]:
    return {url.removeprefix(site.base) for page in pages for url in page.listed}


def test_the_resources_of_every_page_are_records(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(site, "lesson.html", "two-lessons.html", lastmod="2026-05-01"))
    pages = read(site)
    assert [record.identifier for record in records(pages)] == [
        "https://pine.example/lesson#resource",
        "https://pine.example/first#resource",
        "https://pine.example/second#resource",
    ]
    first = records(pages)[0]
    assert (first.format, first.url, first.datestamp) == ("schema.org", f"{site.base}/lesson.html", "2026-05-01")
    assert "Équivalence".encode() in first.payload
    assert [page.complete for page in pages][-1]


def test_an_index_leads_to_its_sitemaps_packed_ones_and_plain_lists_too(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(index(site, "a.xml.gz", "b.txt", "sitemap.xml"))
    site.routes["/a.xml.gz"] = Answer(gzip.compress(urlset(site, "lesson.html")), "application/gzip")
    site.routes["/b.txt"] = Answer(f"{site.base}/two-lessons.html\n{site.base}/lesson.html\n".encode())
    assert len(records(read(site))) == 3
    assert site.asked("/lesson.html") == 1


def test_a_sitemap_may_be_ill_formed_but_then_nothing_is_taken_for_gone(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(payload("sitemap/broken.xml").replace(b"{base}", site.base.encode()))
    pages = read(site)
    assert len(records(pages)) >= 1
    assert [problem.code for problem in pages[0].problems] == ["sitemap-broken"]
    assert not any(page.complete for page in pages)


def test_a_missing_part_of_an_index_spares_the_rest_but_then_nothing_is_taken_for_gone(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(index(site, "gone.xml", "here.xml"))
    site.routes["/here.xml"] = Answer(urlset(site, "lesson.html"))
    pages = read(site)
    assert len(records(pages)) == 1
    assert [problem.code for problem in pages[0].problems] == ["http-404"]
    assert not any(page.complete for page in pages)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!DOCTYPE html><html></html>", "html-answer"),
        (b"<?xml version='1.0'?><rss/>", "not-a-sitemap"),
        (b"", "xml-broken"),
        (payload("oai/entity-bomb.xml"), "doctype-refused"),
    ],
)
def test_what_is_no_sitemap_is_named(site: Site, body: bytes, code: str) -> None:
    site.routes["/sitemap.xml"] = Answer(body)
    with pytest.raises(HarvestFailed) as caught:
        read(site)
    assert caught.value.problem.code == code


def test_a_packed_sitemap_that_would_fill_the_memory_is_refused(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(gzip.compress(b"\0" * 80_000_000))
    with pytest.raises(HarvestFailed) as caught:
        read(site)
    assert caught.value.problem.code == "too-large"


def test_a_page_without_a_resource_is_a_record_that_says_so(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(site, "nothing.html", "lesson.html"))
    pages = read(site)
    assert codes(pages) == ["no-resource-data"]
    assert records(pages)[0].identifier == f"{site.base}/nothing.html"
    assert not records(pages)[0].payload


def test_a_missing_page_does_not_end_the_run_and_is_not_said_to_stand(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(site, "gone.html", "lesson.html"))
    pages = read(site)
    assert codes(pages) == ["http-404"]
    assert len(records(pages)) == 2
    assert "/gone.html" not in listed(site, pages)
    assert pages[-1].complete


def test_a_page_that_fails_for_now_still_stands_and_is_asked_again_next_time(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(site, "slow.html", "lesson.html", lastmod="2026-05-01"))
    site.routes["/slow.html"] = Answer(b"", status=500)
    pages = read(site)
    assert codes(pages) == ["http-500"]
    assert "/slow.html" in listed(site, pages)
    state = pages[-1].state or {}
    site.routes["/slow.html"] = Answer(payload("sitemap/two-lessons.html"), HTML)
    later = read(site, since=JUNE, **state)
    assert len(records(later)) == 2
    assert listed(site, later) == {"/lesson.html"}
    assert later[-1].state == {}


def test_a_page_that_robots_forbid_is_told_and_still_stands(site: Site) -> None:
    site.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /lesson\n")
    site.routes["/sitemap.xml"] = Answer(urlset(site, "lesson.html"))
    pages = read(site)
    assert codes(pages) == ["robots-disallowed"]
    assert listed(site, pages) == {"/lesson.html"}
    assert site.asked("/lesson.html") == 0


def test_ten_failures_in_a_row_end_the_run(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(site, "lesson.html", *(f"broken-{n}.html" for n in range(30))))
    for number in range(30):
        site.routes[f"/broken-{number}.html"] = Answer(b"", status=500)
    with pytest.raises(HarvestFailed) as caught:
        read(site)
    assert caught.value.problem.code == "pages-failing"
    assert sum(site.asked(f"/broken-{number}.html") for number in range(30)) == 10


def test_pages_that_have_not_changed_are_listed_and_not_read(site: Site) -> None:
    old, new = urlset(site, "lesson.html", lastmod="2026-05-31"), urlset(site, "two-lessons.html", lastmod="2026-06-01")
    site.routes["/sitemap.xml"] = Answer(index(site, "old.xml", "new.xml"))
    site.routes["/old.xml"], site.routes["/new.xml"] = Answer(old), Answer(new)
    pages = read(site, since=datetime(2026, 6, 1, 15, tzinfo=UTC))
    assert len(records(pages)) == 2
    assert listed(site, pages) == {"/lesson.html"}
    assert pages[-1].complete


def test_a_page_without_a_date_is_asked_whether_it_has_changed(site: Site) -> None:
    def lesson(request: Request) -> Answer:
        known = request.headers.get("if-modified-since") == "Mon, 01 Jun 2026 00:00:00 GMT"
        return Answer(b"", status=304 if known else 200)

    site.routes["/sitemap.xml"] = Answer(urlset(site, "lesson.html"))
    site.routes["/lesson.html"] = lesson
    pages = read(site, since=JUNE)
    assert not records(pages)
    assert listed(site, pages) == {"/lesson.html"}


def test_one_description_on_two_pages_is_no_mistake_but_two_descriptions_are(site: Site) -> None:
    site.routes["/sitemap.xml"] = Answer(urlset(site, "lesson.html", "copy.html", "other.html"))
    site.routes["/copy.html"] = Answer(payload("sitemap/lesson.html"), HTML)
    site.routes["/other.html"] = Answer(payload("sitemap/lesson.html").replace("Équivalence".encode(), b"Sums"), HTML)
    assert codes(read(site)) == ["identifier-duplicate"]


def test_a_page_may_be_json_ld_itself() -> None:
    body = b'{"@type": "LearningResource", "name": "Shares", "@id": "shares"}'
    assert [
        identifier for identifier, _ in resources_on(body, "application/ld+json", "https://pine.example/a/b").resources
    ] == ["https://pine.example/a/shares"]


def test_nodes_without_a_name_of_their_own_take_the_page_s() -> None:
    block = '<script type="application/ld+json">{"@type": "LearningResource", "name": "%s"}</script>'
    body = f"<html><body>{block % 'One'}{block % 'Two'}{block % 'Two'}</body></html>".encode()
    found = [identifier for identifier, _ in resources_on(body, HTML, "https://pine.example/a").resources]
    assert found == ["https://pine.example/a", "https://pine.example/a#resource-2"]


@pytest.mark.parametrize(
    "body", [b"", b"\0\0\0", b"<", b"<html", b"<script type='application/ld+json'>{", b"\xff\xfe<\0h\0"]
)
def test_a_page_that_is_hardly_one_holds_nothing(body: bytes) -> None:
    assert resources_on(body, HTML, "https://pine.example/a").resources == ()
