"""The filters beside the results: values to tick, long lists folded, subjects and standards as trees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from registry.search.fields import OPEN
from registry.search.query import Facet, Query
from web.rendering import word

GROUPS = (
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
_SHOWN = 6
_STANDARDS_SHOWN = 3
_LONG = 8
"""Folded values from which on the list has a field to narrow it."""
_ORDERED = ("level", "grade")
"""Fields whose values have an order of their own; all others stand by count."""


class Option(Struct, frozen=True):
    """One value of a filter that may be ticked; `depth` is its place in a tree, `heading` begins a new branch."""

    value: str
    label: str
    count: int
    on: bool
    depth: int = 0
    heading: str = ""


class Group(Struct, frozen=True):
    """The values of one filter; the rarer ones are folded away, and can be narrowed by typing where they are many."""

    field: str
    label: str
    shown: tuple[Option, ...]
    hidden: tuple[Option, ...]

    @property
    def long(self) -> bool:
        """Whether what is folded away is worth narrowing."""
        return len(self.hidden) >= _LONG


def groups_of(query: Query, facets: Mapping[str, Sequence[Facet]]) -> list[Group]:
    """The groups in their order; those without a value are left out, but for what always has a field of its own."""
    made = (_group(field, label, getattr(query, field), facets.get(field, ())) for field, label in GROUPS)
    return [group for group in made if group.shown or group.field in ("standard", "license")]


def _group(field: str, label: str, on: Iterable[str], facets: Sequence[Facet]) -> Group:
    chosen = tuple(on)
    if field == "standard" and chosen:
        # What other standards the results have says nothing about what asking for those would bring.
        return Group(field, label, tuple(Option(value, value, 0, True) for value in chosen), ())
    counted = {facet.value for facet in facets}
    # Open licenses have a tick of their own.
    counts = [each for each in facets if each.value != OPEN]
    lost = [Option(value, word(value, field), 0, True) for value in chosen if value not in counted]
    if field in _ORDERED:
        return Group(field, label, (*(_option(each, chosen) for each in counts), *lost), ())
    if field == "subject":
        return _folded(field, label, [*lost, *_subject_tree(counts, chosen)], _SHOWN)
    if field == "standard":
        return _folded(field, label, _branches(counts), _STANDARDS_SHOWN)
    options = [*(_option(each, chosen) for each in counts), *lost]
    options.sort(key=lambda option: not option.on)
    return _folded(field, label, options, _SHOWN)


def _folded(field: str, label: str, options: Sequence[Option], shown: int) -> Group:
    """The first few stay; what is ticked is never folded away."""
    kept = [option for place, option in enumerate(options) if place < shown or option.on]
    return Group(field, label, tuple(kept), tuple(option for option in options if option not in kept))


def _option(each: Facet, chosen: Sequence[str], depth: int = 0, heading: str = "") -> Option:
    return Option(each.value, each.label, each.count, each.value in chosen, depth, heading)


def _subject_tree(facets: Sequence[Facet], chosen: Sequence[str]) -> list[Option]:
    """Each subject with its parts under it, the commonest first at every depth."""
    counted = {facet.value for facet in facets}
    below: dict[str, list[Facet]] = {}
    for each in facets:
        below.setdefault(each.under if each.under in counted else "", []).append(each)
    found: list[Option] = []

    def grow(above: str, depth: int) -> None:
        for each in below.get(above, ()):
            found.append(_option(each, chosen, depth))
            grow(each.value, depth + 1)

    grow("", 0)
    return found


def _branches(facets: Sequence[Facet]) -> list[Option]:
    """Standards under what they stand under, the branches in the order of their commonest standard."""
    branches: dict[str, list[Facet]] = {}
    for each in facets:
        branches.setdefault(each.under, []).append(each)
    return [
        _option(each, (), 1 if heading else 0, heading if not place else "")
        for heading, several in branches.items()
        for place, each in enumerate(several)
    ]
