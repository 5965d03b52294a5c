"""Payloads of every kind that were sound once, mutated at random, and read by the whole adapter."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import httpx
import msgspec
from msgspec import Struct

from harvesters.http import Fetcher, Limits
from harvesters.kinds import KINDS, SourceConfig
from registry.errors import Rejected
from registry.ports import Harvested, HarvestFailed
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context
from vocab.shapes import validate

About = dict[str, Any]
SITE = "https://oak.example"
NEIGHBORS = ("Lesson 0", "Lesson 2")


class Sample(Struct, frozen=True):
    """A kind of source, what it answers besides, and how its one mutated answer is written for three lessons."""

    kind: str
    render: Callable[[list[About]], bytes]
    content_type: str
    path: str = "/feed"
    format: str = ""
    options: dict[str, str] = {}
    packed: bool = False


def lessons() -> list[About]:
    """Three lessons, each field as schema.org names it."""
    return [
        {
            "@context": "https://schema.org",
            "@type": "LearningResource",
            "@id": f"{SITE}/{n}",
            "name": f"Lesson {n}",
            "description": f"Fractions on a number line, part {n} & more.",
            "url": f"{SITE}/{n}",
            "inLanguage": "en",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "educationalLevel": "Grade 4",
            "learningResourceType": ["lesson plan", "worksheet"],
            "keywords": ["fractions", "number line"],
            "timeRequired": "PT20M",
            "datePublished": "2026-04-01",
            "author": {"@type": "Person", "name": "A. Teacher"},
            "educationalAlignment": {
                "@type": "AlignmentObject",
                "alignmentType": "teaches",
                "targetName": "4.NF.B.3",
                "targetUrl": "http://corestandards.org/Math/Content/4/NF/B/3",
            },
        }
        for n in range(3)
    ]


def text(value: Any) -> str:
    """A value as the text that a format without types has for it."""
    return value if isinstance(value, str) else json.dumps(value)


def element(name: str, value: Any, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text(value))}</{name}>"


def oai(records: list[tuple[About, str]]) -> bytes:
    found = "".join(
        f"<record><header><identifier>{escape(text(about.get('@id', '')))}</identifier><datestamp>2026-04-01T00:00:00Z"
        f"</datestamp></header><metadata>{metadata}</metadata></record>"
        for about, metadata in records
    )
    return answer(f"<ListRecords>{found}</ListRecords>")


def answer(content: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    return f"{head}{content}</OAI-PMH>".encode("utf-8", "surrogatepass")


DC = {
    "title": "name",
    "description": "description",
    "identifier": "url",
    "language": "inLanguage",
    "rights": "license",
    "subject": "keywords",
    "type": "learningResourceType",
    "date": "datePublished",
    "creator": "author",
}


def oai_dc(found: list[About]) -> bytes:
    head = '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    records = []
    for about in found:
        fields = "".join(element(f"dc:{name}", about[key]) for name, key in DC.items() if key in about)
        records.append((about, f"{head}{fields}</oai_dc:dc>"))
    return oai(records)


def oai_lom(found: list[About]) -> bytes:
    records = []
    for about in found:
        name, words = about.get("name", ""), about.get("description", "")
        records.append((
            about,
            '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><identifier><catalog>URI</catalog>'
            f"{element('entry', about.get('@id', ''))}</identifier>"
            f"<title>{element('string', name)}</title>{element('language', about.get('inLanguage', ''))}"
            f"<description>{element('string', words)}</description></general>"
            f"<technical>{element('location', about.get('url', ''))}</technical>"
            f"<educational><typicalLearningTime>{element('duration', about.get('timeRequired', ''))}</typicalLearningTime>"
            f"<learningResourceType><source>LOMv1.0</source>{element('value', about.get('learningResourceType', ''))}"
            "</learningResourceType></educational>"
            f"<rights><description>{element('string', about.get('license', ''))}</description></rights></lom>",
        ))  # fmt: skip
    return oai(records)


def oai_jsonld(found: list[About]) -> bytes:
    ns = "https://w3id.org/open-resource-registry/oai/jsonld"
    return oai([(about, f'<jsonld xmlns="{ns}">{escape(json.dumps(about))}</jsonld>') for about in found])


def oai_rdf(found: list[About]) -> bytes:
    records = []
    for about in found:
        fields = "".join(element(f"s:{key}", value) for key, value in about.items() if re.fullmatch(r"[a-zA-Z]+", key))
        place = quoteattr(text(about.get("@id", "")))
        records.append((
            about,
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://schema.org/">'
            f"<s:LearningResource rdf:about={place}>{fields}</s:LearningResource></rdf:RDF>",
        ))  # fmt: skip
    return oai(records)


def web_page(found: list[About]) -> bytes:
    data = [json.dumps(about).replace("</", "<\\/") for about in found]
    scripts = "".join(f'<script type="application/ld+json">{each}</script>' for each in data)
    return f"<!DOCTYPE html><html><head><title>Lessons</title>{scripts}</head><body><p>Hi</body></html>".encode()


def microdata(found: list[About]) -> bytes:
    return marked_up(found, 'itemscope itemtype="https://schema.org/LearningResource" itemid', "itemprop")


def rdfa(found: list[About]) -> bytes:
    return marked_up(found, 'vocab="http://schema.org/" typeof="LearningResource" resource', "property")


def marked_up(found: list[About], item: str, named: str) -> bytes:
    """A page whose items open with these attributes, the last one for their address, and name properties with `named`."""
    items = "".join(
        f"<div {item}={quoteattr(text(about.get('@id', '')))}>"
        + "".join(
            f"<span {named}={quoteattr(key)}>{escape(text(value))}</span>"
            for key, value in about.items()
            if "@" not in key
        )
        + "</div>"
        for about in found
    )
    return f"<!DOCTYPE html><html><body>{items}</body></html>".encode("utf-8", "surrogatepass")


def rss(found: list[About]) -> bytes:
    items = "".join(
        f"<item>{element('title', about.get('name', ''))}{element('link', about.get('url', ''))}"
        f"{element('guid', about.get('@id', ''))}{element('description', about.get('description', ''))}"
        f"{element('pubDate', about.get('datePublished', ''))}{element('category', about.get('keywords', ''))}</item>"
        for about in found
    )
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Oak</title><link>https://oak.example/</link>'
    return f"{head}<description>Lessons</description>{items}</channel></rss>".encode("utf-8", "surrogatepass")


def atom(found: list[About]) -> bytes:
    entries = "".join(
        f"<entry>{element('title', about.get('name', ''))}{element('id', about.get('@id', ''))}"
        f"<link href={quoteattr(text(about.get('url', '')))}/>{element('summary', about.get('description', ''))}"
        f"{element('updated', about.get('datePublished', ''))}{element('rights', about.get('license', ''))}</entry>"
        for about in found
    )
    head = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Oak</title><id>urn:oak</id>'
    return f"{head}<updated>2026-04-01T00:00:00Z</updated>{entries}</feed>".encode("utf-8", "surrogatepass")


COLUMNS = {
    "ID": "@id",
    "Title": "name",
    "Link": "url",
    "Description": "description",
    "Language": "inLanguage",
    "License": "license",
    "Grade": "educationalLevel",
    "Subject": "keywords",
    "Type": "learningResourceType",
    "Duration": "timeRequired",
}


def rows(found: list[About]) -> list[list[str]]:
    return [list(COLUMNS), *([text(about.get(key, "")) for key in COLUMNS.values()] for about in found)]


def table(found: list[About]) -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held).writerows(rows(found))
    return held.getvalue().encode("utf-8", "surrogatepass")


def workbook(found: list[About]) -> bytes:
    def cell(value: str) -> str:
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows(found))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application'
        '/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application'
        '/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Lessons" sheetId="1" r:id="r1"'
        "/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}'
        '/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    })  # fmt: skip


def cartridge(found: list[About]) -> bytes:
    cc, lomr = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1", "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/resource"
    parts, members = [], {}
    for number, about in enumerate(found):
        members[f"r{number}/page.html"] = f"<html><title>{escape(text(about.get('name', '')))}</title></html>"
        parts.append(
            f'<resource identifier="R{number}" type="webcontent" href="r{number}/page.html"><metadata><lom xmlns="{lomr}">'
            f"<general><title>{element('string', about.get('name', ''))}</title><description>"
            f"{element('string', about.get('description', ''))}</description></general></lom></metadata>"
            f'<file href="r{number}/page.html"/></resource>'
        )
    items = "".join(
        f'<item identifier="I{n}" identifierref="R{n}">{element("title", about.get("name", ""))}</item>'
        for n, about in enumerate(found)
    )
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest identifier="M" xmlns="{cc}"><metadata><schema>IMS Common Cartridge'
        "</schema><schemaversion>1.3.0</schemaversion></metadata><organizations><organization identifier='O' structure="
        f"'rooted-hierarchy'><item identifier='root'>{items}</item></organization></organizations>"
        f"<resources>{''.join(parts)}</resources></manifest>"
    )
    return zipped({"imsmanifest.xml": manifest, **members})


def zipped(members: dict[str, str] | dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            data = content.encode("utf-8", "replace") if isinstance(content, str) else content
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def peer(found: list[About]) -> bytes:
    items = [
        {
            "origin": f"registry:0a1b2c3d/{n:032x}",
            "path": ["registry:0a1b2c3d"],
            "changed": "2026-04-01T00:00:00Z",
            "provider": "Oak County",
            "resource": {"title": about.get("name"), "url": about.get("url"), "summary": about.get("description"),
                         "keywords": about.get("keywords"), "created": about.get("datePublished")},
            "first_seen": about.get("dateModified", ""),
        }
        for n, about in enumerate(found)
    ]  # fmt: skip
    return json.dumps({"registry": "registry:0a1b2c3d", "items": items, "next": "c1", "more": False}).encode()


SAMPLES = {
    name: sample
    for name, sample in {
        "oai_dc": Sample("oai", oai_dc, "text/xml", format="http://www.openarchives.org/OAI/2.0/oai_dc/"),
        "oai LOM": Sample("oai", oai_lom, "text/xml", format="http://ltsc.ieee.org/xsd/LOM"),
        "oai JSON-LD": Sample("oai", oai_jsonld, "text/xml", format="https://w3id.org/open-resource-registry/oai/jsonld"),
        "oai RDF": Sample("oai", oai_rdf, "text/xml", format="http://schema.org/"),
        "page JSON-LD": Sample("sitemap", web_page, "text/html", "/page"),
        "page microdata": Sample("sitemap", microdata, "text/html", "/page"),
        "page RDFa": Sample("sitemap", rdfa, "text/html", "/page"),
        "sitemap": Sample("sitemap", lambda found: b"", "text/xml", "/sitemap.xml"),
        "rss": Sample("feed", rss, "application/rss+xml"),
        "atom": Sample("feed", atom, "application/atom+xml"),
        "csv": Sample("table", table, "text/csv"),
        "xlsx": Sample("table", workbook, "application/octet-stream", "/t.xlsx", packed=True),
        "cartridge": Sample("cartridge", cartridge, "application/zip", "/c.imscc", packed=True),
        "peer": Sample("peer", peer, "application/json", "/api/v1/changes"),
    }.items()
    if sample.kind in KINDS
}  # fmt: skip


def body_of(sample: Sample, found: list[About]) -> bytes:
    if sample.path != "/sitemap.xml":
        return sample.render(found)
    urls = "".join(
        f"<url><loc>{escape(text(a.get('url', '')))}</loc><lastmod>2026-04-01</lastmod></url>" for a in found
    )
    head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}{urls}</urlset>".encode("utf-8", "surrogatepass")


def read(sample: Sample, body: bytes) -> list[Harvested]:
    """The records of a source whose one answer is this. Raises HarvestFailed, Rejected, and nothing else."""

    def respond(request: httpx.Request) -> httpx.Response:
        path, verb = request.url.path, request.url.params.get("verb", "")
        if path == "/robots.txt":
            return httpx.Response(404)
        if verb == "Identify":
            return httpx.Response(200, content=answer("<Identify><granularity>YYYY-MM-DD</granularity></Identify>"))
        if verb == "ListMetadataFormats":
            stated = f"<metadataPrefix>x</metadataPrefix><metadataNamespace>{sample.format}</metadataNamespace>"
            return httpx.Response(200, content=answer(
                f"<ListMetadataFormats><metadataFormat>{stated}</metadataFormat></ListMetadataFormats>"
            ))  # fmt: skip
        if sample.kind == "sitemap" and path != sample.path:
            if path == "/sitemap.xml":
                return httpx.Response(200, text=f"{SITE}/page\n")
            return httpx.Response(200, content=web_page(lessons()[-1:]), headers={"Content-Type": "text/html"})
        return httpx.Response(200, content=body, headers={"Content-Type": sample.content_type})

    path = {"oai": "/oai", "sitemap": "/sitemap.xml", "peer": ""}.get(sample.kind, sample.path)
    config = SourceConfig("oak", f"{SITE}{path}", sample.options, "Oak County")
    limits = Limits(body=20_000_000, tries=1)
    with Fetcher(transport=httpx.MockTransport(respond), sleep=lambda seconds: None, limits=limits) as fetcher:
        return [
            record for page in KINDS[sample.kind].make(config, fetcher).pages(None, None) for record in page.records
        ]


def titles(found: list[Harvested]) -> list[str]:
    """The titles of the records that become resources; every payload is read and checked."""
    named = []
    for record in found:
        if not record.payload or record.deleted:
            continue
        context = Context(identifier=record.identifier, url=record.url)
        resource = crosswalk(record.format, record.payload, context).resource
        if resource is not None:
            validate(resource)
            named.append(resource.title.text if hasattr(resource.title, "text") else str(resource.title))
    return named


CONTROL = "\x00\x01\x08\x0b\x0c\x1b\x7f\x85\u2028\u202e\ufeff\ufffe\U0010ffff\u0300"
NASTY = [
    None, True, -1, 0, 10**400, -(10**30), 1e308, [], {}, "", " ", "0", "null", "NaN", "9" * 5_000, "x" * 70_000,
    [[[[[[[[]]]]]]]], {"@value": {"@value": {}}}, {"@id": None}, {"@list": [{"@set": []}]}, ["a", 1, None, {"b": []}],
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "http://[::1", "javascript:alert(1)", "//", "P1Y2M", "PT" + "9" * 400 + "M", "-PT5M", "0000-00-00", "9999-12-31",
    "K-12,4-", "grade 99999999999999999999", "\u202e" + "abc", "\ud83d\ude00" * 50, "<b>x</b>&amp;&#0;", CONTROL, "]]>",
    "=cmd|' /C calc'!A0", "%", "%zz", "{}", "en-US-x-" + "a" * 500, "²", "٣", "Ⅳ",
]  # fmt: skip


def spoiled(about: About, chance: random.Random) -> About:
    """The lesson with a few of its fields of another type, far too large, strange, moved or gone."""
    found = dict(about)
    for _ in range(chance.randint(1, 4)):
        if not found:
            break
        key = chance.choice(list(found))
        match chance.randrange(7):
            case 0:
                del found[key]
            case 1:
                found[key], other = found[chance.choice(list(found))], found[key]
                found[chance.choice(list(found))] = other
            case 2:
                found[chance.choice(NAMES)] = found[key]
            case 3:
                found[key] = [found[key], chance.choice(NASTY)] * chance.randint(1, 3)
            case 4:
                found[key] = nested(chance.choice(NASTY), chance.randint(1, 150), chance)
            case 5:
                found[key] = "".join(chr(letter(chance)) for _ in range(chance.randint(1, 60)))
            case _:
                found[key] = chance.choice(NASTY)
    return found


NAMES = (
    "@id", "@type", "@graph", "@context", "@reverse", "url", "name", "description", "hasPart", "isPartOf", "license",
    "teaches", "assesses", "educationalAlignment", "audience", "typicalAgeRange", "duration", "author",
    "encoding", "dateModified",
)  # fmt: skip


def nested(value: Any, depth: int, chance: random.Random) -> Any:
    for _ in range(depth):
        value = [value] if chance.random() < 0.5 else {chance.choice(NAMES): value}
    return value


def letter(chance: random.Random) -> int:
    while True:
        found = chance.choice((chance.randrange(32), chance.randrange(0x3000), chance.randrange(0x110000)))
        if not 0xD800 <= found < 0xE000:
            return found


def broken(body: bytes, chance: random.Random, packed: bool = False) -> bytes:
    """The answer with some of its bytes flipped, cut, repeated, moved or replaced; of an archive, maybe of one member."""
    if packed and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(list(members))
        members[name] = broken(members[name], chance)
        if chance.random() < 0.2:
            members[chance.choice(("../../etc/passwd", "/abs", "a" * 300, "imsmanifest.xml/x", ""))] = members.pop(name)
        return zipped(members)
    for _ in range(chance.choice((1, 1, 2, 5))):
        body = chance.choice(BREAKS)(body, chance)
    return body


def cut(body: bytes, chance: random.Random) -> tuple[bytes, bytes, bytes]:
    first, second = sorted((chance.randrange(len(body) + 1), chance.randrange(len(body) + 1)))
    second = min(second, first + 400)
    return body[:first], body[first:second], body[second:]


def flip(body: bytes, chance: random.Random) -> bytes:
    found = bytearray(body)
    for _ in range(min(len(found), chance.randint(1, 20))):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def remove(body: bytes, chance: random.Random) -> bytes:
    before, _, after = cut(body, chance)
    return before + after


def repeat(body: bytes, chance: random.Random) -> bytes:
    before, middle, after = cut(body, chance)
    return before + middle * chance.randint(2, 200) + after


def move(body: bytes, chance: random.Random) -> bytes:
    before, middle, after = cut(body, chance)
    place = chance.randrange(len(after) + 1)
    return before + after[:place] + middle + after[place:]


def insert(body: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + chance.choice(INSERTS) + body[place:]


def unicode(body: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(body) + 1)
    found = "".join(chr(letter(chance)) for _ in range(chance.randint(1, 30)))
    return body[:place] + found.encode() + body[place:]


def deepen(body: bytes, chance: random.Random) -> bytes:
    place, deep = chance.randrange(len(body) + 1), chance.choice((100, 300, 2_000, 20_000))
    opening, closing = chance.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b'<div itemscope itemprop="a">', b""))
    )
    return body[:place] + opening * deep + (closing * deep if chance.random() < 0.5 else b"") + body[place:]


def retype(body: bytes, chance: random.Random) -> bytes:
    """One quoted value becomes something that is no text (in JSON), or another value (in XML)."""
    found = list(re.finditer(rb'"[^"]*"', body))
    if not found:
        return body
    one = chance.choice(found)
    new = chance.choice((*VALUES, chance.choice(found)[0]))
    return body[: one.start()] + new + body[one.end() :]


def renumber(body: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"\d+", body))
    if not found:
        return body
    one = chance.choice(found)
    return body[: one.start()] + chance.choice((b"9" * 400, b"-1", b"1e999", b"NaN", b"0x7f", b"")) + body[one.end() :]


VALUES = (
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"-1",
    b"1e400",
    b"[[null]]",
    b'{"@value":1}',
    b'""',
    b'"\\ud800"',
    b'"\\u0000"',
)
INSERTS = (
    b"\0", b"\x0b", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"&#0;",
    b"&#xD800;", b"&nbsp;", b"&x;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml?>", b"<!DOCTYPE a>", b"</record>",
    b"<record/>", b"</script>", b"<script>", b'"', b"'", b"\r", b"\n\n\n", b"\t", b",", b"=1+1", b"\\", b"\\u0000",
    b'xmlns="x"', b' xml:lang="' + b"e" * 300 + b'"', b"<?php", b"\x1f\x8b\x08", b"PK\x03\x04", b"&" * 500,
)  # fmt: skip
BREAKS = (
    flip,
    remove,
    repeat,
    move,
    insert,
    unicode,
    deepen,
    retype,
    renumber,
    lambda body, chance: cut(body, chance)[0],
)


class Outcome(Struct):
    """What came of the mutants of one kind; `crashes` and `losses` should be empty."""

    read: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    crashes: list[str] = []
    losses: list[str] = []
    slowest: tuple[float, int] = (0.0, 0)
    """Seconds of processor time, and the seed of the mutant that took them."""


def try_mutants(name: str, seeds: range, watch: Callable[[], Any] = lambda: None) -> Outcome:
    """Half of the mutants are answers broken anywhere, half have one spoiled lesson between two sound ones.

    `watch` is called before each.
    """
    sample, outcome = SAMPLES[name], Outcome()
    for seed in seeds:
        chance = random.Random(f"{name} {seed}")
        found = lessons()
        anywhere = seed % 2 == 0
        if not anywhere:
            found[1] = spoiled(found[1], chance)
        body = body_of(sample, found)
        if anywhere:
            body = broken(body, chance, sample.packed)
        watch()
        began = time.process_time()
        try:
            named = titles(read(sample, body))
        except (HarvestFailed, Rejected) as refusal:
            outcome.refused[refusal.problem.code if isinstance(refusal, HarvestFailed) else "rejected"] += 1
            continue
        except Exception as fault:  # a crash is what is looked for
            outcome.crashes.append(f"{name} {seed}: {type(fault).__name__}: {str(fault)[:200]}")
            continue
        finally:
            outcome.slowest = max(outcome.slowest, (time.process_time() - began, seed))
        outcome.read += 1
        if not anywhere and sample.path != "/sitemap.xml" and not set(NEIGHBORS) <= set(named):
            outcome.losses.append(f"{name} {seed}: {sorted(set(named))[:4]!r:.300}")
    return outcome


def sound(name: str) -> list[str]:
    """The titles that the sample gives as long as it is sound."""
    return titles(read(SAMPLES[name], body_of(SAMPLES[name], lessons())))
