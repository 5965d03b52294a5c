"""What a version of a framework changes, and a curator's decisions about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.orm import Session

from registry.accounts import policy
from registry.errors import BadRequest, FieldError, NotFound
from registry.standards import deciding, versions
from registry.standards.change_page import change_page
from vocab.frameworks.changes import Kind
from web.auth import person_of, require_own_form, visitor
from web.forms import LARGEST_ID, number_of, text_of
from web.pages.layout import page
from web.pages.sign_in import Form
from web.pages.versions import may_see
from web.rendering import html
from web.site import Request
from web.worded import worded

_STEPS: dict[str, Callable[[Session, str, int], object]] = {
    "switch": versions.switch,
    "take-back": lambda session, code, _: versions.take_back(session, code),
    "discard": versions.discard,
}


@get("/frameworks/{code:str}/changes/{number:int}", sync_to_thread=True)
def changes_page(request: Request, code: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """The changes a version makes, page by page; with the buttons for those who keep the standards."""
    kind = text_of(request.query_params, "kind")
    if kind and kind not in {each.value for each in Kind}:
        known = ", ".join(each.value for each in Kind)
        raise BadRequest("The parameter kind cannot be read.", [FieldError("kind", f"use one of {known}")])
    after = number_of(request.query_params, "after", -1, -1, LARGEST_ID)
    with request.site.registry.reading.begin() as session:
        may_see(request, session, code, number)
        view = change_page(session, code, number, kind, after)
        curates = policy.may(person_of(request, session), "standards")
    context = {"view": view, "kind": kind, "after": after, "curates": curates, "worded": worded, "kinds": list(Kind)}
    return page(request, "changes.html", visitor(request), context)


@post("/frameworks/{code:str}/changes/{number:str}/step", sync_to_thread=True, status_code=303, action="standards")
def take_step(request: Request, code: FromPath[str], number: FromPath[str], data: Form) -> Response[bytes]:
    """Make the version live, take it back, or discard it."""
    require_own_form(request, data)
    step = data.get("step", "")
    if step not in _STEPS:
        raise BadRequest("What to do was not said.", [FieldError("step", f"use one of {', '.join(_STEPS)}")])
    with request.site.registry.sessions.begin() as session:
        _STEPS[step](session, code, whole(number))
    _settle(request)
    after = "" if step == "discard" else f"frameworks/{quote(code, safe='')}/changes/{number}"
    return html(b"", 303, {"Location": f"/{after}" if after else f"/standards/{quote(code, safe='')}"})


@post("/frameworks/{code:str}/changes/{number:str}/retag", sync_to_thread=True, status_code=303, action="standards")
def decide_retag(request: Request, code: FromPath[str], number: FromPath[str], data: Form) -> Response[bytes]:
    """Accept or reject one proposal, or leave it open again."""
    require_own_form(request, data)
    old, decision = data.get("old", ""), data.get("decision", "")
    chosen = [each for each in (*data.get("chosen", "").split("\n"), data.get("other", "")) if each.strip()]
    with request.site.registry.sessions.begin() as session:
        if decision == "open":
            deciding.reconsider(session, code, whole(number), old)
        else:
            accepted = decision == "accept"
            deciding.decide(
                session, code, whole(number), old, [each.strip() for each in chosen], _name(request), accepted
            )
    _settle(request)
    return html(
        b"", 303, {"Location": f"/frameworks/{quote(code, safe='')}/changes/{number}?kind={data.get('kind', '')}"}
    )


def whole(number: str) -> int:
    """The number of a version as an address has it. Raises NotFound."""
    if not number.isascii() or not number.isdigit() or int(number) > LARGEST_ID:
        raise NotFound(f"There is no version “{number[:50]}”.")
    return int(number)


def _name(request: Request) -> str:
    person: Any = request.user
    return str(person.name)


def _settle(request: Request) -> None:
    request.site.registry.send("reassemble")
    request.site.registry.send("index-stale")
