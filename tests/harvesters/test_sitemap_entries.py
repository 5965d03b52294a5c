"""Which pages sitemaps name, whatever stands in them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.http import Fetcher
from harvesters.sitemap_entries import Entry, Sitemaps, read_sitemaps
from registry.ports import HarvestFailed

SITE = "https://pine.example"
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def read(files: dict[str, bytes]) -> Sitemaps:
    """What the sitemaps of a site say; the first file is the one registered."""

    def respond(request: httpx.Request) -> httpx.Response:
        found = files.get(request.url.path)
        return httpx.Response(404) if found is None else httpx.Response(200, content=found)

    with Fetcher(transport=httpx.MockTransport(respond), sleep=lambda seconds: None) as fetcher:
        return read_sitemaps(SITE + next(iter(files)), fetcher)


def urlset(*addresses: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{escape(each)}</loc></url>' for each in addresses)}</urlset>".encode()


def index(*addresses: str) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{each}</loc></sitemap>' for each in addresses)}</sitemapindex>".encode()


PATHS = st.text("abcdefghijk0123456789-_", min_size=1, max_size=8)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(PATHS, max_size=6), min_size=1, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_every_page_of_every_part_is_named_once_and_in_order(parts: list[list[str]], packed: list[bool]) -> None:
    files = {"/index.xml": index(*(f"{SITE}/part/{number}" for number in range(len(parts))))}
    for number, paths in enumerate(parts):
        body = urlset(*(f"{SITE}/{path}" for path in paths))
        files[f"/part/{number}"] = gzip.compress(body) if packed[number] else body
    found = read(files)
    assert [entry.url for entry in found.entries] == list(
        dict.fromkeys(f"{SITE}/{path}" for each in parts for path in each)
    )
    assert found.whole


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.integers(0, 5), st.lists(st.integers(0, 7), max_size=5), max_size=6))
def test_indexes_that_name_each_other_come_to_an_end(leads: dict[int, list[int]]) -> None:
    files = {"/index": index(f"{SITE}/0")}
    files |= {f"/{number}": index(*(f"{SITE}/{each}" for each in to)) for number, to in leads.items()}
    found = read(files)
    assert found.entries == ()
    assert found.whole or found.problems


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=80), st.text(max_size=50))
def test_whatever_stands_for_an_address_or_a_date_no_other_page_is_lost(address: str, stamp: str) -> None:
    odd = f"<url><loc>{escape(address)}</loc><lastmod>{escape(stamp)}</lastmod></url>"
    body = f"<urlset><url><loc>{SITE}/a</loc></url>{odd}<url><loc>{SITE}/b</loc></url></urlset>"
    try:
        found = read({"/s.xml": body.encode("utf-8", "replace")})
    except HarvestFailed as refusal:
        assert refusal.problem.code == "xml-broken"
        return
    assert {f"{SITE}/a", f"{SITE}/b"} <= {entry.url for entry in found.entries}
    assert all(isinstance(entry.changed_since(JUNE), bool) for entry in found.entries)


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_a_page_is_passed_over_only_where_it_clearly_changed_before(changed: datetime, since: datetime) -> None:
    assert Entry("x", changed.isoformat()).changed_since(since) == (changed >= since)
    if changed.year < 9999:
        day = Entry("x", changed.date().isoformat()).changed_since(since)
        assert day or changed + timedelta(hours=14) < since


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(gzip.compress))
def test_whatever_comes_for_a_sitemap_it_is_read_or_refused(body: bytes) -> None:
    try:
        found = read({"/s.xml": body})
    except HarvestFailed as refusal:
        assert refusal.problem.message.endswith(".")
    else:
        assert isinstance(found.whole, bool)


def test_a_root_whose_name_is_none_is_no_sitemap() -> None:
    with pytest.raises(HarvestFailed) as caught:
        read({"/s.xml": b"<urlttp:><url><loc>https://pine.example/a</loc></url></urlttp:>"})
    assert caught.value.problem.code == "not-a-sitemap"


@pytest.mark.parametrize("missing", [1, 8, 20])
def test_a_packed_list_that_was_cut_off_is_not_the_whole(missing: int) -> None:
    cut = gzip.compress("\n".join(f"{SITE}/{number}" for number in range(500)).encode())[:-missing]
    with pytest.raises(HarvestFailed) as caught:
        read({"/s.txt": cut})
    assert caught.value.problem.code == "gzip-truncated"
    found = read(
        {"/index.xml": index(f"{SITE}/s.txt.gz", f"{SITE}/b.xml"), "/s.txt.gz": cut, "/b.xml": urlset(f"{SITE}/b")}
    )
    assert [entry.url for entry in found.entries] == [f"{SITE}/b"]
    assert not found.whole
