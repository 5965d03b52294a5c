"""The lists people keep, as readers see them: everybody's public ones, one's own, and one list with its resources."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from registry.catalog.card import Card
from registry.catalog.matching import end_of
from registry.catalog.ratings import Rating, rating
from registry.errors import BadRequest, FieldError, NotFound
from registry.models import CollectionItemRow, CollectionRow, PersonRow, RatingTallyRow, ResourceRow

PRIVATE, LINK, PUBLIC = "private", "link", "public"
VISIBILITIES = (PRIVATE, LINK, PUBLIC)
MOST_LISTS, MOST_ITEMS = 200, 250
"""How many lists a person may keep, and how many resources a list may hold: all of it is one page, to be printed."""

_filled = exists().where(CollectionItemRow.collection_id == CollectionRow.id)


class CollectionHead(Struct, frozen=True):
    """A list without what is in it. `owner` is a name, `credit` names the list it was copied from first, and
    `copied_from` is that list's id while it is there."""

    id: str
    title: str
    note: str
    visibility: str
    owner: str
    mine: bool
    size: int
    created_at: datetime
    updated_at: datetime
    credit: str
    copied_from: str | None


class CollectionItem(Struct, frozen=True):
    """A resource in a list and what the owner says of it.

    `card` is None where the resource is no longer in the catalog: nothing of it is told then but whether it was taken
    down here, and not withdrawn by its publisher.
    """

    resource: str
    note: str
    card: Card | None
    rating: Rating | None = None
    taken_down: bool = False


class CollectionView(CollectionHead, frozen=True, kw_only=True):
    """A list with what is in it, in order. The key that opens it to others is told to its owner alone."""

    items: tuple[CollectionItem, ...]
    share_key: str = ""


class CollectionPage(Struct, frozen=True):
    """Some lists, what changed last first, and the cursor of those that follow."""

    items: tuple[CollectionHead, ...]
    next: str | None


class Choice(Struct, frozen=True):
    """One of a person's lists, and whether a certain resource is in it."""

    id: str
    title: str
    size: int
    holds: bool


def public_collections(session: Session, person_id: str = "", cursor: str = "", limit: int = 20) -> CollectionPage:
    """The lists that are shown to everybody and hold something. Raises BadRequest for a cursor that is none."""
    return _heads(session, (CollectionRow.visibility == PUBLIC) & _filled, person_id, cursor, limit)


def own_collections(session: Session, person_id: str, cursor: str = "", limit: int = MOST_LISTS) -> CollectionPage:
    """The lists of this person. Raises BadRequest for a cursor that is none."""
    return _heads(session, CollectionRow.owner_id == person_id, person_id, cursor, limit)


def collection_view(session: Session, collection_id: str, person_id: str = "", key: str = "") -> CollectionView:
    """A list as this person may read it, with `key` where only the link opens it. Raises NotFound for all others."""
    row = readable(session, collection_id, person_id, key)
    mine = row.owner_id == person_id
    items = items_of(session, collection_id)
    return CollectionView(
        **msgspec.structs.asdict(_head(session, row, person_id, len(items))),
        items=items,
        share_key=row.share_key if mine else "",
    )


def readable(session: Session, collection_id: str, person_id: str, key: str) -> CollectionRow:
    """The row of a list that this person may read. Raises NotFound, also for what is there but somebody else's own."""
    row = session.get(CollectionRow, collection_id)
    opened = row is not None and (
        row.owner_id == person_id
        or row.visibility == PUBLIC
        or (row.visibility == LINK and hmac.compare_digest(row.share_key.encode(), key.encode("utf-8", "replace")))
    )
    if row is None or not opened:
        raise NotFound("There is no such list, or it is not shared with you.")
    return row


def items_of(session: Session, collection_id: str) -> tuple[CollectionItem, ...]:
    """What is in a list, in order; what was merged is there once, as the resource that speaks for it now."""
    rows = session.scalars(in_order(collection_id)).all()
    live = now_standing(session, [row.resource_id for row in rows])
    found: dict[str, CollectionItem] = {}
    for row in rows:
        stands = live[row.resource_id]
        found.setdefault(stands.resource, msgspec.structs.replace(stands, note=row.note))
    return tuple(found.values())


def in_order(collection_id: str) -> Select[CollectionItemRow]:
    """The question for the items of a list in the order in which they stand."""
    row = CollectionItemRow
    return select(row).where(row.collection_id == collection_id).order_by(row.position, row.resource_id)


def now_standing(session: Session, resource_ids: Collection[str]) -> dict[str, CollectionItem]:
    """For each id what stands under it now, without a note: the resource itself, what it was merged into, or nothing
    that may be told."""
    rows = _resources(session, resource_ids)
    ends = {each: end_of(session, each) for each, row in rows.items() if row.merged_into is not None}
    rows |= _resources(session, [end for end in ends.values() if end not in rows])
    return {each: _standing(ends.get(each, each), rows) for each in resource_ids}


def choices(session: Session, person_id: str, resource_id: str) -> tuple[Choice, ...]:
    """The person's lists for one to be chosen, what changed last first."""
    holding = set(
        session.scalars(
            select(CollectionItemRow.collection_id)
            .join(CollectionRow, CollectionRow.id == CollectionItemRow.collection_id)
            .where(CollectionItemRow.resource_id == resource_id, CollectionRow.owner_id == person_id)
        )
    )
    heads = own_collections(session, person_id).items
    return tuple(Choice(head.id, head.title, head.size, head.id in holding) for head in heads)


def live_card(session: Session, resource_id: str) -> Card:
    """What is shown of a resource in the catalog, or of what it was merged into. Raises NotFound."""
    card = now_standing(session, [resource_id])[resource_id].card
    if card is None:
        raise NotFound("There is no such resource in the catalog.")
    return card


def _heads(session: Session, condition: ColumnElement[bool], person_id: str, cursor: str, limit: int) -> CollectionPage:
    asked = select(CollectionRow).where(condition)
    if cursor:
        asked = asked.where(tuple_(CollectionRow.updated_at, CollectionRow.id) < _place(cursor))
    order = CollectionRow.updated_at.desc(), CollectionRow.id.desc()
    rows = session.scalars(asked.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    sizes = _sizes(session, [row.id for row in shown])
    names = _names(session, {row.owner_id for row in shown})
    heads = tuple(_told(row, names[row.owner_id], person_id, sizes.get(row.id, 0)) for row in shown)
    following = f"{shown[-1].updated_at.isoformat()}~{shown[-1].id}" if len(rows) > limit else None
    return CollectionPage(heads, following)


def _place(cursor: str) -> ColumnElement[tuple[datetime, str]]:
    moment, _, collection_id = cursor.partition("~")
    try:
        stated = datetime.fromisoformat(moment)
        if stated.tzinfo is None or not collection_id:
            raise ValueError
    except ValueError:
        advice = "Leave it out to begin with the first, or give `next` of the page before."
        raise BadRequest("There are no lists from there on.", [FieldError("cursor", advice)]) from None
    return tuple_(stated, collection_id)


def _head(session: Session, row: CollectionRow, person_id: str, size: int) -> CollectionHead:
    return _told(row, _names(session, {row.owner_id})[row.owner_id], person_id, size)


def _told(row: CollectionRow, owner: str, person_id: str, size: int) -> CollectionHead:
    return CollectionHead(
        id=row.id,
        title=row.title,
        note=row.note,
        visibility=row.visibility,
        owner=owner,
        mine=row.owner_id == person_id,
        size=size,
        created_at=row.created_at,
        updated_at=row.updated_at,
        credit=row.credit,
        copied_from=row.copied_from,
    )


def _names(session: Session, person_ids: Collection[str]) -> dict[str, str]:
    return dict(session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(person_ids))).all())


def _sizes(session: Session, collection_ids: Sequence[str]) -> dict[str, int]:
    row = CollectionItemRow
    counted = select(row.collection_id, func.count()).where(row.collection_id.in_(collection_ids))
    return dict(session.execute(counted.group_by(row.collection_id)).all())


class _Held(Struct, frozen=True):
    card: bytes
    gone: bool
    taken_down: bool
    merged_into: str | None
    rating: Rating | None


def _resources(session: Session, ids: Collection[str]) -> dict[str, _Held]:
    row, tally = ResourceRow, RatingTallyRow
    # What people send for an id may hold what no store takes.
    ids = [each for each in ids if each.isascii() and each.isalnum()]
    found = session.execute(
        select(row.id, row.card, row.withdrawn_at, row.taken_down, row.merged_into, tally.number, tally.stars)
        .outerjoin(tally, tally.resource_id == row.id)
        .where(row.id.in_(ids))
    )
    return {
        each.id: _Held(
            card=each.card,
            gone=each.withdrawn_at is not None or bool(each.taken_down),
            taken_down=bool(each.taken_down),
            merged_into=each.merged_into,
            rating=rating(each.number, each.stars) if each.number else None,
        )
        for each in found
    }


def _standing(resource_id: str, rows: dict[str, _Held]) -> CollectionItem:
    held = rows.get(resource_id)
    if held is None or held.gone:
        return CollectionItem(resource_id, "", None, taken_down=held is not None and held.taken_down)
    return CollectionItem(resource_id, "", msgspec.json.decode(held.card, type=Card), held.rating)
