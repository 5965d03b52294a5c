"""One row of a spreadsheet, as a JSON object of column and cell, read into a resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from vocab.codes import find_codes, looks_like_code
from vocab.crosswalks.canonical import canonical
from vocab.crosswalks.cells import hyperlink, range_from_date, without_formula
from vocab.crosswalks.columns import field_named, guess_columns
from vocab.crosswalks.jsonld import parse
from vocab.crosswalks.notes import Notes, refused
from vocab.crosswalks.stated import Claim, Said, Stated
from vocab.crosswalks.words import standards
from vocab.resource import Collection, Context, Crosswalked, Problem
from vocab.text import canonical_url

_WHOLE = {
    "title": "titles",
    "url": "links",
    "identifier": "identifiers",
    "description": "summaries",
    "text": "texts",
    "age": "ages",
    "minutes": "durations",
    "license": "licenses",
    "publisher": "publishers",
    "group_size": "group_sizes",
    "created": "created",
    "modified": "modified",
}
_SPLIT = {
    "grade": "levels",
    "subject": "subjects",
    "type": "types",
    "use": "uses",
    "author": "creators",
    "based_on": "based_on",
}
_SPLIT_ON_COMMAS = {
    "language": "languages",
    "keyword": "keywords",
    "audience": "audiences",
    "access_feature": "features",
    "access_hazard": "hazards",
    "setting": "settings",
}


def from_row(payload: bytes, context: Context) -> Crosswalked:
    """The resource in one row: a JSON object of column name to cell text.

    `context.columns` says which column holds which field, several joined by "|"; the rest is guessed from the
    header. A cell of several values separates them by ";", "|" or a line, by commas only where no value holds one.
    """
    try:
        row = parse(payload)
    except (ValueError, RecursionError) as error:
        return refused("payload-unreadable", "row", str(error))
    if not isinstance(row, dict):
        return refused("payload-unreadable", "row", "no JSON object")
    notes = Notes()
    cells = {str(column): _cell(value) for column, value in row.items()}
    columns = columns_of(tuple(cells), tuple(context.columns.items()))
    return canonical(_stated(cells, columns, notes), context, notes)


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)[:40]
    if isinstance(value, list):
        return "; ".join(_cell(each) for each in value[:300] if not isinstance(each, list))
    return ""


@lru_cache(maxsize=256)
def columns_of(header: tuple[str, ...], chosen: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    """The columns of each field: those the source chose (pairs of field and columns), guesses for the others."""
    own = {field: column for name, column in chosen if (field := field_named(name))}
    used = {part for column in own.values() for part in _parts(column, header)}
    guessed = guess_columns([column for column in header if column not in used])
    return {field: _parts(column, header) for field, column in {**guessed, **own}.items()}


def _parts(columns: str, header: tuple[str, ...]) -> tuple[str, ...]:
    if columns in header:
        return (columns,)
    return tuple(part for part in columns.split("|") if part in header)


def _stated(cells: dict[str, str], columns: Mapping[str, tuple[str, ...]], notes: Notes) -> Stated:
    stated = Stated()
    said: dict[str, list[Said]] = {}
    for field, names in columns.items():
        for name in names:
            if cells[name] or field in ("title", "url"):  # an empty one still gives the problem its column's name
                said.setdefault(field, []).append(_said(field, name, cells[name], notes))
    if not any(each.value for each in said.get("url", ())):  # the title itself may be the link
        linked = [hyperlink(cells[name]) for name in columns.get("title", ())]
        said.setdefault("url", []).extend(Said("url", each[0]) for each in linked if each)
    for field, place in _WHOLE.items():
        getattr(stated, place).extend(said.get(field, ()))
    for field, place in _SPLIT.items():
        getattr(stated, place).extend(part for each in said.get(field, ()) for part in _split(each, commas=False))
    for field, place in _SPLIT_ON_COMMAS.items():
        getattr(stated, place).extend(part for each in said.get(field, ()) for part in _split(each, commas=True))
    for each in said.get("part_of", ()):
        stated.part_of.append(Collection("", each.value) if canonical_url(each.value) else Collection(each.value))
    _read_standards(said, stated, notes)
    read = {name for names in columns.values() for name in names}
    stated.kept += [Said(name, _in_words(text)) for name, text in cells.items() if text and name not in read]
    return stated


def _said(field: str, column: str, cell: str, notes: Notes) -> Said:
    """A cell as its field reads it: of a link the address or the text, without what would run in a spreadsheet."""
    if linked := hyperlink(cell):
        address, text = linked
        return Said(column, address) if field == "url" else Said(column, _inert(column, text, notes), (address,))
    if field == "grade" and (grades := range_from_date(cell)):
        notes.add(_became_a_date(column, cell, grades))
        return Said(column, grades)
    return Said(column, _inert(column, cell, notes))


def _in_words(cell: str) -> str:
    linked = hyperlink(cell)
    return " ".join(dict.fromkeys(reversed(linked))) if linked else cell


def _inert(column: str, text: str, notes: Notes) -> str:
    """The text without what makes a spreadsheet run it as a formula, here or wherever it is exported to."""
    inert = without_formula(text)
    if inert is None:
        return text
    notes.note("formula-in-cell", column, text)
    return inert


def _became_a_date(column: str, cell: str, grades: str) -> Problem:
    return Problem(
        "grade-was-date",
        column,
        f"The spreadsheet turned a range of grades into the date {cell[:40]}; it was read as {grades}.",
        "Format the column as plain text before grades are typed into it, or write “3 to 5”.",
        cell[:300],
    )


def _split(said: Said, commas: bool) -> list[Said]:
    parts = re.split(r"[;|\n]", said.value)
    if len(parts) == 1 and commas:
        parts = said.value.split(",")
    return [Said(said.field, part.strip()) for part in parts if part.strip()]


def _read_standards(said: dict[str, list[Said]], stated: Stated, notes: Notes) -> None:
    """Standards with their relations and levels: paired where there are as many, else one of them for all."""
    codes = [
        (each, code) for cell in said.get("standard", ()) for each in _codes(cell) for code in standards(each, notes)
    ]
    relations = [part.value for each in said.get("relation", ()) for part in _split(each, commas=True)]
    levels = [part for each in said.get("level", ()) for part in _split(each, commas=True)]
    shared = len(levels) == 1
    paired = bool(codes) and (shared or len(levels) == len(codes))
    for index, (each, code) in enumerate(codes):
        relation = relations[index] if len(relations) == len(codes) else relations[0] if relations else ""
        level = levels[0 if shared else index] if paired else Said("", "")
        stated.claims.append(Claim(each.field, code, relation, level.value, level_field=level.field))
    if not paired:
        stated.levels += levels
    for cell in said.get("prerequisite", ()):  # as often said in words as in codes: no problem then
        found = find_codes(cell.value[:2000])
        stated.claims += [Claim(cell.field, code, "requires") for code in found]
        stated.kept += [] if found else [cell]


def _codes(cell: Said) -> list[Said]:
    """The standards in a cell; commas separate only where every part of it is a code or an address."""
    parts: list[Said] = []
    for said in _split(cell, commas=False):
        pieces = [piece.strip() for piece in said.value.split(",") if piece.strip()]
        if all(looks_like_code(piece) or piece.startswith(("http://", "https://", "urn:")) for piece in pieces):
            parts += [Said(said.field, piece) for piece in pieces]
        else:
            parts.append(said)
    return parts
