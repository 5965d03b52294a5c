"""The counts beside a search, in a fixed order and with the words people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import one_of
from registry.models import ConceptRow
from registry.search.fields import DURATIONS, OPEN
from registry.standards.graph import Graph
from vocab import languages, licenses, schemes
from vocab.grades import GRADES

NAMES = {
    "level": "level",
    "grade": "grade",
    "subject": "subject",
    "type": "type",
    "standard": "standard",
    "minutes": "duration",
    "license": "license",
    "language": "language",
    "access": "access",
    "provider": "provider",
}
"""The facets of the API in their order, and the field of a Document that each one counts."""

_SCHEMES = {"level": "levels", "subject": "subjects", "type": "types", "access": "access_features"}
_DURATION_LABELS = {
    "up-to-15": "Up to 15 minutes",
    "16-30": "16 to 30 minutes",
    "31-60": "31 to 60 minutes",
    "61-120": "1 to 2 hours",
    "over-120": "Over 2 hours",
}
_CONCEPT = ConceptRow.__table__.c
_SHOWN_OF = select(_CONCEPT.id, _CONCEPT.code, _CONCEPT.uri, _CONCEPT.statement).where(one_of(_CONCEPT.id, "ids"))
_MOST = 50
_LONGEST_LABEL = 120


class Facet(Struct, frozen=True, omit_defaults=True):
    """One value of a facet as the parameter of the same name takes it, what people call it, and how many have it.

    `under` is what it stands under: a subject's broader one by its key, a standard's heading in words; "" at the top.
    """

    value: str
    label: str
    count: int
    under: str = ""


def shown(
    session: Session, counts: Mapping[str, Mapping[str, int]], graph: Graph | None = None
) -> dict[str, tuple[Facet, ...]]:
    """The facets from an index's counts by field; of standards and providers the 50 commonest.

    Levels, grades and minutes keep the order they have by nature, all others come by count. Standards say what they
    stand under where the graph is given. Costs one select.
    """
    return {
        name: _ordered(
            name,
            _standards(session, counts.get(field, {}), graph)
            if name == "standard"
            else _labeled(name, counts.get(field, {})),
        )
        for name, field in NAMES.items()
    }


def _labeled(name: str, counts: Mapping[str, int]) -> Iterable[Facet]:
    label = _label_of(name)
    under = {term.key: term.broader for term in schemes.scheme("subjects").terms} if name == "subject" else {}
    return (Facet(value, label(value), count, under.get(value, "")) for value, count in counts.items() if count)


def _ordered(name: str, facets: Iterable[Facet]) -> tuple[Facet, ...]:
    order = _natural_order(name)
    if order is not None:
        return tuple(sorted(facets, key=lambda facet: order.get(facet.value, len(order))))
    return tuple(sorted(facets, key=lambda facet: (-facet.count, facet.label)))[: _MOST if name == "provider" else None]


def _natural_order(name: str) -> dict[str, int] | None:
    if name == "level":
        return {term.key: term.order for term in schemes.scheme("levels").terms}
    if name == "grade":
        return {grade: place for place, grade in enumerate(GRADES)}
    if name == "minutes":
        return {key: place for place, (key, _) in enumerate(DURATIONS)}
    return None


def _label_of(name: str) -> Callable[[str], str]:
    if name in _SCHEMES:
        labels = {term.key: term.label for term in schemes.scheme(_SCHEMES[name]).terms}
        return lambda key: labels.get(key, key)
    readers: dict[str, Callable[[str], str]] = {
        "grade": _grade_label,
        "minutes": lambda key: _DURATION_LABELS.get(key, key),
        "license": _license_label,
        "language": languages.label,
    }
    return readers.get(name, str)


def _grade_label(grade: str) -> str:
    return "Kindergarten" if grade == "K" else f"Grade {grade}"


def _license_label(key: str) -> str:
    if key == OPEN:
        return "Any open license"
    try:
        return licenses.license(key).label
    except KeyError:
        return key


def _standards(session: Session, counts: Mapping[str, int], graph: Graph | None) -> list[Facet]:
    commonest = dict(sorted(counts.items(), key=lambda item: (-item[1], int(item[0])))[:_MOST])
    if not commonest:
        return []
    above = {int(key): parents[0] for key in commonest if graph and (parents := graph.parents(int(key)))}
    rows = session.connection().execute(_SHOWN_OF, {"ids": [*{*map(int, commonest), *above.values()}]}).all()
    known = {each: (code or uri, _cut(f"{code} {statement}".strip())) for each, code, uri, statement in rows}
    return [
        Facet(*known[int(key)], count, known[above[int(key)]][1] if above.get(int(key)) in known else "")
        for key, count in commonest.items()
        if int(key) in known
    ]


def _cut(label: str) -> str:
    if len(label) <= _LONGEST_LABEL:
        return label
    return label[:_LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(",;: ") + "…"
