"""The menu of misbehavior: what an endpoint does, and what the harvest of it should come to."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from msgspec import Struct

from harvesters.http import Limits
from tests.harvesters.hostile import FIRST, PAGE, Act, Hostile, Strikes, Wire, lesson_page, oai_document, oai_record

LIMITS = Limits(body=8_000_000, seconds=5, read_seconds=2, tries=3)
HURRY = Limits(body=8_000_000, seconds=0.4, read_seconds=0.2, tries=2)
OK, PARTIAL, FAILED, HELD = "success", "partial", "failed", "held"
MANY = "MANY"


class Entry(Struct, frozen=True):
    """One misbehavior: what it does to which requests, and what the run says.

    `new` of the eight new lessons are stored by it (five pages of four lists hold two each), `lost` of the first
    twelve are withdrawn. `then` is how the next harvest of the sound endpoint ends.
    """

    name: str
    act: Act
    status: str = FAILED
    code: str = ""
    new: int = 2
    lost: int = 0
    on: Strikes = lambda wire: wire.page == 2
    times: int = 0
    path: str = "/oai"
    kind: str = "oai"
    limits: Limits = LIMITS
    then: str = OK


def page(number: int) -> Strikes:
    return lambda wire: wire.page == number


def any_page(wire: Wire) -> bool:
    return wire.page > 0 or wire.params.get("resumptionToken", "").startswith("more")


def at(path: str) -> Strikes:
    return lambda wire: wire.path.startswith(path)


def edited(change: Callable[[bytes], bytes]) -> Act:
    return lambda wire, body: wire.answer(change(body))


def replaced(pattern: bytes, new: bytes) -> Act:
    return edited(lambda body: re.sub(pattern, new, body, flags=re.S))


def says(*headers: str, body: bytes | None = None, status: int = 200, kind: str = "text/xml") -> Act:
    return lambda wire, sound: wire.answer(sound if body is None else body, *headers, status=status, kind=kind)


def raw(data: bytes) -> Act:
    return lambda wire, body: wire.send(data)


def redirect(location: str) -> Act:
    return says(f"Location: {location}", body=b"", status=302)


def token(new: bytes) -> Act:
    return replaced(rb"(<resumptionToken[^>]*>)[^<]*", rb"\g<1>" + new)


def refusal(code: str) -> Act:
    return says(body=oai_document(f'<error code="{code}">No.</error>'.encode()))


def flood(head: bytes, chunk: bytes = b"") -> Act:
    """Two gigabytes, or less where nobody listens any more."""

    def send(wire: Wire, body: bytes) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n" + head + b"\r\n")
        for _ in range(32_768):
            wire.send(chunk or b"x" * 65_536)

    return send


def half_then_reset(wire: Wire, body: bytes) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
    wire.reset()


def drip_head(wire: Wire, body: bytes) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    wire.drip(b"y" * 10_000)


def drip_body(wire: Wire, body: bytes) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    wire.drip(body)


def be_silent(wire: Wire, body: bytes) -> None:
    wire.stopped.wait(3)


def go_on_forever(wire: Wire, body: bytes) -> None:
    while not wire.stopped.is_set():
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def lie_about_length(by: int) -> Act:
    def send(wire: Wire, body: bytes) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + by) + body)

    return send


def to_login(wire: Wire, body: bytes) -> None:
    wire.answer(b"", "Location: /login", status=302)


def in_a_ring(wire: Wire, body: bytes) -> None:
    wire.answer(b"", f"Location: {'/oai?b' if wire.path.endswith('a') else '/oai/a'}", status=302)


def to_a_stranger_s_certificate(hostile: Hostile) -> Act:
    return lambda wire, body: wire.answer(b"", f"Location: {hostile.secure}/oai?verb=ListRecords", status=302)


def long_chain(wire: Wire, body: bytes) -> None:
    wire.answer(b"", f"Location: {wire.path}x", status=307)


def wants_a_cookie(wire: Wire, body: bytes) -> None:
    if "seen=1" in wire.headers:
        wire.answer(body)
    else:
        query = "&".join(f"{key}={value}" for key, value in wire.params.items())
        wire.answer(b"", "Set-Cookie: seen=1", f"Location: {wire.path}?{query}", status=302)


def empty_page(wire: Wire, body: bytes) -> None:
    wire.answer(oai_document(b"<ListRecords><resumptionToken>lrmi!05</resumptionToken></ListRecords>"))


def more(records: Callable[[bytes, int], bytes]) -> Act:
    """Page after page, each with a token of its own."""

    def send(wire: Wire, body: bytes) -> None:
        stated = wire.params.get("resumptionToken", "")
        number = int(stated.removeprefix("more")) if stated.startswith("more") else 0
        wire.answer(oai_document(b"<ListRecords>%s<resumptionToken>more%d</resumptionToken></ListRecords>" % (
            records(body, number), number + 1,
        )))  # fmt: skip

    return send


def fresh(body: bytes, number: int) -> bytes:
    return records_of(body) if number == 0 else b"".join(one_more(number * 10 + place) for place in range(10))


def the_same(hostile: Hostile) -> Callable[[bytes, int], bytes]:
    return lambda body, number: records_of(hostile.list_page(0))


def one_more(number: int, text: str = "Another lesson.") -> bytes:
    return oai_record(f"more-{number}", "2026-04-01T00:00:00Z", {
        "@type": "LearningResource",
        "name": f"More {number}",
        "url": f"https://oak.example/more/{number}",
        "description": text,
    })  # fmt: skip


def records_of(body: bytes) -> bytes:
    return b"".join(re.findall(rb"<record>.*?</record>", body, re.S))


def reversed_records(body: bytes) -> bytes:
    records = re.findall(rb"<record>.*?</record>", body, re.S)
    return body.replace(b"".join(records), b"".join(reversed(records)))


def first_deleted(body: bytes) -> bytes:
    """The header of the third record (one of the first twelve) says deleted; its metadata stay."""
    parts = body.split(b"<header>")
    return b"<header>".join(parts[:3]) + b'<header status="deleted">' + b"<header>".join(parts[3:])


def large_record(body: bytes) -> bytes:
    return body.replace(b"<ListRecords>", b"<ListRecords>" + one_more(1, "All of it. " * 450_000), 1)


def entities(body: bytes, encoding: str = "") -> bytes:
    names = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    bomb = f'<?xml version="1.0"?><!DOCTYPE OAI-PMH [<!ENTITY a0 "ha">{"".join(names)}]>'
    text = bomb + body.decode().partition("?>")[2].replace("A lesson", "&a9;")
    return text.encode(encoding) if encoding else text.encode()


def file_entity(body: bytes) -> bytes:
    doctype = b'<?xml version="1.0"?><!DOCTYPE OAI-PMH [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    return doctype + body.partition(b"?>")[2].replace(b"A lesson", b"&secret;")


def utf16(body: bytes) -> bytes:
    return body.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def in_gzip(change: Callable[[bytes], bytes]) -> Act:
    return lambda wire, body: wire.answer(change(gzip.compress(body)), "Content-Encoding: gzip")


BOMB = gzip.compress(b"\0" * 60_000_000, 9)
IN_TWO_MINUTES = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
IN_AN_HOUR = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
MAINTENANCE = b"<!DOCTYPE html><html><head><title>Back soon</title></head><body>Maintenance</body></html>"
LISTS = "/oai?deletions=no"
BUSY = {
    "": "X: y",
    " and Retry-After in seconds": "Retry-After: 7",
    " and Retry-After as a date": f"Retry-After: {IN_TWO_MINUTES}",
    " and a Retry-After that says nothing": "Retry-After: soon\tish; q=\xff",
    " and a negative Retry-After": "Retry-After: -1",
}
LONG = {
    " and an hour's Retry-After": f"Retry-After: {IN_AN_HOUR}",
    " and a huge Retry-After": "Retry-After: 99999999999999999999",
}


def no_records(body: bytes) -> bytes:
    return oai_document(b'<error code="noRecordsMatch">None.</error>')


def without(number: int) -> Callable[[bytes], bytes]:
    record = rb"<record>(?:(?!</record>).)*oai:oak:%02d<.*?</record>" % number
    return lambda body: re.sub(record, b"", body, flags=re.S)


def menu(hostile: Hostile) -> dict[str, Entry]:
    """Every misbehavior by its name."""
    http = [
        Entry("a content type that is wrong", says(kind="image/png"), OK, new=8),
        Entry("no content type", says(kind=""), OK, new=8),
        Entry("half a gzip", in_gzip(lambda data: data[: len(data) // 2]), code="connection-broken"),
        Entry("half a gzip, once", in_gzip(lambda data: data[: len(data) // 2]), OK, new=8, times=1),
        Entry("a gzip with a wrong sum", in_gzip(lambda data: data[:-8] + b"\1" * 8), code="gzip-broken"),
        Entry("a gzip bomb", says("Content-Encoding: gzip", body=BOMB), code="too-large"),
        Entry("gzip that is none", says("Content-Encoding: gzip"), code="gzip-broken"),
        Entry("a packing nobody asked for", says("Content-Encoding: br"), code="encoding-unknown"),
        Entry("gzip within gzip", says("Content-Encoding: gzip, gzip"), code="encoding-unknown"),
        *(Entry(f"503{name}, once", says(stated, body=b"", status=503), OK, new=8, times=1)
          for name, stated in BUSY.items()),
        *(Entry(f"503{name}, once", says(stated, body=b"", status=503), code="http-503", times=1)
          for name, stated in LONG.items()),
        *(Entry(f"503{name}, always", says(stated, body=b"", status=503), code="http-503")
          for name, stated in {**BUSY, **LONG}.items()),
        Entry("429, always", says(body=b"", status=429), code="http-429"),
        Entry("500", says(body=b"", status=500), code="http-500"),
        Entry("not modified, though nothing is known", says(body=b"", status=304), code="http-304"),
        Entry("a part of the answer", says("Content-Range: bytes 0-99/999", status=206), code="http-206"),
        Entry("no content", says(body=b"", status=204), code="xml-broken"),
        Entry("a redirect without an address", says(body=b"", status=302), code="http-302"),
        Entry("redirects in a ring", in_a_ring, code="redirect-ring", on=lambda w: w.page == 2 or "/a" in w.path or
              not w.params),
        Entry("a redirect to itself", redirect(""), code="redirect-ring"),
        Entry("redirects without end", long_chain, code="too-many-redirects", on=lambda w: w.page == 2 or "x" in w.path),
        Entry("a redirect to a private address", redirect("http://10.0.0.1/"), code="address-forbidden"),
        Entry("a redirect to the cloud's secrets", redirect("http://169.254.169.254/"), code="address-forbidden"),
        Entry("a redirect to a file", redirect("file:///etc/passwd"), code="url-unusable"),
        Entry("a redirect to a script", redirect("javascript:alert(1)"), code="url-unusable"),
        Entry("a redirect to nonsense", redirect("http://[::1"), code="redirect-unusable"),
        Entry("a redirect to a port that is none", redirect("http://127.0.0.1:99999/"), code="url-unusable"),
        Entry("a certificate nobody knows", to_a_stranger_s_certificate(hostile), code="tls-failed"),
        Entry("no TLS where it is expected", redirect(hostile.base.replace("http:", "https:")), code="tls-failed"),
        Entry("a cookie wall", wants_a_cookie, code="cookie-wall"),
        Entry("2 GB, announced", flood(b"Content-Length: 2147483648\r\n"), code="too-large"),
        Entry("2 GB, not announced", flood(b""), code="too-large"),
        Entry("2 GB in chunks", flood(b"Transfer-Encoding: chunked\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
              code="too-large"),
        Entry("one byte at a time in the header", drip_head, code="timeout", limits=HURRY),
        Entry("one byte at a time in the body", drip_body, code="timeout", limits=HURRY),
        Entry("silence", be_silent, code="timeout", limits=HURRY),
        Entry("to be continued without end", go_on_forever, code="timeout", limits=HURRY),
        Entry("a connection reset in the middle", half_then_reset, code="connection-broken"),
        Entry("a connection reset in the middle, once", half_then_reset, OK, new=8, times=1),
        Entry("a connection closed without a word", raw(b""), code="connection-broken"),
        Entry("no HTTP", raw(b"SSH-2.0-OpenSSH_9.7\r\n"), code="connection-broken"),
        Entry("a length that is too small", lie_about_length(-40), code="xml-broken"),
        Entry("a length that is too large", lie_about_length(40), code="connection-broken"),
        Entry("a negative length", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"), code="connection-broken"),
        Entry("two lengths", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello"),
              code="connection-broken"),
        Entry("chunks of nonsense", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
              code="connection-broken"),
        Entry("10,000 headers", says(*(f"X-{n}: {'y' * 20}" for n in range(10_000))), code="connection-broken"),
        Entry("a header of 10 MB", says("X: " + "y" * 10_000_000), code="connection-broken"),
    ]  # fmt: skip
    content = [
        Entry("invalid UTF-8", replaced(b"A lesson", b"A less\xf6n"), OK, "encoding-repaired", new=8),
        Entry("UTF-16", edited(utf16), OK, new=8),
        Entry("UTF-16 that says UTF-8", edited(lambda body: body.decode().encode("utf-16-le")), OK, new=8),
        Entry("a record of 5 MB", edited(large_record), OK, new=8),
        Entry("half an answer", edited(lambda body: body[: len(body) // 2]), code="xml-broken"),
        Entry("an error page with status 200", says(body=MAINTENANCE, kind="text/html"), code="html-answer"),
        Entry("a sign-in page", to_login, code="html-answer"),
        Entry("an entity bomb", edited(entities), code="doctype-refused"),
        Entry("an entity bomb in UTF-16", edited(lambda body: entities(body, "utf-16")), code="doctype-refused"),
        Entry("an external entity", edited(file_entity), code="doctype-refused"),
        Entry("a document type", replaced(rb"\?>", b'?><!DOCTYPE OAI-PMH SYSTEM "http://10.0.0.1/x.dtd">'),
              code="doctype-refused"),
        Entry("elements 100,000 deep", replaced(b"A lesson", b"<x>" * 100_000), code="xml-broken"),
        Entry("a row of comments", says(body=b"<!---->" * 500 + b"<x/>"), code="oai-other-root"),
    ]  # fmt: skip
    lists = [
        Entry("a page that names its own token", token(b"lrmi!5"), code="resumption-token-repeated", new=4),
        Entry("a loop of three tokens", token(b"lrmi!5"), code="resumption-token-repeated", new=8, on=page(4)),
        Entry("a token of 100,000 letters", token(b"x" * 100_000), code="resumption-token-too-long", new=4),
        Entry("an empty page with a token", empty_page, OK, new=8, times=1),
        Entry("empty pages without end", more(lambda body, number: b""), code="empty-pages", new=0, on=any_page),
        Entry("the same page under new tokens", more(the_same(hostile)), code="pages-repeated", on=any_page),
        Entry("pages without end", more(fresh), code="run-too-long", on=any_page,
              limits=Limits(run_bytes=60_000, tries=2)),
        Entry("dates out of order", edited(reversed_records), OK, new=8, on=any_page),
        Entry("a datestamp in the future", replaced(rb"<datestamp>20\d\d", b"<datestamp>2999"), OK, new=8, on=any_page),
        Entry("a datestamp that is none", replaced(rb"<datestamp>[^<]*", b"<datestamp>yesterday"), OK, new=8,
              on=any_page),
        Entry("a granularity that is a lie", refusal("badArgument"), OK, "granularity-wrong", new=8,
              on=lambda wire: "T" in wire.params.get("from", ""), path="/oai?earliest=2020"),
        Entry("a token that expires", refusal("badResumptionToken"), OK, "list-restarted", new=8, on=page(3), times=1),
        Entry("tokens that never hold", refusal("badResumptionToken"), code="resumption-token-refused", new=4,
              on=page(3)),
        Entry("a deleted record with metadata", edited(first_deleted), OK, new=8, lost=1),
        Entry("identifiers that stand on two pages", replaced(rb"oai:oak:05", b"oai:oak:02"), PARTIAL,
              "identifier-duplicate", new=7),
        Entry("identifiers that change case", replaced(rb"oai:oak", b"OAI:Oak"), OK, new=8, on=any_page),
        Entry("identifiers that change case in a list without deletions", replaced(rb"oai:oak", b"OAI:Oak"), HELD,
              new=8, on=any_page, path=LISTS, then=HELD),
        Entry("a list that shrinks to nothing", edited(no_records), HELD, new=0, on=any_page, path=LISTS),
        Entry("a list that shrinks by 5 %", edited(without(7)), OK, new=8, lost=1, path=LISTS),
        Entry("a list that shrinks where deletions are told", edited(no_records), OK, new=0, on=any_page),
    ]  # fmt: skip
    table = {"kind": "table", "path": "/t.csv", "on": at("/t.csv")}
    site = {"kind": "sitemap", "path": "/sitemap.xml"}
    headline = b"ID,Title,Link,Language\n"
    others = [
        Entry("a web page instead of a table", says(body=MAINTENANCE), code="not-a-table", new=0, **table),
        Entry("half a table", lie_about_length(40), code="connection-broken", new=0, **table),
        Entry("a table that is not modified, though unknown", says(body=b"", status=304), code="http-304", new=0, **table),
        Entry("a table in UTF-16", edited(lambda body: body.decode().encode("utf-16")), OK, new=8, **table),
        Entry("a table that shrinks to its header", says(body=headline), HELD, new=0, **table),
        Entry("a table that is empty", says(body=b""), code="table-empty", new=0, **table),
        Entry("an ETag that cannot be sent back", says('ETag: "caf\xe9"'), OK, new=8, **table),
        Entry("half a gzip for a sitemap", edited(lambda body: gzip.compress(body)[:-20]), code="gzip-truncated",
              new=0, on=at("/sitemap"), **site),
        Entry("a sitemap that is a web page", says(body=MAINTENANCE), code="html-answer", new=0, on=at("/sitemap"), **site),
        Entry("addresses that are none", replaced(b"<url>", b"<url><loc>http://[::1</loc></url><url>"), OK, new=8,
              on=at("/sitemap"), **site),
        Entry("a page at a private address", replaced(b"</urlset>", b"<url><loc>http://10.0.0.1/x</loc></url></urlset>"),
              PARTIAL, "address-forbidden", new=8, on=at("/sitemap"), **site),
        Entry("one page of 2 GB", flood(b""), PARTIAL, "too-large", new=7, on=at("/p/10"), **site),
        Entry("one page that breaks off", half_then_reset, PARTIAL, "connection-broken", new=7, on=at("/p/10"), **site),
        Entry("one page with half its JSON", edited(lambda body: body[:80]), PARTIAL, "no-resource-data", new=7,
              on=at("/p/10"), **site),
        Entry("a sign-in in front of every page", to_login, HELD, "no-resource-data", new=0, on=at("/p/"), **site),
        Entry("robots that forbid all", says(body=b"User-agent: *\nDisallow: /\n"), PARTIAL, "robots-disallowed", new=0,
              on=at("/robots"), **site),
        Entry("robots of 2 GB", flood(b""), code="pages-failing", new=0, on=at("/robots"), **site),
        Entry("robots with 20,000 agents and rules", says(body=b"".join(b"User-agent: a%d\n" % n for n in range(16_000))
              + b"Disallow: /x\n" * 16_000), OK, new=8, on=at("/robots"), **site),
        Entry("pages in place of pages", lambda wire, body: wire.answer(lesson_page(int(wire.path[3:])), kind="image/png"),
              OK, new=8, on=at("/p/"), **site),
    ]  # fmt: skip
    return {entry.name: entry for entry in (*http, *content, *lists, *others)}


NAMES = tuple(menu(Hostile()))
assert len(FIRST) == 12 and PAGE == 5
