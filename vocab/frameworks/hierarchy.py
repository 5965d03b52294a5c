"""Who stands under whom, from edges that come in any order and from either end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from vocab.resource import Problem


class Place(Struct, frozen=True):
    """Where an item stands: its parents, the primary one first, and its position among its siblings."""

    parents: tuple[str, ...] = ()
    position: int = 0


def places(
    items: Sequence[str], edges: Iterable[tuple[str, str]], tops: frozenset[str], order: Mapping[str, int] | None = None
) -> tuple[dict[str, Place], tuple[Problem, ...]]:
    """The place of every item, from (parent, child) edges in sibling order; a parent in `tops` means the top.

    `order` gives positions that the publisher numbered. An edge to a parent that the file does not hold is
    dropped with a Problem, so that the item is still found, at the top.
    """
    known = set(items)
    parents: dict[str, dict[str, None]] = {item: {} for item in items}
    children: dict[str, int] = {}
    positions: dict[str, int] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for parent, child in edges:
        if child not in known:
            if parent in known or parent in tops:
                problems[parent, child] = _dangling("child-missing", "child", parent, child)
            continue
        if parent in known:
            parents[child][parent] = None
        elif parent not in tops:
            problems[parent, child] = _dangling("parent-missing", "parent", child, parent)
            continue
        children[parent] = children.get(parent, 0) + 1
        positions.setdefault(child, children[parent])
    rest = len(items)
    found = {
        item: Place(tuple(parents[item]), (order or {}).get(item, positions.get(item, rest + index)))
        for index, item in enumerate(items)
    }
    return found, tuple(problems.values())


def _dangling(code: str, role: str, item: str, missing: str) -> Problem:
    return Problem(
        code=code,
        field=item,
        message=f"{item} names a {role} that the file does not hold: {missing}.",
        hint=f"Add the {role} to the file, or correct its identifier.",
        value=missing[:300],
    )
