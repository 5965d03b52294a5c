"""Tables: reading delimited text leniently, and a framework kept as one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct

from vocab.codes import key
from vocab.frameworks.hierarchy import places
from vocab.frameworks.model import Framework, Item
from vocab.grades import grades_of
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
}
_MOST_CELL = 1024 * 1024
# The characters that no IRI holds (RFC 3987) are left out: such a text identifies a row, and is no address.
_URI = re.compile(r"(?:https?://|urn:)[^\x00-\x20<>\"{}|\\^`]+")


class Table(Struct, frozen=True):
    """Rows under a header, each with the number of the line it starts on."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(content: bytes, name: str) -> Table:
    """The table in UTF-8, UTF-16 or Windows text, separated by comma, semicolon, tab or bar.

    Raises ValueError, naming file and line, where it is none.
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[tuple[int, tuple[str, ...]]] = []
    before = csv.field_size_limit(_MOST_CELL)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, tuple(cell.strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{name}, line {line}: {error}.") from error
    finally:
        csv.field_size_limit(before)
    if not rows:
        raise ValueError(f"{name} is empty.")
    return Table(rows[0][1], tuple(rows[1:]))


def header_of(content: bytes) -> tuple[str, ...]:
    """The cells of the first line of what may be a table, of which a beginning is enough."""
    text = _decoded(content[: len(content) // 2 * 2])
    first = next((line for line in text.splitlines() if line.strip()), "")
    return tuple(cell.strip(' "') for cell in first.split(_delimiter(text)))


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
    """The framework of a table with a row a statement; parents are named by code or URI, rows may come in any order."""
    at = columns(table.header, _COLUMNS)
    items: dict[str, Item] = {}
    known: dict[str, str] = {}
    stated_parents: dict[str, str] = {}
    problems = []
    for line, row in table.rows:
        item = _item(row, at, code)
        if item is None or item.uri in items:
            problems.append(_unusable(line, item))
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
            Item(
                uri=item.uri,
                statement=item.statement,
                codes=item.codes,
                parents=placed[item.uri].parents,
                position=placed[item.uri].position,
                kind=item.kind,
                label=item.label,
                notes=item.notes,
                grades=item.grades,
                subjects=item.subjects,
            )
            for item in items.values()
        ),
        problems=(*problems, *missing),
    )


def _item(row: tuple[str, ...], at: dict[str, int], framework: str) -> Item | None:
    code, uri = cell(row, at.get("code")), cell(row, at.get("uri"))
    if not code and not uri:
        return None
    subject = scheme("subjects").key_of(cell(row, at.get("subject")))
    address = uri if _URI.fullmatch(uri) else f"urn:x-framework:{framework}:{quote(uri or code, safe='')}"
    return Item(
        uri=address,
        statement=cell(row, at.get("statement")),
        codes=(code,) if code else (),
        kind=cell(row, at.get("kind")),
        label=cell(row, at.get("label")),
        notes=cell(row, at.get("notes")),
        grades=grades_of(cell(row, at.get("grades"))),
        subjects=(subject,) if subject else (),
    )


def _edges(stated: dict[str, str], known: dict[str, str]) -> Iterator[tuple[str, str]]:
    for child, parent in stated.items():
        if parent:
            yield known.get(parent) or known.get(key(parent)) or parent, child


def _unusable(line: int, item: Item | None) -> Problem:
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
