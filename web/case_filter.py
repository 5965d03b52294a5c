"""The filter, sort and field selection of CASE's REST binding, over JSON objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.errors import BadRequest, FieldError

FIELDS = (
    "identifier", "uri", "frameworkType", "caseVersion", "creator", "title", "lastChangeDateTime", "officialSourceURL",
    "publisher", "description", "subject", "subjectURI", "language", "version", "adoptionStatus", "statusStartDate",
    "statusEndDate", "licenseURI", "notes", "extensions", "CFPackageURI",
)  # fmt: skip
_CLAUSE = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*")
_MOST_CLAUSES = 10
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda held, wanted: held == wanted,
    "!=": lambda held, wanted: held != wanted,
    ">": lambda held, wanted: held > wanted,
    "<": lambda held, wanted: held < wanted,
    ">=": lambda held, wanted: held >= wanted,
    "<=": lambda held, wanted: held <= wanted,
    "~": lambda held, wanted: wanted.casefold() in held.casefold(),
}

Test = Callable[[Mapping[str, Any]], bool]


def test_of(stated: str) -> Test:
    """What `title~'math' AND language='en'` asks of an object; AND or OR, not both. Raises BadRequest."""
    if not stated:
        return lambda _: True
    word = "OR" if re.search(r"'\s+OR\s+", stated) else "AND"
    clauses = re.split(rf"(?<=')\s+{word}\s+", stated)
    if len(clauses) > _MOST_CLAUSES:
        raise _wrong("filter", f"use at most {_MOST_CLAUSES} conditions")
    tests = [_clause(clause) for clause in clauses]
    together = any if word == "OR" else all
    return lambda each: together(test(each) for test in tests)


def known_field(parameter: str, stated: str) -> str:
    """The member of CFDocument that a parameter names. Raises BadRequest."""
    if stated not in FIELDS:
        raise _wrong(parameter, f"“{stated[:50]}” is no member of CFDocument")
    return stated


def only(fields: Sequence[str], found: Mapping[str, Any]) -> dict[str, Any]:
    """The object with these members only; all where none is named."""
    return {name: value for name, value in found.items() if not fields or name in fields}


def _clause(stated: str) -> Test:
    match = _CLAUSE.fullmatch(stated)
    if match is None:
        raise _wrong("filter", "write it as title~'math', with = != > < >= <= or ~, joined by AND or OR")
    field, test, wanted = known_field("filter", match[1]), _TESTS[match[2]], match[3]
    return lambda each: any(test(held, wanted) for held in _texts(each.get(field)))


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, dict):
        return [each for each in value.values() if isinstance(each, str)]
    return [value] if isinstance(value, str) else [""]


def _wrong(parameter: str, message: str) -> BadRequest:
    return BadRequest(f"The parameter {parameter} cannot be read: {message}.", [FieldError(parameter, message)])
