"""Real catalogs read whole: 12,517 lessons in JSON-LD and 1,293 spreadsheet rows."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context, Severity
from vocab.shapes import validate

DATA = Path(__file__).parents[4] / "shared" / "data" / "resources"
CONTEXT = Context(today="2026-11-22")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not beside the project (../shared/data)"),
]


def test_every_lesson_becomes_a_sound_resource_with_its_grades() -> None:
    with gzip.open(DATA / "oak-lessons.jsonld.ndjson.gz") as lines:
        for line in lines:
            stated = json.loads(line)
            found = crosswalk("schema.org", line, CONTEXT)
            assert found.problems == ()
            lesson = found.resource
            assert lesson is not None
            assert validate(lesson) == ()
            assert (lesson.types, lesson.languages, lesson.license) == (("lesson",), ("en",), "ogl-uk-3.0")
            assert bool(lesson.grades) == bool(lesson.subjects) == ("educationalLevel" in stated)
            claimed = {each["targetUrl"] for each in stated.get("educationalAlignment", ())}
            assert {alignment.standard for alignment in lesson.alignments} == claimed
            assert stated["@id"] in lesson.identifiers


def test_every_row_of_a_shared_spreadsheet_is_read_or_says_why_not() -> None:
    csv.field_size_limit(10**7)
    with (DATA / "oer-commons-open.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for row in rows:
        found = crosswalk("csv", json.dumps(row).encode(), CONTEXT)
        if not row["NAME"]:
            assert [p.code for p in found.problems if p.severity is Severity.ERROR] == ["title-missing"]
            continue
        material = found.resource
        assert material is not None
        assert [p for p in validate(material) if p.severity is Severity.ERROR] == []
        assert material.license is not None and material.languages and material.types and material.created
        assert "<p" not in material.summary and "&nbsp" not in material.summary
        for name in row["GRADE_SUBLEVELS"].split("|"):
            known = {"high-school": "9", "middle-school": "6", "upper-primary": "3", "lower-primary": "K"}.get(name)
            assert known in material.grades if known else f"GRADE_SUBLEVELS: {name}" in material.stated
