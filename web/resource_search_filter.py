"""The filter and sort parameters of LTI Resource Search 1.0 (REST binding, section 3.2), as a search of the catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from registry.errors import BadRequest, FieldError
from registry.search.query import Query
from vocab.grades import grades_of_ages
from web.resource_search_objects import MEMBERS

_CLAUSE = re.compile(r"\s*([\w.]+)\s*(!=|>=|<=|=|>|<|~)\s*(?:'([^']*)'|\"([^\"]*)\")\s*")
_DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,5}S)?)?")
_AGES = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?")
_MOST_CLAUSES = 10
_EXACT, _LIKE = ("=",), ("=", "~")

_FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "search": ("q", _LIKE),
    "name": ("q", _LIKE),
    "description": ("q", _LIKE),
    "subject": ("subject", _LIKE),
    "learningResourceType": ("type", _LIKE),
    "language": ("language", _EXACT),
    "publisher": ("provider", _LIKE),
    "useRightsURL": ("license", _EXACT),
    "accessibilityFeatures": ("access", _LIKE),
    "typicalAgeRange": ("grade", _EXACT),
    "timeRequired": ("minutes_max", ("<=",)),
    "learningObjectives.targetName": ("standard", _LIKE),
    "learningObjectives.targetURL": ("standard", _EXACT),
    "learningObjectives.caseItemUri": ("standard", _EXACT),
    "learningObjectives.caseItemGUID": ("standard", _EXACT),
    "learningObjectives.alignmentType": ("relation", _EXACT),
}
"""What can be asked of a resource: the parameter of a search that answers it, and the comparisons that it knows."""
_SORTS = {"relevance": ("relevance", ""), "publishDate": ("newest", "desc"), "timeRequired": ("shortest", "asc")}


def query_of_filter(stated: str, words: str) -> Query:
    """The search that a filter and the words beside it ask for.

    A catalog joins several values of one member by OR and several members by AND; a filter that wants it otherwise
    is a BadRequest that says so, for an answer to another question would be worse than none.
    """
    clauses, joined = _clauses(stated)
    values: dict[str, list[str]] = {}
    for member, comparison, value in clauses:
        name = _parameter(member, comparison)
        if name in values and joined == "AND" and name != "q":
            raise _wrong("filter", f"{member} may be asked for once; join several values by OR")
        values.setdefault(name, []).extend(_read(name, value))
    if joined == "OR" and len(values) > 1:
        raise _wrong("filter", "OR joins values of one member; join different members by AND")
    if joined == "OR" and "q" in values:
        raise _wrong("filter", "words cannot be joined by OR")
    texts = " ".join([words.strip(), *values.pop("q", [])]).strip()
    to_the_letter = any(member in ("name", "description") for member, _, _ in clauses)
    return msgspec.convert({"q": texts, "literal": to_the_letter, "facets": False, **_parameters(values)}, Query)


def sort_of(stated: str, order: str) -> str:
    """The order of a search. Raises BadRequest naming `sort` or `orderBy`."""
    if order not in ("", "asc", "desc"):
        raise _wrong("orderBy", "use asc or desc")
    if stated and stated not in _SORTS:
        raise _wrong("sort", f"use one of {', '.join(_SORTS)}")
    name, direction = _SORTS[stated or "relevance"]
    if direction and (order or "asc") != direction:
        raise _wrong("orderBy", f"the catalog orders by {stated} with orderBy={direction} only")
    return name


def fields_of(stated: str) -> tuple[str, ...]:
    """The members to give; empty for all. Raises BadRequest naming `fields`."""
    fields = tuple(each.strip() for each in stated.split(",") if each.strip())
    for each in fields:
        if each not in MEMBERS:
            raise _wrong("fields", f"“{each[:50]}” is no member of Resource")
    return fields


def _clauses(stated: str) -> tuple[list[tuple[str, str, str]], str]:
    """The conditions, and the word that joins them."""
    if not stated.strip():
        return [], "AND"
    words = set(re.findall(r"['\"]\s+(AND|OR)\s+(?=[\w.]+\s*[!<>=~])", stated))
    if len(words) > 1:
        raise _wrong("filter", "use AND or OR, not both")
    joined = words.pop() if words else "AND"
    parts = re.split(rf"(?<=['\"])\s+{joined}\s+(?=[\w.]+\s*[!<>=~])", stated)
    if len(parts) > _MOST_CLAUSES:
        raise _wrong("filter", f"use at most {_MOST_CLAUSES} conditions")
    return [_clause(part) for part in parts], joined


def _clause(part: str) -> tuple[str, str, str]:
    match = _CLAUSE.fullmatch(part)
    if match is None:
        raise _wrong("filter", "write it as subject='Mathematics', joined by AND or OR")
    return match[1], match[2], (match[3] if match[3] is not None else match[4]).strip()


def _parameter(member: str, comparison: str) -> str:
    if member not in _FIELDS:
        raise _wrong("filter", f"“{member[:50]}” cannot be filtered by; use one of {', '.join(_FIELDS)}")
    name, known = _FIELDS[member]
    if comparison not in known:
        raise _wrong("filter", f"{member} knows {' and '.join(known)}, not {comparison}")
    return name


def _read(name: str, value: str) -> list[str]:
    read = _READ.get(name)
    return read(value) if read else [value]


def _minutes(value: str) -> list[str]:
    match = _DURATION.fullmatch(value)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    total = (days * 24 + hours) * 60 + minutes
    if not total:
        raise _wrong("filter", "timeRequired is a duration of a minute or more, as PT45M")
    return [str(total)]


def _grades(value: str) -> list[str]:
    match = _AGES.fullmatch(value)
    grades = grades_of_ages(int(match[1]), int(match[2] or match[1])) if match else ()
    if not grades:
        raise _wrong("filter", "typicalAgeRange is an age or a range of ages at school, as 9-10")
    return list(grades)


_READ: Mapping[str, Callable[[str], list[str]]] = {"minutes_max": _minutes, "grade": _grades}


def _parameters(values: Mapping[str, list[str]]) -> dict[str, Any]:
    """The values as a Query has them: some parameters take one, the length is a number."""
    if len(values.get("relation", ())) > 1:
        raise _wrong("filter", "learningObjectives.alignmentType may be asked for once")
    found: dict[str, Any] = {name: tuple(several) for name, several in values.items()}
    if "relation" in found:
        found["relation"] = found["relation"][0]
    if "minutes_max" in found:
        found["minutes_max"] = max(map(int, found["minutes_max"]))
    return found


def _wrong(parameter: str, message: str) -> BadRequest:
    return BadRequest(f"The parameter {parameter} cannot be answered: {message}.", [FieldError(parameter, message)])
