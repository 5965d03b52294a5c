"""What operators and crawlers ask of the catalog as a whole: counts, and the addresses of all that can be read."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from threading import Lock

from msgspec import Struct
from sqlalchemy import exists, func, select
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


def is_empty(session: Session) -> bool:
    """Whether nothing is held that is not withdrawn."""
    return not session.scalar(select(exists().where(ResourceRow.withdrawn_at.is_(None))))


class SitemapPages:
    """Where the pages of the sitemap start: found once, then only what came since is looked for.

    Ids grow with time, so a page once full stays as it is. Safe to call from threads.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._starts: list[str] = []
        self._lock = Lock()

    def ranges(self, session: Session) -> tuple[tuple[str, str], ...]:
        """The first id of each page and of the one after it, empty for the last: every resource is on one page."""
        with self._lock:
            while (start := self._next(session)) is not None:
                self._starts.append(start)
            starts = tuple(self._starts)
        return tuple(pairwise((*starts, "")))

    def _next(self, session: Session) -> str | None:
        """The id after a page that starts where the last one known does."""
        query = select(ResourceRow.id).order_by(ResourceRow.id).limit(1)
        if self._starts:
            query = query.where(ResourceRow.id >= self._starts[-1]).offset(self._size)
        return session.scalar(query)


def list_between(session: Session, first: str, end: str, limit: int) -> tuple[Listed, ...]:
    """Resources that can be read, in order of id, from this id on and before `end` (empty: to the last)."""
    query = select(ResourceRow.id, ResourceRow.updated_at).where(ResourceRow.withdrawn_at.is_(None))
    query = query.where(ResourceRow.taken_down == "", ResourceRow.merged_into.is_(None), ResourceRow.id >= first)
    if end:
        query = query.where(ResourceRow.id < end)
    return tuple(Listed(*row) for row in session.execute(query.order_by(ResourceRow.id).limit(limit)))
