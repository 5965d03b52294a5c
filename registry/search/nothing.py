"""A search that found nothing: which condition empties it, and what near it there is something for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.search.filters import Asked
from registry.search.question import Query, storable
from registry.search.reading import read
from registry.search.understanding import Read
from registry.standards.graph import Graph
from registry.standards.lookup import ConceptRef, refs
from registry.standards.near import near
from registry.standards.tally import ALL, tallies
from vocab import codes, schemes

_FIELDS = ("standard", "relation", "level", "grade", "subject", "type", "license", "open", "language", "minutes_max",
           "provider", "access")  # fmt: skip
_MOST_STANDARDS = 3
_MOST_NEAR = 6


class Lifted(Struct, frozen=True):
    """How many there are without one condition: a parameter's (`read` is None), one read in the text, or the words'.

    `field` is the name of the parameter, `q` for the words.
    """

    field: str
    total: int
    read: Read | None = None


class Nearest(Struct, frozen=True):
    """A standard near the one asked for that has resources, what it is to that one, and how many it has.

    `place` is above, below, beside, equal, close or spelled (its code is nearest to one that nobody has).
    """

    ref: ConceptRef
    place: str
    resources: int


class AtLevel(Struct, frozen=True):
    """How many resources a standard has at another level than was asked for."""

    ref: ConceptRef
    level: str
    resources: int


class Missing(Struct, frozen=True):
    """Why a search found nothing and where to go on: conditions to lift, those that help first; standards; levels.

    `cleared` is how many there are for the words alone, without any condition.
    """

    lifted: tuple[Lifted, ...]
    nearest: tuple[Nearest, ...]
    levels: tuple[AtLevel, ...]
    standards: tuple[ConceptRef, ...]
    level: str
    cleared: int


def missing(session: Session, registry: Registry, query: Query) -> Missing:
    """What to say of a search that found nothing; asks the index once and the tallies of standards twice."""
    query = storable(query)
    asked = read(session, registry, query)
    lifted = list(_lifted(session, registry, query, asked))
    bare = read(session, registry, Query(q=asked.reading.text, literal=True))
    cleared, *totals = registry.index.totals([bare.counting(), *(each.counting() for _, _, each in lifted)])
    helpful = sorted(zip(lifted, totals, strict=True), key=lambda each: -each[1])
    standards = asked.refs[:_MOST_STANDARDS]
    nearest = _nearest(session, registry.graphs.current(session), standards, asked.levels)
    return Missing(
        lifted=tuple(Lifted(field, total, read) for (field, read, _), total in helpful),
        nearest=nearest,
        levels=_levels(session, standards, asked.levels),
        standards=standards,
        level=asked.levels[0] if asked.levels else "",
        cleared=cleared,
    )


def _lifted(
    session: Session, registry: Registry, query: Query, asked: Asked
) -> Iterator[tuple[str, Read | None, Asked]]:
    """The question without each of its conditions."""
    empty = Query()
    for field in _FIELDS:
        if getattr(query, field) != getattr(empty, field):
            without = msgspec.structs.replace(query, **{field: getattr(empty, field)})
            yield field, None, read(session, registry, without)
    for each in asked.read:
        if each.kind == "standard":
            yield each.kind, each, msgspec.structs.replace(asked, standards=asked.standards[:-1])
        else:
            yield each.kind, each, msgspec.structs.replace(asked, ignored=asked.ignored | {each.kind})
    if asked.text and asked.filters():
        without_words = msgspec.structs.replace(asked.reading, text="")
        yield "q", None, msgspec.structs.replace(asked, reading=without_words, mended="")


def _nearest(
    session: Session, graph: Graph, standards: Iterable[ConceptRef], levels: tuple[str, ...]
) -> tuple[Nearest, ...]:
    """The neighbors that have resources, at the levels asked for where any were: equals and those beside it first."""
    places: dict[int, str] = {}
    own = {ref.id for ref in standards}
    for concept in own:
        above = graph.parents(concept)
        groups = (
            ("equal", graph.equivalents(concept)),
            ("beside", (each for parent in above for each in graph.children(parent))),
            ("below", graph.children(concept)),
            ("close", graph.close_matches(concept)),
            ("above", above),
        )
        for place, several in groups:
            for each in several:
                if each not in own:
                    places.setdefault(each, place)
    counts = {
        concept: sum(count for level, count in by_level.items() if (level in levels if levels else level == ALL))
        for concept, by_level in tallies(session, list(places)).items()
    }
    order = list(dict.fromkeys(places.values()))
    best = sorted(
        (each for each in counts if counts[each]), key=lambda each: (order.index(places[each]), -counts[each])
    )[:_MOST_NEAR]
    named = refs(session, best)
    return tuple(Nearest(named[each], places[each], counts[each]) for each in best if each in named)


def spelled_nearly(session: Session, stated: str) -> tuple[Nearest, ...]:
    """The standards whose codes are nearest to a code that no framework has; none where the text is no code."""
    if not codes.looks_like_code(stated):
        return ()
    close = near(session, stated)
    counts = tallies(session, [ref.id for ref in close])
    return tuple(Nearest(ref, "spelled", counts.get(ref.id, {}).get(ALL, 0)) for ref in close)


def _levels(session: Session, standards: Iterable[ConceptRef], levels: tuple[str, ...]) -> tuple[AtLevel, ...]:
    """The other levels at which the standards have something, where levels were asked for."""
    if not levels:
        return ()
    named = {ref.id: ref for ref in standards}
    counts = tallies(session, list(named))
    return tuple(
        AtLevel(named[concept], term.key, counts[concept][term.key])
        for concept in named
        for term in schemes.scheme("levels").terms
        if term.key not in levels and counts.get(concept, {}).get(term.key)
    )
