"""Reads one evidence as somebody stated it, and says of every wrong field how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from registry.errors import FieldError

_CLOCK_SKEW = timedelta(minutes=10)
_KINDS = {
    "task": "task", "gradedtask": "task", "assignment": "task",
    "judgement": "judgement", "teacherjudgement": "judgement", "teachersjudgement": "judgement",
    "judgment": "judgement", "teacherjudgment": "judgement", "teachersjudgment": "judgement",
    "quiz": "quiz", "quizitem": "quiz", "item": "quiz",
    "selfreport": "self-report", "selfassessment": "self-report",
    "opened": "opened", "openedresource": "opened", "openedaresource": "opened",
}  # fmt: skip
FIELDS: dict[str, tuple[Any, str]] = {
    "learner": (
        Annotated[str, Meta(pattern=r"^[!-~]{1,64}$")],
        "the learner's id, as POST /api/v1/learners gave it",
    ),
    "standards": (
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=500)]], Meta(min_length=1, max_length=20)],
        "a list of 1 to 20 codes or URIs of standards",
    ),
    "score": (Annotated[float, Meta(ge=0, le=1)] | None, "a number from 0 to 1"),
    "kind": (Annotated[str, Meta(max_length=40)], "one of task, judgement, quiz, self-report, opened"),
    "at": (Annotated[datetime, Meta(tz=True)] | None, "a moment with its zone, as 2026-09-14T10:30:00Z"),
    "easiness": (Annotated[float, Meta(ge=-5, le=5)] | None, "a number from -5 (hard) to 5 (easy), in logits"),
    "source": (
        Annotated[str, Meta(pattern=r"^[^\s@\x00-\x1f\x7f]{1,200}$")] | None,
        "the id of this one evidence where it comes from: 1 to 200 characters, no spaces, no mail address",
    ),
}
"""What may be said in an evidence: its shape, and how to mend what does not have it."""

_REQUIRED = ("learner", "standards", "kind")


def read(item: object, name: str, now: datetime, errors: list[FieldError]) -> dict[str, Any]:
    """The fields of one item that can be read; what is wrong with the others goes to `errors`."""
    if not isinstance(item, Mapping):
        errors.append(
            FieldError(name.removesuffix(".") or "evidence", "must be an object {learner, standards, score, kind}")
        )
        return {}
    wrong = [
        FieldError(f"{name}{key}"[:200], "is not taken: send nothing else about a child")
        for key in item.keys() - FIELDS.keys()
    ]
    read: dict[str, Any] = {}
    for field, (shape, advice) in FIELDS.items():
        if item.get(field) is None:
            if field in _REQUIRED:
                wrong.append(FieldError(name + field, f"is missing; give {advice}"))
            continue
        try:
            read[field] = msgspec.convert(item[field], shape)
        except msgspec.ValidationError:
            wrong.append(FieldError(name + field, f"must be {advice}"))
    if "kind" in read:
        read["kind"] = _KINDS.get("".join(char for char in read["kind"].lower() if char.isalpha()))
        if read["kind"] is None:
            wrong.append(FieldError(f"{name}kind", f"must be {FIELDS['kind'][1]}"))
    if item.get("score") is None and read.get("kind") not in (None, "opened"):
        wrong.append(FieldError(f"{name}score", "is missing; give a number from 0 to 1"))
    wrong += [
        FieldError(name + field, f"must be {FIELDS[field][1]}")
        for field in ("score", "easiness")
        if not isfinite(read.get(field, 0.0))
    ]
    if "at" in read and not datetime(2000, 1, 1, tzinfo=now.tzinfo) <= read["at"] <= now + _CLOCK_SKEW:
        wrong.append(FieldError(f"{name}at", "must be between the year 2000 and now"))
    errors += wrong
    return read
