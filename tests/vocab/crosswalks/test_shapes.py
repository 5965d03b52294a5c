"""The shapes file, our reading of it, and an independent validator agree."""

from __future__ import annotations

import pyshacl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph

from vocab.grades import GRADES
from vocab.licenses import licenses
from vocab.namespaces import TERMS
from vocab.resource import Alignment, Collection, GroupSize, Resource, Severity
from vocab.schemes import scheme
from vocab.shapes import shapes_turtle, to_graph, validate

SHAPES = Graph().parse(data=shapes_turtle(), format="turtle")
SOUND = Resource(
    title="Fractions",
    url="https://x.example.org/1",
    summary="Cut a pizza.",
    types=("lesson",),
    grades=("K", "12"),
    languages=("en", "zh-Hans"),
    minutes=45,
    license="cc-by-4.0",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    alignments=(Alignment("4.NF.B.3", "teaches", "developing", "Developing"),),
    part_of=(Collection("Unit 1"),),
    group_size=GroupSize(2, 4),
    created="2020-01-02",
    modified="2020-01-02T03:04:05Z",
)


def test_a_sound_resource_breaks_nothing() -> None:
    assert validate(SOUND) == ()


@pytest.mark.parametrize(
    ("resource", "code", "severity"),
    [
        (Resource("", "https://x.org/", summary="s"), "title-missing", Severity.ERROR),
        (Resource("x" * 501, "https://x.org/", summary="s"), "title-too-long", Severity.ERROR),
        (Resource("x", "", summary="s"), "link-missing", Severity.ERROR),
        (Resource("x", "ftp://x.org/", summary="s"), "link-unusable", Severity.ERROR),
        (Resource("x", "https://x.org/"), "summary-missing", Severity.WARNING),
        (Resource("x", "https://x.org/", summary="s", types=("lesson", "thing")), "type-unknown", Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", grades=("13",)), "grade-unknown", Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", minutes=0), "minutes-out-of-range", Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", license="mine"), "license-unknown", Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", languages=("English",)), "language-unknown", Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", alignments=(Alignment("a", "eats"),)), "relation-unknown",
         Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", alignments=(Alignment("a", level="god"),)), "level-unknown",
         Severity.ERROR),
        (Resource("x", "https://x.org/", summary="s", group_size=GroupSize(0, 2)), "group-size-too-small",
         Severity.ERROR),
    ],
)  # fmt: skip
def test_a_broken_shape_is_a_problem_with_its_weight(resource: Resource, code: str, severity: Severity) -> None:
    found = validate(resource)
    assert [(p.code, p.severity) for p in found] == [(code, severity)]
    assert found[0].message and found[0].hint


def test_the_closed_lists_in_the_shapes_are_the_lists() -> None:
    lists = {name: {term.key for term in scheme(name).terms} for name in ("types", "subjects", "audiences", "settings",
             "access_features", "access_hazards")}  # fmt: skip
    lists |= {"relation": {term.key for term in scheme("relations").terms}, "grades": set(GRADES)}
    lists |= {"level": {term.key for term in scheme("levels").terms}, "license": {each.key for each in licenses()}}
    stated = {}
    for shape, _, values in SHAPES.triples((None, SH["in"], None)):
        path = str(SHAPES.value(shape, SH.path)).removeprefix(TERMS)
        stated[path] = {str(value) for value in SHAPES.items(values)}
    assert stated == lists, "bring the sh:in lists of vocab/data/shapes.ttl up to the lists beside it"


def test_every_language_of_the_list_passes_the_shape() -> None:
    from vocab.languages import _table

    for tag in _table().labels:
        assert validate(Resource("x", "https://x.org/", summary="s", languages=(tag,))) == ()


def test_every_shape_of_the_file_is_read() -> None:
    understood = {"path", "name", "severity", "message", "description", "minCount", "maxCount", "minLength",
                  "maxLength", "pattern", "in", "minInclusive", "maxInclusive", "datatype"}  # fmt: skip
    for shape in SHAPES.subjects(RDF.type, SH.PropertyShape):
        for predicate in SHAPES.predicates(shape):
            name = str(predicate)
            assert predicate == RDF.type or name.removeprefix(str(SH)) in understood


_TEXT = st.one_of(st.just(""), st.text(max_size=20), st.sampled_from(["x" * 501, "y" * 2001, " ", "\n"]))
_URL = st.one_of(st.sampled_from(["", "https://x.org/", "http://x.org/a b", "ftp://x", "https://x.org/\n"]), _TEXT)


def _keys(*known: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from([*known, "unheard", "KEY"]), max_size=3).map(tuple)


_DATE = st.sampled_from(["", "2020-01-02", "2020-01-02T03:04:05Z", "2020", "soon", "3020-01-02"])
_ALIGNMENT = st.builds(
    Alignment,
    standard=_TEXT,
    relation=st.sampled_from(["teaches", "assesses", "requires", "eats", ""]),
    level=st.sampled_from([None, "developing", "proficient", "god"]),
)
_RESOURCE = st.builds(
    Resource,
    title=_TEXT,
    url=_URL,
    summary=_TEXT,
    types=_keys("lesson", "video"),
    subjects=_keys("mathematics"),
    grades=_keys("K", "12", "0", "13"),
    languages=_keys("en", "zh-Hans", "EN", "english"),
    audiences=_keys("teacher"),
    minutes=st.one_of(st.none(), st.integers(-5, 100_005)),
    license=st.sampled_from([None, "cc-by-4.0", "mine"]),
    license_url=_URL,
    alignments=st.lists(_ALIGNMENT, max_size=2).map(tuple),
    access_features=_keys("captions"),
    settings=_keys("home"),
    group_size=st.one_of(st.none(), st.builds(GroupSize, st.integers(-1, 1002), st.integers(-1, 1002))),
    based_on=st.lists(_URL.filter(bool), max_size=2).map(tuple),
    part_of=st.lists(st.builds(Collection, _TEXT, _URL), max_size=2).map(tuple),
    created=_DATE,
    modified=_DATE,
)


@settings(max_examples=60, deadline=None)
@given(_RESOURCE)
def test_the_fast_check_and_a_shacl_validator_find_the_same(resource: Resource) -> None:
    _, report, _ = pyshacl.validate(to_graph(resource), shacl_graph=SHAPES)
    theirs = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(result, SH.sourceShape)
        weight = Severity.ERROR if report.value(result, SH.resultSeverity) == SH.Violation else Severity.WARNING
        value = report.value(result, SH.value)
        theirs.add((str(SHAPES.value(shape, SH.name)), weight, "" if value is None else str(value)[:300]))
    assert {(p.code, p.severity, p.value) for p in validate(resource)} == theirs
