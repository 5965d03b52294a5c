"""Searching the catalog: from a question to one page of results with its facets."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.card import Card
from registry.catalog.ratings import Rating, rating
from registry.db import one_of
from registry.errors import Unavailable
from registry.models import RatingTallyRow, ResourceRow
from registry.ports import Hit, IndexPage, SearchIndex
from registry.search import facets, filters, sayings
from registry.search.checking import is_lost
from registry.search.cursor import cursor, offset_of
from registry.search.facets import Facet
from registry.search.filters import Asked
from registry.search.loosening import loosened
from registry.search.matching import terms
from registry.search.question import SORTS, Query, storable, storable_text
from registry.search.ranking import WINDOW, Meaning, ranked
from registry.search.reading import read
from registry.search.understanding import Read
from registry.standards import browse
from registry.standards.lookup import ConceptRef
from vocab import schemes

__all__ = [
    "SORTS",
    "Facet",
    "Query",
    "SearchItem",
    "SearchPage",
    "Suggestions",
    "Understood",
    "search",
    "starting_at",
    "suggest",
]


_RESOURCE, _TALLY = ResourceRow.__table__, RatingTallyRow.__table__
_CARDS = (
    select(_RESOURCE.c.id, _RESOURCE.c.card, _TALLY.c.number, _TALLY.c.stars)
    .select_from(_RESOURCE.outerjoin(_TALLY, _TALLY.c.resource_id == _RESOURCE.c.id))
    .where(one_of(_RESOURCE.c.id, "ids"), _RESOURCE.c.withdrawn_at.is_(None))
)


class SearchItem(Card, frozen=True, kw_only=True):
    """One result: the resource's card, how well it fits (0 to 1), and how people rate it."""

    score: float
    rating: Rating | None = None


class Understood(Struct, frozen=True):
    """How the question was read: its standards by their codes, and the text searched for instead if it was mended.

    `read` is what was read in its text and filters the results, `text` what was searched for as words, and `given_up`
    says in plain sentences what had to be passed over so that anything was found.
    """

    standards: tuple[str, ...] = ()
    corrected: str | None = None
    read: tuple[Read, ...] = ()
    text: str = ""
    given_up: tuple[str, ...] = ()


class SearchPage(Struct, frozen=True):
    """One page of results; `total` is exact, `next` the cursor of the page that follows, None on the last."""

    total: int
    took_ms: float
    next: str | None
    items: tuple[SearchItem, ...]
    facets: dict[str, tuple[Facet, ...]]
    understood: Understood


class Suggestions(Struct, frozen=True):
    """What may be meant by something half typed."""

    standards: tuple[ConceptRef, ...] = ()
    titles: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


def search(session: Session, registry: Registry, query: Query) -> SearchPage:
    """The page of results a question asks for.

    Words that nothing here is spelled like are mended from the catalog's own. Raises BadRequest naming the parameters
    that cannot be read, Unavailable when the index does not answer or is lost.
    """
    started = time.perf_counter()
    index, secret = registry.index, registry.settings.secret_key
    query = storable(query)
    question = _asked_as(query)
    asked = read(session, registry, query)
    offset = offset_of(query.cursor, question, secret) if query.cursor else 0
    # Levels tied to standards are counted one by one below.
    fields = [field for field in facets.NAMES.values() if not (asked.tied and field == "level")] if query.facets else []
    found = _found(session, registry, asked, query, offset, fields)
    if not found.total and (softer := loosened(index, asked)):
        asked, found = softer, _found(session, registry, softer, query, offset, fields)
    if not found.total and is_lost(session, index):
        raise Unavailable("The search index is being made anew; please try again in a minute.", retry_after=30)
    counts = found.facets
    if asked.tied and query.facets:
        counts = counts | {"level": _levels(index, asked)}
    if asked.only_open and query.facets:
        counts = counts | {"license": filters.only_open(counts["license"])}
    after = offset + query.limit
    return SearchPage(
        total=found.total,
        next=cursor(after, question, secret) if after < found.total else None,
        items=_items(session, found.hits),
        facets=facets.shown(session, counts, registry.graphs.current(session)) if query.facets else {},
        understood=Understood(asked.understood, asked.mended or None, asked.read, asked.text, asked.told),
        took_ms=round((time.perf_counter() - started) * 1000, 2),
    )


def starting_at(query: Query, offset: int, secret: str) -> Query:
    """The question with the page that starts at this place, for those who page by offset."""
    query = storable(query)
    return msgspec.structs.replace(query, cursor=cursor(offset, _asked_as(query), secret)) if offset else query


def suggest(session: Session, index: SearchIndex, text: str, limit: int = 8) -> Suggestions:
    """Standards by code or wording, titles, and subjects that complete what is being typed, at most `limit` of each."""
    typed = " ".join(storable_text(text).split())[:200]
    if not typed:
        return Suggestions()
    begun = typed.casefold()
    labels = [term.label for term in schemes.scheme("subjects").terms]
    return Suggestions(
        standards=browse.find_standards(session, typed, limit),
        titles=tuple(index.suggest(typed, limit)),
        subjects=tuple(label for label in labels if f" {label.casefold()}".find(f" {begun}") >= 0)[:limit],
    )


def _asked_as(query: Query) -> bytes:
    """What a cursor is tied to: the question without what may change from one page to the next."""
    return msgspec.json.encode(msgspec.structs.replace(query, limit=20, cursor="", facets=True))


def _found(
    session: Session, registry: Registry, asked: Asked, query: Query, offset: int, fields: Sequence[str]
) -> IndexPage:
    """The page of hits, its first ones ranked by their words and meaning together."""
    plain = msgspec.structs.replace(
        asked.counting(), sort=query.sort, offset=offset, limit=query.limit, facets=tuple(fields)
    )
    if not asked.text or query.sort != "relevance" or offset >= WINDOW:
        return registry.index.search(plain)
    last = offset + query.limit
    page = registry.index.search(msgspec.structs.replace(plain, offset=0, limit=max(WINDOW, last)))
    first = page.hits[:WINDOW]
    ids = [hit.id for hit in first]
    meaning = Meaning(registry.vectors.scores(asked.text, ids), registry.vectors.around)
    rarity = registry.lexicons.current(session).rarity
    hits = (*ranked(first, sayings.read(session, ids), terms(asked.text), rarity, meaning), *page.hits[WINDOW:])
    return msgspec.structs.replace(page, hits=hits[offset:last])


def _levels(index: SearchIndex, asked: Asked) -> dict[str, int]:
    """How many there are at each level of the standards asked for: a resource may have others for other standards."""
    keys = [term.key for term in schemes.scheme("levels").terms]
    queries = [asked.counting((*asked.plain, *asked.aligned_filters((key,)))) for key in keys]
    return dict(zip(keys, index.totals(queries), strict=True))


def _items(session: Session, hits: Sequence[Hit]) -> tuple[SearchItem, ...]:
    """The cards of the hits in their order; what was withdrawn since it was indexed is left out."""
    if not hits:
        return ()
    rows = session.connection().execute(_CARDS, {"ids": [hit.id for hit in hits]}).all()
    cards = {each: (card, _rated(number, stars)) for each, card, number, stars in rows}
    # A card is a JSON object: its score and rating are put in before it is decoded, once.
    found = [(hit.score, *cards[hit.id]) for hit in hits if hit.id in cards]
    scored = [card[:-1] + b',"score":%.4f%b}' % (score, told) for score, card, told in found]
    return msgspec.json.decode(b"[" + b",".join(scored) + b"]", type=tuple[SearchItem, ...])


def _rated(number: int | None, stars: int | None) -> bytes:
    return b',"rating":' + msgspec.json.encode(rating(number, stars)) if number and stars else b""
