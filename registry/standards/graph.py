"""Who stands above, below, before, after and beside whom among the standards: adjacency of ints kept in the process."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AssociationRow, StampRow

_WALKED = {
    "isChildOf": "parents",
    "precedes": "precedes",
    "exactMatch": "same",
    "isTranslationOf": "same",
    "closeMatch": "close",
    "isPeerOf": "close",
}
"""The links that are walked, and the relation each is part of."""


class Adjacency:
    """For each concept those it is linked to, in the order they were told: two arrays of ints, eight bytes a link.

    Dicts of tuples would take twenty times that: 600,000 links are held in both directions in 10 MB.
    """

    def __init__(self, sources: array[int], targets: array[int], size: int) -> None:
        counts = array("i", bytes(4 * (size + 1)))
        for source in sources:
            counts[source + 1] += 1
        self._starts = array("i", accumulate(counts))
        free = array("i", self._starts)
        self._targets = array("i", bytes(4 * len(targets)))
        for source, target in zip(sources, targets, strict=True):
            self._targets[free[source]] = target
            free[source] += 1

    def of(self, concept: int) -> tuple[int, ...]:
        """The concepts this one is linked to, each once; none for one that nobody has."""
        if not 0 <= concept < len(self._starts) - 1:
            return ()
        linked = self._targets[self._starts[concept] : self._starts[concept + 1]]
        # The same link may be told by two files.
        return tuple(dict.fromkeys(linked)) if len(linked) > 1 else tuple(linked)


class Graph:
    """The links between all concepts held, by concept id. Immutable; a walk costs what it visits."""

    def __init__(self, links: dict[str, tuple[array[int], array[int]]]) -> None:
        size = 1 + max((max(max(ends), max(others)) for ends, others in links.values() if ends), default=-1)
        nothing = (array("i"), array("i"))
        both = {
            relation: (
                Adjacency(*links.get(relation, nothing), size),
                Adjacency(*links.get(relation, nothing)[::-1], size),
            )
            for relation in dict.fromkeys(_WALKED.values())
        }
        self._parents, self._children = both["parents"]
        self._next, self._before = both["precedes"]
        self._same, self._close = both["same"], both["close"]

    def parents(self, concept: int) -> tuple[int, ...]:
        """The statements this one stands under; several are legal."""
        return self._parents.of(concept)

    def children(self, concept: int) -> tuple[int, ...]:
        """The statements directly under this one."""
        return self._children.of(concept)

    def prerequisites(self, concept: int) -> tuple[int, ...]:
        """What should be known directly before this."""
        return self._before.of(concept)

    def successors(self, concept: int) -> tuple[int, ...]:
        """What this leads to directly."""
        return self._next.of(concept)

    def equivalents(self, concept: int) -> frozenset[int]:
        """Exact matches, one hop and in either direction: they are not closed over frameworks."""
        return frozenset((*self._same[0].of(concept), *self._same[1].of(concept)))

    def close_matches(self, concept: int) -> frozenset[int]:
        """Close matches, one hop and in either direction."""
        return frozenset((*self._close[0].of(concept), *self._close[1].of(concept)))

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

    def covering(self, concept: int) -> set[int]:
        """Every concept a search for which finds what is aligned with this one: `widened` the other way round."""
        above = self.ancestors((concept,))
        beside = {same for each in above for same in self.equivalents(each)}
        return above | self.ancestors(beside - above)


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
                self._held = (stamp, read_graph(session))
            return self._held[1]


def read_graph(session: Session) -> Graph:
    """The graph as the database has it now; reads every link once (600,000 in about 1.5 s)."""
    links: dict[str, tuple[array[int], array[int]]] = {}
    table = AssociationRow.__table__.c
    rows = session.connection().execute(
        select(table.kind, table.source_id, table.target_id)
        .where(table.kind.in_(_WALKED), table.source_id.is_not(None), table.target_id.is_not(None))
        .order_by(table.id)
        .execution_options(yield_per=10_000)
    )
    for kind, source, target in rows:
        sources, targets = links.setdefault(_WALKED[kind], (array("i"), array("i")))
        sources.append(source)
        targets.append(target)
    return Graph(links)


def _reach(concepts: Iterable[int], links: Adjacency) -> set[int]:
    reached = set(concepts)
    waiting = list(reached)
    while waiting:
        for linked in links.of(waiting.pop()):
            if linked not in reached:
                reached.add(linked)
                waiting.append(linked)
    return reached
