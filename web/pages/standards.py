"""The pages of the standards: the frameworks, one framework's tree, one standard among its neighbors."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlencode

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.orm import Session

from registry.errors import BadRequest, FieldError, NotFound
from registry.standards import browse, lookup
from registry.standards.browse import A_PAGE, FrameworkPage
from registry.standards.near import near
from registry.standards.standard_view import StandardView, standard_view
from vocab import codes, schemes
from vocab.frameworks.write import FORMATS
from web.auth import visitor
from web.forms import Params, text_of
from web.pages.layout import page
from web.pages.versions import visible_versions
from web.rendering import html
from web.site import Request
from web.standards_rdf import rdf_answer

_MOST_FOUND = 50
_CAPITAL = re.compile("(?<=[a-z])[A-Z]")
_GRADES = ("K", *map(str, range(1, 13)))
LEVELS = tuple(term.key for term in schemes.scheme("levels").terms)


@get("/standards", sync_to_thread=True)
def standards_page(request: Request) -> Response[bytes]:
    """The frameworks, and what a search of their statements found."""
    framework = text_of(request.query_params, "framework")
    with request.site.registry.reading.begin() as session:
        context = _search(session, request.query_params, framework)
        context["frameworks"] = browse.frameworks(session)
    return page(request, "standards.html", visitor(request), context)


@get("/standards/{code:path}", sync_to_thread=True)
def standard_page(request: Request, code: FromPath[str]) -> Response[bytes]:
    """A framework by its code, or a standard by code or URI; as RDF where that is asked for.

    With `part=children` only the lines of what stands under it, from the place `page` on.
    """
    stated = stated_in(request)
    if text_of(request.query_params, "part") == "children":
        return _children(request, stated)
    # A search within a framework shows what it finds in place of the tree.
    view = framework_or_standard(request, stated, 1 if "q" in request.query_params else A_PAGE)
    if rdf := rdf_answer(request, view, again=lambda most: framework_or_standard(request, stated, most)):
        return rdf
    if isinstance(view, FrameworkPage):
        return page(request, "framework.html", visitor(request), _framework_context(request, view))
    return page(request, "standard.html", visitor(request), _standard_context(request, view))


def stated_in(request: Request) -> str:
    """The code or URI at the end of the address, as it was written: a router would fold the slashes of a URI."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return unquote(raw.decode("latin-1").partition("?")[0].split("/standards/", 1)[-1]).replace("\x00", " ").strip()


def framework_or_standard(request: Request, stated: str, most: int) -> FrameworkPage | StandardView:
    """What the code means, with at most so many lines below: a framework's code wins over a standard's.

    Raises NotFound, and BadRequest for a place in the list that is none.
    """
    place = _place_in(request.query_params)
    with request.site.registry.reading.begin() as session:
        try:
            return browse.framework_tree(session, stated, place, most)
        except NotFound:
            return standard_view(session, stated, place, most)


def _place_in(params: Params) -> str:
    place = text_of(params, "page")
    if place and browse.place_in(place) is None:
        wrong = FieldError("page", "Leave it out to begin at the top of the list.")
        raise BadRequest("The place in the list cannot be read.", [wrong])
    return place


def _children(request: Request, stated: str) -> Response[bytes]:
    """The lines of what stands under a statement or at the top of a framework, for a page that is open already."""
    place = _place_in(request.query_params)
    with request.site.registry.reading.begin() as session:
        try:
            found = browse.framework_tree(session, stated, place)
            lines, more, owner = found.top, found.more, found.framework.code
        except NotFound:
            ref = lookup.resolve_one(session, stated)
            lines, more = browse.children(session, ref.id, place)
            owner = ref.uri
    context = {"lines": lines, "more": more, "owner": owner, "levels": LEVELS, "going_on": bool(place)}
    return html(request.site.templates.render("partials/children.html", context))


def _search(session: Session, params: Params, framework: str) -> dict[str, Any]:
    """What was asked of the statements and what was found, with the nearest codes where a code is nobody's."""
    asked, grade = text_of(params, "q"), text_of(params, "grade")
    found = browse.find_standards(session, asked, _MOST_FOUND, framework, grade) if asked else ()
    close = near(session, asked) if asked and not found and codes.looks_like_code(asked) else ()
    return {
        "asked": asked,
        "grade": grade,
        "within": framework,
        "found": browse.placed(session, found),
        "most": _MOST_FOUND,
        "near": close,
        "is_code": bool(asked) and codes.looks_like_code(asked),
        "grades": _GRADES,
    }


def _framework_context(request: Request, view: FrameworkPage) -> dict[str, Any]:
    with request.site.registry.reading.begin() as session:
        found = _search(session, request.query_params, view.framework.code)
        return {
            **found,
            "view": view,
            "framework": view.framework,
            "levels": LEVELS,
            "going_on": bool(text_of(request.query_params, "page")),
            "versions": visible_versions(request, session, view.framework.code),
            "others": () if found["asked"] else browse.neighbors(session, view.framework.code),
            "formats": FORMATS,
        }


def _standard_context(request: Request, view: StandardView) -> dict[str, Any]:
    return {
        "view": view,
        "levels": LEVELS,
        "rows": _levels(view),
        "relations": _relations(view),
        "going_on": bool(text_of(request.query_params, "page")),
        "said": {_spaced(name): value for name, value in view.details.items() if _is_short(value)},
    }


def _levels(view: StandardView) -> list[dict[str, Any]]:
    """For each level how many resources there are, and the search that lists them."""
    code = view.ref.code or view.ref.uri
    found = [
        {
            "key": term.key,
            "definition": term.definition,
            "count": view.counts.get(term.key, 0),
            "search": "/?" + urlencode([("standard", code), ("level", term.key)]),
        }
        for term in schemes.scheme("levels").terms
    ]
    return [*found, {"key": "", "definition": "", "count": view.counts.get("", 0), "search": ""}]


def _relations(view: StandardView) -> list[dict[str, Any]]:
    """A row for each relation: how many resources are aligned with the statement itself, by level and in all."""
    code = view.ref.code or view.ref.uri
    counts = {(each.relation, each.level): each.resources for each in view.by_relation}
    found = []
    for relation in dict.fromkeys(each.relation for each in view.by_relation):
        asked = [("standard", code), ("relation", relation), ("exact", "1")]
        cells = [
            (level, counts.get((relation, level), 0), "/?" + urlencode([*asked, ("level", level)]) if level else "")
            for level in (*LEVELS, "")
        ]
        found.append({"relation": relation, "cells": cells, "search": "/?" + urlencode(asked)})
    return found


def _spaced(name: str) -> str:
    """`listEnumeration` as `List enumeration`."""
    return _CAPITAL.sub(lambda found: f" {found[0].lower()}", name).strip().capitalize()


def _is_short(value: object) -> bool:
    """Whether a person can read it as it is: a word, a number, or a list of them."""
    if isinstance(value, list):
        return all(isinstance(each, str | int | float) for each in value)
    return isinstance(value, str | int | float) and not isinstance(value, bool)
