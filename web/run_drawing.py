"""Runs as a picture: a stacked bar for each, in numbers a template puts into SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from registry.catalog.sources import RunView
from registry.catalog.usage import UsedDay

HEIGHT = 132.0
"""Height of the highest bar, in CSS pixels; widths are percentages, so that the picture fits any screen."""
PARTS = (
    ("created", "New"),
    ("updated", "Changed"),
    ("unchanged", "Same as before"),
    ("withdrawn", "Withdrawn"),
    ("rejected", "Rejected"),
)
_TOP = 24.0
_LEAST = 3.0
_FEWEST = 8
_FILL = 0.7
_MARKS = {
    "success": ("good", "✓"),
    "partial": ("mid", "!"),
    "held": ("mid", "?"),
    "paused": ("mid", "…"),
    "running": ("mid", "…"),
    "interrupted": ("mid", "–"),
    "failed": ("bad", "✕"),
}


class Part(Struct, frozen=True):
    """One part of a bar, from `y` down."""

    key: str
    y: float
    height: float


class Bar(Struct, frozen=True):
    """One run: where its bar stands (percent of the width), its parts from the top, and the mark above it."""

    x: float
    width: float
    middle: float
    parts: tuple[Part, ...]
    tone: str
    mark: str
    title: str


class RunDrawing(Struct, frozen=True):
    """The picture of some runs, the oldest on the left; `most` is what the highest bar counts."""

    bars: tuple[Bar, ...]
    most: int
    first: datetime
    last: datetime
    height: float
    top: float


class DayBar(Struct, frozen=True):
    """One day: its place (percent) and the heights of what was found and opened, each in its own scale."""

    x: float
    width: float
    found: float
    opened: float
    title: str


def draw_runs(runs: Sequence[RunView]) -> RunDrawing | None:
    """The picture of runs given newest first; None where there are none.

    What is counted at all is seen: a part is at least three pixels high.
    """
    if not runs:
        return None
    ordered = list(reversed(runs))
    most = max(1, *(sum(_counts(run).values()) for run in ordered))
    slot = 100.0 / max(_FEWEST, len(ordered))
    bars = tuple(_bar(run, number * slot, slot, most) for number, run in enumerate(ordered))
    return RunDrawing(bars, most, ordered[0].started_at, ordered[-1].started_at, HEIGHT + _TOP, _TOP)


def draw_days(days: Sequence[UsedDay], height: float = 64.0) -> tuple[DayBar, ...]:
    """The bars of some days, in their order."""
    slot = 100.0 / max(1, len(days))
    found = max([1, *(day.found for day in days)])
    opened = max([1, *(day.opened for day in days)])
    return tuple(
        DayBar(
            x=round(number * slot + slot * (1 - _FILL) / 2, 3),
            width=round(slot * _FILL, 3),
            found=_least(day.found, day.found / found * height),
            opened=_least(day.opened, day.opened / opened * height),
            title=f"{day.day:%B} {day.day.day}: found {day.found:,} times, opened {day.opened:,} times",
        )
        for number, day in enumerate(days)
    )


def _counts(run: RunView) -> dict[str, int]:
    return {key: getattr(run, key) for key, _ in PARTS}


def _bar(run: RunView, x: float, slot: float, most: int) -> Bar:
    counts = _counts(run)
    heights = {key: _least(count, count / most * HEIGHT) for key, count in counts.items() if count}
    # Parts made visible may reach over the top together: the highest gives way.
    if (over := sum(heights.values()) - HEIGHT) > 0:
        heights[max(heights, key=lambda key: heights[key])] -= over
    parts, y = [], _TOP + HEIGHT
    for key, height in heights.items():
        y -= height
        parts.append(Part(key, round(y, 1), round(height, 1)))
    tone, mark = _MARKS.get(run.status, ("none", "·"))
    said = ", ".join(f"{count:,} {label.lower()}" for key, label in PARTS if (count := counts[key])) or "no record"
    return Bar(
        x=round(x + slot * (1 - _FILL) / 2, 3),
        width=round(slot * _FILL, 3),
        middle=round(x + slot / 2, 3),
        parts=tuple(parts),
        tone=tone,
        mark=mark,
        title=f"{run.started_at:%Y-%m-%d %H:%M} UTC, {run.status}: {said}",
    )


def _least(count: int, height: float) -> float:
    return round(max(_LEAST, height), 1) if count else 0.0
