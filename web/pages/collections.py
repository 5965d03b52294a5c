"""Lists as readers see them: the public ones, one's own, one list in order, and a list as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from registry.accounts import policy
from registry.accounts.policy import Person
from registry.catalog.card import Card
from registry.catalog.collecting import LONGEST_NOTE, LONGEST_TITLE
from registry.catalog.collections import (
    LINK,
    PRIVATE,
    CollectionPage,
    CollectionView,
    collection_view,
    own_collections,
    public_collections,
)
from registry.errors import Rejected
from registry.search.exporting import CSV, JSONLD, Form, written
from registry.search.listing import listed
from registry.search.why import Claim, Why
from web.auth import visitor
from web.forms import text_of
from web.pages.layout import page
from web.site import Request
from web.trying import Stated

_LIMITS = {"longest_title": LONGEST_TITLE, "longest_note": LONGEST_NOTE}


@get("/collections", sync_to_thread=True)
def collections_page(request: Request) -> Response[bytes]:
    """The person's own lists, and those that are shown to everybody."""
    return lists_page(request, visitor(request), Stated({}))


def lists_page(
    request: Request, person: Person | None, stated: Stated, refused: Rejected | None = None
) -> Response[bytes]:
    """The page of lists; its form as it was filled in, with what is wrong with it, where it was refused."""
    cursor = text_of(request.query_params, "cursor")
    own = CollectionPage((), None)
    with request.site.registry.reading.begin() as session:
        public = public_collections(session, person.id if person else "", cursor)
        if person and not cursor:
            own = own_collections(session, person.id)
    context = {"public": public, "own": own.items, "cursor": cursor, "stated": stated, "refused": refused} | _LIMITS
    return page(request, "collections.html", person, context, 422 if refused else 200)


@get("/collections/{collection_id:str}", sync_to_thread=True)
def collection_page(request: Request, collection_id: FromPath[str]) -> Response[bytes]:
    """One list in its order, for its owner with what can be done with it."""
    person, key = visitor(request), text_of(request.query_params, "key")
    view = _view(request, collection_id, person, key)
    return page(request, "collection.html", person, _context(request, view, person, key) | _LIMITS)


def page_of_refused(
    request: Request, person: Person, collection_id: str, stated: Stated, refused: Rejected
) -> Response[bytes]:
    """One list with the form about its wording as it was filled in, and what is wrong with it."""
    view = _view(request, collection_id, person, "")
    context = _context(request, view, person, "") | _LIMITS | {"wording": stated, "refused": refused}
    return page(request, "collection.html", person, context, 422)


@get("/collections/{collection_id:str}/export.csv", sync_to_thread=True)
def export_list_table(request: Request, collection_id: FromPath[str]) -> Stream:
    """What is in a list as a table."""
    return _file(request, collection_id, CSV, "list.csv")


@get("/collections/{collection_id:str}/export.jsonld", sync_to_thread=True)
def export_list_graph(request: Request, collection_id: FromPath[str]) -> Stream:
    """A list and what is in it as schema.org."""
    return _file(request, collection_id, JSONLD, "list.jsonld")


def address_of_list(collection_id: str, key: str = "") -> str:
    """The address of a list, with the key where only that opens it."""
    asked = f"?{urlencode({'key': key})}" if key else ""
    return f"/collections/{quote(collection_id, safe='')}{asked}"


def as_shown(card: Card) -> Why:
    """What a card shows where nothing was asked for and no word is marked."""
    claims = tuple(Claim(each, False) for each in card.alignments)
    return Why(((card.title, False),), ((card.summary, False),), claims)


def _view(request: Request, collection_id: str, person: Person | None, key: str) -> CollectionView:
    with request.site.registry.reading.begin() as session:
        return collection_view(session, collection_id, person.id if person else "", key)


def _context(request: Request, view: CollectionView, person: Person | None, key: str) -> dict[str, Any]:
    here = address_of_list(view.id, key)
    link = address_of_list(view.id, view.share_key if view.visibility == LINK else "")
    return {
        "view": view,
        "shown_items": [(item, as_shown(item.card) if item.card else None) for item in view.items],
        "here": here,
        "key": key,
        "export_pairs": [("key", key)] if key else [],
        "share_link": f"{request.site.base_url}{link}" if view.mine and view.visibility != PRIVATE else "",
        "wording": {"title": view.title, "note": view.note, "visibility": view.visibility},
        "refused": None,
        "moderates": policy.may(person, "moderate") and not view.mine,
    }


def _file(request: Request, collection_id: str, form: Form, name: str) -> Stream:
    person, key = visitor(request), text_of(request.query_params, "key")
    with request.site.registry.reading.begin() as session:
        view = collection_view(session, collection_id, person.id if person else "", key)
        first = listed(session, view, form, request.site.base_url)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-cache",
        "X-Total-Count": str(first.total),
    }
    # All of it is on the first page: a list is shorter than one file.
    return Stream(written(first, lambda _: first, form, ""), media_type=form.media_type, headers=headers)
