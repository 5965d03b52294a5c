"""What stands near a resource: others like it, and those that teach what comes next; each with the reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.card import Card, CardAlignment
from registry.errors import Unavailable
from registry.models import AlignmentRow, ResourceRow
from registry.ports import Filter, IndexQuery, SearchIndex
from registry.search.fields import token
from registry.search.shared_words import shared_words
from registry.standards.graph import Graph
from registry.standards.refs import ConceptRef, refs
from registry.standards.tally import ALL, tallies

MOST = 5
"""How many there are of each kind, at most."""

_ALIKE = 0.55
"""The cosine from which two resources are alike in wording. Among 500 lessons of all subjects 99 pairs of 100 are under
.41; from .55 on nearly all pairs looked at had the same topic or task, and half the lessons had one."""

_MOST_CONCEPTS = 12
_MOST_STEPS = 60
_MOST_UNDER_A_STEP = 60
_ASKED = 20
_SUGGESTED = "suggested"
_MOST_EQUIVALENTS = 10
_LONGEST_NAME = 80
_RELATIONS = ("teaches", "assesses")


class Similar(Struct, frozen=True):
    """A resource like another one; `why` are phrases a person reads: `teaches 4.NF.1 too`."""

    card: Card
    why: tuple[str, ...]


class NextStep(Struct, frozen=True):
    """A resource that teaches `standard`, which comes after `after`.

    `taught` is empty, or the name of what it teaches in place of `standard`: a part of it, or its equivalent.
    """

    card: Card
    taught: str
    standard: ConceptRef
    after: ConceptRef


class Near(Struct, frozen=True):
    """Both lists, best first; no resource is in both."""

    similar: tuple[Similar, ...] = ()
    next: tuple[NextStep, ...] = ()


class _Own(Struct, frozen=True):
    """What a resource does for the standards that are known here: concept ids by relation, and all of them."""

    relations: dict[str, tuple[int, ...]]

    @property
    def concepts(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(concept for several in self.relations.values() for concept in several))


class _Step(Struct, frozen=True):
    """A standard that follows one of a resource's own, and what a resource for it may be aligned with."""

    concept: int
    after: int
    reached: tuple[int, ...]


def near(session: Session, registry: Registry, resource_id: str, languages: Collection[str] = ()) -> Near:
    """What stands near the resource: alike in meaning, then with the same standards, and what teaches the next ones.

    Among those found by standards the ones in these languages come first. What a machine suggested and nobody confirmed
    is no reason. An index that is down leaves out what only it can tell. At most six selects and six questions to it.
    """
    graph = registry.graphs.current(session)
    own = _own(session, resource_id)
    steps = _steps(session, graph, own.concepts)
    meant = [each for each, cosine in registry.vectors.like(resource_id, _ASKED) if cosine >= _ALIKE]
    sharing, following = _asked(registry.index, graph, own, steps, shared=len(meant) < MOST)
    cards = _cards(session, {resource_id, *meant, *sharing, *(each for several in following for each in several)})
    itself = cards.pop(resource_id, None)
    named = refs(session, _named(graph, own, steps))
    forward = _next(steps, following, cards, named, languages)
    left = {each: card for each, card in cards.items() if each not in {step.card.id for step in forward}}
    rarity = registry.lexicons.current(session).rarity
    alike = {each: _alike(itself, left[each], rarity) for each in meant if each in left}
    return Near(_similar(graph, own, alike, sharing, left, named, languages), forward)


def _own(session: Session, resource_id: str) -> _Own:
    rows = session.execute(
        select(AlignmentRow.relation, AlignmentRow.concept_id)
        .where(
            AlignmentRow.resource_id == resource_id,
            AlignmentRow.concept_id.is_not(None),
            AlignmentRow.relation.in_(_RELATIONS),
            AlignmentRow.origin != _SUGGESTED,
        )
        .order_by(AlignmentRow.id)
        .limit(_MOST_CONCEPTS)
    )
    found: dict[str, tuple[int, ...]] = {}
    for relation, concept in rows:
        if concept is not None:
            found[relation] = (*found.get(relation, ()), concept)
    return _Own(found)


def _steps(session: Session, graph: Graph, own: Sequence[int]) -> list[_Step]:
    """What follows these standards and has resources, no more than there may be questions; not what is among them."""
    after: dict[int, int] = {}
    for concept, following in _following(graph, own):
        if following not in own and len(after) < _MOST_STEPS:
            after.setdefault(following, concept)
    counts = tallies(session, list(after)) if after else {}
    kept = [each for each in after if counts.get(each, {}).get(ALL)][:MOST]
    return [_Step(each, after[each], _reached(graph, each)) for each in kept]


def _reached(graph: Graph, concept: int) -> tuple[int, ...]:
    return (concept, *sorted(graph.widened((concept,)) - {concept})[:_MOST_UNDER_A_STEP])


def _equivalents(graph: Graph, concept: int) -> list[int]:
    return sorted(graph.equivalents(concept))[:_MOST_EQUIVALENTS]


def _following(graph: Graph, own: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each standard with one that comes after it; a part of a standard goes on with what follows the whole."""
    for concept in own:
        wholes = (concept,) if graph.successors(concept) else graph.parents(concept)
        for whole in wholes:
            yield from ((whole, following) for following in graph.successors(whole))


def _asked(
    index: SearchIndex, graph: Graph, own: _Own, steps: Sequence[_Step], shared: bool
) -> tuple[list[str], list[list[str]]]:
    """Ids of resources that share a standard, where they are wanted, and of those for each step."""
    same = [
        token(beside, relation)
        for relation, concepts in own.relations.items()
        for concept in concepts
        for beside in (concept, *_equivalents(graph, concept))
    ]
    try:
        return (
            _hits(index, same) if shared and same else [],
            [_hits(index, [token(each, "teaches") for each in step.reached]) for step in steps],
        )
    except Unavailable:
        return [], [[] for _ in steps]


def _hits(index: SearchIndex, tokens: Sequence[str]) -> list[str]:
    query = IndexQuery(filters=(Filter("aligned", tuple(dict.fromkeys(tokens))),), limit=_ASKED)
    return [hit.id for hit in index.search(query).hits]


def _cards(session: Session, ids: Collection[str]) -> dict[str, Card]:
    """The cards of those that are still offered."""
    if not ids:
        return {}
    table = ResourceRow.__table__.c
    rows = session.connection().execute(
        select(table.id, table.card).where(table.id.in_(sorted(ids)), table.withdrawn_at.is_(None))
    )
    return {row.id: msgspec.json.decode(row.card, type=Card) for row in rows}


def _named(graph: Graph, own: _Own, steps: Sequence[_Step]) -> Iterator[int]:
    for concept in own.concepts:
        yield concept
        yield from _equivalents(graph, concept)
    for step in steps:
        yield from (step.after, *step.reached)


def _similar(
    graph: Graph,
    own: _Own,
    meant: Mapping[str, str],
    sharing: Sequence[str],
    cards: Mapping[str, Card],
    named: Mapping[int, ConceptRef],
    languages: Collection[str],
) -> tuple[Similar, ...]:
    """Those near in meaning (with how) as they come, then those with the most standards in common."""
    phrases = _phrases(graph, own, named)
    alike = [_why(cards[each], phrases, (how,)) for each, how in meant.items()]
    others = [_why(cards[each], phrases) for each in sharing if each in cards and each not in meant]
    others = [each for each in others if each.why]
    others.sort(key=lambda each: (not _speaks(each.card, languages), -len(each.why)))
    return tuple((*alike, *others)[:MOST])


def _alike(one: Card | None, other: Card, rarity: Callable[[str], float]) -> str:
    """That two resources are alike, with the words of both that tell most."""
    both = shared_words((one.title, one.summary), (other.title, other.summary), rarity) if one else ()
    return f"alike in wording: {', '.join(both)}" if both else "alike in meaning"


def _phrases(graph: Graph, own: _Own, named: Mapping[int, ConceptRef]) -> dict[tuple[str, str], str]:
    """What to say of an alignment (relation, URI) with the same standard as the resource's own, or its equivalent."""
    found: dict[tuple[str, str], str] = {}
    for relation, concepts in own.relations.items():
        known = [concept for concept in concepts if concept in named]
        for concept in known:
            for beside in (each for each in _equivalents(graph, concept) if each in named):
                said = f"{relation} {_name(named[beside])}, the same as {_name(named[concept])}"
                found[relation, named[beside].uri] = said
        for concept in known:
            found[relation, named[concept].uri] = f"{relation} {_name(named[concept])} too"
    return found


def _why(card: Card, phrases: Mapping[tuple[str, str], str], more: tuple[str, ...] = ()) -> Similar:
    said = (phrases.get((each.relation, each.uri)) for each in _vouched(card))
    return Similar(card, (*dict.fromkeys(phrase for phrase in said if phrase), *more))


def _next(
    steps: Sequence[_Step],
    following: Sequence[Sequence[str]],
    cards: Mapping[str, Card],
    named: Mapping[int, ConceptRef],
    languages: Collection[str],
) -> tuple[NextStep, ...]:
    """A resource for each step in turn until there are enough, those in a language of the resource's first."""
    lists = [
        sorted(
            _taking(step, [cards[each] for each in ids if each in cards], named),
            key=lambda each: not _speaks(each.card, languages),
        )
        for step, ids in zip(steps, following, strict=True)
    ]
    found: dict[str, NextStep] = {}
    for place in range(_ASKED):
        for several in lists:
            if place < len(several) and len(found) < MOST:
                found.setdefault(several[place].card.id, several[place])
    return tuple(found.values())


def _taking(step: _Step, cards: Iterable[Card], named: Mapping[int, ConceptRef]) -> Iterator[NextStep]:
    """The step with each of these that teaches it, or what goes with it."""
    if not {step.concept, step.after} <= named.keys():
        return
    names = {named[each].uri: _name(named[each]) for each in step.reached if each in named}
    for card in cards:
        taught = [each.uri for each in _vouched(card) if each.relation == "teaches" and each.uri in names]
        if taught:
            standard = named[step.concept]
            said = "" if standard.uri in taught else names[taught[0]]
            yield NextStep(card, said, standard, named[step.after])


def _vouched(card: Card) -> Iterator[CardAlignment]:
    """What its publisher or a curator says it does."""
    return (each for each in card.alignments if each.origin != _SUGGESTED)


def _name(ref: ConceptRef) -> str:
    """Its code; without one its wording in quotes, cut where that is long."""
    cut = "…" if len(ref.name) > _LONGEST_NAME else ""
    return ref.code or f"“{ref.name[:_LONGEST_NAME]}{cut}”"


def _speaks(card: Card, languages: Collection[str]) -> bool:
    return not languages or bool(set(card.languages) & set(languages))
