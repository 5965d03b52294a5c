"""The feeds for people, as Atom: what changed last, whole or of one provider, subject or standard, and any search."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import msgspec
from feedgen.feed import FeedGenerator
from litestar import Response, get
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.catalog import outgoing
from registry.catalog.outgoing import Described
from registry.catalog.sets import spec
from registry.errors import BadRequest, FieldError, NotFound
from registry.search.exporting import described
from registry.search.query import SORTS, Query, search
from registry.standards.lookup import resolve_one
from vocab.crosswalks.xml_write import label, legal
from vocab.schemes import scheme
from web.forms import FILTERS, pairs_of, query_of, text_of
from web.negotiation import unchanged
from web.rendering import word
from web.site import Request

ENTRIES = 50
_MOST_STANDARDS = 20_000
_FILTERS = ("provider", "subject", "standard")
_CHANGES, _SEARCH = "/feeds/changes.atom", "/feeds/search.atom"


class Head(Struct, frozen=True):
    """What stands above a feed's entries: its path and parameters, its words, and the page that takes the same ones."""

    path: str
    pairs: list[tuple[str, str]]
    title: str
    subtitle: str
    page: str = ""


@get(_CHANGES, sync_to_thread=True)
def changes(request: Request) -> Response[bytes]:
    """The 50 resources that changed last; `provider` (its slug), `subject` and `standard` narrow it."""
    asked = {name: value for name in _FILTERS if (value := text_of(request.query_params, name))}
    with request.site.registry.reading.begin() as session:
        found = _newest(request, session, asked)
    subtitle = ", ".join(f"{name}: {value}" for name, value in asked.items()) or "All providers and subjects"
    head = Head(_CHANGES, [*asked.items()], "Open Resource Registry: new and changed resources", subtitle)
    return _answer(request, head, found)


@get(_SEARCH, sync_to_thread=True)
def searched(request: Request) -> Response[bytes]:
    """The 50 resources a search finds that arrived here last, with the parameters of the search page: a search kept."""
    query = _kept(query_of(request.query_params))
    registry = request.site.registry
    with registry.reading.begin() as session:
        page = search(session, registry, query)
        found = described(session, [item.id for item in page.items])
    pairs = [pair for pair in pairs_of(query) if pair[0] != "sort"]
    asked = ", ".join(_said(*pair) for pair in pairs if pair[0] in ("q", *FILTERS)) or "all resources"
    subtitle = " ".join(page.understood.given_up) or "The resources that this search finds, what arrived last first"
    return _answer(request, Head(_SEARCH, pairs, f"{asked} | Open Resource Registry", subtitle, "/"), found)


OPEN = [changes, searched]


def _answer(request: Request, head: Head, found: tuple[Described, ...]) -> Response[bytes]:
    feed = _atom(found, request.site.base_url, head)
    etag = f'"{hashlib.blake2b(feed, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=300"}
    if unchanged(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(feed, media_type="application/atom+xml; charset=utf-8", headers=headers)


def _newest(request: Request, session: Session, asked: dict[str, str]) -> tuple[Described, ...]:
    """Raises BadRequest naming a filter that nothing here is known by."""
    specs = [spec("provider", asked["provider"])] if "provider" in asked else []
    if "subject" in asked:
        key = scheme("subjects").key_of(asked["subject"])
        if key is None:
            raise _unknown("subject", "There is no such subject here.")
        specs.append(spec("subject", key))
    concepts: list[int] = []
    if "standard" in asked:
        try:
            concept = resolve_one(session, asked["standard"]).id
        except NotFound as error:
            raise _unknown("standard", error.detail) from None
        concepts = sorted(request.site.registry.graphs.current(session).widened([concept]))[:_MOST_STANDARDS]
    return outgoing.newest(session, specs, concepts, ENTRIES)


def _kept(query: Query) -> Query:
    """The question with what arrived last first, whatever order it names. Raises BadRequest naming what no feed has."""
    if query.cursor:
        raise _unknown("cursor", "A feed starts with the newest. Leave the cursor out.")
    if query.sort not in SORTS:
        raise _unknown("sort", "A feed starts with the newest. Leave the order out.")
    return msgspec.structs.replace(query, sort="arrived", limit=ENTRIES, facets=False)


def _said(name: str, value: str) -> str:
    if name == "open":
        return "open licenses"
    return f"up to {value} minutes" if name == "minutes_max" else word(value, name)


def _atom(found: tuple[Described, ...], base_url: str, head: Head) -> bytes:
    asked = f"?{urlencode(head.pairs)}" if head.pairs else ""
    address = f"{base_url}{head.path}{asked}"
    feed = FeedGenerator()
    feed.id(address)
    feed.title(legal(head.title))
    feed.subtitle(legal(head.subtitle))
    feed.link(href=address, rel="self")
    feed.link(href=f"{base_url}{head.page}{asked}" if head.page else f"{base_url}/", rel="alternate")
    feed.author({"name": "Open Resource Registry"})
    # Without anything in it the feed is as old as time: it must not change from one request to the next.
    feed.updated(max((each.updated_at for each in found), default="1970-01-01T00:00:00Z"))
    for told in found:
        _enter(feed, told, base_url)
    written: bytes = feed.atom_str(pretty=False)
    return written


def _enter(feed: FeedGenerator, told: Described, base_url: str) -> None:
    address = f"{base_url}/resources/{told.id}"
    entry = feed.add_entry(order="append")
    entry.id(address)
    entry.title(legal(told.resource.title))
    entry.link(href=address, rel="alternate")
    entry.updated(told.updated_at)
    if told.arrived_at:
        entry.published(told.arrived_at)
    if told.resource.summary:
        entry.summary(legal(told.resource.summary))
    for provider in told.card.providers:
        entry.author({"name": legal(provider)})
    for key in told.resource.subjects:
        entry.category(term=key, label=label("subjects", key))
    if told.card.license.url:
        entry.rights(legal(told.card.license.url))


def _unknown(name: str, message: str) -> BadRequest:
    return BadRequest("The feed cannot be narrowed like this.", [FieldError(name, message)])
