"""Leases: a job only one process may do at a time, freed by time when its holder dies."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from registry.db import insert_new, now
from registry.models import LeaseRow


def new_owner() -> str:
    """A name no other holder has."""
    return secrets.token_hex(8)


def take(session: Session, name: str, owner: str, seconds: int) -> bool:
    """Whether `owner` now holds the lease: it was free, expired, or already theirs (then it is prolonged)."""
    until = now() + timedelta(seconds=seconds)
    session.execute(insert_new(session, LeaseRow).values(name=name, owner="", until=now()))
    taken = session.execute(
        update(LeaseRow)
        .where(LeaseRow.name == name, or_(LeaseRow.owner.in_((owner, "")), LeaseRow.until < now()))
        .values(owner=owner, until=until)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def is_held(session: Session, name: str) -> bool:
    """Whether anybody holds the lease now."""
    held = exists().where(LeaseRow.name == name, LeaseRow.owner != "", LeaseRow.until >= now())
    return bool(session.scalar(select(held)))


def give_back(session: Session, name: str, owner: str) -> None:
    """Free the lease, if it is still the owner's."""
    session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.owner == owner))
