"""The search page: what was found, the filters that are on, and the way to take each one off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar import Response, get
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.overview import is_empty
from registry.search.level_table import level_table, levels
from registry.search.nothing import Missing, missing, spelled_nearly
from registry.search.query import Query, SearchPage, search
from registry.search.understanding import Read, left
from registry.search.why import why
from web.addresses import address_of, filter_words, in_keys
from web.auth import visitor
from web.forms import FILTERS, Pairs, pairs_of, query_of
from web.pages.facet_groups import groups_of
from web.pages.layout import page
from web.rendering import html
from web.site import Request
from web.usage import is_person

_SORTS = (
    ("relevance", "Best match"),
    ("newest", "Newest first"),
    ("arrived", "Last added here"),
    ("rating", "Best rated"),
    ("shortest", "Shortest first"),
)
_LENGTHS = (10, 20, 30, 45, 60, 90)


class Chip(Struct, frozen=True):
    """A filter that is on, the address without it, and the words it was read from where it was."""

    label: str
    without: str
    words: str = ""


class Cell(Struct, frozen=True):
    """How many there are, and the address of the search that finds them."""

    count: int
    address: str


class TableRow(Struct, frozen=True):
    """A standard by level: those that were chosen, and those under them."""

    name: str
    statement: str
    chosen: bool
    every: Cell
    at: tuple[Cell, ...]


class Lift(Struct, frozen=True):
    """A condition that empties a search: what it is, the address without it, and how many there are then."""

    label: str
    without: str
    total: int


@get("/", sync_to_thread=True)
def search_page(request: Request) -> Response[bytes]:
    """The search page, or its results alone where htmx asks."""
    query = in_keys(msgspec.structs.replace(query_of(request.query_params), facets=True))
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = search(session, registry, query)
        more = _beside(session, registry, query, found)
    if is_person(request):
        request.site.usage.found(item.id for item in found.items)
    pairs = pairs_of(query)
    context = _context(query, found, pairs) | more | {"lifts": _lifts(query, more["missing"], pairs)}
    headers = {"HX-Push-Url": _address(pairs + ([("cursor", query.cursor)] if query.cursor else []))}
    if request.htmx and not request.htmx.history_restore_request:
        context |= {"fragment": True, "person": visitor(request)}
        fragment = request.site.templates.render("partials/browse.html", context)
        return html(fragment, headers=headers)
    return page(request, "search.html", visitor(request), context | {"fragment": False})


def _context(query: Query, found: SearchPage, pairs: Pairs) -> dict[str, Any]:
    filtered = [pair for pair in pairs if pair[0] in FILTERS or pair[0] == "exact"]
    return {
        "query": query,
        "page": found,
        "pairs": pairs,
        "chips": [*_read_chips(query, found.understood.read, pairs), *_chips(filtered, pairs)],
        "clear": _address(_with_text(left(query.q, found.understood.read), _others(pairs, FILTERS))),
        "literal": _address([*pairs, ("literal", "1")]) if found.understood.read else "",
        "reading": _address([pair for pair in pairs if pair[0] != "literal"]) if query.literal else "",
        "narrow": _address([*pairs, ("exact", "1")]),
        "widen": _address([pair for pair in pairs if pair[0] != "exact"]),
        "first": _address(pairs) if query.cursor else "",
        "next": _address([*pairs, ("cursor", found.next)]) if found.next else "",
        "groups": groups_of(query, found.facets),
        "examples": [facet.value for facet in found.facets.get("standard", ()) if "://" not in facet.value][:2],
        "sorts": _SORTS,
        "lengths": _LENGTHS,
    }


def _beside(session: Session, registry: Registry, query: Query, found: SearchPage) -> dict[str, Any]:
    """What the page says beside the results: why there are none, or how many a standard has at each level."""
    asked = bool(query.standard or found.understood.standards)
    pairs = pairs_of(query)
    nothing = not found.total and not query.cursor
    unfilled = nothing and (not pairs or is_empty(session))
    empty = nothing and not unfilled
    table = asked and not empty and not query.cursor
    return {
        "empty_catalog": unfilled,
        "spelled": () if asked or query.literal else spelled_nearly(session, query.q.strip()),
        "missing": missing(session, registry, query) if empty else None,
        "aside": _more_than_a_standard(found, pairs),
        "levels": levels(),
        "table": _table(session, registry, query, found) if table else (),
        "why": why(session, registry, query, found),
    }


def _more_than_a_standard(found: SearchPage, pairs: Pairs) -> bool:
    """Whether something else was asked than standards and levels, which the counts of standards know nothing of."""
    read = any(each.kind not in ("standard", "level") for each in found.understood.read)
    stated = any(name in FILTERS and name not in ("standard", "level") for name, _ in pairs)
    return bool(found.understood.text) or read or stated


def _table(session: Session, registry: Registry, query: Query, found: SearchPage) -> list[TableRow]:
    """The standards asked for by level, each cell with the address of what it counts."""
    read = [each for each in found.understood.read if each.kind in ("standard", "level")]
    pairs = _with_text(left(query.q, read), _others(pairs_of(query), ("standard", "level")))
    rows = level_table(session, registry, query)
    made = []
    for row in rows:
        here = [*pairs, ("standard", row.ref.code or row.ref.uri)]
        at = zip(levels(), row.at, strict=True)
        cells = tuple(Cell(count, _address([*here, ("level", level)])) for level, count in at)
        made.append(TableRow(row.ref.name, row.ref.statement, row.chosen, Cell(row.total, _address(here)), cells))
    return made


def _chips(filtered: Pairs, pairs: Pairs) -> list[Chip]:
    return [Chip(filter_words(*pair), _without(pairs, pair)) for pair in filtered if pair[0] != "exact"]


def _read_chips(query: Query, read: Iterable[Read], pairs: Pairs) -> list[Chip]:
    return [Chip(_read_label(each), _without_words(query, each, pairs), each.words) for each in read]


def _read_label(read: Read) -> str:
    return f"Standard {read.label}" if read.kind == "standard" else read.label


def _without_words(query: Query, read: Read, pairs: Pairs) -> str:
    """The address of the search without the words that something was read from."""
    return _address(_with_text(left(query.q, [read]), pairs))


def _with_text(text: str, pairs: Pairs) -> Pairs:
    return [*([("q", text)] if text else []), *_others(pairs, ("q",))]


def _others(pairs: Pairs, gone: Sequence[str]) -> Pairs:
    return [pair for pair in pairs if pair[0] not in gone and (pair[0] != "exact" or "standard" not in gone)]


def _lifts(query: Query, found: Missing | None, pairs: Pairs) -> list[Lift]:
    """The conditions without which there is something, the most helpful first."""
    lifts = []
    for each in found.lifted if found else ():
        if not each.total:
            continue
        if each.read:
            lifts.append(Lift(_read_label(each.read), _without_words(query, each.read, pairs), each.total))
            continue
        values = [pair for pair in pairs if pair[0] == each.field]
        rest = [pair for pair in pairs if pair[0] != each.field]
        label = " or ".join(filter_words(*pair) for pair in values) if each.field != "q" else "The words"
        lifts.append(Lift(label, _address(rest), each.total))
    return lifts


def _without(pairs: Pairs, gone: tuple[str, str]) -> str:
    return _address([pair for pair in pairs if pair != gone])


def _address(pairs: Pairs) -> str:
    return address_of("/", pairs)
