"""A workbook taken apart in a process of its own, under limits of the system: bytes in, JSON lines out.

Run as a script, with nothing of the registry imported: a workbook can claim billions of cells in a few bytes, and a
library that believes it takes the process down with it. The one argument is the sheet wanted, or empty for every
visible one. A line is an object for a sheet that begins (`sheet`, `first_column`) or for why it ends early
(`error`), an array for a row that holds anything (its number, then its cells as text).
"""

from __future__ import annotations

import io
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY = 1536 * 1024**2
SECONDS = 60
MOST_CELLS = 4_000_000
MOST_BYTES = 128 * 1024**2
MOST_SHEETS = 200


def main(wanted: str) -> None:
    """Write the sheets of the workbook on stdin to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        _write({"error": "encrypted"})
        return
    names = [
        each.name
        for each in workbook.sheets_metadata
        if each.typ == SheetTypeEnum.WorkSheet and (each.visible == SheetVisibleEnum.Visible or each.name == wanted)
    ]
    if wanted and wanted not in names:
        _write({"error": "sheet", "sheets": names[:20]})
        return
    written = 0
    for name in [wanted] if wanted else names[:MOST_SHEETS]:
        written = _write_sheet(name, workbook.get_sheet_by_name(name), written)
        if written > MOST_BYTES:
            _write({"error": "cells"})
            return


def _write_sheet(name: str, sheet: CalamineSheet, written: int) -> int:
    """Write one sheet; how many bytes have been written with it, more than `MOST_BYTES` where it was too large."""
    start = sheet.start or (0, 0)
    _write({"sheet": name, "first_column": start[1]})
    if sheet.height * sheet.width > MOST_CELLS:
        return MOST_BYTES + 1
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), start[0] + 1):
        cells = [text_of(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            written += _write([number, *cells])
        if written > MOST_BYTES:
            break
    return written


def text_of(cell: Any) -> str:
    """A cell as a person would type it: whole numbers without a point, dates as ISO 8601, lengths of time as PT45M."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return f"PT{max(1, round(cell.total_seconds() / 60))}M"
    return str(cell)


def _write(line: object) -> int:
    return sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
