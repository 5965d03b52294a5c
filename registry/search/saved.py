"""Searches a person comes back to: kept by their query string, with what has arrived since they last looked."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.db import new_id, now
from registry.errors import Conflict, FieldError, NotFound, Rejected
from registry.models import PersonRow, ResourceRow, SavedSearchRow
from registry.search.query import search
from registry.search.question import Query

MOST_SAVED = 50
MOST_NEW = 100
"""What is new is counted up to here."""
LONGEST_NAME = 150
NOTHING = datetime(1970, 1, 1, tzinfo=UTC)
"""When the newest arrived for somebody who has seen nothing."""


class SavedSearch(Struct, frozen=True):
    """A search that is kept; `query` is its query string, with which the page, the API and the feed all answer it.

    `seen` is when the newest that its owner has seen arrived: what arrived after that is new to them.
    """

    id: str
    name: str
    query: str
    created_at: datetime
    seen: datetime


def save(session: Session, person_id: str, name: str, query: str, seen: datetime) -> str:
    """Keep a search; its id. One that is kept already is only called by the new name.

    `seen` is when the newest that it finds arrived. Raises Rejected for a name that is none, Conflict where there are
    too many.
    """
    name = _named(name)
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update())  # two at once are counted
    row = session.scalar(
        select(SavedSearchRow).where(SavedSearchRow.person_id == person_id, SavedSearchRow.query == query)
    )
    if row is not None:
        row.name = name
        return row.id
    held = session.scalar(select(func.count()).where(SavedSearchRow.person_id == person_id)) or 0
    if held >= MOST_SAVED:
        raise Conflict(f"You keep {MOST_SAVED} searches, and that is the most. Delete one first.")
    row = SavedSearchRow(id=new_id(), person_id=person_id, name=name, query=query, created_at=now(), seen=seen)
    session.add(row)
    session.flush()
    return row.id


def saved_searches(session: Session, person_id: str) -> tuple[SavedSearch, ...]:
    """What the person keeps, the last one first."""
    row = SavedSearchRow
    rows = session.scalars(select(row).where(row.person_id == person_id).order_by(row.created_at.desc(), row.id.desc()))
    return tuple(_told(each) for each in rows)


def saved_search(session: Session, person_id: str, saved_id: str) -> SavedSearch:
    """One of the searches this person keeps. Raises NotFound."""
    return _told(_own(session, person_id, saved_id))


def opened(session: Session, person_id: str, saved_id: str, seen: datetime) -> None:
    """Remember that its owner has seen what arrived until then. Raises NotFound."""
    _own(session, person_id, saved_id).seen = seen


def rename(session: Session, person_id: str, saved_id: str, name: str) -> None:
    """Call it something else. Raises NotFound, Rejected."""
    _own(session, person_id, saved_id).name = _named(name)


def forget(session: Session, person_id: str, saved_id: str) -> None:
    """Keep it no longer. Raises NotFound."""
    session.delete(_own(session, person_id, saved_id))


def arrived_since(session: Session, registry: Registry, query: Query, moment: datetime) -> int:
    """How many of what a search finds arrived after that moment, at most MOST_NEW. Raises what `search` raises."""
    ids = _last(session, registry, query, MOST_NEW)
    new = select(func.count()).where(ResourceRow.id.in_(ids), ResourceRow.created_at > moment)
    return session.scalar(new) or 0


def newest(session: Session, registry: Registry, query: Query) -> datetime:
    """When the newest that a search finds arrived. Raises what `search` raises.

    The clock would not do: a long harvest is indexed at its end, and what it brought would be older than the last look.
    """
    ids = _last(session, registry, query, 1)
    return session.scalar(select(func.max(ResourceRow.created_at)).where(ResourceRow.id.in_(ids))) or NOTHING


def _last(session: Session, registry: Registry, query: Query, limit: int) -> list[str]:
    """What arrived last of what a search finds, and nothing where it finds only what is near to it."""
    asked = msgspec.structs.replace(query, sort="arrived", limit=limit, cursor="", facets=False)
    found = search(session, registry, asked)
    return [] if found.understood.given_up else [item.id for item in found.items]


def _own(session: Session, person_id: str, saved_id: str) -> SavedSearchRow:
    row = session.get(SavedSearchRow, saved_id)
    if row is None or row.person_id != person_id:
        raise NotFound("You keep no such search.")
    return row


def _told(row: SavedSearchRow) -> SavedSearch:
    return SavedSearch(row.id, row.name, row.query, row.created_at, row.seen)


def _named(name: str) -> str:
    words = " ".join(name.split())
    name = "".join(each for each in words if unicodedata.category(each) not in ("Cc", "Cs"))
    if not 1 <= len(name) <= LONGEST_NAME:
        advice = f"Give the search a name of at most {LONGEST_NAME} characters."
        raise Rejected("The search cannot be kept as it is.", [FieldError("name", advice)])
    return name
