"""The pages that sitemaps and indexes of sitemaps name, gzipped ones and plain lists too."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urldefrag, urljoin

from lxml import etree
from msgspec import Struct

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetcher
from harvesters.strict_xml import decode_mixed, read_xml
from harvesters.unpack import Unpacker, too_large
from registry.ports import HarvestFailed
from vocab.resource import Problem

_DEEPEST = 3
_MOST_SITEMAPS = 1_000
_MOST_PAGES = 200_000


class Entry(Struct, frozen=True):
    """One page, and when the sitemap says it last changed (as stated, empty where it does not say)."""

    url: str
    modified: str = ""

    def changed_since(self, since: datetime | None) -> bool:
        """Whether the page may have changed since then: whenever the sitemap does not clearly say otherwise."""
        moment = _moment(self.modified)
        return since is None or moment is None or moment >= since


class Sitemaps(Struct, frozen=True):
    """Every page named, in order and once; `whole` where no part of the list was missing or broken."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    whole: bool


def read_sitemaps(url: str, fetcher: Fetcher) -> Sitemaps:
    """All pages under a sitemap or an index. Raises HarvestFailed where the first one cannot be read."""
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    broken = False
    pending = [(url, 0)]
    known = {url}
    while pending:
        address, depth = pending.pop(0)
        try:
            fetched = fetcher.get(address, accept="application/xml, text/xml, text/plain", crawl=depth > 0)
            pages, children, repaired = _read(_unpacked(fetched.body, address, fetcher), fetched.url)
        except HarvestFailed as failure:
            if depth == 0:
                raise
            problems.append(failure.problem)
            continue
        problems += repaired
        broken = broken or any(problem.code == "sitemap-broken" for problem in repaired)
        for entry in pages:
            entries.setdefault(entry.url, entry)
        fresh = [child for child in dict.fromkeys(children) if child not in known]
        known.update(fresh)
        if depth < _DEEPEST:
            pending += [(child, depth + 1) for child in fresh]
        if len(known) > _MOST_SITEMAPS or len(entries) > _MOST_PAGES or (fresh and depth >= _DEEPEST):
            problems.append(_beyond_limits(address))
            break
    whole = not broken and not any(problem.severity == "error" for problem in problems)
    return Sitemaps(tuple(entries.values())[:_MOST_PAGES], tuple(problems), whole)


def _unpacked(body: bytes, url: str, fetcher: Fetcher) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    most = fetcher.limits.body
    unpacker = Unpacker(most)
    content = unpacker.feed(body)
    if len(content) > most:
        raise too_large(most, url)
    if not unpacker.whole:
        raise failed(
            "gzip-truncated",
            ANSWER,
            "The packed sitemap ends too early, so pages are missing from it.",
            "Ask the site to write the file again.",
            url,
        )
    return content


def _read(body: bytes, url: str) -> tuple[list[Entry], list[str], list[Problem]]:
    """(pages, further sitemaps, problems) of one file."""
    if re.match(rb"(?:\xef\xbb\xbf)?\s*https?://", body):
        lines = body.decode("utf-8-sig", "replace").split()
        return [Entry(page) for line in lines if (page := _address(line, url))], [], []
    root, problems = _root(body, url)
    kind = str(root.tag).rpartition("}")[2]  # a name that was mended may be none that QName takes
    if kind not in ("urlset", "sitemapindex"):
        raise failed(
            "not-a-sitemap",
            ANSWER,
            f"The address leads to XML, but to no sitemap: its root is {kind[:60]}.",
            "Give the sitemap's address; it often stands in the site's robots.txt.",
            url,
        )
    found: list[Entry] = []
    for element in root.iterchildren("{*}url", "{*}sitemap"):
        address = _address(_text(element, "loc"), url)
        if address:
            found.append(Entry(address, _text(element, "lastmod").strip()[:40]))
    if kind == "sitemapindex":
        return [], [entry.url for entry in found], problems
    return found, [], problems


def _text(element: etree._Element, name: str) -> str:
    """The text of a child; none where a mended file has half a character in it."""
    try:
        return element.findtext(f"{{*}}{name}") or ""
    except UnicodeDecodeError:
        return ""


def _root(body: bytes, url: str) -> tuple[etree._Element, list[Problem]]:
    """The root, read strictly, or leniently with a problem where the file is not well formed."""
    try:
        root, problems = read_xml(body, url)
        return root, list(problems)
    except HarvestFailed as failure:
        if failure.problem.code != "xml-broken":
            raise
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding="utf-8"
        )
        try:
            mended = etree.fromstring(decode_mixed(body).encode("utf-8", "replace"), parser)
            usable = mended is not None and bool(mended.tag)
        except (etree.XMLSyntaxError, UnicodeDecodeError):
            usable = False
        if not usable:
            raise
        problem = list_problem(
            "sitemap-broken",
            ANSWER,
            "The sitemap is not well-formed XML; pages that could be made out were read, and none is taken for gone.",
            "Mend the sitemap: an & in an address is written &amp;.",
            url,
        )
        return mended, [problem]


def _address(stated: str, base: str) -> str:
    try:
        address = urldefrag(urljoin(base, stated.strip())).url if stated.strip() else ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    return address if address.startswith(("http://", "https://")) else ""


def _moment(stated: str) -> datetime | None:
    """The latest moment that a W3C date or datetime may mean; None where it is neither."""
    try:
        moment = datetime.fromisoformat(stated)
        if len(stated) <= len("2026-01-31"):
            moment += timedelta(days=1)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(hours=14)
    except (ValueError, OverflowError):
        return None


def _beyond_limits(url: str) -> Problem:
    return list_problem(
        "sitemap-too-large",
        ANSWER,
        f"The sitemaps name more than {_MOST_SITEMAPS:,} files or {_MOST_PAGES:,} pages, or nest too deep.",
        "Register the part of the site that holds learning resources as a source of its own.",
        url,
        error=True,
    )
