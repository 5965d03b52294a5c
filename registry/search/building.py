"""Documents from rows: a batch of resources read, with what the standards they are aligned with bring to the search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.catalog.card import Card
from registry.catalog.ratings import standing
from registry.models import AlignmentRow, ConceptRow, RatingTallyRow, ResourceRow
from registry.ports import Document
from registry.search.fields import AlignedConcept, document
from registry.standards.graph import Graph

_T = TypeVar("_T")

BATCH = 5_000
_MOST_PER_SELECT = 500
_card = msgspec.json.Decoder(Card)


class Read(Struct, frozen=True):
    """One resource as it was read; `document` is None where it is withdrawn. `seen` was its indexed revision then."""

    id: str
    revision: int
    seen: int
    document: Document | None


def read_batch(session: Session, graph: Graph, condition: ColumnElement[bool], after: str, limit: int) -> list[Read]:
    """Up to `limit` resources that fit the condition, by id, from the one after `after`. Costs four selects or so."""
    rows = session.execute(
        select(
            ResourceRow.id,
            ResourceRow.body,
            ResourceRow.card,
            ResourceRow.revision,
            ResourceRow.indexed_revision,
            ResourceRow.created_at,
            ResourceRow.withdrawn_at,
            RatingTallyRow.number,
            RatingTallyRow.stars,
        )
        .outerjoin(RatingTallyRow, RatingTallyRow.resource_id == ResourceRow.id)
        .where(condition, ResourceRow.id > after)
        .order_by(ResourceRow.id)
        .limit(limit)
    ).all()
    aligned = _aligned(session, graph, [row.id for row in rows if row.withdrawn_at is None])
    return [
        Read(
            id=row.id,
            revision=row.revision,
            seen=row.indexed_revision,
            document=None
            if row.withdrawn_at
            else document(
                row.body,
                _card.decode(row.card),
                aligned.get(row.id, ()),
                row.revision,
                row.created_at,
                standing(row.number or 0, row.stars or 0),
            ),
        )
        for row in rows
    ]


def _aligned(session: Session, graph: Graph, resource_ids: Sequence[str]) -> dict[str, list[AlignedConcept]]:
    found: dict[str, list[AlignedConcept]] = {}
    rows = [
        row
        for ids in _portions(resource_ids)
        for row in session.execute(
            select(AlignmentRow.resource_id, AlignmentRow.concept_id, AlignmentRow.relation, AlignmentRow.level)
            .where(AlignmentRow.resource_id.in_(ids))
            .order_by(AlignmentRow.id)
        )
    ]
    direct = {row.concept_id for row in rows if row.concept_id is not None}
    words = _wording(session, direct.union(*(graph.parents(concept) for concept in direct)))
    brought = {
        concept: tuple(part for each in (concept, *graph.parents(concept)) for part in words.get(each, ()))
        for concept in direct
    }
    for resource_id, concept, relation, level in rows:
        each = AlignedConcept(concept, relation, level, brought.get(concept, ()))
        found.setdefault(resource_id, []).append(each)
    return found


def _wording(session: Session, concepts: Iterable[int]) -> dict[int, tuple[str, str]]:
    return {
        row.id: (row.code, row.statement)
        for ids in _portions(sorted(concepts))
        for row in session.execute(
            select(ConceptRow.id, ConceptRow.code, ConceptRow.statement).where(ConceptRow.id.in_(ids))
        )
    }


def _portions(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _MOST_PER_SELECT):
        yield values[start : start + _MOST_PER_SELECT]
