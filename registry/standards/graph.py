"""Who stands above, below, before, after and beside whom among the standards: adjacency of ints kept in the process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AssociationRow, StampRow

Adjacency = Mapping[int, tuple[int, ...]]


class Graph:
    """The links between all concepts held, by concept id. Immutable; a walk costs what it visits."""

    def __init__(self, links: Mapping[str, tuple[Adjacency, Adjacency]]) -> None:
        nothing: Adjacency = {}
        self._parents, self._children = links.get("isChildOf", (nothing, nothing))
        self._next, self._before = links.get("precedes", (nothing, nothing))
        self._same = links.get("exactMatch", (nothing, nothing))
        self._close = links.get("closeMatch", (nothing, nothing))

    def parents(self, concept: int) -> tuple[int, ...]:
        """The statements this one stands under; several are legal."""
        return self._parents.get(concept, ())

    def children(self, concept: int) -> tuple[int, ...]:
        """The statements directly under this one."""
        return self._children.get(concept, ())

    def prerequisites(self, concept: int) -> tuple[int, ...]:
        """What should be known directly before this."""
        return self._before.get(concept, ())

    def successors(self, concept: int) -> tuple[int, ...]:
        """What this leads to directly."""
        return self._next.get(concept, ())

    def equivalents(self, concept: int) -> frozenset[int]:
        """Exact matches, one hop and in either direction: they are not closed over frameworks."""
        return frozenset((*self._same[0].get(concept, ()), *self._same[1].get(concept, ())))

    def close_matches(self, concept: int) -> frozenset[int]:
        """Close matches, one hop and in either direction."""
        return frozenset((*self._close[0].get(concept, ()), *self._close[1].get(concept, ())))

    def descendants(self, concepts: Iterable[int]) -> set[int]:
        """The concepts and everything under them."""
        return _reach(concepts, self._children)

    def ancestors(self, concepts: Iterable[int]) -> set[int]:
        """The concepts and everything above them."""
        return _reach(concepts, self._parents)

    def widened(self, concepts: Iterable[int]) -> set[int]:
        """What a search for these means: they, all under them, and the exact equivalents of each."""
        below = self.descendants(concepts)
        beside = {same for concept in below for same in self.equivalents(concept)}
        return below | self.descendants(beside - below)


class Graphs:
    """The graph of the standards as last read; read again when the `standards` stamp has been raised."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[int, Graph] | None = None

    def current(self, session: Session) -> Graph:
        """The graph as the database has it: one small select, and a full read after a change."""
        stamp = session.scalar(select(StampRow.value).where(StampRow.name == "standards")) or 0
        held = self._held
        if held and held[0] == stamp:
            return held[1]
        with self._lock:
            if not (self._held and self._held[0] == stamp):
                self._held = (stamp, _read(session))
            return self._held[1]


def _read(session: Session) -> Graph:
    forward: dict[str, dict[int, list[int]]] = {}
    backward: dict[str, dict[int, list[int]]] = {}
    rows = session.execute(
        select(AssociationRow.kind, AssociationRow.source_id, AssociationRow.target_id).order_by(AssociationRow.id)
    )
    for kind, source, target in rows:
        if source is None or target is None:
            continue
        forward.setdefault(kind, {}).setdefault(source, []).append(target)
        backward.setdefault(kind, {}).setdefault(target, []).append(source)
    return Graph({kind: (_frozen(forward[kind]), _frozen(backward[kind])) for kind in forward})


def _frozen(lists: Mapping[int, list[int]]) -> Adjacency:
    # The same link may be told by two files; the order of telling is kept.
    return {concept: tuple(dict.fromkeys(linked)) for concept, linked in lists.items()}


def _reach(concepts: Iterable[int], links: Adjacency) -> set[int]:
    reached = set(concepts)
    waiting = list(reached)
    while waiting:
        for linked in links.get(waiting.pop(), ()):
            if linked not in reached:
                reached.add(linked)
                waiting.append(linked)
    return reached
