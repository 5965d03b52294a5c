"""Progressions: which standard comes before which, kept as a table of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vocab.frameworks.checks import cycle_problems
from vocab.frameworks.model import Association
from vocab.frameworks.table import cell, columns, read_table
from vocab.resource import Problem

_COLUMNS = {
    "source": ("fromcode", "from", "source", "sourcecode", "prerequisite", "prerequisitecode", "origin", "fromuri"),
    "target": ("tocode", "to", "target", "targetcode", "standard", "destination", "postrequisite", "touri"),
    "relation": ("relation", "type", "kind", "associationtype", "relationship"),
}
_KINDS = {
    "": "precedes",
    "precedes": "precedes",
    "prerequisite": "precedes",
    "isprerequisiteof": "precedes",
    "isrelatedto": "related",
    "related": "related",
    "ispeerof": "related",
    "exactmatch": "exactMatch",
    "exactmatchof": "exactMatch",
    "closematch": "closeMatch",
    "broadmatch": "broadMatch",
    "narrowmatch": "narrowMatch",
}


def is_progression(header: Sequence[str]) -> bool:
    """Whether a table with this header is a progression: it says from where and to where."""
    return {"source", "target"} <= set(columns(header, _COLUMNS))


def read_progression(path: Path) -> tuple[tuple[Association, ...], tuple[Problem, ...]]:
    """The associations of a progression table, each once, their ends by code or URI as written, and what was wrong.

    An error among the problems (a cycle of `precedes`) means: do not store. Raises ValueError where the
    file is no such table.
    """
    table = read_table(path.read_bytes(), path.name)
    at = columns(table.header, _COLUMNS)
    if not {"source", "target"} <= set(at):
        raise ValueError(f"{path.name}, line 1: expected the columns from_code, to_code and relation.")
    found: dict[Association, None] = {}
    problems: list[Problem] = []
    for line, row in table.rows:
        source, target = cell(row, at["source"]), cell(row, at["target"])
        stated = cell(row, at.get("relation"))
        kind = _KINDS.get(stated.casefold().replace(" ", "").replace("_", ""))
        if not source or not target:
            problems.append(_left_out("end-missing", line, "names only one standard", "Name both standards.", ""))
        elif kind is None:
            hint = "Use precedes, isRelatedTo, exactMatch, closeMatch, broadMatch or narrowMatch."
            problems.append(_left_out("relation-unknown", line, f"has the unknown relation {stated}", hint, stated))
        elif source == target:
            problems.append(_left_out("self-relation", line, f"relates {source} to itself", "Remove the line.", source))
        else:
            found[Association(source, kind, target)] = None
    if not found:
        problems.append(_left_out("no-associations", 1, "is followed by no usable line", "Fill in the table.", ""))
    precedes = [(each.source, each.target) for each in found if each.kind == "precedes"]
    return tuple(found), (*problems, *cycle_problems(precedes, "precedes", {}))


def _left_out(code: str, line: int, what: str, hint: str, value: str) -> Problem:
    return Problem(code, f"line {line}", f"Line {line} {what} and was left out.", hint, value=value[:300])
