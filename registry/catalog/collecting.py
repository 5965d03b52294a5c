"""What people do with their lists: make, word, share, fill, order and delete them; and copy those of others."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence

import structlog
from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from registry.accounts.policy import Person
from registry.catalog.collections import (
    LINK,
    MOST_ITEMS,
    MOST_LISTS,
    PRIVATE,
    PUBLIC,
    VISIBILITIES,
    in_order,
    live_card,
    now_standing,
    readable,
)
from registry.db import new_id, now
from registry.errors import Conflict, FieldError, NotAllowed, NotFound, Rejected
from registry.models import CollectionItemRow, CollectionRow, PersonRow

log = structlog.get_logger()

LONGEST_TITLE, LONGEST_NOTE = 150, 2_000
UP, DOWN = "up", "down"


class Wording(Struct, frozen=True):
    """What a list is called, what its owner says of it, and who may see it: private, link or public."""

    title: str
    note: str = ""
    visibility: str = PRIVATE


class Wanted(Struct, frozen=True):
    """A resource that is to be in a list, and what the owner says of it."""

    resource: str
    note: str = ""


def create(session: Session, person: Person, wording: Wording, wanted: Sequence[Wanted] = ()) -> str:
    """A new list; its id. Raises Rejected naming what cannot be used, Conflict where there are too many lists."""
    wording = _checked(wording)
    session.execute(select(PersonRow.id).where(PersonRow.id == person.id).with_for_update())  # two at once are counted
    held = session.scalar(select(func.count()).where(CollectionRow.owner_id == person.id)) or 0
    if held >= MOST_LISTS:
        raise Conflict(f"You keep {MOST_LISTS} lists, and that is the most. Delete one first.")
    moment = now()
    row = CollectionRow(
        id=new_id(),
        share_key=_new_key(),
        owner_id=person.id,
        title=wording.title,
        note=wording.note,
        visibility=wording.visibility,
        created_at=moment,
        updated_at=moment,
    )
    session.add(row)
    session.flush()
    if wanted:
        _fill(session, row.id, wanted)
    return row.id


def change(session: Session, person: Person, collection_id: str, wording: Wording) -> None:
    """Call it something else, or show it to others. A list that becomes private gets a new key: links to it end.

    Raises what `_own` raises, and Rejected.
    """
    row, wording = _own(session, person, collection_id), _checked(wording)
    if wording.visibility == PRIVATE and row.visibility != PRIVATE:
        row.share_key = _new_key()
    row.title, row.note, row.visibility, row.updated_at = wording.title, wording.note, wording.visibility, now()


def remove(session: Session, person: Person, collection_id: str) -> None:
    """Delete a list; copies of it that others have stay, and keep its name."""
    session.delete(_own(session, person, collection_id))


def put_in(session: Session, person: Person, collection_id: str, wanted: Wanted) -> bool:
    """Put a resource at the end of a list; False where it was in it. Raises NotFound, Rejected, Conflict."""
    row = _own(session, person, collection_id)
    resource_id = live_card(session, wanted.resource).id
    held = session.scalars(in_order(collection_id)).all()
    if resource_id in {each.resource for each in now_standing(session, [item.resource_id for item in held]).values()}:
        return False
    if len(held) >= MOST_ITEMS:
        raise Conflict(f"This list holds {MOST_ITEMS} resources, and that is the most. Start another one.")
    last = held[-1].position if held else 0
    session.add(_item(collection_id, resource_id, last + 1, wanted.note))
    row.updated_at = now()
    return True


def replace(session: Session, person: Person, collection_id: str, wanted: Sequence[Wanted]) -> None:
    """Put these into a list, in this order, in place of what is in it.

    What has left the catalog may stay where it was. Raises Rejected naming what cannot be put in.
    """
    row = _own(session, person, collection_id)
    _fill(session, collection_id, wanted)
    row.updated_at = now()


def take_out(session: Session, person: Person, collection_id: str, resource_id: str) -> None:
    """Take a resource out of a list."""
    row = _own(session, person, collection_id)
    for item in _same(session, collection_id, resource_id):
        session.delete(item)
    row.updated_at = now()


def say(session: Session, person: Person, collection_id: str, resource_id: str, note: str) -> None:
    """Say something of a resource in a list; nothing takes it back."""
    row = _own(session, person, collection_id)
    _same(session, collection_id, resource_id)[0].note = _noted(note, "note")
    row.updated_at = now()


def move(session: Session, person: Person, collection_id: str, resource_id: str, way: str) -> None:
    """Move a resource one place up or down; at an end it stays. Raises Rejected for any other way."""
    if way not in (UP, DOWN):
        raise Rejected("It was not moved.", [FieldError("way", f"Use {UP} or {DOWN}.")])
    row = _own(session, person, collection_id)
    items = list(session.scalars(in_order(collection_id)))
    moved = _same(session, collection_id, resource_id)
    others = [item for item in items if item not in moved]
    before = sum(items.index(each) < items.index(moved[0]) for each in others)
    place = min(max(before + (1 if way == DOWN else -1), 0), len(others))
    for position, item in enumerate([*others[:place], *moved, *others[place:]], start=1):
        item.position = position
    row.updated_at = now()


def copy(session: Session, person: Person, collection_id: str, key: str = "") -> str:
    """A list of one's own with what is in this one now, crediting whose list it was first; its id. Raises NotFound."""
    row = readable(session, collection_id, person.id, key)
    items = session.scalars(in_order(collection_id)).all()
    standing = now_standing(session, [item.resource_id for item in items])
    live = {standing[item.resource_id].resource: item.note for item in items if standing[item.resource_id].card}
    title = f"{row.title[: LONGEST_TITLE - 7]} (copy)" if row.owner_id == person.id else row.title
    wanted = [Wanted(resource, note) for resource, note in live.items()]
    made = session.get_one(CollectionRow, create(session, person, Wording(title, row.note), wanted))
    if row.credit:
        made.credit, made.copied_from = row.credit, row.copied_from
    elif row.owner_id != person.id:
        made.credit = f"“{row.title}” by {session.get_one(PersonRow, row.owner_id).name}"
        made.copied_from = row.id
    return made.id


def hide(session: Session, collection_id: str, by: str) -> None:
    """Take a public list of somebody else off the public pages: it becomes its owner's own. Raises NotFound."""
    row = session.get(CollectionRow, collection_id, with_for_update=True)
    if row is None or row.visibility != PUBLIC:
        raise NotFound("There is no such public list.")
    row.visibility, row.share_key = PRIVATE, _new_key()
    log.info("list_hidden", collection=collection_id, by=by)


def _own(session: Session, person: Person, collection_id: str) -> CollectionRow:
    """The row, held until the end of the transaction.

    Raises NotFound, and NotAllowed for a list that the person may see but that is somebody else's.
    """
    row = session.get(CollectionRow, collection_id, with_for_update=True)
    if row is None or (row.owner_id != person.id and row.visibility != PUBLIC):
        raise NotFound("There is no such list, or it is not yours.")
    if row.owner_id != person.id:
        raise NotAllowed("This is somebody else’s list. Copy it into your own lists, and change the copy.")
    return row


def _fill(session: Session, collection_id: str, wanted: Sequence[Wanted]) -> None:
    if len(wanted) > MOST_ITEMS:
        raise Rejected("The list is too long.", [FieldError("items", f"Give at most {MOST_ITEMS}.")])
    held = {item.resource_id for item in session.scalars(in_order(collection_id))}
    standing = now_standing(session, [each.resource for each in wanted])
    unknown = [each.resource for each in wanted if not standing[each.resource].card and each.resource not in held]
    if unknown:
        errors = [FieldError("items", f"There is no resource {each[:100]} in the catalog.") for each in unknown[:20]]
        raise Rejected("Some of these cannot be put into a list.", errors)
    notes = {standing[each.resource].resource: _noted(each.note, "items") for each in reversed(wanted)}
    session.execute(delete(CollectionItemRow).where(CollectionItemRow.collection_id == collection_id))
    ordered = dict.fromkeys(standing[each.resource].resource for each in wanted)
    for position, resource_id in enumerate(ordered, start=1):
        session.add(_item(collection_id, resource_id, position, notes[resource_id]))
    session.flush()


def _item(collection_id: str, resource_id: str, position: int, note: str) -> CollectionItemRow:
    return CollectionItemRow(
        collection_id=collection_id,
        resource_id=resource_id,
        position=position,
        note=_noted(note, "note"),
        added_at=now(),
    )


def _same(session: Session, collection_id: str, resource_id: str) -> list[CollectionItemRow]:
    """The items that stand for this resource: several where what they named has become one. Raises NotFound."""
    items = session.scalars(in_order(collection_id)).all()
    standing = now_standing(session, [item.resource_id for item in items])
    found = [item for item in items if resource_id in (item.resource_id, standing[item.resource_id].resource)]
    if not found:
        raise NotFound("This resource is not in the list.")
    return found


def _checked(wording: Wording) -> Wording:
    title = _clean(" ".join(wording.title.split()))
    errors = []
    if not 1 <= len(title) <= LONGEST_TITLE:
        errors.append(FieldError("title", f"Give the list a name of at most {LONGEST_TITLE} characters."))
    if len(wording.note) > LONGEST_NOTE:
        errors.append(FieldError("note", _TOO_LONG))
    if wording.visibility not in VISIBILITIES:
        errors.append(FieldError("visibility", f"Use {PRIVATE}, {LINK} or {PUBLIC}."))
    if errors:
        raise Rejected("The list cannot be kept as it is.", errors)
    return Wording(title, _clean(wording.note).strip(), wording.visibility)


def _noted(note: str, field: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise Rejected("The note cannot be kept as it is.", [FieldError(field, _TOO_LONG)])
    return _clean(note).strip()


def _clean(text: str) -> str:
    """The text without control characters and lone halves of characters, which no store takes; lines stay lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(each for each in lines if each == "\n" or unicodedata.category(each) not in ("Cc", "Cs"))


def _new_key() -> str:
    return secrets.token_urlsafe(18)


_TOO_LONG = f"Use at most {LONGEST_NOTE:,} characters."
