"""How the columns of a table were understood: told before anything is stored, so that a mapping can be mended first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct

from vocab.crosswalks.columns import field_named
from vocab.crosswalks.csv import columns_of
from vocab.resource import Problem

IMPORTANT = ("title", "url", "license", "grade", "standard", "level")
"""The fields without which a resource is hard to find or to use, in the order they are told."""

_LISTED = frozenset(
    ("grade", "subject", "type", "use", "language", "license", "audience", "access_feature", "access_hazard", "setting",
     "standard", "relation", "level", "age", "minutes", "group_size")
)  # fmt: skip
_SAMPLES = 3
_LONGEST_SAMPLE = 80


class ColumnUse(Struct, frozen=True):
    """One column of a table and what is read from it.

    `field` is ours, empty where the column is only kept beside the record; `by` is how it was found: name (its
    header), setting (the source's `column.` options) or empty. `filled` counts the rows read that hold something in
    it; `known` is the share of those (0 to 1) of which our lists know every value, None for fields without a list.
    """

    column: str
    field: str
    by: str
    filled: int
    samples: tuple[str, ...]
    known: float | None = None


class TableSample:
    """The rows of a table met so far, counted column by column."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self._chosen = chosen
        self._filled: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._samples: dict[str, dict[str, None]] = {}

    def take(self, payload: bytes, problems: Iterable[Problem]) -> None:
        """Count one row (a JSON object of column and cell) and the columns in which a value was not known."""
        unknown = {problem.field for problem in problems if problem.code.endswith("-unknown")}
        for column, cell in msgspec.json.decode(payload, type=dict[str, str]).items():
            samples = self._samples.setdefault(column, {})
            if not cell:
                continue
            self._filled[column] += 1
            self._unknown[column] += column in unknown
            if len(samples) < _SAMPLES:
                samples[" ".join(cell.split())[:_LONGEST_SAMPLE]] = None

    def uses(self) -> tuple[ColumnUse, ...]:
        """Every column, in the table's order."""
        fields = self._fields()
        chosen = {field_named(name) for name in self._chosen}
        found = []
        for column, samples in self._samples.items():
            field, filled = fields.get(column, ""), self._filled[column]
            known = round(1 - self._unknown[column] / filled, 3) if filled and field in _LISTED else None
            by = ("setting" if field in chosen else "name") if field else ""
            found.append(ColumnUse(column, field, by, filled, tuple(samples), known))
        return tuple(found)

    def missing(self) -> tuple[str, ...]:
        """The important fields that no column gives; empty where no row was read."""
        given = set(self._fields().values())
        return tuple(field for field in IMPORTANT if field not in given) if self._samples else ()

    def _fields(self) -> dict[str, str]:
        found = columns_of(tuple(self._samples), tuple(self._chosen.items()))
        return {column: field for field, columns in found.items() for column in columns}


def columns_told(uses: Sequence[ColumnUse], missing: Sequence[str]) -> list[str]:
    """The lines in which a command tells how a table's columns were understood; none where there is no table."""
    if not uses:
        return []
    width = min(max(len(use.column) for use in uses), 40)
    lines = ["", "Columns:"]
    for use in uses:
        read = use.field + (" (by the source's setting)" if use.by == "setting" else "") if use.field else "not used"
        known = f", {use.known:.0%} of its cells known to our lists" if use.known is not None else ""
        shown = " | ".join(use.samples) or "empty"
        lines.append(f"  {use.column[:40]:<{width}}  {read}{known}: {shown}")
    if missing:
        lines.append(
            f"No column gives {', '.join(missing)}. Name one with --option column.FIELD=COLUMN, or what holds for"
            " every row with --option default.FIELD=VALUE (license, language, publisher)."
        )
    return lines
