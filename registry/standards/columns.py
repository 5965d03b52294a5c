"""Where each standard of a progression stands from left to right: grade by grade, and in a grade by the longest way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from vocab.grades import GRADES

Edge = tuple[int, int]
_ALWAYS_FINE = 8
_WIDER = 1.5
_PLACE = {grade: place for place, grade in enumerate(GRADES)}


class Band(Struct, frozen=True):
    """Neighboring columns whose standards are of the same grades; without grades it is one band over all."""

    grades: tuple[str, ...]
    first: int
    last: int


class Columns(Struct, frozen=True):
    """The column of each standard from 0, without gaps, and the bands over them from left to right."""

    of: dict[int, int]
    bands: tuple[Band, ...]


def columns_of(grades: Mapping[int, Sequence[str]], edges: Sequence[Edge]) -> Columns:
    """Columns for these standards, so that what comes first stands further left wherever that is possible.

    Columns follow the grades where each standard has one, hardly a link runs against them, and that does not take many
    more columns; a link of a cycle, or one that runs against the grades, points to the left. The ends of every link
    stand in different columns. The same standards and links in the same order give the same columns.
    O(standards + links).
    """
    spans = {concept: _span(stated) for concept, stated in grades.items()}
    against = [edge for edge in edges if spans[edge[0]] > spans[edge[1]]]
    plain = _arranged(dict.fromkeys(spans, ()), edges)
    if not all(spans.values()) or len(against) * 10 > len(edges):
        return plain
    graded = _arranged(spans, _without(edges, against))
    return graded if _count(graded) <= max(_ALWAYS_FINE, _WIDER * _count(plain)) else plain


def _count(columns: Columns) -> int:
    return columns.bands[-1].last + 1 if columns.bands else 0


def _arranged(spans: Mapping[int, tuple[int, ...]], edges: Iterable[Edge]) -> Columns:
    """The columns of each band beside those of the bands before it."""
    onward = _without_cycles(list(spans), edges)
    of: dict[int, int] = {}
    bands: list[Band] = []
    for span in sorted(set(spans.values())):
        members = [concept for concept in spans if spans[concept] == span]
        first = bands[-1].last + 1 if bands else 0
        steps = _longest_ways(members, [edge for edge in onward if spans[edge[0]] == span == spans[edge[1]]])
        last = max(steps.values())
        for concept in _only_leading_out(members, spans, onward):
            steps[concept] = last
        of.update({concept: first + step for concept, step in steps.items()})
        bands.append(Band(tuple(GRADES[place] for place in span), first, first + last))
    return Columns(of, tuple(bands))


def _only_leading_out(
    members: Iterable[int], spans: Mapping[int, tuple[int, ...]], edges: Sequence[Edge]
) -> Iterable[int]:
    """The members without links in their band that lead to later ones: their place is beside those."""
    leading = {source for source, target in edges if spans[source] != spans[target]}
    inside = {end for edge in edges if spans[edge[0]] == spans[edge[1]] for end in edge}
    entered = {target for source, target in edges if spans[source] != spans[target]}
    return [concept for concept in members if concept in leading and concept not in inside | entered]


def _span(stated: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted(_PLACE[grade] for grade in stated if grade in _PLACE))


def _without(edges: Iterable[Edge], some: Iterable[Edge]) -> list[Edge]:
    left_out = set(some)
    return [edge for edge in edges if edge not in left_out]


def _without_cycles(concepts: Sequence[int], edges: Iterable[Edge]) -> list[Edge]:
    """The links with those turned round that close a cycle, seen from the concepts in their order."""
    following: dict[int, list[int]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    kept: list[Edge] = []
    done: set[int] = set()
    for start in concepts:
        open_now: dict[int, None] = {}
        waiting = [] if start in done else [(start, iter(following.get(start, ())))]
        while waiting:
            concept, rest = waiting[-1]
            open_now[concept] = None
            for target in rest:
                kept.append((target, concept) if target in open_now else (concept, target))
                if target not in done and target not in open_now:
                    waiting.append((target, iter(following.get(target, ()))))
                    break
            else:
                waiting.pop()
                del open_now[concept]
                done.add(concept)
    return kept


def _longest_ways(members: Sequence[int], edges: Sequence[Edge]) -> dict[int, int]:
    """How many links lie before each; what has nothing before it stands right before what it leads to first."""
    before: dict[int, int] = dict.fromkeys(members, 0)
    following: dict[int, list[int]] = {concept: [] for concept in members}
    for source, target in edges:
        following[source].append(target)
        before[target] += 1
    first = {concept for concept in members if not before[concept]}
    order = [concept for concept in members if concept in first]
    steps = dict.fromkeys(members, 0)
    for concept in order:
        for target in following[concept]:
            steps[target] = max(steps[target], steps[concept] + 1)
            before[target] -= 1
            if not before[target]:
                order.append(target)
    for concept in first:
        if following[concept]:
            steps[concept] = min(steps[target] for target in following[concept]) - 1
    return steps
