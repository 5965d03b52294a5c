"""The bytes of a spreadsheet's export as rows of cells: encoding and delimiter found out."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes
from msgspec import Struct

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.strict_xml import decode_mixed
from harvesters.table_header import Row
from registry.ports import HarvestFailed
from vocab.resource import Problem

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 256 * 1024
_LONGEST_CELL = 4 * 1024 * 1024
_GUESSES = ["cp1252", "mac_roman"]
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.I)


class TableText(Struct, frozen=True):
    """A table as decoded text; its rows are read from it by `rows`, again from the start each time."""

    text: str
    delimiter: str
    url: str
    problems: tuple[Problem, ...] = ()

    def rows(self) -> Iterator[Row]:
        """The rows that hold anything. Raises HarvestFailed where the file goes out of joint."""
        for row in _rows(self.text, self.delimiter, self.url):
            if any(cell and not cell.isspace() for cell in row.cells):
                yield row


def read_text(body: bytes, content_type: str, url: str) -> TableText:
    """The table in a CSV or TSV file. Raises HarvestFailed where there is none."""
    _refuse_other_files(body, url)
    text, problems = _decoded(body, content_type)
    text = text.replace("\0", "")
    if not text.strip():
        raise failed("table-empty", ANSWER, "The file is empty.", "Export the table again, with its header row.", url)
    return TableText(text, _delimiter(text, url), url, problems)


def _refuse_other_files(body: bytes, url: str) -> None:
    start = body[:2048].lstrip(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise failed(
            "not-a-table",
            ANSWER,
            "The address leads to a web page, not to a table.",
            "Give the address of the file itself; a shared sheet must be open to anyone with the link.",
            url,
        )
    if body.startswith(b"%PDF"):
        raise failed(
            "not-a-table",
            ANSWER,
            "The address leads to a document, not to a table.",
            "Save the table as a workbook or as CSV (UTF-8) and give that file's address.",
            url,
        )


def _decoded(body: bytes, content_type: str) -> tuple[str, tuple[Problem, ...]]:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return body[2:].decode(encoding, "replace"), ()
    zeros = body[:400].count(0)
    if zeros > len(body[:400]) // 4:
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace"), ()
    plain = body.removeprefix(codecs.BOM_UTF8)
    try:
        return plain.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        where = error.start
    encoding = _single_byte_encoding(plain, content_type)
    text = decode_mixed(plain) if encoding == "mixed" else plain.decode(encoding, "replace")
    said = "UTF-8 with some Windows-1252" if encoding == "mixed" else encoding
    problem = list_problem(
        "encoding-guessed",
        ANSWER,
        f"The file is no UTF-8 (first at byte {where}), and was read as {said}.",
        "Save it as CSV UTF-8, and letters with accents will be right for sure.",
        said,
    )
    return text, (problem,)


def _single_byte_encoding(body: bytes, content_type: str) -> str:
    """The encoding of bytes that are no UTF-8: as the server says, as they look, or Windows-1252."""
    if stated := _CHARSET.search(content_type):
        try:
            name = codecs.lookup(stated[1]).name
        except LookupError:
            name = "utf-8"
        # As in browsers: Latin-1 and ASCII are what people say, Windows-1252 is what they send.
        if name in ("iso8859-1", "ascii"):
            return "windows-1252"
        if name != "utf-8":
            return name
    if re.search(rb"[\xc3-\xf4][\x80-\xbf]", body) and _stray_share(body) < 0.5:
        return "mixed"
    telling = b"\n".join(line for line in body[: 4 * _SAMPLE].splitlines() if not line.isascii())[:_SAMPLE]
    best = from_bytes(telling, cp_isolation=_GUESSES).best()
    return best.encoding if best and best.encoding != "cp1252" else "windows-1252"


def _stray_share(body: bytes) -> float:
    """Of the bytes above ASCII, the share that belong to no UTF-8 character."""
    sample = body[: 4 * _SAMPLE]
    high = sum(byte > 127 for byte in sample)
    stray = sum("\udc80" <= letter <= "\udcff" for letter in sample.decode("utf-8", "surrogateescape"))
    return stray / high if high else 0.0


def _delimiter(text: str, url: str) -> str:
    """The delimiter by which most rows have the same number of cells; more cells win where that is level."""
    best, best_score = "", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            rows = _some_rows(text[:_SAMPLE], delimiter, 200, url)
        except HarvestFailed:
            continue
        widths = Counter(len(row.cells) for row in rows if any(row.cells))
        widths.pop(1, None)
        if widths:
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            score = (round(count / len(rows), 1), width)
            if score > best_score:
                best, best_score = delimiter, score
    if not best:
        raise failed(
            "delimiter-unknown",
            ANSWER,
            "The file has no columns: no comma, semicolon, tab or bar separates its cells.",
            "Export the sheet as CSV with a title column and a link column at least.",
            url,
        )
    return best


def _some_rows(text: str, delimiter: str, most: int, url: str) -> list[Row]:
    rows: list[Row] = []
    for row in _rows(text, delimiter, url):
        if any(cell.strip() for cell in row.cells):
            rows.append(row)
        if len(rows) >= most:
            break
    return rows


def _rows(text: str, delimiter: str, url: str) -> Iterator[Row]:
    # The default of 128 KB is less than what districts paste into one cell; the limit is the process's own.
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield Row(reader.line_num, cells)
    except csv.Error:
        raise failed(
            "table-out-of-joint",
            ANSWER,
            f"The table cannot be read beyond line {reader.line_num}: a cell there is larger than 4 MB.",
            "Look for a quotation mark that is never closed just above that line.",
            f"line {reader.line_num} of {url}",
        ) from None
