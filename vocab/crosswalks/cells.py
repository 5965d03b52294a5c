"""What a spreadsheet's cell means: links written as formulas, formulas made harmless, ranges that became dates."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name

_HYPERLINK = re.compile(
    r"\s*=\s*HYPERLINK\s*\(\s*\"((?:[^\"]|\"\")*)\"\s*(?:[,;]\s*(?:\"((?:[^\"]|\"\")*)\"|([-\d.]+))\s*)?\)\s*", re.I
)
_FORMULA = re.compile(r"\s*(?:=+|[+\-@](?=[^|(!]{0,40}[|(!]))[=+\-@\s]*")
_ADDRESS = re.compile(r"\s*(?:=\s*HYPERLINK\s*\(\s*\")?https?://", re.I)
_LONGEST_LINK = 8_000
_MONTHS = {name.lower(): number for names in (month_abbr, month_name) for number, name in enumerate(names) if name}
_DAY_MONTH = re.compile(r"(\d{1,2})[-/ ]([a-z]{3,9})", re.I)
_MONTH_DAY = re.compile(r"([a-z]{3,9})[-/ ](\d{1,2})", re.I)
_ISO = re.compile(r"(?:19|20)\d\d-(\d\d)-(\d\d)(?:[T ]00:00(?::00)?)?")
_NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})/(?:19|20)?\d\d")


def is_address(cell: str) -> bool:
    """Whether the cell is a web address, plain or in a HYPERLINK formula."""
    return _ADDRESS.match(cell) is not None


def hyperlink(cell: str) -> tuple[str, str] | None:
    """(address, text) of a cell that holds a HYPERLINK formula of two literals; None for every other cell.

    The text is the address where the formula states none.
    """
    if "HYPERLINK" not in cell[:40].upper() or len(cell) > _LONGEST_LINK:
        return None
    found = _HYPERLINK.fullmatch(cell)
    if found is None:
        return None
    address = found[1].replace('""', '"').strip()
    text = (found[2] or found[3] or "").replace('""', '"').strip()
    return address, text or address


def as_hyperlink(address: str, text: str) -> str:
    """The cell that `hyperlink` reads as this address and text; the text alone where they would be too long."""
    address, quoted = address.replace('"', "%22"), text.replace('"', '""')
    cell = f'=HYPERLINK("{address}","{quoted}")'
    return cell if len(cell) <= _LONGEST_LINK else text


def without_formula(cell: str) -> str | None:
    """The cell without what makes a spreadsheet run it, here or wherever it is exported to; None where it is none."""
    if cell[:1] not in ("=", "+", "-", "@") or not (formula := _FORMULA.match(cell)):
        return None
    return cell[formula.end() :]


def range_from_date(cell: str) -> str | None:
    """The range of grades (`3-5`) that a spreadsheet took for a date (`5-Mar`, `2026-03-05`); None for other cells."""
    text = cell.strip()
    if found := _DAY_MONTH.fullmatch(text):
        ends = (_MONTHS.get(found[2].lower(), 0), int(found[1]))
    elif found := _MONTH_DAY.fullmatch(text):
        ends = (_MONTHS.get(found[1].lower(), 0), int(found[2]))
    elif found := _ISO.fullmatch(text) or _NUMBERS.fullmatch(text):
        ends = (int(found[1]), int(found[2]))
    else:
        return None
    # 3-5 became March 5 in one country and May 3 in another: the lower number is the lower grade in both.
    low, high = min(ends), max(ends)
    return f"{low}-{high}" if low >= 1 and high <= 12 else None
