"""Ten thousand mutated payloads of every kind through its whole adapter: what was read, refused, lost or crashed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from types import FrameType

from tests.harvesters.mutants import SAMPLES, Outcome, try_mutants

CASES = int(os.environ.get("MUTATIONS", "10000"))
SHARE = 250
MOST_SECONDS = 10
"""Of processor time: how long a case takes by the clock is the machine's business as well."""
LONGEST_WAIT = 120


class HungError(Exception):
    """A case that took ten seconds of processor time, or waited for two minutes."""


def run() -> Iterator[str]:
    """A line for each kind, and one for each crash, hang or lost neighbor (none is wanted)."""
    with ProcessPoolExecutor() as processes:
        for name in SAMPLES:
            shares = [range(start, min(start + SHARE, CASES)) for start in range(0, CASES, SHARE)]
            found = _joined(processes.map(_watched, [name] * len(shares), shares))
            codes = ", ".join(f"{code} {count:,}" for code, count in found.refused.most_common(4))
            hung = sum("HungError" in each for each in found.crashes)
            yield (
                f"{name}: {CASES:,} mutants, {found.read:,} read, {found.refused.total():,} refused"
                f"{f' ({codes})' if codes else ''}, {len(found.crashes) - hung} crashed, {hung} hung, "
                f"{len(found.losses)} lost a neighbor; the slowest, {found.slowest[1]}, took {found.slowest[0]:.2f} s"
            )
            yield from (f"  {each}" for each in (*found.crashes, *found.losses)[:20])


def _watched(name: str, seeds: range) -> Outcome:
    """The share's outcome; a case that does not end is broken off and counted as a crash."""
    signal.signal(signal.SIGALRM, _bark)
    signal.signal(signal.SIGPROF, _bark)
    try:
        return try_mutants(name, seeds, lambda: _watch(MOST_SECONDS, LONGEST_WAIT))
    finally:
        _watch(0, 0)


def _watch(working: int, waiting: int) -> None:
    signal.setitimer(signal.ITIMER_PROF, working)
    signal.alarm(waiting)


def _bark(_: int, frame: FrameType | None) -> None:
    where = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "nowhere"
    raise HungError(where)


def _joined(outcomes: Iterator[Outcome]) -> Outcome:
    whole = Outcome()
    for each in outcomes:
        whole.read += each.read
        whole.refused += each.refused
        whole.crashes += each.crashes
        whole.losses += each.losses
        whole.slowest = max(whole.slowest, each.slowest)
    return whole
