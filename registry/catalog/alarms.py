"""Alarms: what a run found, held against the runs before it, told where something has shifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.catalog.ingest import Counts
from registry.models import ProblemRow, RunRow
from vocab.resource import Problem

Measures = Mapping[str, int]
"""`read`: records new or changed; `seen`, `rejected`; `listed`: how long a list was that names everything, else 0;
`problem.<code>`: how many of the records read have that problem."""

_RUNS = 5
_FEWEST_READ = 20
_SHARE = 0.25
_ODD = {"markup-removed", "text-cut", "title-cut"}
"""Problems that cost nothing: a shift in them wakes nobody."""


def measure(session: Session, source_id: int, run_id: str, counts: Counts, listed: int) -> dict[str, int]:
    """What a run that ends now found; reads the problems of its source once, if it read any record."""
    read = counts.created + counts.updated + counts.rejected
    measures = {"seen": counts.seen, "read": read, "rejected": counts.rejected, "listed": listed}
    if read:
        rows = session.execute(
            select(ProblemRow.code, func.count(func.distinct(ProblemRow.record_id)))
            .where(ProblemRow.source_id == source_id, ProblemRow.run_id == run_id, ProblemRow.record_id.is_not(None))
            .group_by(ProblemRow.code)
        )
        measures |= {f"problem.{code}": count for code, count in rows}
    return measures


def earlier_measures(session: Session, source_id: int, run_id: str) -> Sequence[Measures]:
    """What the runs before this one measured, the newest first, at most five that ended well enough to count."""
    rows = session.scalars(
        select(RunRow.measures)
        .where(RunRow.source_id == source_id, RunRow.id < run_id, RunRow.status.in_(("success", "partial")))
        .order_by(RunRow.id.desc())
        .limit(4 * _RUNS)
    )
    return [measures for measures in rows if measures][:_RUNS]


def alarms(now: Measures, before: Sequence[Measures]) -> list[Problem]:
    """A warning for each shift; none for a first run, and none from a handful of records.

    The size of a whole list is held against the median of earlier whole lists (a third fewer, or three times as
    many); the share of rejected records, and of each problem, against the median share of the runs that read at
    least 20 records (25 points more).
    """
    return [*_size(now, before), *_shares(now, before)]


def _size(now: Measures, before: Sequence[Measures]) -> list[Problem]:
    sizes = [each["listed"] for each in before if each.get("listed")]
    listed = now.get("listed", 0)
    if not sizes or not listed:
        return []
    usual = median(sizes)
    if listed >= usual * 2 / 3 - 5 and listed <= usual * 3 + 50:
        return []
    which = "shorter" if listed < usual else "longer"
    return [
        Problem(
            f"alarm-list-{which}",
            "list",
            f"The list is much {which} than before: {listed:,} records, where it had {usual:,.0f}.",
            "Look whether the source still lists what it should.",
            f"{listed} against {usual:.0f}",
        )
    ]


def _shares(now: Measures, before: Sequence[Measures]) -> list[Problem]:
    enough = [each for each in before if each.get("read", 0) >= _FEWEST_READ]
    if now.get("read", 0) < _FEWEST_READ or not enough:
        return []
    found = []
    for name in sorted(now):
        code = name.removeprefix("problem.")
        if name != "rejected" and (code == name or code in _ODD):
            continue
        share, usual = _share(now, name), median(_share(each, name) for each in enough)
        if share >= usual + _SHARE:
            found.append(_more_often(code, share, usual))
    return found


def _share(measures: Measures, name: str) -> float:
    return measures.get(name, 0) / measures["read"]


def _more_often(code: str, share: float, usual: float) -> Problem:
    what = "were rejected" if code == "rejected" else f"have the problem {code}"
    return Problem(
        f"alarm-{code}",
        "records",
        f"{share:.0%} of the records read {what}, where it was {usual:.0%} before.",
        "Something has changed at the source, or in how it writes its records: look at one of them.",
        f"{share:.3f} against {usual:.3f}",
    )
