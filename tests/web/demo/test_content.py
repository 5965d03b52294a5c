"""The demo's content: complete, consistent, and with just the faults it is meant to have."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import pyoxigraph as ox

from vocab.schemes import scheme
from web.demo import content

SKOS = "http://www.w3.org/2004/02/skos/core#"
RETIRED = "LK-GE-2"


class Use(NamedTuple):
    """One alignment as a district states it, by code."""

    code: str
    relation: str
    level: str


class Stated(NamedTuple):
    """One resource of any district, as far as the tests look."""

    title: str
    description: str
    url: str
    license: str
    language: str
    uses: tuple[Use, ...]


@cache
def package() -> dict[str, Any]:
    return json.loads(content.FRAMEWORK_PATH.read_bytes())  # type: ignore[no-any-return]


def competencies() -> dict[str, str]:
    """URI by code, headings left out."""
    items = package()["CFItems"]
    return {item["humanCodingScheme"]: item["uri"] for item in items if item["CFItemType"] == "Competency"}


def links(kind: str) -> list[tuple[str, str]]:
    """(origin, destination) URIs of the associations of one kind."""
    return [
        (link["originNodeURI"]["uri"], link["destinationNodeURI"]["uri"])
        for link in package()["CFAssociations"]
        if link["associationType"] == kind
    ]


@cache
def second() -> dict[str, str]:
    """URI by notation in the second framework."""
    quads = ox.parse(path=str(content.SECOND_FRAMEWORK_PATH), format=ox.RdfFormat.TURTLE)
    return {quad.object.value: quad.subject.value for quad in quads if quad.predicate.value == f"{SKOS}notation"}


@cache
def stated() -> tuple[Stated, ...]:
    """Every sound record of the three districts: with a title, and not withdrawn."""
    lakeside = [record.jsonld for record in content.lakeside_records() if record.jsonld and "name" in record.jsonld]
    found = [_from_jsonld(jsonld) for jsonld in [*lakeside, *(page.jsonld for page in content.riverbend_pages())]]
    return tuple(found + [_from_row(row) for row in rows() if row["Title"]])


def _from_jsonld(jsonld: dict[str, Any]) -> Stated:
    overall = [level for level in jsonld["educationalLevel"] if not level.startswith("Grade ")]
    uses = [
        Use(alignment["identifier"], alignment["alignmentType"], alignment.get("educationalLevel", ""))
        for alignment in jsonld.get("educationalAlignment", [])
    ]
    for relation in ("teaches", "assesses"):
        uses += [Use(term["termCode"], relation, overall[0]) for term in jsonld.get(relation, [])]
    texts = (jsonld[key] for key in ("name", "description", "url", "license", "inLanguage"))
    return Stated(*texts, uses=tuple(uses))


def _from_row(row: dict[str, str]) -> Stated:
    columns = [row[name].split("; ") for name in ("Standards", "Alignment type", "Level")]
    uses = [Use(code, relation.lower(), level) for code, relation, level in zip(*columns, strict=True)]
    language = {"Spanish": "es", "English": "en"}[row["Language"]]
    return Stated(row["Title"], row["Description"], row["Link"], row["License"], language, tuple(uses))


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.northwater_table())))


def uses() -> Iterator[Use]:
    return (use for resource in stated() for use in resource.uses)


def test_the_framework_has_headings_over_two_subjects_and_some_sixty_competencies() -> None:
    parents = dict(links("isChildOf"))
    assert len(competencies()) == 62
    assert {code.split(".")[1] for code in competencies()} == {"M", "S"}
    document = package()["CFDocument"]["uri"]
    for uri in competencies().values():
        assert parents[parents[parents[uri]]] == document


def test_the_progression_joins_competencies_and_has_no_cycle() -> None:
    edges = links("precedes")
    assert len(set(edges)) == len(edges) >= 70
    assert {uri for edge in edges for uri in edge} <= set(competencies().values())
    graph: dict[str, set[str]] = defaultdict(set)
    for before, after in edges:
        graph[after].add(before)
    assert list(TopologicalSorter(graph).static_order())


def test_no_prerequisite_belongs_to_a_later_grade() -> None:
    grade = {uri: int(code.split(".")[2]) for code, uri in competencies().items()}
    assert [edge for edge in links("precedes") if grade[edge[0]] > grade[edge[1]]] == []


def test_the_second_framework_is_mapped_to_the_first() -> None:
    quads = list(ox.parse(path=str(content.SECOND_FRAMEWORK_PATH), format=ox.RdfFormat.TURTLE))
    matches = [quad for quad in quads if quad.predicate.value in (f"{SKOS}exactMatch", f"{SKOS}closeMatch")]
    assert {quad.object.value for quad in matches} <= set(competencies().values())
    narrower = {quad.subject.value for quad in quads if quad.predicate.value == f"{SKOS}broader"}
    assert {quad.subject.value for quad in matches if isinstance(quad.subject, ox.NamedNode)} == narrower
    assert len(narrower) == 25


def test_three_districts_bring_over_a_hundred_and_fifty_resources_each_described_for_itself() -> None:
    assert len(stated()) >= 150
    assert len({resource.title for resource in stated()}) == len(stated())
    assert len({resource.description for resource in stated()}) == len(stated())
    assert min(len(resource.description) for resource in stated()) > 100
    assert {resource.language for resource in stated()} == {"en", "es", "fr"}


def test_every_code_in_a_record_is_in_a_framework_except_the_retired_one() -> None:
    known = competencies().keys() | second().keys()
    assert [use.code for use in uses() if use.code not in known] == [RETIRED]


def test_every_uri_in_a_record_belongs_to_its_code() -> None:
    jsonlds = [record.jsonld or {} for record in content.lakeside_records()]
    jsonlds += [page.jsonld for page in content.riverbend_pages()]
    pairs = [
        (a["targetUrl"], a["identifier"])
        for j in jsonlds
        for a in j.get("educationalAlignment", [])
        if "targetUrl" in a
    ]
    pairs += [
        (t["@id"], t["termCode"])
        for j in jsonlds
        for t in [*j.get("teaches", []), *j.get("assesses", [])]
        if "@id" in t
    ]
    uris = competencies() | second()
    assert len(pairs) > 30
    assert [(uri, code) for uri, code in pairs if uris[code] != uri] == []


def test_every_competency_has_two_resources_and_every_fraction_four_at_three_levels() -> None:
    levels = scheme("levels")
    found: dict[str, list[str | None]] = defaultdict(list)
    for use in uses():
        if use.relation != "requires":
            found[use.code].append(levels.key_of(use.level))
    assert [code for code in competencies() if len(found[code]) < 2] == []
    fractions = [code for code in competencies() if ".FR." in code]
    assert [code for code in fractions if len(found[code]) < 4 or len(set(found[code])) < 3] == []
    assert [code for code in second() if code.count("-") == 2 and not found[code]] == []


def test_one_level_word_is_unknown() -> None:
    unknown = [use.level for use in uses() if use.level and scheme("levels").key_of(use.level) is None]
    assert unknown == ["Wizard"]


def test_types_and_accessibility_features_are_words_of_the_closed_lists() -> None:
    jsonlds = [record.jsonld for record in content.lakeside_records() if record.jsonld and "name" in record.jsonld]
    jsonlds += [page.jsonld for page in content.riverbend_pages()]
    types = {jsonld["learningResourceType"] for jsonld in jsonlds} | {row["Type"] for row in rows()}
    features = {feature for jsonld in jsonlds for feature in jsonld.get("accessibilityFeature", [])}
    features |= {feature for row in rows() for feature in row["Accessibility"].split("; ") if feature}
    assert [word for word in types if scheme("types").key_of(word) is None] == []
    assert [word for word in features if scheme("access_features").key_of(word) is None] == []


def test_one_license_is_missing_and_some_are_not_open() -> None:
    licenses = Counter(resource.license for resource in stated())
    assert licenses[""] == 1
    assert len(licenses) >= 8


def test_one_lesson_comes_from_two_districts_in_different_words() -> None:
    by_url = defaultdict(list)
    for resource in stated():
        by_url[resource.url].append(resource.title)
    twice = [titles for titles in by_url.values() if len(titles) > 1]
    assert len(twice) == 1
    assert len(set(twice[0])) == 2


def test_the_faults_are_one_withdrawn_one_without_anything_and_one_row_without_title() -> None:
    records = content.lakeside_records()
    assert len([record for record in records if record.deleted]) == 1
    bare = [record.jsonld for record in records if record.jsonld and not record.jsonld.keys() & {"name", "url", "@id"}]
    assert len(bare) == 1
    assert len([row for row in rows() if not row["Title"]]) == 1


def test_one_description_carries_a_script() -> None:
    assert len([resource for resource in stated() if "<script>" in resource.description]) == 1


def test_the_class_has_twenty_four_learners_known_by_number_only() -> None:
    learners = content.demo_class().learners
    assert [learner.label for learner in learners] == [f"Learner {n:02d}" for n in range(1, 25)]
    assert {learner.grade for learner in learners} == {"4", "5"}
    for learner in learners:
        assert set(learner.goals) <= competencies().keys()
        assert learner.goals
        assert 6 <= len(learner.evidence) <= 40
        assert {feature for feature in learner.needs if scheme("access_features").key_of(feature) is None} == set()
        for evidence in learner.evidence:
            assert set(evidence.standards) <= competencies().keys()
            assert 0 <= evidence.score <= 1
            assert evidence.days_ago > 0


def test_two_learners_have_hardly_any_evidence() -> None:
    assert len([learner for learner in content.demo_class().learners if len(learner.evidence) < 10]) == 2


def test_no_learner_is_strong_where_a_prerequisite_has_clearly_failed() -> None:
    code = {uri: code for code, uri in competencies().items()}
    edges = [(code[before], code[after]) for before, after in links("precedes")]
    for learner in content.demo_class().learners:
        scores = defaultdict(list)
        for evidence in learner.evidence:
            if evidence.kind != "self-report" and len(evidence.standards) == 1:
                scores[evidence.standards[0]].append(evidence.score)
        means = {standard: statistics.mean(values) for standard, values in scores.items() if len(values) > 1}
        clashes = [(a, b) for a, b in edges if means.get(a, 1) <= 0.4 and means.get(b, 0) >= 0.8]
        assert clashes == [], learner.label
