"""The recorded answers, pages, sheets and cartridges of the real data on one local server, and sources to harvest them.

What is no answer of a server by itself (lines of JSON, modules of a book) becomes one here: pages, a repository, a
feed.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from lxml import etree
from msgspec import Struct

from tests import servers
from web.demo.loopback import Answer, Request, Respond
from web.demo.oai_endpoint import OaiEndpoint

INTEROP, RESOURCES = servers.SHARED / "interop", servers.SHARED / "resources"
_SICKLE = INTEROP / "oaipmh-sickle/sample_data"
_CASSETTES = INTEROP / "tess/vcr_cassettes/ingestors"
_INGESTION = "tess/fixtures/files/ingestion"
_SITEMAPS = (
    "oersi-etl/resources/hoou-sitemap.xml",
    "oersi-etl/resources/oerbw-sitemap.xml",
    "oersi-etl/resources/oncampus-sitemap.xml",
    "tess/fixtures/files/ingestion/Test-Sitemap.xml",
    "tess/fixtures/files/ingestion/gtn/sitemap.xml",
    "tess/fixtures/files/ingestion/hsftraining/sitemap.txt",
    "tess/fixtures/files/sitemaps/sitemap.xml",
    "tess/fixtures/files/sitemaps/plants.mytess.training/sitemap.xml",
)
_ERRORS = ("ListRecordsBroken", "badArgument", "badResumptionToken", "cannotDisseminateFormat", "idDoesNotExist",
           "noRecordsMatch", "noSetHierarchy", "undefinedError", "ListSets", "ListIdentifiers", "GetRecord",
           "GetRecord_utf8test")  # fmt: skip
_ADDRESS = re.compile(r"https?://([^/<\s]+)")


class Source(Struct, frozen=True):
    """A source to register: the kind of file it stands for, its kind, and its path on the server."""

    group: str
    name: str
    kind: str
    path: str
    files: int = 1


SOURCES = (
    Source("OAI-PMH, recorded list (Dublin Core)", "sickle", "oai", "/sickle", 5),
    Source("OAI-PMH, recorded list (schema.org in RDF)", "tess", "oai", "/tess", 2),
    *(
        Source("OAI-PMH, recorded errors as a list", f"error-{number}", "oai", f"/error/{name}")
        for number, name in enumerate(_ERRORS)
    ),
    *(
        Source("sitemaps as recorded, most pages not recorded", f"sitemap-{number}", "sitemap", f"/map/{path}")
        for number, path in enumerate(_SITEMAPS)
    ),
    Source("recorded pages and JSON-LD files", "pages", "sitemap", "/pages.xml", 16),
    Source("sheet of a district (CSV)", "oer-commons", "table", "/files/resources/oer-commons-open.csv"),
    Source("sheet of a training portal (CSV)", "materials", "table", f"/files/interop/{_INGESTION}/materials.csv"),
    *(
        Source("Common Cartridges", f"cartridge-{name}", "cartridge", f"/files/interop/common-cartridge/{name}.imscc")
        for name in ("allyworkshop", "cc", "latex")
    ),
    Source("activities as JSON-LD pages (Illustrative Mathematics)", "illustrative", "sitemap", "/illustrative.xml"),
    Source("problems over OAI-PMH (OATutor)", "oatutor", "oai", "/oatutor"),
    Source("chapters as an Atom feed (OpenStax physics)", "openstax", "feed", "/openstax.atom", 36),
)  # fmt: skip


def site_at(base: str) -> Respond:
    """The answering function of the server at this address."""
    site = _Site(base)
    return site.respond


class _Site:
    def __init__(self, base: str) -> None:
        self._base = base
        self._pages = _recorded_pages()
        self._activities = {line["id"]: line for line in _lines("illustrative-math-activities")}
        problems = ((line["id"], "2026-01-01T00:00:00Z", False, _problem(line)) for line in _lines("oatutor-problems"))
        self._oatutor = OaiEndpoint(problems, base_url=f"{base}/oatutor", name="OATutor", page_size=100)
        self._routes: dict[str, Callable[[str, dict[str, str]], Answer | None]] = {
            "sickle": lambda rest, asked: _sickle(asked),
            "error": lambda rest, asked: _sickle(asked, rest),
            "tess": lambda rest, asked: _cassette(asked),
            "map": lambda rest, asked: self._sitemap(rest),
            "at": lambda rest, asked: self._page(rest),
            "pages.xml": lambda rest, asked: self._listing("page", [page.name for page in _own_pages()]),
            "page": lambda rest, asked: _file(next(page for page in _own_pages() if page.name == rest)),
            "files": lambda rest, asked: _file(servers.SHARED / rest),
            "illustrative.xml": lambda rest, asked: self._listing("activity", list(self._activities)),
            "activity": lambda rest, asked: _json(_activity(self._activities[rest])),
            "openstax.atom": lambda rest, asked: Answer(_atom(), "application/atom+xml"),
        }

    def respond(self, request: Request) -> Answer:
        """The answer to any request."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == "oatutor":
            return Answer(self._oatutor.answer(request.params), "text/xml; charset=utf-8")
        answer = self._routes[first](rest, dict(request.params)) if first in self._routes else None
        return answer or Answer(b"not recorded", status=404)

    def _sitemap(self, path: str) -> Answer:
        """A recorded sitemap whose addresses lead to this server."""
        text = (INTEROP / path).read_text("utf-8", "replace")
        here = _ADDRESS.sub(lambda found: f"{self._base}/at/{found[1]}", text) if path.endswith(".txt") else re.sub(
            r"(<loc>\s*)https?://", rf"\g<1>{self._base}/at/", text
        )  # fmt: skip
        return Answer(here.encode(), "text/plain" if path.endswith(".txt") else "text/xml")

    def _page(self, address: str) -> Answer | None:
        found = self._pages.get(_key(f"https://{address}"))
        return _file(found) if found else None

    def _listing(self, folder: str, names: list[str]) -> Answer:
        entries = "".join(f"<url><loc>{self._base}/{folder}/{escape(name)}</loc></url>" for name in names)
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return Answer(f'<urlset xmlns="{space}">{entries}</urlset>'.encode(), "text/xml")


def _sickle(asked: dict[str, str], in_place: str = "") -> Answer:
    """A recorded answer to a verb or a token; `in_place` names the one to give in place of the list."""
    name = asked.get("resumptionToken", "").removesuffix(".xml") or asked.get("verb", "")
    path = _SICKLE / f"{in_place if in_place and name == 'ListRecords' else name}.xml"
    return Answer(path.read_bytes(), "text/xml") if path.exists() else Answer(b"", status=404)


def _cassette(asked: dict[str, str]) -> Answer:
    """The recorded answers of TeSS; it had none for ListMetadataFormats."""
    if asked.get("verb") == "ListMetadataFormats":
        namespace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        given = (
            f"<metadataFormat><metadataPrefix>rdf</metadataPrefix><metadataNamespace>{namespace}</metadataNamespace>"
        )
        body = f"<ListMetadataFormats>{given}</metadataFormat></ListMetadataFormats>"
        return Answer(f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{body}</OAI-PMH>'.encode(), "text/xml")
    tape = yaml.safe_load((_CASSETTES / f"tess_oai_pmh_{asked.get('verb', '').lower()}.yml").read_text())
    body = tape["http_interactions"][0]["response"]["body"]["string"]
    return Answer(body.encode() if isinstance(body, str) else body, "text/xml")


def _own_pages() -> list[Path]:
    ingestion = INTEROP / _INGESTION
    return sorted(
        (
            *INTEROP.glob("oersi-etl/resources/*.html"),
            *ingestion.glob("*/*.html"),
            *ingestion.glob("*.json"),
            *ingestion.glob("*.jsonld"),
        )
    )


def _recorded_pages() -> dict[str, Path]:
    """The recorded pages by the addresses they call their own, or by the folder their site has them in."""
    found: dict[str, Path] = {}
    for page in _own_pages():
        own = re.search(rb'rel="canonical" href="([^"]+)"', page.read_bytes())
        found[_key(own[1].decode() if own else f"https://any.example/{page.stem}")] = page
    return found


def _key(address: str) -> str:
    parts = urlsplit(address)
    last = [part for part in parts.path.split("/") if part][-2:]
    return "/".join(last) if parts.path.endswith("html") else (last or [""])[-1]


def _file(path: Path) -> Answer:
    types = {".html": "text/html", ".json": "application/ld+json", ".jsonld": "application/ld+json", ".csv": "text/csv"}
    return Answer(path.read_bytes(), types.get(path.suffix, "application/octet-stream"))


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(RESOURCES / f"{name}.ndjson.gz", "rb") as file:
        for line in file:
            yield json.loads(line)


def _json(document: dict[str, Any]) -> Answer:
    return Answer(json.dumps(document).encode(), "application/ld+json")


def _activity(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": f"https://activities.example/{line['id']}",
        "url": f"https://activities.example/{line['id']}",
        "name": line["text"][:100],
        "text": line["text"],
        "inLanguage": "en",
        "license": line["license"],
        "teaches": [{"@type": "DefinedTerm", "termCode": each} for each in line["standards"]],
    }


def _problem(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": f"https://problems.example/{line['id']}",
        "url": f"https://problems.example/{line['id']}",
        "name": line["title"],
        "description": line["body"],
        "text": " ".join(step["stepTitle"] for step in line["steps"]),
        "keywords": [skill for step in line["steps"] for skill in step["skills"]],
        "learningResourceType": "exercise",
        "license": line["license"],
        "isBasedOn": line["oer"],
        "isPartOf": {"@type": "Course", "name": line["courseName"]},
    }


def _atom() -> bytes:
    """The modules of the physics book as the entries of a feed that calls itself complete."""
    entries = []
    for path in sorted(RESOURCES.glob("openstax-physics/*/index.cnxml")):
        root = etree.fromstring(path.read_bytes())
        title = root.findtext("{*}title") or ""
        text = " ".join(" ".join(root.itertext()).split())
        link = f"https://physics.example/{path.parent.name}"
        entries.append(
            f"<entry><id>{link}</id><title>{escape(title)}</title><link href='{link}'/><updated>2026-01-01T00:00:00Z"
            f"</updated><category term='physics'/><content type='html'>{escape(escape(text))}</content></entry>"
        )
    head = "<title>Physics</title><link rel='license' href='https://creativecommons.org/licenses/by/4.0/'/>"
    spaces = "xmlns='http://www.w3.org/2005/Atom' xmlns:fh='http://purl.org/syndication/history/1.0' xml:lang='en'"
    return f"<feed {spaces}>{head}<fh:complete/>{''.join(entries)}</feed>".encode()
