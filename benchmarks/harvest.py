"""12,517 real lessons over OAI-PMH in pages of 100: records a second, memory, and what an unchanged harvest writes."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from sqlalchemy import event

from benchmarks import stage
from harvesters.fetching import fetcher_for
from harvesters.run import harvest
from registry.app import open_registry
from registry.settings import read_settings

OPERATION = {"run", "source", "lease", "problem", "census", "held"}
"""Tables that say how a run went; an unchanged harvest writes to no other."""


def run() -> list[str]:
    """A line for each figure, on both pairs of stores."""
    lines = stage.absent()
    if lines:
        return lines
    with stage.oak_endpoint() as endpoint:
        with stage.embedded() as environment:
            lines += _measure("SQLite, embedded index", environment, endpoint)
        with stage.shared_stores() as (environment, _):
            lines += _measure("PostgreSQL, Meilisearch", environment, endpoint)
    return lines


def _measure(stores: str, environment: stage.Environment, endpoint: str) -> list[str]:
    lines = [f"{stores}: {line}" for line in stage.prepare(environment, endpoint)]
    first = stage.Ran(environment, "harvest", "oak", "--json")
    report: Any = first.json()
    told = report[0] if isinstance(report, list) else report
    lines.append(
        f"{stores}: {told['status']}, {told['seen']} seen, {told['created']} created, {told['rejected']} rejected; "
        f"stored in {told['seconds']:.1f} s ({told['seen'] / told['seconds']:,.0f} a second); stored and indexed, "
        f"with the command's start, in {first.seconds:.1f} s ({told['seen'] / first.seconds:,.0f} a second); "
        f"{first.megabytes:.0f} MB at most"
    )
    checked = stage.Ran(environment, "index", "check")
    lines.append(f"{stores}: {checked.output.strip()} (exit {checked.code})")
    return [*lines, f"{stores}: {again(environment)}"]


def again(environment: stage.Environment) -> str:
    """A full harvest of what has not changed: how long it takes, and what it writes."""
    registry = open_registry(read_settings(environment))
    written: Counter[str] = Counter()

    @event.listens_for(registry.engine, "after_cursor_execute")
    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        words = statement.split(None, 3)
        if words[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            table = words[1 if words[0].upper() == "UPDATE" else 2].strip('"')
            written[table] += max(cursor.rowcount, 0)

    start = time.perf_counter()
    with fetcher_for(registry.settings) as fetcher:
        report = harvest(registry, "oak", full=True, fetcher=fetcher)
    seconds = time.perf_counter() - start
    registry.close()
    content = {table: count for table, count in written.items() if table not in OPERATION}
    return (
        f"again: {report.unchanged} unchanged in {seconds:.1f} s ({report.seen / seconds:,.0f} a second); "
        f"rows of content written: {sum(content.values())}; of the run's own bookkeeping: {sum(written.values())}"
    )
