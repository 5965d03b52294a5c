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
WATCHDOG_SECONDS = 10


class HungError(Exception):
    """A case that was not over in ten seconds."""


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
    """The share's outcome; a case that takes ten seconds is broken off and counted as a crash."""
    signal.signal(signal.SIGALRM, _bark)
    try:
        return try_mutants(name, seeds, lambda: signal.alarm(WATCHDOG_SECONDS))
    finally:
        signal.alarm(0)


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
