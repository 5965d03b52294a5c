"""What teachers looked for and did not find: asked for without a name, counted by standard, level and day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import FieldError, Rejected
from registry.models import ResourceRequestRow
from registry.search.question import storable_text
from registry.standards import lookup
from registry.standards.lookup import ConceptRef
from vocab import schemes

LONGEST = 300
"""Characters of a request."""

_MOST_A_DAY = 2_000
_LONGEST_URI = 600
_MOST_TEXTS = 3
_ADDRESS = re.compile(r"\S@\S+\.\w|(?:\+?\d[\s().-]?){9,}")


class Wanted(Struct, frozen=True):
    """What was asked for, how often since `since`, and the commonest words it was asked for in.

    `standard` is None where no standard was meant, `level` "" where no level was; then `texts` holds what was written.
    """

    standard: ConceptRef | None
    level: str
    count: int
    texts: tuple[str, ...]
    since: date


def ask(session: Session, text: str, standard: str = "", level: str = "") -> None:
    """Count that somebody looked for this and did not find it.

    `standard` is a code in any spelling or a URI, `level` a key or label; one that is not known is passed over. Raises
    Rejected where nothing is said, too much, or an address that would say who asks.
    """
    words = " ".join(storable_text(text).split())
    meant = lookup.resolve(session, [standard]).get(standard, ()) if standard else ()
    uri = meant[0].uri if meant and len(meant[0].uri) <= _LONGEST_URI else ""
    if not words and not uri:
        raise Rejected("Say what you looked for.", [FieldError("text", "Say in a few words what you looked for.")])
    if len(words) > LONGEST:
        raise Rejected("That is too long.", [FieldError("text", f"Use at most {LONGEST} characters.")])
    if _ADDRESS.search(words):
        advice = "Leave out mail addresses and telephone numbers: others read what is asked for."
        raise Rejected("A request names nobody.", [FieldError("text", advice)])
    _count(session, words, uri, schemes.scheme("levels").key_of(level) or "" if level else "")


def wanted(session: Session, days: int = 90, limit: int = 20) -> tuple[Wanted, ...]:
    """What was asked for most in the last days: by standard and level, and by its words where no standard was meant."""
    since = now().date() - timedelta(days=days - 1)
    row, count = ResourceRequestRow, func.sum(ResourceRequestRow.count)
    asked = select(row.standard, row.level, count).where(row.day >= since, row.standard != "")
    by_standard = session.execute(
        asked.group_by(row.standard, row.level).order_by(count.desc(), row.standard, row.level).limit(limit)
    ).all()
    loose = session.execute(
        select(row.text, row.level, count)
        .where(row.day >= since, row.standard == "")
        .group_by(row.text, row.level)
        .order_by(count.desc(), row.text, row.level)
        .limit(limit)
    ).all()
    refs = lookup.resolve(session, [standard for standard, _, _ in by_standard])
    texts = _texts(session, since, [standard for standard, _, _ in by_standard])
    found = [
        Wanted(refs[uri][0] if uri in refs else None, level, int(number), texts.get((uri, level), ()), since)
        for uri, level, number in by_standard
    ]
    found += [Wanted(None, level, int(number), (text,), since) for text, level, number in loose]
    return tuple(sorted(found, key=lambda each: -each.count)[:limit])


def _count(session: Session, text: str, standard: str, level: str) -> None:
    today = now().date()
    held = session.scalar(select(func.count()).where(ResourceRequestRow.day == today)) or 0
    # Somebody is filling the table: it is still counted, but by standard and level alone.
    values = {
        "day": today,
        "standard": standard,
        "level": level,
        "text": text if held < _MOST_A_DAY else "",
        "count": 1,
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    stated = insert(ResourceRequestRow).values(values)
    session.execute(
        stated.on_conflict_do_update(
            index_elements=["day", "standard", "level", "text"],
            set_={"count": ResourceRequestRow.count + stated.excluded.count},
        )
    )


def _texts(session: Session, since: date, standards: Iterable[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    row, count = ResourceRequestRow, func.sum(ResourceRequestRow.count)
    rows = session.execute(
        select(row.standard, row.level, row.text, count)
        .where(row.day >= since, row.standard.in_(set(standards)), row.text != "")
        .group_by(row.standard, row.level, row.text)
        .order_by(count.desc(), row.text)
        .limit(500)
    )
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for standard, level, text, _ in rows:
        several = found.get((standard, level), ())
        if len(several) < _MOST_TEXTS:
            found[standard, level] = (*several, text)
    return found
