"""The OAI-PMH provider over 100,000 resources in PostgreSQL: first and last page, a whole harvest, memory."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sickle import Sickle
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from benchmarks.stage import OER, Environment, Ran, shared_stores
from registry.app import open_registry
from registry.catalog.card import Card, CardAlignment, CardLicense
from registry.db import insert_many
from registry.models import AlignmentRow, ConceptRow, MembershipRow, ProviderRow, ResourceRow
from registry.settings import read_settings
from tests import servers
from tests.factories import framework, stored_framework
from vocab.resource import Alignment, Resource
from web.oai import PAGE
from web.oai_formats import WRITERS
from web.oai_protocol import Span
from web.oai_token import LIFE, Token, sealed

RESOURCES = 100_000
START = datetime(2026, 1, 1, tzinfo=UTC)
_TIMES = 40
_SUMMARY = "Learners compare two fractions on a number line, say which is larger, and explain why with a drawing. " * 3
_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_SPECS = ("framework:state", "provider:lakeside", "subject:mathematics", "subject:number")


def run() -> Iterator[str]:
    """Fill, serve, ask."""
    # With a broker and nobody at work on it, no job of this process competes with what is measured.
    with shared_stores(broker=True) as (environment, _):
        Ran(environment, "db", "upgrade")
        started = time.perf_counter()
        _fill(environment)
        yield f"{RESOURCES:,} resources written in {time.perf_counter() - started:.1f} s"
        port = servers.free_port()
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [OER, "serve", "--port", str(port)],
            env=environment | {"OER_BASE_URL": url},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            servers.wait_for(f"{url}/readyz")
            yield f"memory of the server at rest: {_megabytes(process.pid)} MB"
            yield from _pages(url, environment["OER_SECRET_KEY"])
            yield from _whole(url)
            yield f"most memory of the server: {_megabytes(process.pid)} MB"
            yield from _crawlers(url)
        finally:
            process.terminate()
            process.wait(60)


def _pages(url: str, secret: str) -> Iterator[str]:
    for prefix in WRITERS:
        first, last = _times(url, secret, "ListRecords", prefix, "")
        yield f"ListRecords {prefix}: first page {first:.1f} ms, last {last:.1f} ms (p50), {last / first:.2f} times"
    for verb, spec in (("ListIdentifiers", ""), ("ListRecords", _SPECS[0]), ("ListRecords", "subject")):
        first, last = _times(url, secret, verb, "oai_dc", spec)
        name = f"{verb} of set {spec}" if spec else verb
        yield f"{name}: first page {first:.1f} ms, last {last:.1f} ms (p50), {last / first:.2f} times"


def _times(url: str, secret: str, verb: str, prefix: str, spec: str) -> tuple[float, float]:
    """Milliseconds (p50) of the first page of a list and of its last, asked in turn."""
    place = RESOURCES - PAGE - 1
    token = Token(verb, prefix, spec, Span(), _stamp(place), _id(place), place + 1, datetime.now(UTC) + LIFE)
    start = {"verb": verb, "metadataPrefix": prefix} | ({"set": spec} if spec else {})
    end = {"verb": verb, "resumptionToken": sealed(token, secret)}
    with httpx.Client(trust_env=False, headers={"Accept-Encoding": "identity"}) as client:
        taken = [(_asked(client, url, start), _asked(client, url, end)) for _ in range(_TIMES)]
    first, last = zip(*taken, strict=True)
    return statistics.median(first), statistics.median(last)


def _asked(client: httpx.Client, url: str, params: dict[str, str]) -> float:
    started = time.perf_counter()
    answer = client.get(f"{url}/oai", params=params)
    taken = time.perf_counter() - started
    assert answer.content.count(b"<header>") == PAGE, answer.content[:500]
    return taken * 1000


def _whole(url: str) -> Iterator[str]:
    for prefix in ("oai_dc", "lrmi"):
        started = time.perf_counter()
        found = {record.header.identifier for record in Sickle(f"{url}/oai").ListRecords(metadataPrefix=prefix)}
        taken = time.perf_counter() - started
        yield f"sickle, {prefix}: {len(found):,} records in {taken:.0f} s, {len(found) / taken:,.0f} a second"


def _crawlers(url: str) -> Iterator[str]:
    with httpx.Client(trust_env=False) as client:
        for path in ("/sitemap.xml", "/sitemap.xml", "/feeds/changes.atom", "/feeds/changes.atom?subject=number"):
            started = time.perf_counter()
            assert client.get(url + path).is_success
            yield f"{path}: {(time.perf_counter() - started) * 1000:.1f} ms"


def _fill(environment: Environment) -> None:
    registry = open_registry(read_settings(environment))
    with registry.sessions.begin() as session:
        stored_framework(session, framework([f"4.NF.{number}" for number in range(200)]))
        session.add(ProviderRow(slug="lakeside", name="Lakeside"))
        _write(session, session.scalars(select(ConceptRow.id).order_by(ConceptRow.id)).all()[1:])
    registry.close()


def _write(session: Session, concepts: Any) -> None:
    def rows_of(table: type, rows: Iterator[tuple[Any, ...]], *columns: str) -> None:
        written: Table = table.__table__  # type: ignore[attr-defined]
        insert_many(session, written, rows, columns)

    numbers = range(RESOURCES)
    rows_of(
        ResourceRow, (_resource(number) for number in numbers),
        "id", "title", "body", "card", "revision", "indexed_revision", "created_at", "updated_at", "taken_down",
        "tallied",
    )  # fmt: skip
    aligned = ((number, (number + each) % 200) for number in numbers for each in range(2))
    rows_of(
        AlignmentRow,
        ((_id(n), concepts[at], f"4.NF.{at}", "teaches", "declared", 1.0, "", False) for n, at in aligned),
        "resource_id", "concept_id", "stated", "relation", "origin", "confidence", "level_stated", "retagged",
    )  # fmt: skip
    rows_of(
        MembershipRow,
        ((spec, _stamp(number), _id(number)) for number in numbers for spec in _SPECS),
        "spec", "stamp", "resource_id",
    )  # fmt: skip


def _resource(number: int) -> tuple[Any, ...]:
    url, title = f"https://lakeside.example/lessons/{number}", f"Comparing fractions, lesson {number}"
    codes = [f"4.NF.{(number + each) % 200}" for each in range(2)]
    body = Resource(
        title=title, url=url, summary=_SUMMARY, keywords=("fractions", "number line"), types=("lesson",),
        subjects=("number",), grades=("4",), languages=("en",), minutes=45, license="cc-by-4.0", license_url=_LICENSE,
        alignments=tuple(Alignment(code) for code in codes), creators=("A. Teacher",), publisher="Lakeside",
    )  # fmt: skip
    card = Card(
        id=_id(number), url=url, title=title, summary=_SUMMARY, identifiers=(url, f"lakeside:{number}"),
        types=body.types, subjects=body.subjects, grades=body.grades, languages=body.languages, minutes=45,
        license=CardLicense("cc-by-4.0", True, _LICENSE), providers=("Lakeside",),
        alignments=tuple(CardAlignment("", code, "teaches", None, "declared", 1.0) for code in codes),
    )  # fmt: skip
    stamp = _stamp(number)
    return _id(number), title, body, msgspec.json.encode(card), 1, 1, stamp, stamp, "", ()


def _id(number: int) -> str:
    return f"01bench{number:019d}"


def _stamp(number: int) -> datetime:
    return START + timedelta(seconds=number // 100)


def _megabytes(pid: int) -> int:
    """The most memory that a process and those it started have held, together."""
    held = 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            held = int(line.split()[1]) // 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return held + sum(_megabytes(int(child)) for child in children)
