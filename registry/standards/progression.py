"""The part of all progressions around one standard, or among the standards under a heading, small enough to draw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.models import ConceptRow, FrameworkRow
from registry.standards import lookup
from registry.standards.columns import Band, Edge, columns_of
from registry.standards.graph import Graph
from registry.standards.lookup import ConceptRef

MOST_SHOWN = 120
MOST_STEPS = 6
MOST_COUNTED = 1000
_CLEAR = 32
_MOST_UNDER_A_HEADING = 5000
_MOST_NAMED = 12
_MOST_HEADINGS = 500
_ENDINGS = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *map(str, range(1, 31)))


class Place(Struct, frozen=True):
    """One standard of a progression. `column` counts from the left.

    `center` says that the progression was asked for it, or for a heading over it; `status` is "", "deprecated" or
    "gone"; `before` and `after` count its prerequisites and successors that are not shown.
    """

    ref: ConceptRef
    grades: tuple[str, ...]
    language: str
    status: str
    column: int
    center: bool
    before: int
    after: int


class Progression(Struct, frozen=True):
    """What was asked for and its surroundings, the columns from left to right and each in its framework's order.

    `edges` run from the prerequisite to what follows, by `ref.id`. `left_out` counts the standards within the steps
    asked for that are not shown, at least: `nearest_left_out` are some of them. `unordered` counts the standards under
    a heading of which no order is recorded. `center` is None where a code stands for those that begin with it.
    Without nodes nothing is recorded, and `above` is the statement over it to ask for instead, if there is one.
    """

    name: str
    center: ConceptRef | None
    heading: bool
    before: int
    after: int
    nodes: tuple[Place, ...]
    edges: tuple[Edge, ...]
    bands: tuple[Band, ...]
    left_out: int
    nearest_left_out: tuple[ConceptRef, ...]
    unordered: int
    above: ConceptRef | None
    also: tuple[ConceptRef, ...]


class Headings(Struct, frozen=True):
    """A framework and the statements at its top, of which there may be `total`."""

    code: str
    title: str
    total: int
    headings: tuple[ConceptRef, ...]


def headings_of(session: Session, code_or_uri: str) -> Headings | None:
    """The statements at the top of the framework with this code or URI; None where there is no such framework."""
    by_code = func.lower(FrameworkRow.code) == code_or_uri.lower()
    row = session.scalars(
        select(FrameworkRow).where(or_(by_code, FrameworkRow.uri == code_or_uri)).order_by(by_code.desc()).limit(1)
    ).first()
    if row is None:
        return None
    top = session.scalars(
        select(ConceptRow.id)
        .where(ConceptRow.framework_id == row.id, ConceptRow.parent_id.is_(None), ConceptRow.gone.is_(False))
        .order_by(ConceptRow.position, ConceptRow.id)
    ).all()
    refs = lookup.refs(session, top[:_MOST_HEADINGS])
    return Headings(row.code, row.title, len(top), tuple(refs[each] for each in top[:_MOST_HEADINGS] if each in refs))


def progression_of(
    session: Session, graph: Graph, code_or_uri: str, before: int | None = None, after: int | None = None
) -> Progression:
    """The progression around a statement by a code in any spelling or by a URI, so many steps each way.

    A statement without an order of its own, or a code that only begins others (4.NF), shows that of all standards under
    it. Steps that are not stated are two; around a heading, as many up to two as keep the picture clear. At most
    `MOST_SHOWN` are shown, the nearest. Raises NotFound. Costs what it visits, which has a limit.
    """
    meant = lookup.resolve(session, [code_or_uri]).get(code_or_uri, ())
    headings = meant[:1] or _beginning_with(session, code_or_uri)
    if not headings:
        raise NotFound(
            f"No framework here has the standard “{code_or_uri[:200]}”. Search the standards by their wording."
        )
    single = bool(meant) and _linked(graph, meant[0].id)
    under = [meant[0].id] if single else _under(graph, [ref.id for ref in headings])
    centers = [concept for concept in under if _linked(graph, concept)]
    steps = _steps(graph, centers, before, after, single)
    reached = _reached(graph, centers, *steps)
    rest = reached[MOST_SHOWN:]
    refs = lookup.refs(session, reached[: MOST_SHOWN + _MOST_NAMED])
    shown = {each: refs[each] for each in reached[:MOST_SHOWN] if each in refs}
    edges = _edges(graph, shown)
    places, bands = _places(session, graph, shown, edges, set(centers))
    return Progression(
        name=meant[0].name if meant else code_or_uri.strip(),
        center=meant[0] if meant else None,
        heading=not single,
        before=steps[0],
        after=steps[1],
        nodes=places,
        edges=tuple(edges),
        bands=bands,
        left_out=len(rest),
        nearest_left_out=tuple(refs[each] for each in rest[:_MOST_NAMED] if each in refs),
        unordered=0 if single else sum(1 for each in under if not _linked(graph, each) and not graph.children(each)),
        above=None if shown else _above(session, graph, headings[0].id),
        also=meant[1:],
    )


def _beginning_with(session: Session, stated: str) -> tuple[ConceptRef, ...]:
    """The statements that a code which no publisher prints stands for: 4.NF for 4.NF.A, 4.NF.B and 4.NF.C.

    What codes end with is tried in one select by the index, since codes cannot be compared by their beginnings there.
    """
    if not 1 <= len(stated) <= 60 or "/" in stated:
        return ()
    longer = [f"{stated}.{ending}" for ending in _ENDINGS]
    found = lookup.resolve(session, longer)
    candidates = [found[code][0] for code in longer if code in found]
    same = [ref for ref in candidates if ref.framework == candidates[0].framework]
    return tuple({ref.id: ref for ref in same}.values())


def _linked(graph: Graph, concept: int) -> bool:
    return bool(graph.prerequisites(concept) or graph.successors(concept))


def _under(graph: Graph, headings: Iterable[int]) -> list[int]:
    """The headings and what stands under them, level by level, up to a limit."""
    found = dict.fromkeys(headings)
    waiting = list(found)
    for concept in waiting:
        for child in graph.children(concept):
            if child not in found and len(found) < _MOST_UNDER_A_HEADING:
                found[child] = None
                waiting.append(child)
    return waiting


def _steps(
    graph: Graph, centers: Sequence[int], before: int | None, after: int | None, single: bool
) -> tuple[int, int]:
    for steps in (2, 1, 0):
        stated = (steps if before is None else before, steps if after is None else after)
        if single or None not in (before, after) or len(_reached(graph, centers, *stated)) <= _CLEAR:
            break
    return stated


def _reached(graph: Graph, centers: Sequence[int], before: int, after: int) -> list[int]:
    """The centers and what lies within the steps, the nearest first, up to a limit."""
    found = dict.fromkeys(centers[:MOST_COUNTED])
    fronts: list[tuple[Callable[[int], tuple[int, ...]], int, list[int]]] = [
        (graph.prerequisites, before, list(found)),
        (graph.successors, after, list(found)),
    ]
    for step in range(max(before, after)):
        for place, (linked, steps, front) in enumerate(fronts):
            if step < steps:
                reached = dict.fromkeys(chain.from_iterable(map(linked, front)))
                fresh = [concept for concept in reached if concept not in found][: MOST_COUNTED - len(found)]
                found.update(dict.fromkeys(fresh))
                fronts[place] = (linked, steps, fresh)
    return list(found)


def _edges(graph: Graph, shown: Collection[int]) -> list[Edge]:
    linked = ((source, target) for source in shown for target in graph.successors(source) if target in shown)
    return [(source, target) for source, target in linked if source != target]


def _places(
    session: Session, graph: Graph, refs: Mapping[int, ConceptRef], edges: Sequence[Edge], centers: set[int]
) -> tuple[tuple[Place, ...], tuple[Band, ...]]:
    rows = session.execute(
        select(ConceptRow.id, ConceptRow.grades, ConceptRow.language, ConceptRow.deprecated, ConceptRow.gone)
        .where(ConceptRow.id.in_(refs))
        .order_by(ConceptRow.framework_id, ConceptRow.position, ConceptRow.id)
    ).all()
    columns = columns_of({row[0]: row[1] for row in rows}, edges)
    places = [
        Place(
            ref=refs[concept],
            grades=grades,
            language=language,
            status="gone" if gone else "deprecated" if deprecated else "",
            column=columns.of[concept],
            center=concept in centers,
            before=len(set(graph.prerequisites(concept)) - refs.keys()),
            after=len(set(graph.successors(concept)) - refs.keys()),
        )
        for concept, grades, language, deprecated, gone in rows
    ]
    return tuple(sorted(places, key=lambda place: place.column)), columns.bands


def _above(session: Session, graph: Graph, concept: int) -> ConceptRef | None:
    """The nearest statement above that has an order of its own, else the one directly above."""
    line: list[int] = []
    while (parents := graph.parents(concept)) and parents[0] not in line and len(line) < 20:
        concept = parents[0]
        line.append(concept)
    nearest = next((each for each in line if _linked(graph, each)), line[0] if line else None)
    return lookup.refs(session, [nearest]).get(nearest) if nearest else None
