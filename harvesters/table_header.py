"""The header of a table among the rows at its top, and the rows below that are no records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from harvesters.failures import ANSWER, failed
from vocab.crosswalks.cells import is_address
from vocab.crosswalks.columns import guess_columns

HEADER_WITHIN = 30
"""The rows that hold anything among which a header is looked for."""

_LONGEST_NAME = 200
_LONGEST_WORD = 60
_TOTAL = re.compile(r"\s*(?:(?:grand|sub)[ -]?)?(?:totals?|sum|count|average|mean)\b[^a-z]{0,20}", re.I)
_NUMBER = re.compile(r"\s*[$€£]?\s*[-+]?[\d.,]*\d\s*%?\s*")


class Row(Struct, frozen=True):
    """The cells of one row, and the line of the file (or the row of the sheet) on which it ends."""

    line: int
    cells: list[str]


class Header(Struct, frozen=True):
    """A table's columns, each by a name of its own, and the line on which their names end."""

    columns: tuple[str, ...]
    line: int


def find_header(rows: Sequence[Row], url: str) -> Header:
    """The header among the first rows that hold anything. Raises HarvestFailed where there is none.

    That is the first row that fills at least half of the table's width with words, and no address; one near it in
    which more of our fields are recognized goes before it, for then it was a title or a row of groups. A second line
    below, which names the columns that a merged cell spans, is read with it.
    """
    width = max((_filled(row.cells) for row in rows), default=0)
    fitting = [place for place, row in enumerate(rows) if _fits(row, width)]
    if not fitting:
        raise failed(
            "header-missing",
            ANSWER,
            "The table has no header row, so its columns cannot be told apart.",
            "Put a row with the columns' names (Title, Link …) above the first row.",
            url,
        )
    place = _best(rows, [each for each in fitting if each < fitting[0] + 5])
    header = rows[place]
    above = rows[place - 1] if place else None
    below = rows[place + 1] if place + 1 < len(rows) else None
    if below and _continues(header, below):
        return Header(_column_names(_joined(header.cells, below.cells)), below.line)
    if above and _groups(above, header):
        return Header(_column_names(_joined(above.cells, header.cells)), header.line)
    return Header(_column_names(header.cells), header.line)


def is_total(row: Row) -> bool:
    """Whether the row sums up others: it begins with a word as "Total", and holds nothing but numbers beside it."""
    filled = [cell for cell in row.cells if cell.strip()]
    return bool(filled) and _TOTAL.fullmatch(filled[0]) is not None and all(map(_NUMBER.fullmatch, filled[1:]))


def _fits(row: Row, width: int) -> bool:
    filled = _filled(row.cells)
    return filled >= 2 and filled * 2 >= width and not any(map(is_address, row.cells))


def _best(rows: Sequence[Row], places: Sequence[int]) -> int:
    """The first place, or one after it in which at least two more fields are recognized."""
    recognized = {place: len(guess_columns(_column_names(rows[place].cells))) for place in places}
    best = max(places, key=lambda place: (recognized[place], -place))
    return best if recognized[best] >= recognized[places[0]] + 2 else places[0]


def _continues(header: Row, below: Row) -> bool:
    """Whether the row below only names columns that stand under a merged cell of the header.

    It must begin under a merged cell and hold short words; where the header has a name, it is mostly empty.
    """
    cells = [*header.cells, *[""] * (len(below.cells) - len(header.cells))]
    unnamed = {place for place, cell in enumerate(cells) if not cell.strip()}
    groups = {place for place in range(len(cells) - 1) if place not in unnamed and place + 1 in unnamed}
    named = {place for place, cell in enumerate(below.cells) if cell.strip()}
    within = named <= unnamed | groups and bool(named & unnamed) and bool(named & groups)
    words = all(_is_name(below.cells[place]) for place in named)
    return within and words and bool(guess_columns([below.cells[place] for place in named]))


def _groups(above: Row, header: Row) -> bool:
    """Whether the row above names groups of columns, as a merged cell above several does."""
    names = [cell.strip() for cell in above.cells]
    spans = any(name and not after for name, after in zip(names, [*names[1:], ""], strict=True))
    return (
        spans
        and _filled(names) > 1
        and len(names) <= len(header.cells) + 1
        and all(_is_name(name) for name in names if name)
    )


def _is_name(cell: str) -> bool:
    return len(cell) <= _LONGEST_WORD and not is_address(cell) and any(letter.isalpha() for letter in cell)


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """One name a column from two lines: the lower one where it says enough by itself, else both."""
    width = max(len(groups), len(names))
    upper = [cell.strip() for cell in (*groups, *[""] * (width - len(groups)))]
    lower = [cell.strip() for cell in (*names, *[""] * (width - len(names)))]
    joined: list[str] = []
    group = ""
    for over, own in zip(upper, lower, strict=True):
        group = over or group
        if not own:
            joined.append(over)
        elif guess_columns([own]) or not group:
            joined.append(own)
        else:
            joined.append(f"{group} {own}")
    return joined


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column: its own, `Name (2)` where it stands twice, `column 7` where it has none."""
    names: list[str] = []
    used: set[str] = set()
    times: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:_LONGEST_NAME] or f"column {number}"
        unique = name
        while unique in used:
            times[name] = times.get(name, 1) + 1
            unique = f"{name} ({times[name]})"
        used.add(unique)
        names.append(unique)
    return tuple(names)
