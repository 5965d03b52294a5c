"""The forms about lists: a resource put into one, a list made, worded, ordered, copied and deleted."""

from __future__ import annotations

from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath

from registry.accounts.policy import Person
from registry.catalog import collecting
from registry.catalog.collecting import DOWN, LONGEST_NOTE, LONGEST_TITLE, UP, Wanted, Wording
from registry.catalog.collections import PRIVATE, choices, live_card
from registry.errors import BadRequest, FieldError, Rejected
from web.auth import require_own_form
from web.forms import text_of
from web.pages.collections import address_of_list, as_shown, lists_page, page_of_refused
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request
from web.trying import Stated

_OUT, _NOTE = "remove", "note"


@get("/collections/add", sync_to_thread=True, action="keep")
def choose_page(request: Request) -> Response[bytes]:
    """The person's lists to put a resource into, and a new one."""
    return _choosing(request, text_of(request.query_params, "resource"), Stated({}))


def _choosing(request: Request, resource_id: str, stated: Stated, refused: Rejected | None = None) -> Response[bytes]:
    with request.site.registry.reading.begin() as session:
        card = live_card(session, resource_id)
        own = choices(session, _person(request).id, card.id)
    put_into = text_of(request.query_params, "into")
    context = {
        "card": card,
        "shown": as_shown(card),
        "choices": own,
        "put_into": next((each for each in own if each.id == put_into and each.holds), None),
        "longest_title": LONGEST_TITLE,
        "longest_note": LONGEST_NOTE,
        "stated": stated,
        "refused": refused,
    }
    return page(request, "collection_add.html", _person(request), context, 422 if refused else 200)


@post("/collections/new", sync_to_thread=True, status_code=303, action="keep")
def create(request: Request, data: Form) -> Response[bytes]:
    """A new list, with a resource in it where the form came with one."""
    require_own_form(request, data)
    stated = Stated(data)
    wanted = [Wanted(stated["resource"])] if stated["resource"] else []
    try:
        with request.site.registry.sessions.begin() as session:
            made = collecting.create(session, _person(request), _wording(stated), wanted)
    except Rejected as refused:
        return _create_again(request, stated, refused)
    return _chosen(made, stated["resource"]) if wanted else _to(address_of_list(made))


@post("/collections/{collection_id:str}/wording", sync_to_thread=True, status_code=303, action="keep")
def change(request: Request, collection_id: FromPath[str], data: Form) -> Response[bytes]:
    """What a list is called, what is said of it, and who may see it."""
    require_own_form(request, data)
    stated, person = Stated(data), _person(request)
    try:
        with request.site.registry.sessions.begin() as session:
            collecting.change(session, person, collection_id, _wording(stated))
    except Rejected as refused:
        return page_of_refused(request, person, collection_id, stated, refused)
    return _to(address_of_list(collection_id))


@post("/collections/{collection_id:str}/delete", sync_to_thread=True, status_code=303, action="keep")
def remove(request: Request, collection_id: FromPath[str], data: Form) -> Response[bytes]:
    """Delete a list."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        collecting.remove(session, _person(request), collection_id)
    return _to("/collections")


@post("/collections/{collection_id:str}/items", sync_to_thread=True, status_code=303, action="keep")
def put_in(request: Request, collection_id: FromPath[str], data: Form) -> Response[bytes]:
    """Put a resource into a list, and say so on the page where the list was chosen."""
    require_own_form(request, data)
    stated = Stated(data)
    with request.site.registry.sessions.begin() as session:
        collecting.put_in(session, _person(request), collection_id, Wanted(stated["resource"], stated["note"]))
    return _chosen(collection_id, stated["resource"])


@post("/collections/{collection_id:str}/items/{resource_id:str}", sync_to_thread=True, status_code=303, action="keep")
def change_item(
    request: Request, collection_id: FromPath[str], resource_id: FromPath[str], data: Form
) -> Response[bytes]:
    """Up, down, out of the list, or a note about it."""
    require_own_form(request, data)
    stated, person = Stated(data), _person(request)
    what = stated["do"]
    if what not in (UP, DOWN, _OUT, _NOTE):
        raise BadRequest("Nothing was changed.", [FieldError("do", f"Use {UP}, {DOWN}, {_OUT} or {_NOTE}.")])
    with request.site.registry.sessions.begin() as session:
        if what == _OUT:
            collecting.take_out(session, person, collection_id, resource_id)
        elif what == _NOTE:
            collecting.say(session, person, collection_id, resource_id, stated["note"])
        else:
            collecting.move(session, person, collection_id, resource_id, what)
    return _to(address_of_list(collection_id) + ("#items" if what == _OUT else f"#item-{resource_id}"))


@post("/collections/{collection_id:str}/copy", sync_to_thread=True, status_code=303, action="keep")
def copy(request: Request, collection_id: FromPath[str], data: Form) -> Response[bytes]:
    """Make the list one of one's own; to the copy."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        made = collecting.copy(session, _person(request), collection_id, Stated(data)["key"])
    return _to(address_of_list(made))


@post("/collections/{collection_id:str}/hide", sync_to_thread=True, status_code=303, action="moderate")
def hide(request: Request, collection_id: FromPath[str], data: Form) -> Response[bytes]:
    """Take somebody's list off the public pages."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        collecting.hide(session, collection_id, _person(request).name)
    return _to("/collections")


def _create_again(request: Request, stated: Stated, refused: Rejected) -> Response[bytes]:
    """The page that the form came from; raises the refusal where it is about something else than the name."""
    if any(each.field != "title" for each in refused.errors):
        raise refused
    if stated["resource"]:
        return _choosing(request, stated["resource"], stated, refused)
    return lists_page(request, _person(request), stated, refused)


def _wording(stated: Stated) -> Wording:
    return Wording(stated["title"], stated["note"], stated["visibility"] or PRIVATE)


def _chosen(collection_id: str, resource_id: str) -> Response[bytes]:
    return _to(f"/collections/add?{urlencode({'resource': resource_id, 'into': collection_id})}")


def _to(address: str) -> Response[bytes]:
    return html(b"", 303, {"Location": address})


def _person(request: Request) -> Person:
    person: Person = request.user
    return person
