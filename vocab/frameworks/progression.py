"""Progressions and crosswalks: which standard comes before which, or says the same, kept as a table of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from vocab.frameworks.checks import cycle_problems
from vocab.frameworks.model import KINDS, Association, Framework
from vocab.frameworks.table import Table, cell, columns, number_in, read_table, unguarded
from vocab.resource import Problem

_COLUMNS = {
    "source": ("fromcode", "from", "source", "sourcecode", "prerequisite", "prerequisitecode", "origin", "fromuri"),
    "target": ("tocode", "to", "target", "targetcode", "standard", "destination", "postrequisite", "touri"),
    "relation": ("relation", "type", "kind", "associationtype", "relationship"),
    "identifier": ("identifier", "guid", "uuid"),
    "sequence": ("sequence", "sequencenumber"),
    "grouping": ("grouping", "groupingid"),
    "notes": ("notes", "note", "comment", "comments"),
}
_ABOUT = "framework"
"""The column in which `table_write` puts, as JSON on the first line, what the table says of itself."""
_KINDS = {
    "": "precedes",
    **{kind.casefold(): kind for kind in KINDS},
    "prerequisite": "precedes",
    "isprerequisiteof": "precedes",
    "isrelatedto": "related",
    "exactmatchof": "exactMatch",
}


def is_progression(header: Sequence[str]) -> bool:
    """Whether a table with this header is a progression: it says from where and to where."""
    return {"source", "target"} <= set(columns(header, _COLUMNS))


def framework_of_links(table: Table, code: str) -> Framework:
    """The framework of a table of links, each once, their ends by code or URI as written, and what was wrong.

    A line of our own export, which says what framework it is of, is taken as it stands.
    """
    at = columns(table.header, _COLUMNS)
    about_at = table.header.index(_ABOUT) if _ABOUT in table.header else None
    found: dict[Association, None] = {}
    problems: list[Problem] = []
    for line, row in table.rows:
        source, target = unguarded(cell(row, at["source"])), unguarded(cell(row, at["target"]))
        stated = unguarded(cell(row, at.get("relation")))
        kind = stated if stated.startswith("ext:") else _KINDS.get(stated.casefold().replace(" ", "").replace("_", ""))
        if not source or not target:
            problems.append(_left_out("end-missing", line, "names only one standard", "Name both standards.", ""))
        elif kind is None:
            hint = "Use precedes, isRelatedTo, exactMatch, closeMatch, broadMatch or narrowMatch."
            problems.append(_left_out("relation-unknown", line, f"has the unknown relation {stated}", hint, stated))
        elif source == target and about_at is None:
            problems.append(_left_out("self-relation", line, f"relates {source} to itself", "Remove the line.", source))
        else:
            found[_association(source, kind, target, row, at)] = None
    if not found:
        problems.append(_left_out("no-associations", 1, "is followed by no usable line", "Fill in the table.", ""))
    about = {"uri": f"urn:x-links:{code}", "title": code, **_about(table, about_at)}
    try:
        framework = msgspec.convert({**about, "code": code}, Framework)
    except msgspec.ValidationError as error:
        raise ValueError(f"Line 2: the column {_ABOUT} does not describe a framework: {error}.") from error
    return msgspec.structs.replace(framework, associations=tuple(found), problems=tuple(problems))


def read_progression(path: Path) -> tuple[tuple[Association, ...], tuple[Problem, ...]]:
    """The associations of a progression table and what was wrong, as `framework_of_links` has them.

    An error among the problems (a cycle of `precedes`) means: do not store. Raises ValueError where the
    file is no such table.
    """
    table = read_table(path.read_bytes(), path.name)
    if not is_progression(table.header):
        raise ValueError(f"{path.name}, line 1: expected the columns from_code, to_code and relation.")
    found = framework_of_links(table, path.stem)
    precedes = [(each.source, each.target) for each in found.associations if each.kind == "precedes"]
    return found.associations, (*found.problems, *cycle_problems(precedes, "precedes", {}))


def _association(source: str, kind: str, target: str, row: tuple[str, ...], at: dict[str, int]) -> Association:
    number = unguarded(cell(row, at.get("sequence")))
    return Association(
        source,
        kind,
        target,
        identifier=unguarded(cell(row, at.get("identifier"))),
        sequence=number_in(number),
        grouping=unguarded(cell(row, at.get("grouping"))),
        notes=unguarded(cell(row, at.get("notes"))),
    )


def _about(table: Table, column: int | None) -> dict[str, Any]:
    """What our own export says of the framework, but not the items, links and problems that a table has otherwise."""
    stated = unguarded(cell(table.rows[0][1], column)) if table.rows else ""
    if not stated:
        return {}
    try:
        found = msgspec.json.decode(stated, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ValueError(f"Line 2: the column {_ABOUT} is no JSON object: {error}.") from error
    return {name: value for name, value in found.items() if name not in ("items", "associations", "problems")}


def _left_out(code: str, line: int, what: str, hint: str, value: str) -> Problem:
    return Problem(code, f"line {line}", f"Line {line} {what} and was left out.", hint, value=value[:300])
