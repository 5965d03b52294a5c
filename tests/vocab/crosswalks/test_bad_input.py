"""Nothing a stranger sends may raise, pass as sound, or vanish without a word."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.crosswalks.columns import FIELDS
from vocab.crosswalks.crosswalk import FORMATS, crosswalk
from vocab.crosswalks.schemaorg import resources_in
from vocab.resource import Context, Crosswalked, Severity
from vocab.shapes import validate

CONTEXT = Context(today="2026-11-22")
LESSON: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "LearningResource",
    "@id": "https://x.example.org/1",
    "name": "Fractions",
    "url": "https://x.example.org/1",
    "description": "Cut a pizza.",
    "inLanguage": "en",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "learningResourceType": ["lesson"],
    "educationalLevel": ["Grade 4"],
    "keywords": ["pizza"],
    "audience": {"@type": "EducationalAudience", "educationalRole": "teacher"},
    "teaches": [{"@type": "DefinedTerm", "termCode": "4.NF.B.3", "inDefinedTermSet": {"name": "CCSS"}}],
    "educationalAlignment": [{"@type": "AlignmentObject", "alignmentType": "teaches", "targetName": "4.NF.B.3"}],
    "dateModified": "2026-06-07T15:29:46.331768Z",
    "publisher": {"@type": "Organization", "name": "District"},
    "isPartOf": [{"@type": "Course", "name": "Grade 4"}],
}


def read(**changes: Any) -> Crosswalked:
    payload = {name: value for name, value in {**LESSON, **changes}.items() if value is not None}
    return crosswalk("schema.org", json.dumps(payload).encode(), CONTEXT)


@pytest.mark.parametrize(
    ("changes", "code", "kept"),
    [
        ({"license": "Ask Ms. Frizzle"}, "license-unknown", "license: Ask Ms. Frizzle"),
        ({"license": None}, "license-missing", None),
        ({"inLanguage": "Klingonese"}, "language-unknown", "inLanguage: Klingonese"),
        ({"inLanguage": None}, "language-missing", None),
        ({"learningResourceType": "whatsit"}, "type-unknown", "learningResourceType: whatsit"),
        ({"educationalLevel": "Wizard"}, "grade-unknown", "educationalLevel: Wizard"),
        ({"subject": "Basket weaving 101"}, "subject-unknown", "subject: Basket weaving 101"),
        ({"educationalUse": "doorstop"}, "use-unknown", "educationalUse: doorstop"),
        ({"audience": "wizards"}, "audience-unknown", "audience: wizards"),
        ({"timeRequired": "2 class periods"}, "minutes-unknown", "timeRequired: 2 class periods"),
        ({"accessibilityFeature": "telepathy"}, "accessibility-unknown", "accessibilityFeature: telepathy"),
        ({"dateModified": "2031-01-01"}, "date-in-future", "dateModified: 2031-01-01"),
        ({"dateModified": "last Tuesday"}, "date-unreadable", "dateModified: last Tuesday"),
        ({"teaches": {"termCode": "4.NF.B.3", "educationalLevel": "Sorcerer"}}, "level-unknown", "teaches: Sorcerer"),
        ({"description": "<p>Hi<script>alert(1)</script></p>"}, "markup-removed", None),
        ({"url": "javascript:alert(1)"}, "link-unusable", "url: javascript:alert(1)"),
        ({"name": "x " * 300}, "title-cut", None),
        ({"keywords": [f"word {n}" for n in range(400)]}, "too-many-values", None),
    ],
)  # fmt: skip
def test_trouble_is_a_warning_with_a_hint_and_the_value_is_kept(
    changes: dict[str, Any], code: str, kept: str | None
) -> None:
    found = read(**changes)
    assert found.resource is not None
    assert [(p.code, p.severity) for p in found.problems] == [(code, Severity.WARNING)]
    assert all(p.message and p.hint and p.field for p in found.problems)
    assert found.resource.stated == ((kept,) if kept else ())


def test_scripts_leave_nothing_behind() -> None:
    found = read(description='<p>Cut.</p><script>alert("x")</script><style>p{}</style><a href="javascript:x">go</a>')
    assert found.resource is not None and found.resource.summary == "Cut. go"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"name": None}, ["title-missing"]),
        ({"name": "<script>x</script>"}, ["title-missing"]),
        ({"url": None, "@id": None}, ["link-missing"]),
        ({"name": 7, "url": [], "@id": {}}, ["link-missing"]),
    ],
)
def test_a_record_without_title_or_link_is_an_error(changes: dict[str, Any], codes: list[str]) -> None:
    found = read(**changes)
    assert found.resource is None
    assert [p.code for p in found.problems if p.severity is Severity.ERROR] == codes


def test_an_unknown_format_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="unknown format 'marc'"):
        crosswalk("marc", b"", CONTEXT)


@pytest.mark.parametrize("format", sorted(FORMATS))
@pytest.mark.parametrize(
    "payload",
    [b"", b"\x00\xff\xfe", b"{", b"[]", b"null", b"7", b'"text"', b"[[[[", b"[" * 100_000, b'{"a":' * 100_000,
     b"1" * 5000, b"<html>Down for maintenance</html>", b"{}" * 10, b" " * 16_000_001],
    ids=lambda payload: repr(payload[:12]),
)  # fmt: skip
def test_garbage_is_refused_with_an_error(format: str, payload: bytes) -> None:
    found = crosswalk(format, payload, CONTEXT)
    assert found.resource is None
    assert found.problems and all(p.severity is Severity.ERROR for p in found.problems)


@pytest.mark.parametrize("text", ["word " * 1_000_000, "<p>" * 1_600_000, "<script>" * 600_000, "&amp;" * 1_000_000])
def test_huge_texts_are_cut_and_cost_no_more_than_reading_them(text: str) -> None:
    found = read(name="Long", description=text, learningResourceType=text, license=text)
    assert found.resource is not None
    assert len(found.resource.summary) <= 2_000 and len(found.resource.text) <= 20_000
    assert all(len(p.value) <= 300 and len(p.message) < 300 for p in found.problems)
    assert all(len(each) < 600 for each in found.resource.stated)


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["http://schema.org/name", "https://x.org/", "4.NF.B.3", "Grade 4", "PT1H", "@id", "CC BY", "<p>"]),
)
_NAMES = st.one_of(
    st.sampled_from([*LESSON, "@graph", "@value", "@list", "@language", "mainEntity", "itemListElement", "item", "id",
                     "schema:name", "alignmentType", "targetUrl", "termCode", "suggestedMinAge", "typicalAgeRange"]),
    st.sampled_from([name for names in FIELDS.values() for name in names]),
    st.text(max_size=8),
)  # fmt: skip
_JSON = st.recursive(_VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6))


@given(_JSON, st.sampled_from(["schema.org", "csv"]))
def test_no_json_raises_and_what_comes_out_is_sound(document: Any, format: str) -> None:
    _check(crosswalk(format, json.dumps(document).encode(), CONTEXT))
    for each in resources_in(json.dumps(document).encode()):
        _check(crosswalk("schema.org", each, CONTEXT))


@given(st.sampled_from(sorted(LESSON)), _JSON, st.dictionaries(_NAMES, _JSON, max_size=3))
def test_no_mutation_of_a_real_record_raises(name: str, value: Any, more: dict[str, Any]) -> None:
    document = copy.deepcopy(LESSON)
    document.update(more)
    document[name] = value
    _check(crosswalk("schema.org", json.dumps(document).encode(), CONTEXT))


@given(st.dictionaries(_NAMES, st.text(max_size=40), max_size=12))
def test_no_row_raises(cells: dict[str, str]) -> None:
    row = {"Title": "Fractions", "URL": "https://x.org/", **cells}
    _check(crosswalk("csv", json.dumps(row).encode(), CONTEXT))


_ELEMENTS = ["title", "identifier", "subject", "date", "relation", "rights", "type", "language", "source", "format"]


@given(st.lists(st.tuples(st.sampled_from(_ELEMENTS), st.text(max_size=40)), max_size=12))
def test_no_dublin_core_raises(elements: list[tuple[str, str]]) -> None:
    body = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in elements)
    payload = f'<dc xmlns:dc="http://purl.org/dc/elements/1.1/">{body}</dc>'.encode("utf-8", "replace")
    _check(crosswalk("oai_dc", payload, Context(url="https://x.org/", today="2026-11-22")))


@given(st.binary(max_size=200), st.sampled_from(sorted(FORMATS)))
def test_no_bytes_raise(payload: bytes, format: str) -> None:
    _check(crosswalk(format, payload, CONTEXT))


def _check(found: Crosswalked) -> None:
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    assert (found.resource is None) == bool(errors)
    if found.resource is not None:
        assert [p for p in validate(found.resource) if p.severity is Severity.ERROR] == []
        assert msgspec.json.decode(msgspec.json.encode(found.resource), type=type(found.resource)) == found.resource
