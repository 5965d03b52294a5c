"""What a mistyped word is taken for: a word of the catalog's own, near and common, and no other."""

from __future__ import annotations

import pytest

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.search.indexing import index_stale, rebuild
from registry.search.lexicon import Lexicon, distance
from registry.search.query import Query, search
from tests.factories import harvested, source

WORDS = {
    "fractions": 400, "fraction": 380, "fractals": 20, "photosynthesis": 90, "shakespeare": 60, "multiply": 200,
    "multiplication": 250, "denominator": 80, "equation": 300, "volcano": 40, "volcanoes": 35, "their": 900, "there": 800,
    "receive": 30, "grammar": 70, "adding": 150, "addition": 260, "colour": 120, "color": 15, "macbeth": 12,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fractoins", "fractions"),
        ("frations", "fractions"),
        ("photosynthasis", "photosynthesis"),
        ("fotosynthesis", "photosynthesis"),
        ("shakespear", "shakespear"),  # it is its stem
        ("Shakspeare", "shakespeare"),
        ("multiplcation", "multiplication"),
        ("denomenator", "denominator"),
        ("recieve", "receive"),
        ("grammer", "grammar"),
        ("equasion", "equation"),
        ("volcanos", "volcanos"),  # its stem is here
        ("fraction", "fraction"),
        ("Multiplying", "Multiplying"),
        ("xyzzyqwv", "xyzzyqwv"),
        ("cat", "cat"),
        ("4nf3", "4nf3"),
        ("color", "color"),
        ("ma\u0301cbeth", "ma\u0301cbeth"),
    ],
)
def test_a_word_is_mended_where_the_catalog_spells_none_like_it(typed: str, meant: str) -> None:
    assert Lexicon(WORDS).mended(typed) == meant


def test_a_rare_word_beside_a_common_one_is_a_mistake_of_the_catalog_s_own() -> None:
    lexicon = Lexicon(WORDS | {"fracions": 1, "fractional": 6})
    assert lexicon.mended("fracions") == "fractions"
    assert lexicon.mended("fractional") == "fractional"


def test_a_word_of_the_language_that_stands_nowhere_here_is_no_mistake() -> None:
    words = WORDS | {"based": 90, "wearing": 40}
    assert Lexicon(words).mended("weaving") == "wearing"
    assert Lexicon(words, frozenset({"weaving", "basket"})).mended("weaving") == "weaving"
    assert Lexicon(words, frozenset({"weaving", "basket"})).mended("fractoins") == "fractions"


def test_an_empty_catalog_mends_nothing() -> None:
    assert Lexicon({}).mended("fractoins") == "fractoins"


def test_distances() -> None:
    assert distance("fractions", "fractions", 2) == 0
    assert distance("fractoins", "fractions", 2) == pytest.approx(0.8)
    assert distance("adding", "ading", 2) == pytest.approx(0.7)
    assert distance("cat", "dog", 2) > 2


def test_what_is_indexed_mends_what_is_asked(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [harvested(f"l{number}", name=f"Comparing fractions {number}") for number in range(5)])
        ingest(session, batch, [harvested("other", name="Volcanoes")])
    index_stale(registry)
    with registry.reading.begin() as session:
        page = search(session, registry, Query(q="comparing fractoins"))
        assert (page.total, page.understood.corrected) == (5, "comparing fractions")
        quoted = search(session, registry, Query(q='"comparing fractoins"'))
        assert quoted.understood.corrected is None
        assert search(session, registry, Query(q="fractions")).understood.corrected is None


def test_a_rebuild_counts_anew(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session), [harvested("l1", name="Comparing fractions")])
    index_stale(registry)
    rebuild(registry)
    with registry.reading.begin() as session:
        assert registry.lexicons.current(session).resources("Fractions") == 1
