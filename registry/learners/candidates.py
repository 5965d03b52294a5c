"""Resources for a standard: found through the search index, loaded in one select, and held against the hard filters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from registry.catalog.card import Card
from registry.learners import standards
from registry.learners.score import Offer, align_value
from registry.learners.views import Wishes
from registry.models import ResourceRow
from registry.ports import Filter, IndexQuery, SearchIndex
from registry.standards.graph import Graph
from vocab.grades import GRADES
from vocab.schemes import scheme

_MOST_HITS = 100
_MOST_PER_SELECT = 500
_RELATIONS = ("teaches", "assesses")
_GRADES_AHEAD = 3  # of the learner's own: what is made for older children is not offered


class Candidate(Struct, frozen=True):
    """A resource that may be offered for a standard, and what it says it does for it."""

    card: Card
    offer: Offer
    words: frozenset[str]


class Found(Struct, frozen=True):
    """The candidates for one standard, and how many a hard filter turned away, by its reason."""

    candidates: tuple[Candidate, ...]
    turned_away: dict[str, int]


class _Body(Struct, frozen=True):
    """What the hard filters and interests need of a resource's body; the rest of it is not decoded."""

    keywords: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    access_hazards: tuple[str, ...] = ()


class _Loaded(Struct, frozen=True):
    card: Card
    body: _Body
    withdrawn_at: datetime | None
    words: frozenset[str]


def find(
    catalog: Session, index: SearchIndex, graph: Graph, kinds: Mapping[int, str], wishes: Wishes
) -> dict[int, Found]:
    """For each standard (by concept id, with what is to be done there) the resources that may be offered.

    One index query a standard, one select for all resources. Raises Unavailable when the index is down.
    """
    targets = {concept: _targets(graph, concept) for concept in kinds}
    hits = {concept: _hits(index, targets[concept], wishes) for concept in kinds}
    loaded = _load(catalog, {hit for found in hits.values() for hit in found})
    uris = {
        each.id: each.uri
        for each in standards.by_id(catalog, {id for target in targets.values() for id in target}).values()
    }
    found: dict[int, Found] = {}
    for concept, kind in kinds.items():
        closeness = {uris[id]: close for id, close in targets[concept].items() if id in uris}
        candidates: list[Candidate] = []
        turned_away: dict[str, int] = {}
        for resource in (loaded[hit] for hit in hits[concept] if hit in loaded):
            offer = _offer(resource, closeness, kind, wishes)
            reason = _refusal(resource, wishes)
            if offer and reason:
                turned_away[reason] = turned_away.get(reason, 0) + 1
            elif offer:
                candidates.append(Candidate(resource.card, offer, resource.words))
        found[concept] = Found(tuple(candidates), turned_away)
    return found


def _targets(graph: Graph, concept: int) -> dict[int, str]:
    """The concepts whose resources serve this one, and how close each is: it, its equals, its parts, its whole."""
    targets = dict.fromkeys(_wholes(graph, concept), "whole")
    targets |= dict.fromkeys(sorted(graph.descendants([concept])), "part")
    targets |= dict.fromkeys(sorted(graph.equivalents(concept)), "equivalent")
    return targets | {concept: "same"}


def _wholes(graph: Graph, concept: int) -> Iterable[int]:
    # 4.NF.B.3 for 4.NF.B.3.a, but not a domain or a grade: what groups nothing but leaves.
    return (
        parent
        for parent in graph.parents(concept)
        if not graph.children(concept) and not any(graph.children(child) for child in graph.children(parent))
    )


def _hits(index: SearchIndex, targets: Collection[int], wishes: Wishes) -> list[str]:
    """Ids of resources aligned to these, first in the learner's languages; the others make the answer honest."""
    tokens = tuple(f"{target}|{relation}" for target in targets for relation in _RELATIONS)
    aligned = Filter("aligned", tokens)
    hits: list[str] = []
    if wishes.languages:
        query = IndexQuery(filters=(aligned, Filter("language", wishes.languages)), limit=_MOST_HITS)
        hits = [hit.id for hit in index.search(query).hits]
    if len(hits) < _MOST_HITS:
        hits += [hit.id for hit in index.search(IndexQuery(filters=(aligned,), limit=_MOST_HITS)).hits]
    return list(dict.fromkeys(hits))


def _load(catalog: Session, ids: Collection[str]) -> dict[str, _Loaded]:
    wanted = sorted(ids)
    loaded: dict[str, _Loaded] = {}
    for start in range(0, len(wanted), _MOST_PER_SELECT):
        rows = catalog.execute(
            select(
                ResourceRow.id, ResourceRow.card, type_coerce(ResourceRow.body, Text), ResourceRow.withdrawn_at
            ).where(ResourceRow.id.in_(wanted[start : start + _MOST_PER_SELECT]))
        )
        for resource_id, stored, raw, withdrawn_at in rows:
            card, body = msgspec.json.decode(stored, type=Card), msgspec.json.decode(raw, type=_Body)
            words = " ".join((card.title, card.summary, *card.subjects, *body.keywords))
            loaded[resource_id] = _Loaded(card, body, withdrawn_at, frozenset(_words(words)))
    return loaded


def _offer(resource: _Loaded, closeness: Mapping[str, str], kind: str, wishes: Wishes) -> Offer | None:
    """The best of what a resource says it does for the standard; None where it only requires it."""
    if resource.withdrawn_at is not None:
        return None
    wanted = (*wishes.interests, *wishes.aspirations)
    interests = tuple(interest for interest in wanted if set(_words(interest)) <= resource.words)
    offers = [
        Offer(
            closeness=closeness[alignment.uri],
            relation=alignment.relation,
            origin=alignment.origin,
            confidence=alignment.confidence,
            level=alignment.level,
            minutes=resource.card.minutes,
            interests=interests,
        )
        for alignment in resource.card.alignments
        if alignment.uri in closeness and alignment.relation in _RELATIONS
    ]
    return max(offers, key=lambda offer: align_value(kind, offer), default=None)


def _refusal(resource: _Loaded, wishes: Wishes) -> str | None:
    """Why a resource may not be offered to this learner, in words that follow a number."""
    card, body = resource.card, resource.body
    if wishes.languages and not set(card.languages) & set(wishes.languages):
        return "in other languages or none stated"
    features = [need for need in wishes.needs if need not in _hazards()]
    if not set(features) <= set(card.access):
        return "without the access features needed"
    if set(wishes.needs) & _hazards() & set(body.access_hazards):
        return "with a hazard to avoid"
    if body.audiences and not {"student", "public"} & set(body.audiences):
        return "not made for learners"
    if wishes.grade and card.grades:
        youngest = min((GRADES.index(grade) for grade in card.grades if grade in GRADES), default=0)
        if youngest > GRADES.index(wishes.grade) + _GRADES_AHEAD:
            return "made for older learners"
    return None


def _hazards() -> frozenset[str]:
    return frozenset(term.key for term in scheme("access_hazards").terms)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
