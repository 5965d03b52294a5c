"""A workbook (XLSX, XLSM, XLSB, ODS, XLS) as rows of cells: one sheet of it, formulas by their last values."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import msgspec
from msgspec import Struct

from harvesters import workbook_process
from harvesters.archive import ZIP_MARKS, Archive
from harvesters.failures import ANSWER, failed
from harvesters.table_header import HEADER_WITHIN, Row, find_header
from harvesters.workbook_links import Link, Place, cell_links
from registry.ports import HarvestFailed
from vocab.crosswalks.cells import as_hyperlink, is_address
from vocab.resource import Problem

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_LONGEST_WAIT = 90.0


class Sheet(Struct, frozen=True):
    """One sheet; its rows are kept as JSON and read by `rows`, again from the start each time."""

    name: str
    first_column: int
    lines: Sequence[bytes]
    links: Mapping[Place, Link] = {}
    problems: tuple[Problem, ...] = ()

    def rows(self) -> Iterator[Row]:
        """The rows that hold anything; a cell that is linked to an address says so as a HYPERLINK formula does."""
        for line in self.lines:
            number, *cells = msgspec.json.decode(line)
            if self.links:
                cells = [self._linked(number, column, cell) for column, cell in enumerate(cells, self.first_column + 1)]
            yield Row(number, cells)

    def _linked(self, row: int, column: int, cell: str) -> str:
        address, text = self.links.get((row, column), ("", ""))
        return as_hyperlink(address, cell or text) if address and not is_address(cell) else cell


class _Word(Struct, frozen=True):
    """What the process says between rows."""

    sheet: str = ""
    first_column: int = 0
    error: str = ""
    sheets: tuple[str, ...] = ()


def is_workbook(body: bytes) -> bool:
    """Whether the bytes begin as a workbook does."""
    return body.startswith((*ZIP_MARKS, _OLD_WORKBOOK))


def read_workbook(body: bytes, url: str, wanted: str = "") -> Sheet:
    """The sheet of the name wanted, else the first visible one with a header. Raises HarvestFailed where none is."""
    if body.startswith(ZIP_MARKS):
        with Archive(body, url) as archive:
            _judge(archive, url)
            sheet = _with_header(_sheets(body, url, wanted), url)
            return msgspec.structs.replace(sheet, links=cell_links(archive, sheet.name))
    return _with_header(_sheets(body, url, wanted), url)


def _judge(archive: Archive, url: str) -> None:
    if archive.encrypted:
        raise _failure("encrypted", url)
    if not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(archive.names):
        raise failed(
            "not-a-table",
            ANSWER,
            "The address leads to an archive or a document, not to a workbook.",
            "Give the address of a workbook (XLSX, ODS) or of a CSV file.",
            url,
        )


def _with_header(sheets: Iterator[Sheet], url: str) -> Sheet:
    refusal: HarvestFailed | None = None
    for sheet in sheets:
        if not sheet.lines:
            continue
        try:
            find_header(list(islice(sheet.rows(), HEADER_WITHIN)), url)
        except HarvestFailed as failure:
            refusal = refusal or failure
        else:
            return sheet
    raise refusal or _failure("empty", url)


def _sheets(body: bytes, url: str, wanted: str) -> Iterator[Sheet]:
    """The sheets, one after the other, until one cannot be read."""
    sheet: Sheet | None = None
    lines: list[bytes] = []
    for line in _taken_apart(body, url, wanted):
        if line.startswith(b"["):
            lines.append(line)
            continue
        word = msgspec.json.decode(line, type=_Word)
        if word.error:
            if sheet and word.error != "cells":
                yield sheet
            raise _failure(word.error, url, wanted, word.sheets)
        if sheet:
            yield sheet
        lines = []
        sheet = Sheet(word.sheet, word.first_column, lines)
    if sheet:
        yield sheet


def _taken_apart(body: bytes, url: str, wanted: str) -> Sequence[bytes]:
    """The lines that `workbook_process` writes. Raises HarvestFailed where its limits end it, or it cannot read."""
    command = [sys.executable, "-I", workbook_process.__file__, wanted]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=_LONGEST_WAIT, check=False)
    except subprocess.TimeoutExpired:
        raise _failure("cells", url) from None
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise _failure("cells", url)
    if done.returncode > 0:
        raise _failure("broken", url)
    return done.stdout.splitlines()


_FAILURES = {
    "broken": (
        "workbook-broken",
        "The workbook cannot be read: it is cut off or damaged.",
        "Save it again as XLSX, or as CSV (UTF-8).",
    ),
    "cells": (
        "workbook-too-large",
        "The workbook has more cells than we read.",
        "Delete empty rows and columns that are formatted, or send the sheet as CSV (UTF-8).",
    ),
    "empty": (
        "table-empty",
        "The workbook has no sheet that holds anything.",
        "Put the table on a sheet that is not hidden, with its header row.",
    ),
    "encrypted": (
        "workbook-encrypted",
        "The workbook is protected by a password.",
        "Save a copy without a password.",
    ),
}


def _failure(reason: str, url: str, wanted: str = "", sheets: Sequence[str] = ()) -> HarvestFailed:
    if reason == "sheet":
        return failed(
            "sheet-unknown",
            "sheet",
            f"The workbook has no sheet named {wanted[:80]}.",
            "Set the option sheet to one of its sheets: " + ", ".join(sheets)[:300] + ".",
            wanted,
        )
    code, message, hint = _FAILURES[reason]
    return failed(code, ANSWER, message, hint, url)
