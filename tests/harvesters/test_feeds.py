"""Feeds: RSS of every version and Atom, what a complete one means, and what is none."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from harvesters.feed import FeedHarvester
from harvesters.run import RunReport, harvest
from harvesters.source import SourceConfig
from registry.app import Registry
from registry.catalog.sources import add_source
from registry.ports import Harvested, HarvestFailed, Page
from tests.harvesters.sites import Site, patient_fetcher, running_site
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Alignment, Context, Resource
from web.demo.loopback import Answer, Request

ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'
RSS_SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'
)
BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def rss(*items: str, head: str = "") -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    channel = f"<title>Maple lessons</title><language>en-us</language>{head}{inner}"
    return f'<?xml version="1.0"?><rss version="2.0" {RSS_SPACES}><channel>{channel}</channel></rss>'.encode()


def atom(*names: str, head: str = "") -> bytes:
    entries = "".join(
        f"<entry><id>urn:x:{name}</id><title>Lesson {name}</title><link href='https://maple.example/{name}'/>"
        f"<updated>2026-03-01T10:00:00Z</updated></entry>"
        for name in names
    )
    rights = f"<link rel='license' href='{BY}'/>"
    return f"<feed {ATOM} xml:lang='en'><title>Maple</title>{rights}{head}{entries}</feed>".encode()


def pages_of(site: Site, checkpoint: dict[str, str] | None = None, **config: dict[str, str]) -> list[Page]:
    with patient_fetcher() as fetcher:
        return list(
            FeedHarvester(SourceConfig("maple", f"{site.base}/feed", **config), fetcher).pages(None, checkpoint)
        )


def serve(site: Site, body: bytes, content_type: str = "application/xml") -> list[Page]:
    site.routes["/feed"] = Answer(body, content_type)
    return pages_of(site)


def records(pages: list[Page]) -> list[Harvested]:
    return [record for page in pages for record in page.records]


def resource(record: Harvested) -> Resource:
    found = crosswalk(record.format, record.payload, Context(record.identifier, record.url)).resource
    assert found is not None
    return found


def failure(site: Site, body: bytes, content_type: str = "application/xml") -> str:
    with pytest.raises(HarvestFailed) as caught:
        serve(site, body, content_type)
    return caught.value.problem.code


def test_an_item_of_rss_is_a_record_with_all_it_says(site: Site) -> None:
    item = f"""<title>Fractions &lt;b&gt;now&lt;/b&gt;</title><guid isPermaLink="false">f-1</guid><link>/lessons/1</link>
      <description>&lt;p&gt;Short.&lt;/p&gt;</description><content:encoded><![CDATA[<p>The whole text.</p>]]></content:encoded>
      <category>Mathematics</category><category>Grade 4</category><category>4.NF.B.3</category><category>shares</category>
      <author>ann@maple.example (Ann Reed)</author><pubDate>Tue, 10 Jun 2025 04:00:00 GMT</pubDate>
      <creativeCommons:license>{BY}</creativeCommons:license>
      <enclosure url="https://maple.example/1.mp3" type="audio/mpeg" length="9"/>"""
    (record,) = records(serve(site, rss(item)))
    assert (record.identifier, record.url) == ("f-1", f"{site.base}/lessons/1")
    assert (record.format, record.datestamp) == ("feed", "2025-06-10T04:00:00Z")
    found = resource(record)
    assert (found.title, found.summary, found.text) == ("Fractions now", "Short.", "The whole text.")
    assert (found.subjects, found.grades, found.types) == (("mathematics",), ("4",), ("audio",))
    assert (found.license, found.languages, found.creators) == ("cc-by-4.0", ("en",), ("Ann Reed",))
    assert (found.created, found.keywords) == ("2025-06-10T04:00:00Z", ("shares",))
    assert found.alignments == (Alignment("4.NF.B.3", tentative=True),)


def test_an_entry_of_atom_is_a_record_and_has_its_feed_s_license_and_language(site: Site) -> None:
    (record,) = records(serve(site, atom("a")))
    found = resource(record)
    assert (record.identifier, record.url) == ("urn:x:a", "https://maple.example/a")
    assert (found.title, found.license, found.languages) == ("Lesson a", "cc-by-4.0", ("en",))
    assert found.modified == "2026-03-01T10:00:00Z"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://dtd.example/rss-0.91.dtd">'
        b'<rss version="0.91"><channel><title>x</title><item><title>One</title><link>https://maple.example/1</link>'
        b"</item></channel></rss>",
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>'
        b'<title>x</title></channel><item rdf:about="https://maple.example/1"><title>One</title>'
        b"<link>https://maple.example/1</link></item></rdf:RDF>",
        '<?xml version="1.0" encoding="utf-16"?><rss version="2.0"><channel><item><title>One</title>'
        "<link>https://maple.example/1</link></item></channel></rss>".encode("utf-16"),
    ],
)
def test_older_feeds_and_wide_letters_are_read(site: Site, body: bytes) -> None:
    pages = serve(site, body)
    assert [record.identifier for record in records(pages)] == ["https://maple.example/1"]
    assert not any(page.problems for page in pages)


def test_an_entry_without_an_id_is_known_by_its_link_and_else_by_its_title(site: Site) -> None:
    found = records(serve(site, rss("<title>A</title><link>https://maple.example/a</link>", "<title>B</title>")))
    assert found[0].identifier == "https://maple.example/a"
    assert found[1].identifier.startswith("entry-")
    again = records(serve(site, rss("<title>B</title><description>Mended</description>")))
    assert again[0].identifier == found[1].identifier


def test_a_feed_is_a_window_and_what_left_it_is_not_gone(site: Site) -> None:
    assert not any(page.complete or page.whole for page in serve(site, atom("a", "b")))


def test_a_feed_that_calls_itself_complete_is_the_whole_list(site: Site) -> None:
    pages = serve(site, atom("a", head="<fh:complete/>"))
    assert [(page.whole, page.complete) for page in pages] == [(True, True)]


def test_a_complete_feed_that_was_cut_off_is_not_the_whole_list(site: Site) -> None:
    pages = serve(site, atom("a", "b", head="<fh:complete/>")[:-60])
    assert not any(page.complete or page.whole for page in pages)
    assert [problem.code for page in pages for problem in page.problems] == ["feed-broken"]
    assert [record.identifier for record in records(pages)] == ["urn:x:a"]
    assert pages[-1].state == {}


def test_the_documents_of_a_paged_feed_are_followed_to_the_last(site: Site) -> None:
    site.routes["/two"] = Answer(atom("c"), "application/xml")
    pages = serve(site, atom("a", "b", head="<link rel='next' href='two'/>"))
    assert [record.identifier for record in records(pages)] == ["urn:x:a", "urn:x:b", "urn:x:c"]
    assert [page.checkpoint for page in pages] == [{"next": f"{site.base}/two"}, None]


def test_a_stopped_harvest_of_a_paged_feed_goes_on_where_it_stood(site: Site) -> None:
    site.routes["/two"] = Answer(atom("c"), "application/xml")
    pages = pages_of(site, {"next": f"{site.base}/two"})
    assert [record.identifier for record in records(pages)] == ["urn:x:c"]
    assert pages[-1].state is None


def test_a_next_document_that_is_not_there_is_told_and_nothing_counts_as_gone(site: Site) -> None:
    pages = serve(site, atom("a", head="<fh:complete/><link rel='next' href='two'/>"))
    assert [record.identifier for record in records(pages)] == ["urn:x:a"]
    assert [problem.code for problem in pages[-1].problems] == ["http-404"]
    assert not pages[-1].complete
    site.routes["/feed"] = Answer(atom("b"), "application/xml")
    assert [record.identifier for record in records(pages_of(site, pages[0].checkpoint))] == ["urn:x:b"]


def test_a_feed_that_leads_in_a_ring_ends_with_a_problem(site: Site) -> None:
    site.routes["/two"] = Answer(atom("b", head="<link rel='next' href='feed'/>"), "application/xml")
    pages = serve(site, atom("a", head="<fh:complete/><link rel='next' href='two'/>"))
    assert [record.identifier for record in records(pages)] == ["urn:x:a", "urn:x:b"]
    assert [problem.code for problem in pages[-1].problems] == ["feed-ring"]
    assert not pages[-1].complete


def test_a_tombstone_says_that_an_entry_is_gone(site: Site) -> None:
    stone = '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="urn:x:old" when="2026-01-01"/>'
    gone = [record for record in records(serve(site, atom("a", head=stone))) if record.deleted]
    assert [record.identifier for record in gone] == ["urn:x:old"]


def test_an_unchanged_feed_is_not_read_again(site: Site) -> None:
    def answer(request: Request) -> Answer:
        known = request.headers.get("if-none-match") == '"v1"'
        headers = (("ETag", '"v1"'),)
        return Answer(b"", status=304, headers=headers) if known else Answer(atom("a"), headers=headers)

    site.routes["/feed"] = answer
    state = pages_of(site)[-1].state
    assert state == {"etag": '"v1"'}
    assert pages_of(site, state=state) == [Page(())]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!doctype html><html><body>Down for maintenance</body></html>", "html-answer"),
        (b"", "no-feed"),
        (b"{}", "no-feed"),
        (b"<records/>", "no-feed"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>', "doctype-refused"),
        (
            '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [<!ENTITY a "b">]><r/>'.encode("utf-16"),
            "doctype-refused",
        ),
        (b"<rss>" + b" " * 16_000_000 + b"</rss>", "feed-too-large"),
        (b"<rss>" + b"<item>" * 700_000, "xml-broken"),
    ],
)
def test_what_is_no_feed_is_named(site: Site, body: bytes, code: str) -> None:
    assert failure(site, body) == code


def test_a_web_page_in_the_feed_s_place_tells_where_the_feed_is(site: Site) -> None:
    page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/news.xml'></head></html>"
    site.routes["/feed"] = Answer(page, "text/html")
    with pytest.raises(HarvestFailed) as caught:
        pages_of(site)
    assert "/news.xml" in caught.value.problem.hint


def test_a_stray_ampersand_costs_a_problem_and_no_entry(site: Site) -> None:
    body = rss("<title>Salt &amp; sugar</title><guid>u:1</guid>", "<title>Ink & water</title><guid>u:2</guid>")
    pages = serve(site, body)
    assert [resource_title(record) for record in records(pages)] == ["Salt & sugar", "Ink & water"]
    assert [problem.code for problem in pages[0].problems] == ["feed-broken"]


def resource_title(record: Harvested) -> str:
    return str(msgspec.json.decode(record.payload)["title"]).replace("&amp;", "&")


def test_an_entry_of_five_megabytes_is_cut_and_its_neighbor_is_whole(site: Site) -> None:
    long = "<title>Long</title><guid>u:1</guid><description>" + "word " * 1_000_000 + "</description>"
    found = records(serve(site, rss(long, "<title>Short</title><guid>u:2</guid>")))
    assert [[problem.code for problem in record.problems] for record in found] == [["entry-cut"], []]
    assert len(found[0].payload) < 300_000


def test_content_with_nothing_in_it_costs_nothing(site: Site) -> None:
    item = "<title>T</title><guid>u:1</guid><content:encoded><a></content:encoded><category/><author/><enclosure/>"
    pages = serve(site, rss(item, "<title>Short</title><guid>u:2</guid>"))
    assert [record.identifier for record in records(pages)] == ["u:1", "u:2"]


def test_an_identifier_twice_in_one_document_is_told(site: Site) -> None:
    found = records(serve(site, atom("a", "a")))
    assert [[problem.code for problem in record.problems] for record in found] == [[], ["identifier-duplicate"]]


PAGE = b"""<html><script type="application/ld+json">{"@context": "https://schema.org/", "@type": "LearningResource",
  "name": "Said on the page", "url": "https://maple.example/1", "learningResourceType": "lesson"}</script></html>"""


def test_with_follow_the_page_s_own_words_come_before_the_entry_s(site: Site) -> None:
    links = [
        f"<title>{name}</title><link>{site.base}/{name}</link><guid>u:{name}</guid>"
        for name in ("rich", "poor", "gone")
    ]
    site.routes |= {"/rich": Answer(PAGE, "text/html"), "/poor": Answer(b"<html><p>x</p></html>", "text/html")}
    site.routes["/feed"] = Answer(rss(*links), "application/xml")
    rich, poor, gone = records(pages_of(site, options={"follow": "yes"}))
    assert (rich.format, resource(rich).title, rich.identifier) == ("schema.org", "Said on the page", "u:rich")
    assert (poor.format, poor.problems, resource(poor).title) == ("feed", (), "poor")
    assert (gone.format, [problem.code for problem in gone.problems]) == ("feed", ["http-404"])


def test_with_follow_a_page_robots_may_not_read_leaves_the_entry_as_it_is(site: Site) -> None:
    site.routes |= {
        "/robots.txt": Answer(b"User-agent: *\nDisallow: /rich"),
        "/rich": Answer(PAGE, "text/html"),
        "/feed": Answer(rss(f"<title>T</title><link>{site.base}/rich</link><guid>u:1</guid>"), "application/xml"),
    }
    (record,) = records(pages_of(site, options={"follow": "yes"}))
    assert (record.format, [problem.code for problem in record.problems]) == ("feed", ["robots-disallowed"])
    assert site.asked("/rich") == 0


def run(registry: Registry, name: str = "maple") -> RunReport:
    with patient_fetcher() as fetcher:
        return harvest(registry, name, fetcher=fetcher)


def test_entries_that_leave_the_feed_stay_in_the_catalog(registry: Registry, site: Site) -> None:
    site.routes["/feed"] = Answer(atom("a", "b", "c"), "application/xml")
    with registry.sessions.begin() as session:
        add_source(session, "maple", "feed", f"{site.base}/feed", "Maple County")
    first = run(registry)
    site.routes["/feed"] = Answer(atom("c", "d"), "application/xml")
    second = run(registry)
    assert (first.status, first.created, first.rejected) == ("success", 3, 0)
    assert (second.status, second.created, second.unchanged, second.withdrawn) == ("success", 1, 1, 0)


def test_entries_that_leave_a_complete_feed_are_withdrawn(registry: Registry, site: Site) -> None:
    names = [f"n{number}" for number in range(20)]
    site.routes["/feed"] = Answer(atom(*names, head="<fh:complete/>"), "application/xml")
    with registry.sessions.begin() as session:
        add_source(session, "maple", "feed", f"{site.base}/feed", "Maple County")
    run(registry)
    site.routes["/feed"] = Answer(atom(*names[1:], head="<fh:complete/>"), "application/xml")
    assert run(registry).withdrawn == 1
