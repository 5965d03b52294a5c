"""Three made-up districts on one loopback port: an OAI-PMH repository, a spreadsheet and a web site.

How the districts state what a resource is for. Two styles of schema.org stand side by side, as on real sites:
`educationalAlignment` holds AlignmentObjects (`alignmentType` teaches, assesses or requires; `identifier` = the code,
`targetName` = its statement, `targetUrl` = its URI in every third record, and the competency level as
`educationalLevel` inside the AlignmentObject); or `teaches` and `assesses` hold DefinedTerms (`termCode`, `name`,
now and then `@id`), and the level stands beside the grades in the resource's own `educationalLevel`. The
spreadsheet has codes in `Standards` and, in the same order, their `Alignment type` and `Level`, the level in the
county's own words (Beginning, Approaching, Meets, Exceeds).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from web.demo import content, pages
from web.demo.loopback import Answer, Request, serving
from web.demo.oai_endpoint import OaiEndpoint

NORTHWATER_MODIFIED = datetime(2026, 11, 13, 16, 20, tzinfo=UTC)

# The content names these addresses. Served, they become pages of this server, so that a link in the demo opens.
_HOSTS = {
    "https://resources.lakeside.example/": "/lakeside/resources/",
    "https://learn.northwater.example/": "/northwater/resources/",
    "https://www.riverbend.example/": "/riverbend/",
}
_HTML = "text/html; charset=utf-8"
_XML = "text/xml; charset=utf-8"
_CSV = "text/csv; charset=utf-8"

Page = Callable[[Request], Answer]


class Districts(Struct, frozen=True):
    """Where the three districts can be harvested while the server runs."""

    base_url: str
    oai_url: str
    csv_url: str
    sitemap_url: str


@contextmanager
def serve_districts(port: int = 0) -> Iterator[Districts]:
    """The three endpoints on 127.0.0.1, until the block is left.

    The records' links carry the port: give the same one each time and a second harvest finds nothing changed.
    Raises OSError where the port is taken.
    """
    with serving(_routes, port) as base_url:
        yield Districts(
            base_url,
            oai_url=f"{base_url}/lakeside/oai",
            csv_url=f"{base_url}/northwater/resources.csv",
            sitemap_url=f"{base_url}/riverbend/sitemap.xml",
        )


def _routes(base_url: str) -> Page:
    robots = f"User-agent: *\nDisallow: /riverbend/staff/\n\nSitemap: {base_url}/riverbend/sitemap.xml\n".encode()
    table: dict[str, Page] = {
        "/robots.txt": lambda _: Answer(robots),
        **_lakeside(base_url),
        **_northwater(base_url),
        **_riverbend(base_url),
    }

    def respond(request: Request) -> Answer:
        page = table.get(request.path)
        return page(request) if page else Answer(b"There is no such page in this district.\n", status=404)

    return respond


def _lakeside(base_url: str) -> dict[str, Page]:
    text = _localized(
        "\n".join(msgspec.json.encode(record).decode() for record in content.lakeside_records()), base_url
    )
    records = [msgspec.json.decode(line, type=content.LakesideRecord) for line in text.splitlines()]
    endpoint = OaiEndpoint(
        ((record.identifier, record.datestamp, record.deleted, record.jsonld) for record in records),
        base_url=f"{base_url}/lakeside/oai",
        name="Lakeside Unified Learning Repository",
    )
    table: dict[str, Page] = {"/lakeside/oai": lambda request: Answer(endpoint.answer(request.params), _XML)}
    for record in records:
        jsonld = record.jsonld or {}
        if "url" in jsonld:
            body = pages.resource_page(jsonld["name"], jsonld["description"], "Lakeside Unified", jsonld["inLanguage"])
            table[urlsplit(jsonld["url"]).path] = _document(body, _HTML, _moment(record.datestamp))
    return table


def _northwater(base_url: str) -> dict[str, Page]:
    text = _localized(content.northwater_table(), base_url)
    # Spreadsheet programs write the byte order mark, and readers must get over it.
    table = {"/northwater/resources.csv": _document(text.encode("utf-8-sig"), _CSV, NORTHWATER_MODIFIED)}
    for row in csv.DictReader(io.StringIO(text)):
        path = urlsplit(row["Link"]).path
        if path.startswith("/northwater/"):
            language = "es" if row["Language"] == "Spanish" else "en"
            body = pages.resource_page(row["Title"] or "Untitled", row["Description"], "Northwater County", language)
            table[path] = _document(body, _HTML, NORTHWATER_MODIFIED)
    return table


def _riverbend(base_url: str) -> dict[str, Page]:
    site = content.riverbend_pages()
    latest = max(page.modified for page in site)
    entries = [(f"{base_url}/riverbend/{page.path}", page.modified) for page in site]
    index = pages.sitemap_index(f"{base_url}/riverbend/sitemap-lessons.xml", latest)
    table = {
        "/riverbend/sitemap.xml": _document(index, _XML, _moment(latest)),
        "/riverbend/sitemap-lessons.xml": _document(pages.sitemap(entries), _XML, _moment(latest)),
    }
    for page in site:
        jsonld = msgspec.json.decode(_localized(msgspec.json.encode(page.jsonld).decode(), base_url))
        body = pages.resource_page(
            jsonld["name"], jsonld["description"], "Riverbend Schools", jsonld["inLanguage"], jsonld
        )
        table[f"/riverbend/{page.path}"] = _document(body, _HTML, _moment(page.modified))
    return table


def _document(body: bytes, content_type: str, modified: datetime) -> Page:
    """A page that knows its ETag and Last-Modified and answers a conditional request with 304."""
    etag = f'"{sha256(body).hexdigest()[:24]}"'
    headers = (("ETag", etag), ("Last-Modified", format_datetime(modified, usegmt=True)))
    fresh = Answer(body, content_type, headers=headers)
    unchanged = Answer(b"", status=304, headers=headers)

    def page(request: Request) -> Answer:
        if "if-none-match" in request.headers:
            known = request.headers["if-none-match"].replace("W/", "")
            return unchanged if known.strip() == "*" or etag in known.split(", ") else fresh
        return unchanged if _not_newer(modified, request.headers.get("if-modified-since", "")) else fresh

    return page


def _not_newer(modified: datetime, since: str) -> bool:
    try:
        return bool(since) and modified <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _localized(text: str, base_url: str) -> str:
    for host, path in _HOSTS.items():
        text = text.replace(host, base_url + path)
    return text


def _moment(stated: str) -> datetime:
    return datetime.fromisoformat(stated)
