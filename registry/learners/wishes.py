"""Reads what a learner wishes and needs as somebody stated it, in the words of the closed lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from registry.errors import FieldError, Rejected
from vocab.grades import grades_of
from vocab.languages import language_of
from vocab.schemes import scheme

MOST_ITEMS = 20
_Short = Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=MOST_ITEMS)]
_Goals = Annotated[list[Annotated[str, Meta(min_length=1, max_length=500)]], Meta(max_length=MOST_ITEMS)]
_FIELDS: dict[str, tuple[Any, str]] = {
    "grade": (str | None, "one grade: K or 1 to 12"),
    "languages": (_Short, "a list of up to 20 languages, as en or es"),
    "interests": (_Short, "a list of up to 20 interests of at most 40 characters each"),
    "aspirations": (_Short, "a list of up to 20 aspirations of at most 40 characters each"),
    "goals": (_Goals, "a list of up to 20 codes or URIs of standards"),
    "needs": (_Short, "a list of up to 20 access features, or hazards to avoid"),
}
_NO_KEYWORD = re.compile(r"[@<>\n\r]|\d{4}|https?:", re.IGNORECASE)


def read(stated: object) -> tuple[dict[str, Any], list[FieldError]]:
    """The fields that can be read, in the words of the closed lists, and what is wrong with the others."""
    if not isinstance(stated, Mapping):
        raise Rejected("A profile is an object with grade, languages, interests, aspirations, goals and needs.")
    errors = [
        FieldError(str(key)[:100], "is not taken: send nothing else about a child")
        for key in stated.keys() - _FIELDS.keys()
    ]
    values: dict[str, Any] = {}
    for field, (shape, advice) in _FIELDS.items():
        if stated.get(field) is None:
            continue
        try:
            values[field] = msgspec.convert(stated[field], shape)
        except msgspec.ValidationError:
            errors.append(FieldError(field, f"must be {advice}"))
    if "grade" in values:
        grades = grades_of(values["grade"])
        if len(grades) != 1:
            errors.append(FieldError("grade", f"must be {_FIELDS['grade'][1]}"))
        values["grade"] = grades[0] if grades else None
    for field, meaning, advice in (
        ("languages", language_of, "is no language we know; write en or es"),
        ("interests", _keyword, "must be a keyword: no address, no link, no long number"),
        ("aspirations", _keyword, "must be a keyword: no address, no link, no long number"),
        ("needs", _need, "is neither an access feature (captions) nor a hazard (flashing)"),
    ):
        meant = [(index, text, meaning(text)) for index, text in enumerate(values.get(field, ()))]
        errors += [FieldError(f"{field}[{index}]", f"“{text}” {advice}") for index, text, key in meant if not key]
        if meant:
            values[field] = [key for _, _, key in meant]
    return values, errors


def _keyword(text: str) -> str | None:
    folded = " ".join(text.split())
    return folded if folded and folded.isprintable() and not _NO_KEYWORD.search(text) else None


def _need(text: str) -> str | None:
    """The key of an access feature that is needed, or of a hazard that must be absent (`flashing`)."""
    key = scheme("access_features").key_of(text) or scheme("access_hazards").key_of(text)
    if key is None or key in ("none", "unknown") or key.startswith("unknown"):
        return None
    # "noFlashingHazard" states the same need as "flashing": that the hazard be absent.
    bare = key.removeprefix("no").removesuffix("Hazard")
    return bare[0].lower() + bare[1:] if key.endswith("Hazard") else key
