"""Searches a person keeps: saved from the search page, listed with their feeds and with what is new in them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from litestar import Response, get, post
from litestar.datastructures import MultiDict
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.accounts.policy import Person
from registry.app import Registry
from registry.errors import BadRequest, FieldError, Rejected, Unavailable
from registry.search import saved
from registry.search.question import Query
from registry.search.saved import LONGEST_NAME, MOST_NEW, SavedSearch
from web.addresses import address_of, filter_words
from web.auth import require_own_form
from web.forms import FILTERS, Pairs, pairs_of, query_of
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request
from web.trying import Stated

LONGEST_QUERY = 4_000


class Kept(Struct, frozen=True):
    """A saved search on its page: `words` say what it asks, `new` is None where that cannot be told, and `trouble`
    says why."""

    saved: SavedSearch
    words: str
    feed: str
    new: int | None
    trouble: str = ""


@get("/saved", sync_to_thread=True, action="keep")
def saved_page(request: Request) -> Response[bytes]:
    """What the person keeps, with how much of it is new."""
    return _listed(request)


def _listed(request: Request, renaming: str = "", name: str = "", refused: Rejected | None = None) -> Response[bytes]:
    """The page; where another name for the one with the id `renaming` was refused, with that name and why."""
    with request.site.registry.reading.begin() as session:
        own = saved.saved_searches(session, _person(request).id)
        kept = [_kept(session, request.site.registry, each) for each in own]
    context = {"kept": kept, "longest": LONGEST_NAME, "most_new": MOST_NEW}
    context |= {"renaming": renaming, "name": name, "refused": refused}
    return page(request, "saved.html", _person(request), context, 422 if refused else 200)


@post("/saved", sync_to_thread=True, status_code=303, action="keep")
def save(request: Request, data: Form) -> Response[bytes]:
    """Keep the search the form came with, under the words that it asks for."""
    require_own_form(request, data)
    keep(request.site.registry, _person(request), str(data.get("query", "")))
    return _to("/saved")


@get("/saved/{saved_id:str}", sync_to_thread=True, action="keep")
def open_saved(request: Request, saved_id: FromPath[str]) -> Response[bytes]:
    """To the search, with what arrived last first where something has; it is no longer new after that."""
    person, registry = _person(request), request.site.registry
    with registry.reading.begin() as session:
        kept = saved.saved_search(session, person.id, saved_id)
        query = _asked(kept.query)
        new = saved.arrived_since(session, registry, query, kept.seen)
        seen = saved.newest(session, registry, query)
    with registry.sessions.begin() as session:
        saved.opened(session, person.id, saved_id, seen)
    pairs = [pair for pair in pairs_of(query) if not new or pair[0] != "sort"]
    return _to(address_of("/", [*pairs, ("sort", "arrived")] if new else pairs))


@post("/saved/{saved_id:str}", sync_to_thread=True, status_code=303, action="keep")
def change(request: Request, saved_id: FromPath[str], data: Form) -> Response[bytes]:
    """Another name for it, or no longer kept."""
    require_own_form(request, data)
    stated, person = Stated(data), _person(request)
    try:
        with request.site.registry.sessions.begin() as session:
            if stated["do"] == "delete":
                saved.forget(session, person.id, saved_id)
            else:
                saved.rename(session, person.id, saved_id, stated["name"])
    except Rejected as refused:
        return _listed(request, saved_id, stated["name"], refused)
    return _to("/saved")


def keep(registry: Registry, person: Person, stated: str, name: str = "") -> str:
    """Keep the search of a query string under this name, or the words that it asks for; its id. Raises BadRequest."""
    query = query_of(MultiDict(parse_qsl(stated)))
    pairs = pairs_of(query)
    if not pairs or len(urlencode(pairs)) > LONGEST_QUERY:
        advice = "Search for something first." if not pairs else "Use fewer filters: this search is too long."
        raise BadRequest("The search cannot be kept.", [FieldError("query", advice)])
    with registry.reading.begin() as session:
        seen = saved.newest(session, registry, query)
    with registry.sessions.begin() as session:
        return saved.save(session, person.id, name or words_of(pairs), urlencode(pairs), seen)


def words_of(pairs: Pairs) -> str:
    """What a search asks for, as a person says it: `fractions, Grade 4, Open licenses only`."""
    said = [value if name == "q" else filter_words(name, value) for name, value in pairs if name in ("q", *FILTERS)]
    return ", ".join(said)[:LONGEST_NAME] or "Everything"


def _kept(session: Session, registry: Registry, each: SavedSearch) -> Kept:
    try:
        query = _asked(each.query)
        pairs = [pair for pair in pairs_of(query) if pair[0] != "sort"]
        told = words_of(pairs), address_of("/feeds/search.atom", pairs)
        return Kept(each, *told, saved.arrived_since(session, registry, query, each.seen))
    except BadRequest as error:
        return Kept(each, "", "", None, " ".join(one.message for one in error.errors) or error.detail)
    except Unavailable as error:
        return Kept(each, *told, None, error.detail)


def _asked(query: str) -> Query:
    return query_of(MultiDict(parse_qsl(query)))


def _to(address: str) -> Response[bytes]:
    return html(b"", 303, {"Location": address})


def _person(request: Request) -> Person:
    person: Person = request.user
    return person
