"""What a publisher sees: its sources and runs, what waits for it, its records, and what was sent for each."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from registry.catalog.publisher_records import OUTCOMES, RecordView, record_view, records_of
from registry.catalog.publishers import DistrictView, district_named, district_view
from registry.errors import NotFound
from registry.search import requests
from web.feed_token import feed_token
from web.forms import text_of
from web.pages.layout import page
from web.run_drawing import PARTS, draw_days, draw_runs
from web.site import Request, Site

_MOST_SHOWN = 50_000


@get("/districts/{slug:str}", sync_to_thread=True, action="district")
def district_page(request: Request, slug: FromPath[str]) -> Response[bytes]:
    """All of one publisher: sources, runs, alarms, deletions that wait, problems, unknown words, use."""
    with request.site.registry.reading.begin() as session:
        view, wanted = district_view(session, slug), requests.wanted(session)
    return page(request, "district.html", request.user, _district_context(request.site, view) | {"wanted": wanted})


@get("/districts/{slug:str}/records", sync_to_thread=True, action="district")
def records_page(request: Request, slug: FromPath[str]) -> Response[bytes]:
    """Its records, of one outcome, of one source, with one kind of problem, or all."""
    asked = {name: text_of(request.query_params, name) for name in ("outcome", "source", "problem")}
    cursor = text_of(request.query_params, "cursor")
    with request.site.registry.reading.begin() as session:
        district = district_named(session, slug)
        found = records_of(session, district.id, asked["outcome"], asked["source"], asked["problem"], cursor)
    kept = [(name, value) for name, value in asked.items() if value]
    context = {"district": district, "asked": asked, "page": found, "outcomes": OUTCOMES, "cursor": cursor}
    context["next"] = f"?{urlencode([*kept, ('cursor', found.next)])}" if found.next else ""
    context["first"] = f"?{urlencode(kept)}" if cursor else ""
    return page(request, "district_records.html", request.user, context)


@get("/districts/{slug:str}/records/{record_id:str}", sync_to_thread=True, action="district")
def record_page(request: Request, slug: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """One record: its outcome and why, how to mend it, what was sent, and the resource it became."""
    with request.site.registry.reading.begin() as session:
        district = district_named(session, slug)
        record = record_view(session, district.id, record_id)
    text, whole = _shown(record.payload)
    context = {"district": district, "record": record, "payload": text, "whole": whole}
    return page(request, "district_record.html", request.user, context)


@get("/districts/{slug:str}/records/{record_id:str}/payload", sync_to_thread=True, action="district")
def payload(request: Request, slug: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """What was sent for a record, whole, as a file that no browser opens by itself."""
    with request.site.registry.reading.begin() as session:
        record = record_view(session, district_named(session, slug).id, record_id)
    if not record.payload:
        raise NotFound("Nothing was sent for this record.")
    headers = {
        "Content-Disposition": f'attachment; filename="{_file_name(record)}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(record.payload, media_type="application/octet-stream", headers=headers)


def _district_context(site: Site, view: DistrictView) -> dict[str, Any]:
    token = feed_token(site.registry.settings, view.slug)
    return {
        "district": view,
        "drawings": {source.name: draw_runs(source.runs) for source in view.sources},
        "parts": PARTS,
        "days": draw_days(view.usage.days),
        "feed": f"{site.base_url}/districts/{view.slug}/problems.atom?token={token}",
        "most_found": max((each.found for each in view.usage.top), default=0),
        "most_opened": max((each.opened for each in view.usage.top), default=0),
    }


def _shown(content: bytes) -> tuple[str, bool]:
    """A payload as text for a page, JSON laid out; and whether that is all of it."""
    if len(content) <= _MOST_SHOWN and content[:1] in (b"{", b"["):
        with suppress(msgspec.DecodeError):  # then it is shown as it came
            content = msgspec.json.format(content, indent=2)
    text = content[:_MOST_SHOWN].decode("utf-8", "replace")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}"), len(content) <= _MOST_SHOWN


def _file_name(record: RecordView) -> str:
    start = record.payload[:200].lstrip()
    ending = "xml" if start.startswith(b"<") else "json" if start[:1] in (b"{", b"[") else "txt"
    return f"record-{record.id}.{ending}"
