"""Lists for machines: the public ones without a key; with one, a person's own, to read and to change."""

from __future__ import annotations

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, RawBody
from msgspec import Struct

from registry.accounts.policy import Person
from registry.catalog import collecting
from registry.catalog.collecting import LONGEST_NOTE, LONGEST_TITLE, Wanted, Wording
from registry.catalog.collections import (
    MOST_ITEMS,
    PRIVATE,
    VISIBILITIES,
    CollectionPage,
    CollectionView,
    collection_view,
    own_collections,
    public_collections,
)
from registry.errors import NotSignedIn
from web.api.describing import KEY_NEEDED, answer, asking, described, number, text
from web.api.sending import sent_as
from web.auth import authorize, person_of
from web.forms import number_of, text_of
from web.site import Request

_TITLE = {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE}
_NOTE = {"type": "string", "maxLength": LONGEST_NOTE}
_ITEM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["resource"],
    "properties": {"resource": {"type": "string", "minLength": 1, "maxLength": 64}, "note": _NOTE},
}
_LIST: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title"],
    "properties": {
        "title": _TITLE,
        "note": _NOTE,
        "visibility": {"type": "string", "enum": list(VISIBILITIES)},
        "items": {"type": "array", "items": _ITEM, "maxItems": MOST_ITEMS},
    },
}
_KEY = text("key", "The key of a list that is open to whoever has its link")


class Made(Struct, frozen=True):
    """A list that was made."""

    id: str


class SentItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A resource to put in, as it is sent."""

    resource: str
    note: str = ""


class SentList(Struct, frozen=True, forbid_unknown_fields=True):
    """A list as it is sent; without `items` those it has stay."""

    title: str
    note: str = ""
    visibility: str = PRIVATE
    items: tuple[SentItem, ...] | None = None


@get(
    "/api/v1/collections",
    sync_to_thread=True,
    operation_class=asking(
        text("mine", "1: those of whoever holds the key, private ones too", ("0", "1")),
        number("limit", "Lists on a page", 1, 100, 20),
        text("cursor", "`next` of the page before"),
    ),
    responses=described(CollectionPage, 400, 401),
    summary="The lists that are shown to everybody, or one's own",
)
def read_collections(request: Request) -> Response[bytes]:
    """What changed last first; what is in them stands in each one."""
    mine = number_of(request.query_params, "mine", 0, 0, 1)
    limit = number_of(request.query_params, "limit", 20, 1, 100)
    cursor = text_of(request.query_params, "cursor")
    with request.site.registry.reading.begin() as session:
        person = person_of(request, session)
        if mine and person is None:
            raise NotSignedIn("Send a key to read your own lists.")
        found = own_collections if mine else public_collections
        return answer(found(session, person.id if person else "", cursor, limit))


@get(
    "/api/v1/collections/{collection_id:str}",
    sync_to_thread=True,
    operation_class=asking(_KEY),
    responses=described(CollectionView, 400, 404),
    summary="One list with what is in it, in order",
)
def read_collection(request: Request, collection_id: FromPath[str]) -> Response[bytes]:
    """`card` is null where a resource is no longer in the catalog."""
    key = text_of(request.query_params, "key")
    with request.site.registry.reading.begin() as session:
        person = person_of(request, session)
        return answer(collection_view(session, collection_id, person.id if person else "", key))


@post(
    "/api/v1/collections",
    sync_to_thread=True,
    before_request=authorize,
    action="keep",
    security=KEY_NEEDED,
    status_code=201,
    operation_class=asking(body=_LIST),
    responses=described(Made, 400, 401, 403, 409, 422, success=201),
    summary="Make a list",
)
def make_collection(request: Request, body: RawBody) -> Response[bytes]:
    """Private unless it says otherwise, with these resources in this order."""
    stated = sent_as(body, SentList)
    with request.site.registry.sessions.begin() as session:
        made = collecting.create(session, _person(request), _wording(stated), _wanted(stated.items or ()))
    return answer(Made(made), 201)


@put(
    "/api/v1/collections/{collection_id:str}",
    sync_to_thread=True,
    before_request=authorize,
    action="keep",
    security=KEY_NEEDED,
    operation_class=asking(body=_LIST),
    responses=described(CollectionView, 400, 401, 403, 404, 422),
    summary="Change a list of one's own",
)
def put_collection(request: Request, collection_id: FromPath[str], body: RawBody) -> Response[bytes]:
    """Its title, note and visibility; with `items` also what is in it, in this order."""
    stated, person = sent_as(body, SentList), _person(request)
    with request.site.registry.sessions.begin() as session:
        collecting.change(session, person, collection_id, _wording(stated))
        if stated.items is not None:
            collecting.replace(session, person, collection_id, _wanted(stated.items))
        session.flush()
        return answer(collection_view(session, collection_id, person.id))


@delete(
    "/api/v1/collections/{collection_id:str}",
    sync_to_thread=True,
    before_request=authorize,
    action="keep",
    security=KEY_NEEDED,
    status_code=204,
    responses=described(None, 401, 403, 404, success=204),
    summary="Delete a list of one's own",
)
def delete_collection(request: Request, collection_id: FromPath[str]) -> None:
    """Copies that others made of it stay."""
    with request.site.registry.sessions.begin() as session:
        collecting.remove(session, _person(request), collection_id)


@post(
    "/api/v1/collections/{collection_id:str}/items",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    operation_class=asking(body=_ITEM),
    status_code=200,
    responses=described(CollectionView, 400, 401, 403, 404, 409, 422),
    summary="Put a resource at the end of a list",
)
def add_item(request: Request, collection_id: FromPath[str], body: RawBody) -> Response[bytes]:
    """One that is in it already stays where it is."""
    stated, person = sent_as(body, SentItem), _person(request)
    with request.site.registry.sessions.begin() as session:
        collecting.put_in(session, person, collection_id, Wanted(stated.resource, stated.note))
        session.flush()
        return answer(collection_view(session, collection_id, person.id))


@delete(
    "/api/v1/collections/{collection_id:str}/items/{resource_id:str}",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    status_code=204,
    responses=described(None, 401, 403, 404, success=204),
    summary="Take a resource out of a list",
)
def delete_item(request: Request, collection_id: FromPath[str], resource_id: FromPath[str]) -> None:
    """Also one that is no longer in the catalog."""
    with request.site.registry.sessions.begin() as session:
        collecting.take_out(session, _person(request), collection_id, resource_id)


@post(
    "/api/v1/collections/{collection_id:str}/copy",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    status_code=201,
    operation_class=asking(_KEY),
    responses=described(Made, 400, 401, 403, 404, 409, success=201),
    summary="Copy a list into one's own",
)
def copy_collection(request: Request, collection_id: FromPath[str]) -> Response[bytes]:
    """Private at first; `credit` of the copy says whose list it was first."""
    key = text_of(request.query_params, "key")
    with request.site.registry.sessions.begin() as session:
        return answer(Made(collecting.copy(session, _person(request), collection_id, key)), 201)


def _wording(stated: SentList) -> Wording:
    return Wording(stated.title, stated.note, stated.visibility)


def _wanted(items: tuple[SentItem, ...]) -> list[Wanted]:
    return [Wanted(each.resource, each.note) for each in items]


def _person(request: Request) -> Person:
    person: Person = request.user
    return person
