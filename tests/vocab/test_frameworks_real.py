"""The published frameworks and vocabularies beside the project, read whole."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from vocab.codes import find_codes, key, looks_like_code, spellings, uri_key
from vocab.frameworks.model import Framework
from vocab.frameworks.progression import read_progression
from vocab.frameworks.read import read_framework

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published data is not beside the project (../shared/data)"),
]


def read(name: str) -> Framework:
    return read_framework(DATA / name)


@pytest.mark.parametrize(
    ("name", "items", "coded"),
    [
        ("standards/ccss-math.asn.rdf.xml", 703, 664),
        ("standards/ccss-ela.asn.rdf.xml", 1084, 1020),
        ("standards/ngss.asn.rdf.xml", 1009, 314),
        ("standards/asn-manifest/math.json", 703, 664),
        ("standards/asn-rdf-json/DC-math.json", 537, 511),
        ("standards/asn-rdf-json/DC-history.json", 1296, 0),
        ("standards/case/SmartLevelFramework.json", 14, 0),
        ("vocabularies/oak-national-curriculum", 2598, 0),
        ("vocabularies/openeduhub/oehTopics.ttl", 3211, 3211),
    ],
)
def test_every_statement_of_a_published_framework_is_read_and_can_be_stored(name: str, items: int, coded: int) -> None:
    found = read(name)
    assert len(found.items) == items
    assert sum(bool(item.codes) for item in found.items) == coded
    assert not [problem for problem in found.problems if problem.severity == "error"]
    known = {item.uri for item in found.items}
    assert len(known) == items
    assert all(item.statement for item in found.items)
    assert all(set(item.parents) <= known for item in found.items)


@pytest.mark.parametrize(
    ("name", "printed_twice"),
    [
        ("standards/ccss-math.asn.rdf.xml", set()),
        ("standards/ccss-ela.asn.rdf.xml", {"whst.6.8.1", "ccra.l.6", "ccr.l.6", "l.2.2.e"}),
        ("standards/ngss.asn.rdf.xml", {"ps.3.d", "ets.1.a", "ets.1.b"}),
        ("standards/asn-rdf-json/DC-math.json", set()),
        ("standards/asn-rdf-json/DC-english.json", set()),
    ],
)
def test_no_two_statements_share_a_key_but_those_the_publisher_prints_alike(name: str, printed_twice: set[str]) -> None:
    counted = Counter(each for item in read(name).items for each in spellings(item.codes))
    assert {each for each, times in counted.items() if times > 1} == printed_twice


@pytest.mark.parametrize("name", ["ccss-math", "ccss-ela", "ngss"])
def test_every_printed_code_looks_like_one_and_is_found_in_text(name: str) -> None:
    codes = [code for item in read(f"standards/{name}.asn.rdf.xml").items for code in item.codes]
    assert [code for code in codes if not looks_like_code(code)] == []
    assert [code for code in codes if find_codes(f"See {code}, and more.") != (code,)] == []


def test_two_printings_of_one_framework_hold_the_same_standards() -> None:
    one, other = read("standards/ccss-math.asn.rdf.xml"), read("standards/asn-manifest/math.json")
    assert {item.uri for item in one.items} == {item.uri for item in other.items}
    codes, others = ({key(code) for item in each.items for code in item.codes} for each in (one, other))
    assert codes - others == {"5.md.b"}  # the manifest prints another cluster's code on this one
    assert [problem.code for problem in other.problems if problem.code == "code-twice"] == ["code-twice"]


def test_every_standard_of_the_published_progression_is_found() -> None:
    known = {each for item in read("standards/ccss-math.asn.rdf.xml").items for each in spellings(item.codes)}
    associations, problems = read_progression(DATA / "progression/ccss-math.csv")
    assert (Counter(each.kind for each in associations), problems) == ({"precedes": 757, "related": 283}, ())
    ends = {end for each in associations for end in (each.source, each.target)}
    assert {end for end in ends if not known & set(spellings([end]))} == set()


def test_everything_the_oak_lessons_align_to_is_in_the_national_curriculum() -> None:
    found = read("vocabularies/oak-national-curriculum")
    known = {uri_key(item.uri) for item in found.items}
    with gzip.open(DATA / "resources/oak-lessons.jsonld.ndjson.gz", "rt") as lines:
        targets = {each["targetUrl"] for line in lines for each in json.loads(line).get("educationalAlignment", [])}
    assert len(targets) == 639
    assert {target for target in targets if uri_key(target) not in known} == set()
    content = [item for item in found.items if item.kind == "Content Descriptor"]
    assert all(item.grades and item.subjects for item in content)


def test_a_framework_without_statements_cannot_be_stored() -> None:
    found = read("standards/case/EmptyExternalFramework.json")
    assert [(problem.code, problem.severity) for problem in found.problems] == [("no-items", "error")]
