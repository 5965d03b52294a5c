"""Who a learner wants to become and what they need: a random id, and what they or their teacher state."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import FieldError, Rejected
from registry.learners import access, standards
from registry.learners.access import Reader
from registry.learners.models import LearnerRow
from registry.learners.views import Wishes
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


def create_learner(session: Session, school: str) -> str:
    """The id of a new learner in this school: 128 random bits, 32 hexadecimal digits."""
    at = now()
    learner = LearnerRow(id=secrets.token_hex(16), school=school, created_at=at, updated_at=at)
    session.add(learner)
    session.flush()
    return learner.id


def put_profile(session: Session, catalog: Session, reader: Reader, learner_id: str, stated: object) -> Wishes:
    """Replace what a learner wishes and needs; `stated` is decoded JSON, and a field it leaves out becomes empty.

    Raises Rejected naming every wrong field (`goals[1]`), NotFound.
    """
    learner = access.find(session, reader, learner_id)
    values = _read(stated)
    errors: list[FieldError] = values.pop("errors")
    goals = values.get("goals", [])
    known = standards.resolved(catalog, goals)
    errors += standards.unknown(goals, known, "goals")
    if errors:
        raise Rejected("The profile cannot be taken as it is.", errors)
    learner.grade = values.get("grade")
    learner.languages = _distinct(values.get("languages", ()))
    learner.interests = _distinct(values.get("interests", ()))
    learner.aspirations = _distinct(values.get("aspirations", ()))
    learner.needs = _distinct(values.get("needs", ()))
    learner.goals = _distinct(known[goal].uri for goal in goals)
    learner.updated_at = now()
    session.flush()
    return wishes_of(learner)


def wishes_of(learner: LearnerRow) -> Wishes:
    """What a learner's row says they wish and need."""
    return Wishes(
        grade=learner.grade,
        languages=learner.languages,
        interests=learner.interests,
        aspirations=learner.aspirations,
        goals=learner.goals,
        needs=learner.needs,
    )


def _read(stated: object) -> dict[str, Any]:
    """The fields that can be read, in the words of the closed lists, and `errors` for the others."""
    if not isinstance(stated, Mapping):
        raise Rejected("A profile is an object with grade, languages, interests, aspirations, goals and needs.")
    errors = [
        FieldError(str(key)[:100], "is not taken: send nothing else about a child")
        for key in stated.keys() - _FIELDS.keys()
    ]
    values: dict[str, Any] = {"errors": errors}
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
    return values


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


def _distinct(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
