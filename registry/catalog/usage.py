"""How often resources are found and opened: counts a day, added up as they come, read by whoever publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.db import now
from registry.models import RecordRow, ResourceRow, SourceRow, UsageRow

_AT_ONCE = 200


class Count(Struct, frozen=True):
    """How often something was shown among results, and how often its page was opened."""

    found: int = 0
    opened: int = 0


class UsedResource(Struct, frozen=True):
    """One resource and how often it was used."""

    id: str
    title: str
    found: int
    opened: int


class UsedDay(Struct, frozen=True):
    """One day (UTC) and how often resources were used on it."""

    day: date
    found: int
    opened: int


class Usage(Struct, frozen=True):
    """How often a provider's resources were used since a day: in all, day by day without gaps, and the most used."""

    since: date
    found: int
    opened: int
    days: tuple[UsedDay, ...]
    top: tuple[UsedResource, ...]


def add(session: Session, counts: Mapping[tuple[str, date], Count]) -> None:
    """Add these counts, each of a resource on a day, to what stands there; unknown ones are passed over."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In one order everywhere, so that two processes that add at once wait for each other and do not deadlock.
    keys = sorted(counts)
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        here = set(session.scalars(select(ResourceRow.id).where(ResourceRow.id.in_({key[0] for key in some}))))
        rows = [
            {"resource_id": key[0], "day": key[1], "found": counts[key].found, "opened": counts[key].opened}
            for key in some
            if key[0] in here
        ]
        if not rows:
            continue
        stated = insert(UsageRow).values(rows)
        added = {name: getattr(UsageRow, name) + stated.excluded[name] for name in ("found", "opened")}
        session.execute(stated.on_conflict_do_update(index_elements=["resource_id", "day"], set_=added))


def usage_of(session: Session, provider_id: int, days: int = 30, limit: int = 20) -> Usage:
    """How often a provider's resources were found and opened in the last `days` days, today included."""
    today = now().date()
    since = today - timedelta(days=days - 1)
    theirs = (
        select(RecordRow.resource_id)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .where(SourceRow.provider_id == provider_id, RecordRow.resource_id.is_not(None))
    )
    counted = (UsageRow.day >= since, UsageRow.resource_id.in_(theirs))
    found, opened = func.sum(UsageRow.found), func.sum(UsageRow.opened)
    by_day = {
        row.day: UsedDay(row.day, int(row[1]), int(row[2]))
        for row in session.execute(select(UsageRow.day, found, opened).where(*counted).group_by(UsageRow.day))
    }
    rows = session.execute(
        select(ResourceRow.id, ResourceRow.title, found, opened)
        .join(UsageRow, UsageRow.resource_id == ResourceRow.id)
        .where(*counted)
        .group_by(ResourceRow.id, ResourceRow.title)
        .order_by(opened.desc(), found.desc(), ResourceRow.id)
        .limit(limit)
    )
    every = [since + timedelta(days=number) for number in range(days)]
    return Usage(
        since=since,
        found=sum(each.found for each in by_day.values()),
        opened=sum(each.opened for each in by_day.values()),
        days=tuple(by_day.get(day, UsedDay(day, 0, 0)) for day in every),
        top=tuple(UsedResource(row[0], row[1], int(row[2]), int(row[3])) for row in rows),
    )
