"""Two frameworks side by side along what is said to be the same or close in both."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from registry.errors import NotFound
from registry.models import AssociationRow, ConceptRow
from registry.standards import lookup
from registry.standards.lookup import ConceptRef
from registry.standards.versions import framework_row

A_PAGE = 100
_LOOKED_AT = 20_000
"""Statements looked at for one page: where hardly any matches, the page is short and the next one goes on."""
_MOST_COUNTED = 1_000
_SAID = {
    "exactMatch": "the same",
    "isTranslationOf": "a translation",
    "closeMatch": "close",
    "isPeerOf": "close",
    "broadMatch": "broader there",
    "narrowMatch": "narrower there",
}
_TURNED = {"broader there": "narrower there", "narrower there": "broader there"}
SHOWN = ("matched", "left", "right", "all")


class Counterpart(Struct, frozen=True):
    """A statement of the other framework, and how it is said to match."""

    ref: ConceptRef
    how: str


class BesideLine(Struct, frozen=True):
    """A statement and its counterparts."""

    ref: ConceptRef
    counterparts: tuple[Counterpart, ...]


class BesidePage(Struct, frozen=True):
    """Some of the statements of one framework beside those of another; `next` is the id to go on after.

    `matched` counts the left statements that have a counterpart, or as many as were found before the count was given
    up: then `counted` is false.
    """

    left: str
    left_title: str
    right: str
    right_title: str
    shown: str
    lines: tuple[BesideLine, ...]
    next: int | None
    matched: int
    counted: bool


def beside(session: Session, left: str, right: str, shown: str = "matched", after: int = 0) -> BesidePage:
    """A page of two frameworks: `matched` statements, those of the `left` or `right` without a counterpart, or `all`.

    In the order in which the statements came. Raises NotFound. Costs indexed probes of at most 20,000 statements.
    """
    one, other = framework_row(session, left), framework_row(session, right)
    if one.id == other.id:
        raise NotFound(f"{one.code} cannot be put beside itself. Choose another framework.")
    base, there = (other.id, one.id) if shown == "right" else (one.id, other.id)
    last = _last_looked_at(session, base, after)
    found = select(ConceptRow.id).where(*_standing(base, after, last))
    if shown != "all":
        found = found.where(_matched(there) if shown == "matched" else ~_matched(there))
    ids = session.scalars(found.order_by(ConceptRow.id).limit(A_PAGE + 1)).all()
    page = ids[:A_PAGE]
    pairs = _pairs(session, page, there) if shown in ("matched", "all") else {}
    refs = lookup.refs(session, {*page, *(end for group in pairs.values() for end, _ in group)})
    matched, counted = _count(session, one.id, other.id)
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
        next=page[-1] if len(ids) > A_PAGE else last,
        matched=matched,
        counted=counted,
    )


def _standing(framework_id: int, after: int, last: int | None) -> list[ColumnElement[bool]]:
    """The statements of a framework that are not gone, between two places."""
    within = [ConceptRow.framework_id == framework_id, ConceptRow.gone.is_(False), ConceptRow.id > after]
    return within if last is None else [*within, ConceptRow.id <= last]


def _last_looked_at(session: Session, framework_id: int, after: int) -> int | None:
    """The id of the last statement a page looks at; None where it sees the rest of them."""
    following = select(ConceptRow.id).where(*_standing(framework_id, after, None)).order_by(ConceptRow.id)
    ids = session.scalars(following.offset(_LOOKED_AT - 1).limit(2)).all()
    return ids[0] if len(ids) == 2 else None


def _count(session: Session, base: int, there: int) -> tuple[int, bool]:
    last = _last_looked_at(session, base, 0)
    some = select(ConceptRow.id).where(*_standing(base, 0, last), _matched(there)).limit(_MOST_COUNTED + 1)
    count = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return min(count, _MOST_COUNTED), last is None and count <= _MOST_COUNTED


def _matched(there: int) -> ColumnElement[bool]:
    """Whether a statement is linked, in either direction, with one of the framework with this id."""
    return or_(_linked(there, outward=True), _linked(there, outward=False))


def _linked(there: int, outward: bool) -> ColumnElement[bool]:
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


def _pairs(session: Session, ids: Sequence[int], there: int) -> dict[int, list[tuple[int, str]]]:
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
