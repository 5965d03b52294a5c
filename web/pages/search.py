"""The search page: what was found, the filters that are on, and the way to take each one off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from msgspec import Struct

from registry.search.fields import OPEN
from registry.search.query import Facet, Query, SearchPage, search, suggest
from web.auth import visitor
from web.forms import FILTERS, pairs_of, query_of, text_of
from web.pages.layout import page
from web.rendering import html, word
from web.site import Request
from web.usage import is_person

_GROUPS = (
    ("standard", "Standard"),
    ("level", "Level"),
    ("grade", "Grade"),
    ("subject", "Subject"),
    ("type", "Kind of resource"),
    ("license", "License"),
    ("language", "Language"),
    ("provider", "Provider"),
    ("access", "Accessibility"),
)
_SORTS = (
    ("relevance", "Best match"),
    ("newest", "Newest first"),
    ("rating", "Best rated"),
    ("shortest", "Shortest first"),
)
_LENGTHS = (10, 20, 30, 45, 60, 90)
_SHOWN = 6
_STANDARDS_SHOWN = 3
_ORDERED = ("level", "grade")
"""Fields whose values have an order of their own; all others stand by count."""

Pairs = list[tuple[str, str]]


class Option(Struct, frozen=True):
    """One value of a filter that may be ticked."""

    value: str
    label: str
    count: int
    on: bool


class Group(Struct, frozen=True):
    """The values of one filter; the rarer ones are folded away."""

    field: str
    label: str
    shown: tuple[Option, ...]
    hidden: tuple[Option, ...]


class Chip(Struct, frozen=True):
    """A filter that is on, and the address without it."""

    label: str
    without: str


@get("/", sync_to_thread=True)
def search_page(request: Request) -> Response[bytes]:
    """The search page, or its results alone where htmx asks."""
    query = msgspec.structs.replace(query_of(request.query_params), facets=True)
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = search(session, registry, query)
    if is_person(request):
        request.site.usage.found(item.id for item in found.items)
    pairs = pairs_of(query)
    context = _context(query, found, pairs)
    headers = {"HX-Push-Url": _address(pairs + ([("cursor", query.cursor)] if query.cursor else []))}
    if request.htmx and not request.htmx.history_restore_request:
        fragment = request.site.templates.render("partials/browse.html", context | {"fragment": True})
        return html(fragment, headers=headers)
    return page(request, "search.html", visitor(request), context | {"fragment": False})


@get("/suggest", sync_to_thread=True)
def suggestions(request: Request) -> Response[bytes]:
    """Standards that complete what is being typed into the filter, as the options of its list."""
    typed = text_of(request.query_params, "standard")
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = suggest(session, registry.index, typed, 8) if typed else None
    return html(
        request.site.templates.render("partials/suggestions.html", {"standards": found.standards if found else ()})
    )


def _context(query: Query, found: SearchPage, pairs: Pairs) -> dict[str, Any]:
    filtered = [pair for pair in pairs if pair[0] in FILTERS or pair[0] == "exact"]
    return {
        "query": query,
        "page": found,
        "pairs": pairs,
        "chips": [Chip(_chip_label(*pair), _without(pairs, pair)) for pair in filtered if pair[0] != "exact"],
        "clear": _address([pair for pair in pairs if pair not in filtered]),
        "narrow": _address([*pairs, ("exact", "1")]),
        "widen": _address([pair for pair in pairs if pair[0] != "exact"]),
        "first": _address(pairs) if query.cursor else "",
        "next": _address([*pairs, ("cursor", found.next)]) if found.next else "",
        "groups": _groups(query, found.facets),
        "examples": [facet.value for facet in found.facets.get("standard", ()) if "://" not in facet.value][:2],
        "sorts": _SORTS,
        "lengths": _LENGTHS,
        "empty_catalog": not pairs and not query.cursor and not found.total,
    }


def _groups(query: Query, facets: Mapping[str, Sequence[Facet]]) -> list[Group]:
    made = (_group(field, label, getattr(query, field), facets.get(field, ())) for field, label in _GROUPS)
    return [group for group in made if group.shown or group.field in ("standard", "license")]


def _group(field: str, label: str, on: Iterable[str], facets: Sequence[Facet]) -> Group:
    chosen = tuple(on)
    if field == "standard" and chosen:
        # What other standards the results have says nothing about what asking for those would bring.
        return Group(field, label, tuple(Option(value, value, 0, True) for value in chosen), ())
    counted = {facet.value for facet in facets}
    # Open licenses have a tick of their own.
    options = [
        Option(each.value, each.label, each.count, each.value in chosen) for each in facets if each.value != OPEN
    ]
    options += [Option(value, word(value, field), 0, True) for value in chosen if value not in counted]
    if field in _ORDERED:
        return Group(field, label, tuple(options), ())
    options.sort(key=lambda option: not option.on)
    shown = _STANDARDS_SHOWN if field == "standard" else _SHOWN
    return Group(field, label, tuple(options[:shown]), tuple(options[shown:]))


def _chip_label(name: str, value: str) -> str:
    if name == "open":
        return "Open licenses only"
    if name == "minutes_max":
        return f"Up to {value} minutes"
    said = {"level": "Level: ", "standard": "Standard ", "language": "In ", "provider": "From "}.get(name, "")
    return said + word(value, name)


def _without(pairs: Pairs, gone: tuple[str, str]) -> str:
    return _address([pair for pair in pairs if pair != gone])


def _address(pairs: Pairs) -> str:
    return f"/?{urlencode(pairs)}" if pairs else "/"
