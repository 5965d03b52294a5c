"""What curators look at: resources that may be one, side by side, and the merges made before."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath

from registry.accounts.policy import Person
from registry.catalog import merging, review
from registry.errors import BadRequest, FieldError
from web.auth import require_own_form
from web.forms import text_of
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request

_DECISIONS = ("same", "different")


@get("/review", sync_to_thread=True, action="review")
def review_page(request: Request) -> Response[bytes]:
    """The pairs nobody has decided, the most alike first."""
    after = text_of(request.query_params, "after")
    with request.site.registry.reading.begin() as session:
        queue = review.queue(session, after)
    return page(request, "review.html", _person(request), {"queue": queue, "after": after})


@get("/review/merges", sync_to_thread=True, action="review")
def merges_page(request: Request) -> Response[bytes]:
    """The merges that stand and the records joined by content, to be undone."""
    after = text_of(request.query_params, "after")
    with request.site.registry.reading.begin() as session:
        merges, following = review.merges(session, after)
        recognized = () if after else review.recognized(session)
    context = {"merges": merges, "next": following, "after": after, "recognized": recognized}
    return page(request, "review_merges.html", _person(request), context)


@post("/review", sync_to_thread=True, status_code=303, action="review")
def decide(request: Request, data: Form) -> Response[bytes]:
    """The same or different: a curator's word on a pair."""
    require_own_form(request, data)
    decision = _text(data, "decision")
    if decision not in _DECISIONS:
        raise BadRequest("Nothing was decided.", [FieldError("decision", f"Use one of {', '.join(_DECISIONS)}.")])
    with request.site.registry.sessions.begin() as session:
        first, second = _text(data, "first"), _text(data, "second")
        review.decide(session, first, second, decision == "same", _person(request).name)
    request.site.registry.send("index-stale")
    after = _text(data, "after")
    return html(b"", 303, {"Location": f"/review?after={quote(after, safe='')}" if after else "/review"})


@post("/review/merges/{merge_id:str}/undo", sync_to_thread=True, status_code=303, action="review")
def undo(request: Request, merge_id: FromPath[str], data: Form) -> Response[bytes]:
    """Take a merge back; to the resource that came back."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        back = merging.undo(session, merge_id, _person(request).name)
    return _to_resource(request, back)


@post("/review/records/{record_id:str}/split", sync_to_thread=True, status_code=303, action="review")
def split(request: Request, record_id: FromPath[str], data: Form) -> Response[bytes]:
    """This record is another resource: give it one of its own, and go there."""
    require_own_form(request, data)
    with request.site.registry.sessions.begin() as session:
        own = merging.split(session, record_id, _person(request).name)
    return _to_resource(request, own)


def _to_resource(request: Request, resource_id: str) -> Response[bytes]:
    request.site.registry.send("index-stale")
    return html(b"", 303, {"Location": f"/resources/{quote(resource_id, safe='')}"})


def _person(request: Request) -> Person:
    person: Person = request.user
    return person


def _text(data: Form, name: str) -> str:
    value = data.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value).replace("\x00", "").strip()
