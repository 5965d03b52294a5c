"""Circles among links: each is named, in time and memory that grow with the links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, islice

from vocab.resource import Problem, Severity

_MOST_CIRCLES = 50


def cycle_problems(
    edges: Iterable[tuple[str, str]], what: str, names: Mapping[str, str], severity: Severity = Severity.ERROR
) -> list[Problem]:
    """A problem for each circle met among the edges, fifty at most, told in `names`; empty where there is none."""
    return [cycle_problem(path, what, names, severity) for path in circles(edges)]


def circles(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The circles met among the edges, fifty at most, each from a node back to it."""
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in _tangled(edges):
        following[source].append(target)
    return list(islice(_paths(following), _MOST_CIRCLES))


def cycle_problem(path: list[str], what: str, names: Mapping[str, str], severity: Severity) -> Problem:
    """The problem of one circle."""
    shown = [names.get(node, node) for node in path]
    told = " → ".join(shown if len(shown) <= 12 else [*shown[:10], "…", shown[-1]])
    return Problem(
        f"cycle-{what}",
        shown[0],
        f"These stand in a circle ({what}): {told}.",
        "Remove one of the links.",
        value=told[:300],
        severity=severity,
    )


def _tangled(edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges that are left when every node is taken away that nothing left leads to: none where no circle is.

    Nodes are numbered and the edges sorted by their start into one list, because a list for each node of a large
    framework would cost more than the search.
    """
    numbers: dict[str, int] = {}
    number = numbers.setdefault
    sources, targets = [], []
    for source, target in edges:
        sources.append(number(source, len(numbers)))
        targets.append(number(target, len(numbers)))
    leading, led = [0] * len(numbers), [0] * len(numbers)
    for one, other in zip(sources, targets, strict=True):
        leading[one] += 1
        led[other] += 1
    start = [0, *accumulate(leading)]
    free = start[:-1]
    ends = [0] * len(sources)
    for one, other in zip(sources, targets, strict=True):
        ends[free[one]] = other
        free[one] += 1
    waiting = [node for node, count in enumerate(led) if not count]
    while waiting:
        node = waiting.pop()
        for each in ends[start[node] : start[node + 1]]:
            led[each] -= 1
            if not led[each]:
                waiting.append(each)
    if not any(led):
        return []
    nodes, pairs = list(numbers), zip(sources, targets, strict=True)
    return [(nodes[one], nodes[other]) for one, other in pairs if led[one] and led[other]]


def _paths(following: Mapping[str, list[str]]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in following:
        path: list[str] = []
        on_path: dict[str, int] = {}
        waiting = [(start, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                path.pop()
                del on_path[node]
                done.add(node)
                continue
            if node in done:
                continue
            if node in on_path:
                yield [*path[on_path[node] :], node]
                continue
            on_path[node] = len(path)
            path.append(node)
            waiting.append((node, True))
            waiting += [(each, False) for each in reversed(following.get(node, ()))]
