"""Which column of a spreadsheet holds what, guessed from its header as districts write it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "resource", "resource title", "resource name", "lesson", "lesson title", "lesson name"),
    "url": ("url", "link", "web address", "website", "web link", "resource url", "resource link", "address",
            "uri", "href"),
    "identifier": ("id", "identifier", "resource id", "record id", "guid", "uuid", "doi"),
    "description": ("description", "overview", "summary", "abstract", "teacher overview", "about", "synopsis", "blurb"),
    "text": ("text", "content", "full text", "material", "teacher material", "teacher lesson preparation",
             "lesson preparation", "instruction", "procedure", "note", "teacher note", "objective",
             "learning objective"),
    "grade": ("grade", "grade level", "grade sublevel", "grade band", "education level", "educational level",
              "year group", "grade range"),
    "age": ("age", "age range", "typical age range"),
    "subject": ("subject", "subject area", "discipline", "content area"),
    "type": ("type", "material type", "resource type", "learning resource type", "format", "kind", "media type"),
    "use": ("use", "educational use", "purpose"),
    "standard": ("standard", "alignment", "standard alignment", "standard code", "ccss", "ngss", "aligned standard",
                 "educational alignment", "common core", "state standard", "competency", "standard addressed"),
    "prerequisite": ("prerequisite", "prerequisite standard", "required standard", "prior standard"),
    "relation": ("relation", "alignment type", "relationship", "alignment relation"),
    "level": ("level", "competency level", "mastery level", "mastery", "proficiency", "proficiency level",
              "performance level"),
    "minutes": ("minute", "duration", "time", "time required", "length", "class time", "estimated time",
                "minute needed"),
    "license": ("license url", "license", "license title", "licence", "licence url", "rights", "right", "usage right",
                "copyright", "term of use", "license type"),
    "language": ("language", "in language", "lang", "language code"),
    "keyword": ("keyword", "tag", "topic", "key word"),
    "author": ("author", "creator", "contributor", "teacher", "made by", "written by"),
    "publisher": ("publisher", "provider", "source", "organization", "district"),
    "audience": ("audience", "primary user", "end user", "user", "intended audience", "educational role", "who"),
    "access_feature": ("accessibility", "accessibility feature", "access feature", "accommodation"),
    "access_hazard": ("accessibility hazard", "hazard", "access hazard"),
    "setting": ("setting", "learning setting", "classroom setting", "grouping"),
    "group_size": ("group size",),
    "created": ("date", "create date", "created", "date created", "date published", "published", "publication date",
                "creation date"),
    "modified": ("modified", "date modified", "updated", "last updated", "last modified", "update date", "revised"),
    "based_on": ("based on", "is based on", "derived from", "adapted from"),
    "part_of": ("part of", "is part of", "collection", "unit", "course", "series"),
}  # fmt: skip
_SEVERAL = frozenset(("license", "text", "standard", "publisher", "author"))
_NOT_OURS = frozenset(
    ("image", "thumbnail", "logo", "email", "mail", "phone", "icon", "photo", "picture",
     "cover", "avatar", "count", "rating", "score")
)  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OURS = {"summary": "description", "alignments": "standard", "creators": "author", "license_url": "license"}

FIELD_NAMES = tuple(sorted((*FIELDS, *_OURS)))
"""What a source's settings may call our fields, each by one name or by that of a `Resource` attribute."""


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """Our field for each column we recognize, as {field: column}; several columns for one field are joined by "|".

    Case, spaces, underscores and plurals do not matter. A column that is a synonym goes before one that only holds it
    ("Title" before "Resource title (required)").
    """
    found: dict[str, list[str]] = {}
    words = {column: _singular(column) for column in header if column.strip()}
    taken: set[str] = set()
    for field, synonyms in FIELDS.items():
        for synonym in synonyms:
            for column, folded in words.items():
                if folded == synonym and column not in taken and (field not in found or field in _SEVERAL):
                    found.setdefault(field, []).append(column)
                    taken.add(column)
    for column, folded in words.items():
        if column in taken or _NOT_OURS & set(folded.split()):
            continue
        inside = [
            (len(synonym), field)
            for field, synonyms in FIELDS.items()
            for synonym in synonyms
            if (field not in found or field in _SEVERAL) and len(synonym) > 2 and f" {synonym} " in f" {folded} "
        ]
        if inside:
            found.setdefault(max(inside)[1], []).append(column)
    return {field: "|".join(columns) for field, columns in found.items()}


def field_named(name: str) -> str | None:
    """Our field for a name in a source's settings: the field itself, its plural or a `Resource` attribute."""
    folded = _singular(name)
    if name in FIELDS or name in _OURS:
        return _OURS.get(name, name)
    return next((field for field, synonyms in FIELDS.items() if folded == field or folded in synonyms), None)


def _singular(column: str) -> str:
    words = [word.lower() for word in _WORD.findall(column)]
    return " ".join(word if len(word) < 4 or word.endswith("ss") else word.removesuffix("s") for word in words)
