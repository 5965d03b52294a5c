"""The framework's shapes file, our reading of it, and an independent validator agree."""

from __future__ import annotations

import pyshacl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph

from vocab.frameworks.model import KINDS, Association, Framework, Item
from vocab.frameworks.shapes import broken_shapes, shapes_turtle, to_graph
from vocab.grades import GRADES
from vocab.languages import _table
from vocab.namespaces import TERMS
from vocab.resource import Severity
from vocab.shacl import broken, broken_among, read_shapes

SHAPES = Graph().parse(data=shapes_turtle(), format="turtle")
SOUND = Framework(
    "https://a.example/f",
    "f",
    "Fractions",
    (
        Item("urn:x:1", "Add.", codes=("4.NF.3",), position=1, grades=("K", "12"), labels={"es": "Sumar."}),
        Item("urn:x:2", "Multiply.", parents=("urn:x:1",), kind="Standard", notes="A note", aliases=("urn:x:3",)),
    ),
    (Association("urn:x:1", "precedes", "urn:x:2", sequence=1), Association("urn:x:1", "ext:like", "4.NF.4")),
    license_url="https://creativecommons.org/licenses/by/4.0/",
)
Said = set[tuple[str, int, str, Severity, str]]


def ours(framework: Framework) -> Said:
    return {
        (each.shape_of, each.number, each.problem.code, each.problem.severity, each.problem.value)
        for each in broken_shapes(framework)
    }


def theirs(framework: Framework) -> Said:
    """What pyshacl says; a part is named by its class and number, a label by its item's."""
    parts = [("Framework", 0), *(("Item", n) for n in range(len(framework.items)))]
    parts += [("Label", n) for n, item in enumerate(framework.items) for _ in item.labels]
    parts += [("Association", n) for n in range(len(framework.associations))]
    _, report, _ = pyshacl.validate(to_graph(framework), shacl_graph=SHAPES)
    found: Said = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape_of, number = parts[int(str(report.value(result, SH.focusNode)).rpartition(":")[2])]
        weight = Severity.ERROR if report.value(result, SH.resultSeverity) == SH.Violation else Severity.WARNING
        code = str(SHAPES.value(report.value(result, SH.sourceShape), SH.name))
        value = report.value(result, SH.value)
        found.add((shape_of, number, code, weight, "" if value is None else str(value)[:300]))
    return found


def test_a_sound_framework_breaks_no_shape() -> None:
    assert ours(SOUND) == theirs(SOUND) == set()


def test_every_shape_of_the_file_is_read_and_can_be_broken_alike() -> None:
    long = "w" * 20_001
    item = Item(
        "one two",
        long + "\x01",
        codes=("•\x01", "4" * 201),
        aliases=(long,),
        position=-1,
        kind=long + "\x01",
        label=long + "\x01",
        notes=long + "\x01",
        grades=("13",),
        language="en_US",
        labels={"": "", "de_DE": long + "\x01"},
    )
    items = (Item("", ""), item, Item("urn:" + long, " ", position=2**31))
    links = (
        Association("", "", ""),
        Association(" ", "likes", " ", sequence=2**31, notes=long + "\x01"),
        Association(long, "ext:", long, sequence=-(2**40)),
    )
    wrong = long + "\x01"
    worst = Framework(
        wrong, " ", wrong, items, links, (), wrong, wrong, wrong, "english", "CC BY 4.0", wrong
    )  # fmt: skip
    nothing = Framework("", "", "")
    assert ours(worst) == theirs(worst)
    assert ours(nothing) == theirs(nothing)
    said = {(shape_of, code) for shape_of, _, code, _, _ in ours(worst) | ours(nothing)}
    classes = {str(node): str(node).removeprefix(TERMS) for node in SHAPES.objects(None, SH.targetClass)}
    stated = {
        (classes[str(SHAPES.value(shape, SH.targetClass))], str(SHAPES.value(each, SH.name)))
        for shape in SHAPES.subjects(SH.targetClass, None)
        for each in SHAPES.objects(shape, SH.property)
    }
    assert said == stated


def test_the_closed_lists_in_the_shapes_are_the_lists() -> None:
    (grades,) = SHAPES.objects(None, SH["in"])
    assert {str(value) for value in SHAPES.items(grades)} == set(GRADES)
    (pattern,) = [str(value) for value in SHAPES.objects(None, SH.pattern) if "precedes" in str(value)]
    assert pattern.strip("^$()").split("|") == [*KINDS, "ext:[A-Za-z0-9._-]+"]


def test_every_language_of_the_list_passes_the_shapes() -> None:
    shapes = read_shapes(shapes_turtle())["Item"]
    assert [tag for tag in _table().labels if [*broken(Item("urn:x:1", "One", language=tag), shapes)]] == []


@pytest.mark.parametrize(
    "tag", ["en-US", "zh-Hant-TW", "de-CH-1996", "sl-rozaj-biske-1994", "es-419", "en-u-ca-gregory", "en-x-twain"]
)
def test_well_formed_tags_pass_the_shapes(tag: str) -> None:
    shapes = read_shapes(shapes_turtle())["Item"]
    assert [*broken(Item("urn:x:1", "One", language=tag), shapes)] == []


def test_every_constraint_of_the_file_is_understood() -> None:
    understood = {"path", "name", "severity", "message", "description", "minCount", "maxCount", "minLength",
                  "maxLength", "pattern", "in", "minInclusive", "maxInclusive", "datatype"}  # fmt: skip
    for shape in SHAPES.subjects(RDF.type, SH.PropertyShape):
        for predicate in SHAPES.predicates(shape):
            assert predicate == RDF.type or str(predicate).removeprefix(str(SH)) in understood


_ANY = st.one_of(
    st.just(""),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["x" * 20_001, "y" * 2_001, "z" * 201, " ", "\n", "\x00", "a\x1bb", "a\x85b"]),
)
_URI = st.one_of(
    st.sampled_from(["urn:x:1", "https://x.org/a b", "https://x.org/é", "one", "a:", "a:\n", "urn:x\n", "1:x"]), _ANY
)
_TAG = st.one_of(st.sampled_from(["en", "en_US", "en-US", "english", "zh-Hans", "en-a", "abcd", "en\n", "i"]), _ANY)
_NUMBER = st.one_of(st.integers(-3, 3), st.sampled_from([2**31 - 1, 2**31, -(2**31), -(2**31) - 1]))
_ITEM = st.builds(
    Item,
    uri=_URI,
    statement=_ANY,
    codes=st.lists(_ANY, max_size=3).map(tuple),
    aliases=st.lists(_ANY, max_size=2).map(tuple),
    position=_NUMBER,
    kind=_ANY,
    label=_ANY,
    notes=_ANY,
    grades=st.lists(st.sampled_from(["K", "4", "13", "k", ""]), max_size=3).map(tuple),
    language=_TAG,
    labels=st.dictionaries(_TAG, _ANY, max_size=2),
)
_KIND = st.one_of(st.sampled_from([*KINDS, "ext:x", "ext:", "ext:a b", "isChildOf"]), _ANY)
_LINK = st.builds(Association, source=_ANY, kind=_KIND, target=_ANY, sequence=st.one_of(st.none(), _NUMBER), notes=_ANY)
_FRAMEWORK = st.builds(
    Framework,
    uri=_URI,
    code=_ANY,
    title=_ANY,
    items=st.lists(_ITEM, max_size=3).map(tuple),
    associations=st.lists(_LINK, max_size=3).map(tuple),
    version=_ANY,
    publisher=_ANY,
    description=_ANY,
    language=_TAG,
    license_url=_URI,
    rights=_ANY,
)


@settings(max_examples=60, deadline=None)
@given(_FRAMEWORK)
def test_the_fast_check_and_a_shacl_validator_find_the_same(framework: Framework) -> None:
    assert ours(framework) == theirs(framework)


@given(st.lists(_ITEM, max_size=6))
def test_many_parts_are_checked_as_each_alone_is(items: list[Item]) -> None:
    shapes = read_shapes(shapes_turtle())["Item"]
    alone = {(number, problem) for number, item in enumerate(items) for problem in broken(item, shapes)}
    assert set(broken_among(items, shapes)) == alone
