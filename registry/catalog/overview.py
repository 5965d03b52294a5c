"""What operators and crawlers ask of the catalog as a whole: counts, and the addresses of all that can be read."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import ResourceRow, RunRow


class Listed(Struct, frozen=True):
    """A resource that can be read, and when it last changed."""

    id: str
    updated_at: datetime


def count_stale(session: Session) -> int:
    """How many resources the index has yet to take; costs as much as there are."""
    return session.scalar(select(func.count()).where(ResourceRow.indexed_revision < ResourceRow.revision)) or 0


def count_runs(session: Session) -> dict[str, int]:
    """How many harvest runs are kept, by status."""
    rows = session.execute(select(RunRow.status, func.count()).group_by(RunRow.status))
    return dict(rows.all())


def count_live(session: Session) -> int:
    """How many resources are held and not withdrawn."""
    return session.scalar(select(func.count()).where(ResourceRow.withdrawn_at.is_(None))) or 0


def list_from(session: Session, first: str, limit: int) -> tuple[Listed, ...]:
    """Resources that are not withdrawn in order of id, from this id on."""
    rows = session.execute(
        select(ResourceRow.id, ResourceRow.updated_at)
        .where(ResourceRow.withdrawn_at.is_(None), ResourceRow.id >= first)
        .order_by(ResourceRow.id)
        .limit(limit)
    )
    return tuple(Listed(*row) for row in rows)


def list_starts(session: Session, size: int) -> tuple[str, ...]:
    """The first id of each page of `size` resources, for `list_from`: every resource is on one of the pages."""
    numbered = (
        select(ResourceRow.id, func.row_number().over(order_by=ResourceRow.id).label("number"))
        .where(ResourceRow.withdrawn_at.is_(None))
        .subquery()
    )
    rows = session.scalars(select(numbered.c.id).where(numbered.c.number % size == 1).order_by(numbered.c.id))
    return tuple(rows)
