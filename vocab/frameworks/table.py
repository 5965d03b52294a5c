"""Tables: reading delimited text leniently, and a framework kept as one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import IO, Any
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from vocab.codes import key
from vocab.frameworks.hierarchy import places
from vocab.frameworks.model import Framework, Item
from vocab.grades import grades_of
from vocab.languages import language_of
from vocab.resource import Problem
from vocab.schemes import scheme

_COLUMNS = {
    "code": ("code", "notation", "humancodingscheme", "standardcode", "standardid", "statementnotation", "number"),
    "statement": ("statement", "fullstatement", "description", "standard", "text", "standardtext", "name"),
    "uri": ("uri", "url", "identifier", "guid", "id"),
    "parent": ("parent", "parentcode", "parentid", "ischildof", "broader", "parenturi"),
    "kind": ("kind", "type", "cfitemtype", "itemtype", "statementlabel"),
    "label": ("label", "title", "shortname", "abbreviatedstatement"),
    "notes": ("notes", "comment", "comments", "clarification"),
    "grades": ("grades", "grade", "educationlevel", "gradelevel", "gradelevels"),
    "subject": ("subject", "subjects"),
    "language": ("language", "lang"),
    "listEnumeration": ("listenumeration", "listid"),
    "alternativeLabel": ("alternativelabel",),
    "statusStartDate": ("statusstartdate",),
    "statusEndDate": ("statusenddate",),
}
_CASE_TEXTS = ("listEnumeration", "alternativeLabel", "statusStartDate", "statusEndDate")
_MOST_CELL = 1024 * 1024
_MOST_OF_OURS = 64 * 1024 * 1024
_FORMULA = "=+-@\t\r\n'"
# The characters that no IRI holds (RFC 3987) are left out: such a text identifies a row, and is no address.
_URI = re.compile(r"(?:https?://|urn:)[^\x00-\x20<>\"{}|\\^`]+")


class Table(Struct, frozen=True):
    """Rows under a header, each with the number of the line it starts on."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(content: bytes | IO[str], name: str) -> Table:
    """The table in UTF-8, UTF-16 or Windows text, or in lines as they come, separated by comma, semicolon, tab or bar.

    The cells of other people's tables are stripped. Raises ValueError, naming file and line, where it is none.
    """
    lines = io.StringIO(_decoded(content), newline="") if isinstance(content, bytes) else content
    begun = list(_first_lines(lines))
    reader = csv.reader(chain(begun, lines), delimiter=_delimiter("".join(begun)))
    rows: list[tuple[int, tuple[str, ...]]] = []
    before = csv.field_size_limit(_MOST_CELL)
    line = 1
    ours = False
    try:
        for cells in reader:
            if not rows and (ours := {"row", "details"} <= set(cells) or "framework" in cells):
                csv.field_size_limit(_MOST_OF_OURS)
            if any(map(str.strip, cells)):
                rows.append((line, tuple(cells) if ours and rows else tuple(map(str.strip, cells))))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{name}, line {line}: {error}.") from error
    finally:
        csv.field_size_limit(before)
    if not rows:
        raise ValueError(f"{name} is empty.")
    return Table(rows[0][1], tuple(rows[1:]))


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; `unguarded` gives it back."""
    return f"'{text}" if text[:1] in _FORMULA and text else text


def unguarded(cell: str) -> str:
    """The text that a cell of our own tables stands for."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA and len(cell) > 1 else cell


def number_in(cell: str) -> int | None:
    """The whole number in a cell; None where it holds none."""
    return int(cell) if cell.isascii() and cell.removeprefix("-").isdecimal() and len(cell) < 20 else None


def columns(header: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Our field names to column numbers, by the names each is known under, most telling first."""
    folded = [re.sub(r"[\W_]+", "", cell.casefold()) for cell in header]
    found: dict[str, int] = {}
    for field, names in known.items():
        for name in names:
            if name in folded and folded.index(name) not in found.values():
                found[field] = folded.index(name)
                break
    return found


def cell(row: tuple[str, ...], column: int | None) -> str:
    """The text of a cell, empty where the row is short or the column absent."""
    return row[column] if column is not None and column < len(row) else ""


def is_framework(header: Sequence[str]) -> bool:
    """Whether a table with this header can be read as a framework: it has a code or URI, and a statement."""
    found = columns(header, _COLUMNS)
    return "statement" in found and ("code" in found or "uri" in found)


def framework_of_table(table: Table, code: str) -> Framework:
    """The framework of a table with a row a statement; parents are named by code or URI, rows may come in any order.

    A column that we do not know is kept in the details of each statement, under its header.
    """
    at = columns(table.header, _COLUMNS)
    others = {n: header for n, header in enumerate(table.header) if header and n not in at.values()}
    items: dict[str, Item] = {}
    known: dict[str, str] = {}
    stated_parents: dict[str, str] = {}
    problems = []
    for line, row in table.rows:
        item = _item(row, at, others, code)
        if item is None or item.uri in items:
            problems.append(unusable(line, item))
            continue
        items[item.uri] = item
        known.setdefault(item.uri, item.uri)
        for spelling in item.codes:
            known.setdefault(key(spelling), item.uri)
        stated_parents[item.uri] = cell(row, at.get("parent"))
    placed, missing = places(list(items), _edges(stated_parents, known), frozenset())
    return Framework(
        uri=f"urn:x-framework:{code}",
        code=code,
        title=code,
        items=tuple(
            replace(item, parents=placed[item.uri].parents, position=placed[item.uri].position)
            for item in items.values()
        ),
        problems=(*problems, *missing),
    )


def address_of(stated: str, framework: str) -> str:
    """The URI of a row: the one it states, or one made of what it is called."""
    return stated if _URI.fullmatch(stated) else f"urn:x-framework:{framework}:{quote(stated, safe='')}"


def _item(row: tuple[str, ...], at: dict[str, int], others: dict[int, str], framework: str) -> Item | None:
    code, uri = cell(row, at.get("code")), cell(row, at.get("uri"))
    if not code and not uri:
        return None
    subjects, no_subjects = _named(cell(row, at.get("subject")))
    grades, no_grades = _levels(cell(row, at.get("grades")))
    details: dict[str, Any] = {name: text for number, name in others.items() if (text := cell(row, number))}
    details.update({name: text for name in _CASE_TEXTS if (text := cell(row, at.get(name)))})
    if no_subjects:
        details["subject"] = [no_subjects]
    if no_grades:
        details["educationLevel"] = [no_grades]
    return Item(
        uri=address_of(uri or code, framework),
        statement=cell(row, at.get("statement")),
        codes=(code,) if code else (),
        kind=cell(row, at.get("kind")),
        label=cell(row, at.get("label")),
        notes=cell(row, at.get("notes")),
        grades=grades,
        subjects=subjects,
        language=language_of(cell(row, at["language"])) or "en" if "language" in at else "en",
        details=details,
    )


@lru_cache(maxsize=4096)
def _named(stated: str) -> tuple[tuple[str, ...], str]:
    """The subject stated, or the words that are none of ours."""
    subject = scheme("subjects").key_of(stated) if stated else None
    return ((subject,), "") if subject else ((), stated)


@lru_cache(maxsize=4096)
def _levels(stated: str) -> tuple[tuple[str, ...], str]:
    grades = grades_of(stated)
    return grades, "" if grades else stated


def _edges(stated: dict[str, str], known: dict[str, str]) -> Iterator[tuple[str, str]]:
    for child, parent in stated.items():
        if parent:
            yield known.get(parent) or known.get(key(parent)) or parent, child


def unusable(line: int, item: Item | None) -> Problem:
    """Why a row was left out: it repeats an item, or has no name for what it says (no item)."""
    if item is None:
        hint = "Give it a code."
        return Problem("code-missing", f"line {line}", f"Line {line} has neither code nor URI and was left out.", hint)
    return Problem(
        "item-twice",
        f"line {line}",
        f"Line {line} repeats {item.codes[0] if item.codes else item.uri}; the first was kept.",
        "Give every row a code or URI of its own.",
        value=item.uri[:300],
    )


def _first_lines(lines: Iterable[str]) -> Iterator[str]:
    """The lines up to the first one that is not blank."""
    for line in lines:
        yield line
        if line.strip():
            return


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
