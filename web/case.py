"""The CASE 1.1 provider (1EdTech Competencies and Academic Standards Exchange, REST binding) at /ims/case/v1p1."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy.orm import Session

from registry.errors import BadRequest, FieldError, NotFound, RegistryError
from registry.standards import outgoing, versions
from registry.standards.outgoing import Document, Held
from vocab.frameworks import case_objects, case_write
from vocab.frameworks.case_objects import Package
from web.case_filter import known_field, only, test_of
from web.forms import LARGEST_ID, number_of
from web.ims import failure, paging
from web.negotiation import unchanged
from web.site import Request

_ROOT = "/ims/case/v1p1"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SETS = ("CFConcepts", "CFSubjects", "CFItemTypes")
_A_PAGE, _MOST = 100, 1_000

Answer = Response[Any]


@get(f"{_ROOT}/CFDocuments", sync_to_thread=True)
def list_documents(request: Request) -> Answer:
    """Every framework; limit, offset, sort, orderBy, filter and fields as the binding has them."""
    return _told(request, _list_documents)


@get(f"{_ROOT}/CFDocuments/{{identifier:str}}", sync_to_thread=True)
def read_document(request: Request, identifier: FromPath[str]) -> Answer:
    """One framework."""
    return _one(request, identifier, lambda session: _document(request, outgoing.document(session, identifier)))


@get(f"{_ROOT}/CFPackages/{{identifier:str}}", sync_to_thread=True)
def read_package(request: Request, identifier: FromPath[str]) -> Answer:
    """One framework whole, streamed."""
    return _told(request, lambda asked: _package(asked, identifier))


@get(f"{_ROOT}/CFItems/{{identifier:str}}", sync_to_thread=True)
def read_item(request: Request, identifier: FromPath[str]) -> Answer:
    """One statement."""
    return _one(request, identifier, lambda session: _item(request, outgoing.item(session, identifier)))


@get(f"{_ROOT}/CFItemAssociations/{{identifier:str}}", sync_to_thread=True)
def read_item_associations(request: Request, identifier: FromPath[str]) -> Answer:
    """One statement with all its links."""

    def found(session: Session) -> dict[str, Any]:
        held = outgoing.item(session, identifier, linked=True)
        return {"CFItem": _item(request, held), "CFAssociations": _links(request, held, alone=False)}

    return _one(request, identifier, found)


@get(f"{_ROOT}/CFAssociations/{{identifier:str}}", sync_to_thread=True)
def read_association(request: Request, identifier: FromPath[str]) -> Answer:
    """One link."""
    return _one(
        request,
        identifier,
        lambda session: _links(request, outgoing.association(session, identifier), alone=True)[0],
    )


@get(f"{_ROOT}/CFConcepts/{{identifier:str}}", sync_to_thread=True)
def read_concepts(request: Request, identifier: FromPath[str]) -> Answer:
    """One concept and those under it."""
    return _defined(request, "CFConcepts", identifier)


@get(f"{_ROOT}/CFSubjects/{{identifier:str}}", sync_to_thread=True)
def read_subjects(request: Request, identifier: FromPath[str]) -> Answer:
    """One subject and those under it."""
    return _defined(request, "CFSubjects", identifier)


@get(f"{_ROOT}/CFItemTypes/{{identifier:str}}", sync_to_thread=True)
def read_item_types(request: Request, identifier: FromPath[str]) -> Answer:
    """One item type and those under it."""
    return _defined(request, "CFItemTypes", identifier)


@get(f"{_ROOT}/CFLicenses/{{identifier:str}}", sync_to_thread=True)
def read_license(request: Request, identifier: FromPath[str]) -> Answer:
    """One license."""
    return _defined(request, "CFLicenses", identifier)


@get(f"{_ROOT}/CFAssociationGroupings/{{identifier:str}}", sync_to_thread=True)
def read_grouping(request: Request, identifier: FromPath[str]) -> Answer:
    """One grouping of links."""
    return _defined(request, "CFAssociationGroupings", identifier)


@get(f"{_ROOT}/CFRubrics/{{identifier:str}}", sync_to_thread=True)
def read_rubric(request: Request, identifier: FromPath[str]) -> Answer:
    """One rubric with its criteria and levels."""
    return _defined(request, "CFRubrics", identifier)


OPEN = [
    list_documents, read_document, read_package, read_item, read_item_associations, read_association, read_concepts,
    read_subjects, read_item_types, read_license, read_grouping, read_rubric,
]  # fmt: skip


def _list_documents(request: Request) -> Answer:
    asked = request.query_params
    # The description bounds no limit: more than a page holds is asked for in vain, not wrongly.
    limit = min(number_of(asked, "limit", _A_PAGE, 1, LARGEST_ID), _MOST)
    offset = number_of(asked, "offset", 0, 0, LARGEST_ID)
    sort = known_field("sort", asked["sort"]) if asked.get("sort") else ""
    order = asked.get("orderBy", "asc")
    if order not in ("asc", "desc"):
        raise BadRequest("The parameter orderBy is asc or desc.", [FieldError("orderBy", "use asc or desc")])
    fields = [known_field("fields", each.strip()) for each in asked.get("fields", "").split(",") if each.strip()]
    fits = test_of(asked.get("filter", ""))
    with request.site.registry.reading.begin() as session:
        held = outgoing.documents(session)
    ordered = outgoing.in_order(held, sort, order == "desc") if sort else held
    found = [each for each in (_document(request, one) for one in ordered) if fits(each)]
    shown = found[offset : offset + limit]
    if not shown:
        raise NotFound(
            "No framework fits." if not found else f"There are {len(found)} frameworks; offset is past them."
        )
    body = {"CFDocuments": [only(fields, each) for each in shown]}
    return _json(request, body, 200, paging(f"{request.site.base_url}{_ROOT}/CFDocuments", limit, offset, len(found)))


def _document(request: Request, about: Document) -> dict[str, Any]:
    return case_objects.document(_made(request, about, {}), alone=True)


def _item(request: Request, held: Held) -> dict[str, Any]:
    assert held.item is not None
    return case_objects.item(held.item, _made(request, held.document, held.ends), alone=True)


def _links(request: Request, held: Held, alone: bool) -> list[dict[str, Any]]:
    made = _made(request, held.document, held.ends)
    found = []
    for link in held.links:
        if link.kind == "isChildOf" and link.source in held.ends:
            found.append(case_objects.child_of(held.ends[link.source], link.target, made, alone))
        else:
            found.append(case_objects.association(link, made, alone))
    if held.item is not None and not held.parents:
        found.insert(0, case_objects.child_of(held.item, "", made, alone))
    return found


def _made(request: Request, about: Document, ends: dict[str, Any]) -> Package:
    base = request.site.base_url
    return case_objects.package(about.head, ends.get, base=base, changed=about.changed.isoformat())


def _defined(request: Request, kind: str, identifier: str) -> Answer:
    def found(session: Session) -> dict[str, Any]:
        about, stated = outgoing.definitions(session, kind, identifier)
        made = _made(request, about, {})
        several = [case_objects.definition(kind, each, made) for each in stated]
        return {kind: several} if kind in _SETS else several[0]

    return _one(request, identifier, found)


def _package(request: Request, identifier: str) -> Answer:
    _check_uuid(identifier)
    with request.site.registry.reading.begin() as session:
        about = outgoing.document(session, identifier)
        tag = f'"{about.digest[:32]}"'
        if unchanged(request.headers.get("if-none-match", ""), tag):
            return Response(b"", status_code=304, headers={"ETag": tag})
        framework = versions.read_content(session, about.head.code)
    chunks: Iterator[bytes] = case_write.write(framework, base=request.site.base_url, changed=about.changed.isoformat())
    return Stream(chunks, media_type="application/json", headers={"ETag": tag, "Cache-Control": "no-cache"})


def _one(request: Request, identifier: str, found: Callable[[Session], dict[str, Any]]) -> Answer:
    def answer(asked: Request) -> Answer:
        _check_uuid(identifier)
        with asked.site.registry.reading.begin() as session:
            return _json(asked, found(session))

    return _told(request, answer)


def _check_uuid(identifier: str) -> None:
    if not _UUID.fullmatch(identifier):
        raise NotFound("Invalid UUID: an identifier is 32 hexadecimal digits in five groups.")


def _told(request: Request, answer: Callable[[Request], Answer]) -> Answer:
    """The answer, or what was wrong in the words of the binding."""
    try:
        return answer(request)
    except RegistryError as error:
        return _json(request, failure(error), error.status)


def _json(request: Request, body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    content = msgspec.json.encode(body)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if status == 200 and unchanged(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=told)
    return Response(content, media_type="application/json", status_code=status, headers=told)
