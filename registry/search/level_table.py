"""The standards chosen and what stands directly under them, by level: how many resources a search has for each."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.ports import Filter, IndexQuery
from registry.search.fields import token
from registry.search.filters import Asked
from registry.search.question import Query
from registry.search.reading import read
from registry.standards.graph import Graph
from registry.standards.lookup import ConceptRef, refs
from registry.standards.tally import ALL, tallies
from vocab import schemes

_MOST_CHOSEN = 3
_MOST_BELOW = 8


class LevelRow(Struct, frozen=True):
    """One standard, whether it was itself chosen, how many in all, and how many at each level, in their order."""

    ref: ConceptRef
    chosen: bool
    total: int
    at: tuple[int, ...]


def levels() -> tuple[str, ...]:
    """The keys of the levels in their order."""
    return tuple(term.key for term in schemes.scheme("levels").terms)


def level_table(session: Session, registry: Registry, query: Query) -> tuple[LevelRow, ...]:
    """A row for each standard asked for, and for each under it that has resources; none where none was asked for.

    Counted under all other conditions of the search, the level lifted. Asks the index once, with up to 55 small
    queries.
    """
    asked = read(session, registry, query)
    if not asked.refs:
        return ()
    graph = registry.graphs.current(session)
    chosen = asked.refs[:_MOST_CHOSEN]
    below = _below(session, graph, [ref.id for ref in chosen])
    known = refs(session, below)
    rows = [*((ref, True) for ref in chosen), *((known[each], False) for each in below if each in known)]
    keys = levels()
    queries = [_counting(asked, graph, query.exact, ref.id, level) for ref, _ in rows for level in ("", *keys)]
    totals = registry.index.totals(queries)
    step = len(keys) + 1
    return tuple(
        LevelRow(ref, own, totals[step * place], tuple(totals[step * place + 1 : step * (place + 1)]))
        for place, (ref, own) in enumerate(rows)
    )


def _counting(asked: Asked, graph: Graph, exact: bool, concept: int, level: str) -> IndexQuery:
    group = {concept} if exact else graph.widened([concept])
    tied = Filter("aligned", tuple(token(each, asked.relation, level) for each in sorted(group)))
    return asked.counting((*asked.plain, tied))


def _below(session: Session, graph: Graph, chosen: Sequence[int]) -> list[int]:
    below = [child for each in chosen for child in graph.children(each) if child not in chosen]
    counts = tallies(session, below)
    return [each for each in dict.fromkeys(below) if counts.get(each, {}).get(ALL)][:_MOST_BELOW]
