"""What a version of a framework changes, and a curator's decisions about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.orm import Session

from registry.accounts import policy
from registry.accounts.policy import Person
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

KINDS = tuple(kind.value for kind in Kind)
_DECISIONS = ("accept", "reject", "open")
_STEPS: dict[str, Callable[[Session, str, int], object]] = {
    "switch": versions.switch,
    "take-back": versions.take_back,
    "discard": versions.discard,
}


@get("/frameworks/{code:str}/changes/{number:int}", sync_to_thread=True)
def changes_page(request: Request, code: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """The changes a version makes, page by page; with the buttons for those who keep the standards."""
    kind, after = asked_changes(request)
    with request.site.registry.reading.begin() as session:
        may_see(request, session, code, number)
        view = change_page(session, code, number, kind, after)
        curates = policy.may(person_of(request, session), "standards")
    context = {"view": view, "kind": kind, "after": after, "curates": curates, "worded": worded, "kinds": KINDS}
    return page(request, "changes.html", visitor(request), context)


@post("/frameworks/{code:str}/changes/{number:str}/step", sync_to_thread=True, status_code=303, action="standards")
def take_step(request: Request, code: FromPath[str], number: FromPath[str], data: Form) -> Response[bytes]:
    """Make the version live, take it back, or discard it."""
    require_own_form(request, data)
    step = _text(data, "step")
    if step not in _STEPS:
        raise BadRequest("What to do was not said.", [FieldError("step", f"Use one of {', '.join(_STEPS)}.")])
    with request.site.registry.sessions.begin() as session:
        _STEPS[step](session, code, whole(number))
    _settle(request)
    if step == "discard":
        return html(b"", 303, {"Location": f"/standards/{quote(code, safe='')}"})
    return _back(code, number)


@post("/frameworks/{code:str}/changes/{number:str}/retag", sync_to_thread=True, status_code=303, action="standards")
def decide_retag(request: Request, code: FromPath[str], number: FromPath[str], data: Form) -> Response[bytes]:
    """Accept or reject one proposal, or leave it open again."""
    require_own_form(request, data)
    if (decision := _text(data, "decision")) not in _DECISIONS:
        raise BadRequest("Nothing was decided.", [FieldError("decision", f"Use one of {', '.join(_DECISIONS)}.")])
    with request.site.registry.sessions.begin() as session:
        _decide(session, request, code, whole(number), decision, data)
    _settle(request)
    return _back(code, number, _text(data, "kind"), _text(data, "after"), _text(data, "position"))


@post("/frameworks/{code:str}/changes/{number:str}/accept", sync_to_thread=True, status_code=303, action="standards")
def accept_surest(request: Request, code: FromPath[str], number: FromPath[str], data: Form) -> Response[bytes]:
    """Accept every open proposal that is at least so sure, in percent."""
    require_own_form(request, data)
    percent = _text(data, "percent")
    if not (_is_number(percent) and 1 <= int(percent) <= 100):
        raise BadRequest("Nothing was accepted.", [FieldError("percent", "Use a whole number from 1 to 100.")])
    with request.site.registry.sessions.begin() as session:
        deciding.accept_surest(session, code, whole(number), int(percent) / 100, _name(request))
    _settle(request)
    return _back(code, number)


def asked_changes(request: Request) -> tuple[str, int]:
    """The kind of change and the place after which to go on. Raises BadRequest naming the parameter."""
    kind = text_of(request.query_params, "kind")
    if kind and kind not in KINDS:
        wrong = FieldError("kind", f"Use one of {', '.join(KINDS)}.")
        raise BadRequest("The kind of change cannot be read.", [wrong])
    return kind, number_of(request.query_params, "after", -1, 0, LARGEST_ID)


def whole(number: str) -> int:
    """The number of a version as an address has it. Raises NotFound."""
    if not _is_number(number):
        raise NotFound(f"There is no version “{number[:50]}”.")
    return int(number)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _decide(session: Session, request: Request, code: str, number: int, decision: str, data: Mapping[str, Any]) -> None:
    old = _text(data, "old")
    if decision == "open":
        deciding.reconsider(session, code, number, old)
    else:
        chosen = [*_texts(data, "chosen"), *_texts(data, "other")]
        deciding.decide(session, code, number, old, chosen, _name(request), decision == "accept")


def _back(code: str, number: str, kind: str = "", after: str = "", position: str = "") -> Response[bytes]:
    """To the page of the changes, as it was looked at, where the decision was made."""
    asked = [("kind", kind)] if kind in KINDS else []
    asked += [("after", after)] if _is_number(after) else []
    place = f"/frameworks/{quote(code, safe='')}/changes/{number}"
    place += f"?{urlencode(asked)}" if asked else ""
    return html(b"", 303, {"Location": place + (f"#change-{position}" if _is_number(position) else "")})


def _text(data: Mapping[str, Any], name: str) -> str:
    return next(iter(_texts(data, name)), "")


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    """The values of a field, which is a list where it came more than once."""
    value = data.get(name, "")
    several = value if isinstance(value, list) else [value]
    return [text for each in several if (text := str(each).replace("\x00", "").strip())]


def _name(request: Request) -> str:
    person: Person = request.user
    return person.name


def _settle(request: Request) -> None:
    request.site.registry.send("reassemble")
    request.site.registry.send("index-stale")
