"""Scripted edits of published frameworks, told as what they are; and two printings of one framework compared."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from tests.vocab.edited import edited, told
from vocab.frameworks.changes import Kind
from vocab.frameworks.difference import compare
from vocab.frameworks.model import Framework
from vocab.frameworks.read import read_framework

DATA = Path(__file__).parents[3] / "shared" / "data"
SEEDS = 6
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published data is not beside the project (../shared/data)"),
]


@lru_cache(maxsize=1)
def read(name: str) -> Framework:
    return read_framework(DATA / name)


@pytest.mark.parametrize(
    "name",
    [
        "standards/ccss-math.asn.rdf.xml",
        "standards/ccss-ela.asn.rdf.xml",
        "standards/ngss.asn.rdf.xml",
        "standards/asn-rdf-json/DC-arts.json",
        "standards/asn-rdf-json/DC-english.json",
        "standards/asn-rdf-json/DC-history.json",
        "standards/asn-rdf-json/DC-math.json",
        "standards/asn-rdf-json/DC-science.json",
        "vocabularies/oak-national-curriculum",
    ],
)
def test_the_difference_of_scripted_edits_is_the_edits(name: str) -> None:
    """All but a statement of which too little is left: that may be told as removed and added, never as something else."""
    old = read(name)
    exact = 0
    for seed in range(SEEDS):
        new, edits = edited(old, seed)
        found, expected = told(compare(old, new)), Counter(edits)
        exact += found == expected
        assert {each.kind for each in expected - found} <= {Kind.REPLACED}
        assert {each.kind for each in found - expected} <= {Kind.REMOVED, Kind.ADDED}
    assert exact >= SEEDS - 1


def test_two_printings_of_one_framework_differ_in_print() -> None:
    one, other = read("standards/ccss-math.asn.rdf.xml"), read_framework(DATA / "standards/asn-manifest/math.json")
    found = compare(one, other)
    told_of = Counter(each.kind for each in found if each.kind is not Kind.AMENDED)
    assert told_of == {Kind.RECODED: 1, Kind.REWORDED: 22, Kind.REORDERED: 4}
    marked = [each for each in found if each.kind is Kind.REWORDED and "★" in each.new[0].statement]
    assert len(marked) == 22  # the manifest prints the star of modeling standards


def test_two_standards_of_different_subjects_have_little_to_do_with_one_another() -> None:
    found = Counter(
        each.kind for each in compare(read("standards/ccss-math.asn.rdf.xml"), read("standards/ngss.asn.rdf.xml"))
    )
    assert found[Kind.REPLACED] + found[Kind.SPLIT] + found[Kind.MERGED] <= 7  # 1 % of the statements
