"""The real lessons as a judge sees them: what stands in which unit, under which keyword and curriculum statement."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from lxml import etree
from msgspec import Struct

from benchmarks import stage
from tests import servers

RESOURCES = servers.SHARED / "resources"
_LEVEL = re.compile(r"^(.*?) ?Year Group (\d+)")


class Lesson(Struct, frozen=True):
    """One Oak lesson; `keywords` are in lower case, `years` English year groups, `concepts` URIs of statements."""

    identifier: str
    title: str
    description: str
    keywords: frozenset[str]
    units: tuple[str, ...]
    subjects: frozenset[str]
    years: frozenset[int]
    concepts: tuple[tuple[str, str], ...]


class Problem(Struct, frozen=True):
    """An OATutor problem; `skills` are what its steps practice, `lesson` the lesson of the course it belongs to."""

    identifier: str
    lesson: tuple[str, str]
    skills: frozenset[str]


class Titled(Struct, frozen=True):
    """Something of another source that is looked for by its title."""

    identifier: str
    title: str


class Shelf:
    """The lessons with their structure turned round: by unit, keyword, statement."""

    def __init__(self, lessons: Iterable[Lesson]) -> None:
        self.lessons = list(lessons)
        self.by_unit: dict[str, list[Lesson]] = defaultdict(list)
        self.by_keyword: dict[str, list[Lesson]] = defaultdict(list)
        self.by_concept: dict[str, list[Lesson]] = defaultdict(list)
        self.statements: dict[str, str] = {}
        for lesson in self.lessons:
            for unit in lesson.units:
                self.by_unit[unit].append(lesson)
            for keyword in lesson.keywords:
                self.by_keyword[keyword].append(lesson)
            for uri, statement in lesson.concepts:
                self.by_concept[uri].append(lesson)
                self.statements[uri] = statement

    @cached_property
    def frequency(self) -> Counter[str]:
        """In how many lessons each word stands."""
        return Counter(
            word for each in self.lessons for word in set(words(f"{each.title} {each.description}")) | each.keywords
        )

    def naming(self, keyword: str) -> list[Lesson]:
        """The lessons with this keyword, or with it in their title where it is no short word."""
        named = re.compile(rf"(?<!\w){re.escape(keyword)}", re.IGNORECASE)
        return [
            each for each in self.lessons if keyword in each.keywords or (len(keyword) > 4 and named.search(each.title))
        ]

    def units_named(self, fragment: str) -> list[str]:
        """The units whose name holds the fragment at the start of a word, or starts with it where it follows a `^`."""
        begun = re.compile(rf"(?<!\w){re.escape(fragment)}" if fragment[:1] != "^" else fragment, re.IGNORECASE)
        return [unit for unit in self.by_unit if begun.search(unit)]


def shelf() -> Shelf:
    """The Oak lessons."""
    return Shelf(_lesson(line) for line in stage.oak_lessons())


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.casefold())


def activities() -> dict[str, list[str]]:
    """The codes of the Illustrative Mathematics activities that state any, by the address of each."""
    return {
        f"https://activities.example/{line['id']}": line["standards"]
        for line in _lines("illustrative-math-activities")
        if line["standards"]
    }


def problems() -> list[Problem]:
    """The OATutor problems."""
    return [
        Problem(
            identifier=f"https://problems.example/{line['id']}",
            lesson=(line["lesson"], line["courseName"]),
            skills=frozenset(skill.replace("_", " ") for step in line["steps"] for skill in step["skills"]),
        )
        for line in _lines("oatutor-problems")
    ]


def titled() -> list[Titled]:
    """The resources of OER Commons and the chapters of the physics book."""
    with (RESOURCES / "oer-commons-open.csv").open(encoding="utf-8", newline="") as file:
        found = [Titled(row["URL"], row["NAME"]) for row in csv.DictReader(file, delimiter=";")]
    for path in sorted(RESOURCES.glob("openstax-physics/*/index.cnxml")):
        title = etree.fromstring(path.read_bytes()).findtext("{*}title") or ""
        found.append(Titled(f"https://physics.example/{path.parent.name}", title))
    return found


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(RESOURCES / f"{name}.ndjson.gz", "rb") as file:
        for line in file:
            yield json.loads(line)


def _lesson(line: dict[str, Any]) -> Lesson:
    levels = [found for level in line.get("educationalLevel", ()) if (found := _LEVEL.match(level))]
    return Lesson(
        identifier=line["@id"],
        title=line["name"],
        description=line.get("description") or "",
        keywords=frozenset(keyword.casefold() for keyword in line.get("keywords") or ()),
        units=tuple(dict.fromkeys(part["name"] for part in line.get("isPartOf", ()))),
        subjects=frozenset(level[1] for level in levels),
        years=frozenset(int(level[2]) for level in levels),
        concepts=tuple((each["targetUrl"], each["targetName"]) for each in line.get("educationalAlignment", ())),
    )
