"""The bytes of a feed taken apart: RSS of any version or Atom, its entries and its links to more.

feedparser reads bytes we fetched and a copy of the headers; it never sees an address it could open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
from lxml import etree
from msgspec import Struct

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetched
from registry.ports import HarvestFailed
from vocab.crosswalks.feed import Enclosure, Entry, Tag
from vocab.resource import Problem

MOST_BYTES = 16_000_000
_MOST_BROKEN = 4_000_000
_MOST_ENTRIES = 10_000
_MOST_TEXT = 200_000
_MOST_PARTS = 300
# Atomic groups: else a row of comments could be told apart in exponentially many ways.
_COMMENTS = rb"(?>(?><!--.*?-->)\s*)*+"
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?" + _COMMENTS + rb"<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_DOCTYPE = re.compile(
    rb"((?:\xef\xbb\xbf)?\s*(?>(?><\?.*?\?>)\s*)*+" + _COMMENTS + rb")<!DOCTYPE[^\[>]*(\[|>)", re.I | re.S
)
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|RDF)\s*>\s*" + _COMMENTS + rb"\Z", re.I | re.S)
_ALTERNATE = re.compile(rb"<link\b[^<>]{1,2000}>", re.I)
_HISTORY = "http://purl.org/syndication/history/1.0"
_TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_HREF = re.compile(rb"""href\s*=\s*["']?([^"'\s>]+)""", re.I)


class Feed(Struct, frozen=True):
    """A feed's document: its entries with the problems of each, the document after it, and what is wrong with it.

    `complete` where it says that it names every entry there is (RFC 5005, section 2); `deleted` are the ids of
    entries it says are gone, and when (RFC 6721).
    """

    entries: tuple[tuple[Entry, tuple[Problem, ...]], ...]
    deleted: tuple[tuple[str, str], ...]
    next: str
    complete: bool
    problems: tuple[Problem, ...]


def read_feed(fetched: Fetched) -> Feed:
    """The feed in an answer. Raises HarvestFailed for a web page, entities, or what is no feed at all."""
    body, url = fetched.body, fetched.url
    if _HTML.match(body, 0, 4096):
        raise _html(body, url)
    if len(body) > MOST_BYTES:
        raise failed(
            "feed-too-large",
            ANSWER,
            f"The feed is larger than {MOST_BYTES // 1_000_000} MB.",
            "Ask the site for a feed in pages, or with fewer entries.",
            url,
        )
    body = _without_doctype(body, url)
    root, problems = _well_formed(body, url)
    headers = {"content-location": url, "content-type": fetched.content_type or "application/xml"}
    try:
        parsed = feedparser.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise _no_feed(url, str(error)) from error
    entries = parsed.get("entries", [])
    if not parsed.get("version") and not entries:
        raise _no_feed(url, str(parsed.get("bozo_exception", "")))
    head = dict(parsed.feed)  # a plain one: feedparser's own answers for keys that it does not hold
    if problems and not _END.search(body[-200:]):
        entries = entries[:-1]  # the one the feed was cut off in
    found = [dict(each) for each in entries[:_MOST_ENTRIES]]
    if len(entries) > len(found):
        problems.append(_too_many(url))
    says_complete = any(f"{prefix}_complete" in head for prefix, uri in parsed.namespaces.items() if uri == _HISTORY)
    return Feed(
        entries=tuple(_entry(each, head) for each in found),
        deleted=() if root is None else tuple(_deleted(root)),
        next=_link(head, "next") or _link(head, "prev-archive"),
        complete=says_complete and not problems,
        problems=tuple(problems),
    )


def _without_doctype(body: bytes, url: str) -> bytes:
    """The bytes without a plain DOCTYPE, as RSS 0.91 has one; one that declares anything is refused."""
    if b"\0" in body[:64] and (text := _wide(body)):
        body = text
    stated = _DOCTYPE.match(body)
    if stated is None:
        return body
    if stated[2] == b"[":
        raise _with_declarations(url)
    return stated[1] + body[stated.end() :]


def _well_formed(body: bytes, url: str) -> tuple[etree._Element | None, list[Problem]]:
    """The root of a feed that is well formed, else the problem of one that is not."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if len(body) > _MOST_BROKEN:  # reading what is not well formed is slow
            raise failed(
                "xml-broken",
                ANSWER,
                f"The feed is not well-formed XML, or was cut off: {str(error)[:200]}.",
                "Mend the feed: a feed validator shows the place.",
                url,
            ) from error
        return None, [
            list_problem(
                "feed-broken",
                ANSWER,
                f"The feed is not well-formed XML, or was cut off; what could be read of it was taken: "
                f"{str(error)[:200]}.",
                "Mend the feed: a feed validator shows the place.",
                url,
            )
        ]
    if root.getroottree().docinfo.doctype:  # in an encoding that hid it before
        raise _with_declarations(url)
    return root, []


def _deleted(root: etree._Element) -> Iterable[tuple[str, str]]:
    for number, stone in enumerate(root.iterchildren(_TOMBSTONE)):
        if number >= _MOST_ENTRIES:
            return
        if ref := (stone.get("ref") or "").strip():
            yield ref, (stone.get("when") or "").strip()


def _with_declarations(url: str) -> HarvestFailed:
    return failed(
        "doctype-refused",
        ANSWER,
        "The feed has a document type with declarations of its own, which are not read for safety.",
        "Ask the site to send the feed without a DOCTYPE and without entities of its own.",
        url,
    )


def _wide(body: bytes) -> bytes:
    """UTF-16 as UTF-8, so that nothing hides in it."""
    try:
        text = body.decode("utf-16")
    except UnicodeDecodeError:
        return b""
    return re.sub(r"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text).encode()


def _entry(entry: Any, head: Any) -> tuple[Entry, tuple[Problem, ...]]:
    summary = _text(entry, "summary")
    contents = [text for each in _parts(entry, "content") if (text := _text(each, "value")) and text != summary]
    long = any(len(text) > _MOST_TEXT for text in (summary, *contents))
    found = Entry(
        id=_text(entry, "id").strip(),
        title=_text(entry, "title")[:5_000],
        link=_address(entry),
        summary=summary[:_MOST_TEXT],
        content=tuple(text[:_MOST_TEXT] for text in contents[:10]),
        tags=tuple(_tags(_parts(entry, "tags"))),
        authors=tuple(_authors(entry)),
        publisher=_text(entry, "publisher") or _text(head, "publisher"),
        published=_moment(entry, "published") or _moment(entry, "created"),
        updated=_moment(entry, "updated"),
        licenses=tuple(_licenses(entry) or _licenses(head)),
        language=_text(entry, "language") or _language(entry) or _text(head, "language"),
        enclosures=tuple(
            Enclosure(address, _text(each, "type"))
            for each in _parts(entry, "links")
            if each.get("rel") == "enclosure" and (address := _text(each, "href"))
        ),
        identifiers=tuple(text for name in ("dc_identifier", "prism_doi") if (text := _text(entry, name))),
    )
    return found, (_cut(found.id or found.link),) if long else ()


def _text(part: Any, name: str) -> str:
    """A text that feedparser found; it also gives None, and lists where one was expected."""
    value = part.get(name)
    return value if isinstance(value, str) else ""


def _parts(part: Any, name: str) -> list[dict[str, Any]]:
    value = part.get(name)
    return [dict(each) for each in value[:_MOST_PARTS] if isinstance(each, dict)] if isinstance(value, list) else []


def _address(entry: Any) -> str:
    """The page of an entry; a guid that is no address is none, though feedparser takes it for one."""
    links = [_text(link, "href") for link in _parts(entry, "links") if link.get("rel") == "alternate"]
    link = _text(entry, "link")
    return next((each for each in links if each), link if link.startswith(("http://", "https://")) else "")


def _tags(tags: Iterable[dict[str, Any]]) -> Iterable[Tag]:
    for tag in tags:
        if term := (_text(tag, "term") or _text(tag, "label")).strip():
            yield Tag(term, _text(tag, "label").strip(), _text(tag, "scheme").strip())


def _authors(entry: Any) -> list[str]:
    """Names only: an address for mail is nobody's name."""
    named = [_text(each, "name") for each in (*_parts(entry, "authors"), *_parts(entry, "contributors"))]
    author = _text(entry, "author")
    said = re.search(r"\(([^()]+)\)\s*$", author[-500:])
    if said and "@" in author:  # RSS: `mail@host (Name)`, which feedparser may cut in the wrong place
        named = [name for name in named if "(" not in name]
        named += [said[1]]
    return list(dict.fromkeys(name.strip() for name in named if name and "@" not in name))[:100]


def _licenses(part: Any) -> list[str]:
    """Addresses of licenses first, then rights in words."""
    found = [_text(link, "href") for link in _parts(part, "links") if link.get("rel") == "license"]
    found += [_text(part, name) for name in ("license", "dcterms_license", "cc_license", "rights")]
    return list(dict.fromkeys(text.strip()[:2_000] for text in found if text.strip()))


def _language(entry: Any) -> str:
    """The language an entry's own text is marked with (`xml:lang`)."""
    details = (entry.get(name) or {} for name in ("title_detail", "summary_detail"))
    return next((language for each in details if isinstance(each, dict) and (language := _text(each, "language"))), "")


def _moment(entry: Any, name: str) -> str:
    """A date in ISO 8601 in UTC where feedparser understood it, else as it stands."""
    parsed, stated = entry.get(f"{name}_parsed"), _text(entry, name).strip()
    if not isinstance(parsed, struct_time):
        return stated[:100]
    if re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", stated):  # a date without a time has none
        return stated
    return f"{parsed[0]:04}-{parsed[1]:02}-{parsed[2]:02}T{parsed[3]:02}:{parsed[4]:02}:{parsed[5]:02}Z"


def _link(head: Any, rel: str) -> str:
    return next((_text(link, "href") for link in _parts(head, "links") if link.get("rel") == rel), "")


def _html(body: bytes, url: str) -> HarvestFailed:
    """The failure of a web page in a feed's place, which often names the feed."""
    feeds = [tag for tag in _ALTERNATE.findall(body[:200_000]) if b"application/rss+xml" in tag or b"atom+xml" in tag]
    named = next((match[1].decode("utf-8", "replace") for tag in feeds if (match := _HREF.search(tag))), "")
    hint = f"The page names its feed: {named[:200]}. Give that address." if named else "Give the address of the feed."
    return failed("html-answer", ANSWER, "The source answered with a web page where a feed was expected.", hint, url)


def _no_feed(url: str, reason: str) -> HarvestFailed:
    return failed(
        "no-feed",
        ANSWER,
        "What stands at this address is neither an RSS nor an Atom feed.",
        "Check the address of the feed.",
        f"{url} {reason}".strip(),
    )


def _too_many(url: str) -> Problem:
    return list_problem(
        "too-many-entries",
        ANSWER,
        f"The feed has more than {_MOST_ENTRIES:,} entries; the rest was left out.",
        "Ask the site for a feed in pages (RFC 5005).",
        url,
        error=True,
    )


def _cut(value: str) -> Problem:
    return list_problem(
        "entry-cut",
        "content",
        f"The entry's text is longer than {_MOST_TEXT:,} characters and was cut.",
        "Send a summary, and link to the whole text.",
        value,
    )
