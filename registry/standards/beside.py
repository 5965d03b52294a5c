"""Two frameworks side by side along what is said to be the same or close in both."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from registry.errors import NotFound
from registry.models import AssociationRow, ConceptRow
from registry.standards import lookup
from registry.standards.lookup import ConceptRef
from registry.standards.versions import framework_row

A_PAGE = 100
_SAID = {
    "exactMatch": "the same",
    "isTranslationOf": "a translation",
    "closeMatch": "close",
    "isPeerOf": "close",
    "broadMatch": "broader there",
    "narrowMatch": "narrower there",
}
_TURNED = {"broader there": "narrower there", "narrower there": "broader there"}
SHOWN = ("matched", "left", "right")


class Counterpart(Struct, frozen=True):
    """A statement of the other framework, and how it is said to match."""

    ref: ConceptRef
    how: str


class BesideLine(Struct, frozen=True):
    """A statement and its counterparts."""

    ref: ConceptRef
    counterparts: tuple[Counterpart, ...]


class BesidePage(Struct, frozen=True):
    """Some of the statements of one framework beside those of another; `next` is the id to go on after."""

    left: str
    left_title: str
    right: str
    right_title: str
    shown: str
    lines: tuple[BesideLine, ...]
    next: int | None


def beside(session: Session, left: str, right: str, shown: str = "matched", after: int = 0) -> BesidePage:
    """A page of two frameworks: `matched` statements, or those of the `left` or `right` one without a counterpart.

    Raises NotFound. Costs a page of indexed probes; by the order in which the statements came.
    """
    one, other = framework_row(session, left), framework_row(session, right)
    if one.id == other.id:
        raise NotFound(f"{one.code} cannot be put beside itself. Choose another framework.")
    base, there = (other.id, one.id) if shown == "right" else (one.id, other.id)
    matched = or_(_matched(there, outward=True), _matched(there, outward=False))
    ids = session.scalars(
        select(ConceptRow.id)
        .where(
            ConceptRow.framework_id == base,
            ConceptRow.gone.is_(False),
            ConceptRow.id > after,
            matched if shown == "matched" else ~matched,
        )
        .order_by(ConceptRow.id)
        .limit(A_PAGE + 1)
    ).all()
    page = ids[:A_PAGE]
    pairs = _pairs(session, page, there) if shown == "matched" else {}
    refs = lookup.refs(session, {*page, *(end for group in pairs.values() for end, _ in group)})
    return BesidePage(
        left=one.code,
        left_title=one.title,
        right=other.code,
        right_title=other.title,
        shown=shown,
        lines=tuple(
            BesideLine(
                refs[concept],
                tuple(Counterpart(refs[end], how) for end, how in dict.fromkeys(pairs.get(concept, ())) if end in refs),
            )
            for concept in page
        ),
        next=page[-1] if len(ids) > A_PAGE else None,
    )


def _matched(there: int, outward: bool) -> ColumnElement[bool]:
    """Whether a statement is linked, from it (`outward`) or to it, with one of the framework with this id."""
    end = aliased(ConceptRow)
    near, far = (
        (AssociationRow.source_id, AssociationRow.target_id)
        if outward
        else (AssociationRow.target_id, AssociationRow.source_id)
    )
    return exists(
        select(AssociationRow.id)
        .join(end, end.id == far)
        .where(near == ConceptRow.id, AssociationRow.kind.in_(_SAID), end.framework_id == there, end.gone.is_(False))
    )


def _pairs(session: Session, ids: list[int] | tuple[int, ...], there: int) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for outward in (True, False):
        end = aliased(ConceptRow)
        near, far = (
            (AssociationRow.source_id, AssociationRow.target_id)
            if outward
            else (AssociationRow.target_id, AssociationRow.source_id)
        )
        rows = session.execute(
            select(near, far, AssociationRow.kind)
            .join(end, end.id == far)
            .where(near.in_(ids), AssociationRow.kind.in_(_SAID), end.framework_id == there, end.gone.is_(False))
            .order_by(AssociationRow.id)
        )
        for concept, other, kind in rows:
            how = _SAID[kind] if outward else _TURNED.get(_SAID[kind], _SAID[kind])
            found.setdefault(concept or 0, []).append((other or 0, how))
    return found
