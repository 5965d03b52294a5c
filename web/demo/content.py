"""Typed readers for the demo's own content: frameworks, three districts' records, and a class."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

Kind = TypeVar("Kind")

CONTENT = Path(__file__).parent / "content"

FRAMEWORK_PATH = CONTENT / "framework.json"
"""Northwater State Learning Standards, a CASE 1.0 package with its progression."""

SECOND_FRAMEWORK_PATH = CONTENT / "second-framework.ttl"
"""Lakeside District Competencies in SKOS, matched to the first framework's items."""


class LakesideRecord(Struct, frozen=True):
    """One item of Lakeside's repository; `jsonld` is a schema.org LearningResource, None once withdrawn."""

    identifier: str
    datestamp: str
    deleted: bool
    jsonld: dict[str, Any] | None


class RiverbendPage(Struct, frozen=True):
    """One page of Riverbend's site: its path below `/riverbend/`, when it last changed, and its JSON-LD."""

    path: str
    modified: str
    jsonld: dict[str, Any]


class DemoEvidence(Struct, frozen=True):
    """One thing a learner did: `score` from 0 to 1, `days_ago` before the demo is set up, `easiness` in logits."""

    standards: tuple[str, ...]
    score: float
    kind: Literal["task", "quiz", "judgement", "self-report"]
    days_ago: float
    easiness: float | None = None


class DemoLearner(Struct, frozen=True):
    """A made-up learner; `goals` are codes of the first framework, `needs` accessibility features."""

    label: str
    grade: str
    languages: tuple[str, ...]
    interests: tuple[str, ...]
    aspirations: tuple[str, ...]
    goals: tuple[str, ...]
    needs: tuple[str, ...]
    evidence: tuple[DemoEvidence, ...]


class DemoClass(Struct, frozen=True):
    """The demo's class with its learners."""

    name: str
    learners: tuple[DemoLearner, ...]


def demo_class() -> DemoClass:
    """Twenty-four learners of grades 4 and 5 with their evidence."""
    return msgspec.json.decode((CONTENT / "class.json").read_bytes(), type=DemoClass)


def lakeside_records() -> list[LakesideRecord]:
    """What Lakeside Unified serves over OAI-PMH."""
    return _lines("lakeside.ndjson", LakesideRecord)


def riverbend_pages() -> list[RiverbendPage]:
    """What Riverbend Schools publishes as web pages."""
    return _lines("riverbend.ndjson", RiverbendPage)


def northwater_table() -> str:
    """What Northwater County keeps in a spreadsheet, as CSV text with a heading row."""
    return (CONTENT / "northwater.csv").read_text(encoding="utf-8")


def _lines(name: str, kind: type[Kind]) -> list[Kind]:
    return [msgspec.json.decode(line, type=kind) for line in (CONTENT / name).read_bytes().splitlines() if line]
