"""Saved searches by key."""

from __future__ import annotations

from litestar import Response, delete, get, post
from litestar.params import FromPath, RawBody
from msgspec import Struct

from registry.accounts.policy import Person
from registry.search import saved
from registry.search.saved import LONGEST_NAME, SavedSearch
from web.api.describing import KEY_NEEDED, answer, asking, described
from web.api.sending import sent_as
from web.pages.saved import LONGEST_QUERY, keep
from web.site import Request

_SEARCH = {
    "type": "object",
    "additionalProperties": False,
    "required": ["query"],
    "properties": {
        "query": {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY},
        "name": {"type": "string", "maxLength": LONGEST_NAME},
    },
}


class SavedSearches(Struct, frozen=True):
    """The searches a person keeps, the last one first."""

    items: tuple[SavedSearch, ...]


class SentSearch(Struct, frozen=True, forbid_unknown_fields=True):
    """A search as it is sent: its query string, and a name; without one it is called by what it asks for."""

    query: str
    name: str = ""


@get(
    "/api/v1/saved-searches",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    responses=described(SavedSearches, 401, 403),
    summary="The searches that whoever holds the key keeps",
)
def read_saved(request: Request) -> Response[bytes]:
    """`query` goes behind `/api/v1/search?` as well as behind `/feeds/search.atom?`."""
    with request.site.registry.reading.begin() as session:
        return answer(SavedSearches(saved.saved_searches(session, _person(request).id)))


@post(
    "/api/v1/saved-searches",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    status_code=201,
    operation_class=asking(body=_SEARCH),
    responses=described(SavedSearch, 400, 401, 403, 409, 422, 503, success=201),
    summary="Keep a search",
)
def save_search(request: Request, body: RawBody) -> Response[bytes]:
    """One that is kept already is called by the new name."""
    stated, person, registry = sent_as(body, SentSearch), _person(request), request.site.registry
    made = keep(registry, person, stated.query, stated.name)
    with registry.reading.begin() as session:
        return answer(saved.saved_search(session, person.id, made), 201)


@delete(
    "/api/v1/saved-searches/{saved_id:str}",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    status_code=204,
    responses=described(None, 401, 403, 404, success=204),
    summary="Keep a search no longer",
)
def delete_saved(request: Request, saved_id: FromPath[str]) -> None:
    """Its feed goes on answering: it is open to everybody."""
    with request.site.registry.sessions.begin() as session:
        saved.forget(session, _person(request).id, saved_id)


def _person(request: Request) -> Person:
    person: Person = request.user
    return person
