"""A search as a teacher or a script asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from registry.app import Registry
from registry.errors import BadRequest
from registry.search import indexing
from registry.search.query import Facet, Query, SearchPage, search, suggest
from tests.registry.search.documents import doc_id
from tests.registry.search.rows import add_resource, add_standards, change

FACETS = ["level", "grade", "subject", "type", "standard", "minutes", "license", "language", "access", "provider"]


@pytest.fixture
def filled(registry: Registry) -> Registry:
    with registry.sessions.begin() as session:
        add_standards(session)
        add_resource(
            session,
            1,
            "Fractions as sums",
            [("4.NF.B.3", "teaches", "developing"), ("4.OA.A.1", "teaches", "proficient")],
            grades=("4",),
            subjects=("number",),
            types=("lesson",),
            license="cc-by-4.0",
            languages=("en",),
            minutes=20,
        )
        add_resource(
            session,
            2,
            "Parts of one whole",
            [("4.NF.B.3a", "assesses", "proficient")],
            grades=("3", "4"),
            subjects=("mathematics",),
            license="cc-by-nc-4.0",
            languages=("es",),
            minutes=45,
            identifiers=("oai:south:42",),
            providers=("South District",),
            access_features=("captions",),
        )
        add_resource(
            session, 3, "Sharing a pizza", [("DC.4.F.7", "teaches", "beginning")], grades=("K",), license="cc0-1.0"
        )
        add_resource(session, 4, "Poems about rain", grades=("4",), types=("quiz",), minutes=5)
    indexing.index_stale(registry)
    return registry  # fmt: skip


def asked(registry: Registry, **query: Any) -> SearchPage:
    with registry.reading.begin() as session:
        return search(session, registry, Query(**query))


def numbers(page: SearchPage) -> set[int]:
    return {int(item.id[5:]) for item in page.items}


def counts(page: SearchPage, facet: str) -> dict[str, int]:
    return {each.value: each.count for each in page.facets[facet]}


def test_a_search_gives_cards_with_scores_facets_and_how_it_was_read(filled: Registry) -> None:
    page = asked(filled, q="fractions multiplication")
    (item,) = page.items
    assert (page.total, page.next, item.id, item.title, item.minutes) == (1, None, doc_id(1), "Fractions as sums", 20)
    assert 0 < item.score <= 1
    assert list(page.facets) == FACETS
    assert page.facets["grade"] == (Facet("4", "Grade 4", 1),)
    assert page.facets["minutes"] == (Facet("16-30", "16 to 30 minutes", 1),)
    assert page.facets["level"] == (Facet("developing", "Developing", 1), Facet("proficient", "Proficient", 1))
    assert page.facets["license"] == (Facet("open", "Any open license", 1), Facet("cc-by-4.0", "CC BY 4.0", 1))
    assert page.facets["standard"][0].value == "4.NF.B.3"
    assert page.facets["standard"][0].label.startswith("4.NF.B.3 Understand a fraction")
    assert (page.understood.standards, page.understood.corrected) == ((), None)
    assert asked(filled, q="fractions", facets=False).facets == {}


def test_a_standard_matches_its_descendants_and_exact_equivalents_of_them(filled: Registry) -> None:
    assert numbers(asked(filled, standard=("4.NF",))) == {1, 2, 3}
    assert numbers(asked(filled, standard=("ccss.math.content.4.nf.b.3",))) == {1, 2, 3}
    assert numbers(asked(filled, standard=("https://standards.example/4.NF.B.3a",))) == {2, 3}
    assert numbers(asked(filled, standard=("4.NF.B.3",), exact=True)) == {1}
    assert numbers(asked(filled, standard=("4.OA.A.1", "DC.4.F.7"), exact=True)) == {1, 3}


def test_relation_and_level_belong_to_the_standard_asked_for(filled: Registry) -> None:
    assert numbers(asked(filled, standard=("4.NF",), relation="teaches")) == {1, 3}
    assert numbers(asked(filled, standard=("4.NF",), level=("proficient",))) == {2}
    assert numbers(asked(filled, standard=("4.NF",), level=("proficient", "beginning"))) == {2, 3}
    assert numbers(asked(filled, standard=("4.OA.A.1",), relation="teaches", level=("proficient",))) == {1}
    assert numbers(asked(filled, relation="assesses")) == {2}
    assert numbers(asked(filled, relation="assesses", level=("developing",))) == set()
    assert numbers(asked(filled, level=("developing",))) == {1}


@pytest.mark.parametrize("query", [{"standard": ("4.NF",)}, {"relation": "teaches"}, {"q": "fractions"}, {}])
def test_a_level_count_is_what_choosing_the_level_brings(filled: Registry, query: dict[str, Any]) -> None:
    for chosen in ((), ("proficient",)):
        page = asked(filled, **query, level=chosen)
        for level in ("beginning", "developing", "proficient", "extending"):
            assert counts(page, "level").get(level, 0) == asked(filled, **query, level=(level,)).total


def test_a_code_typed_as_text_becomes_a_filter_and_the_rest_stays_text(filled: Registry) -> None:
    page = asked(filled, q="4nf3")
    assert (numbers(page), page.understood.standards) == ({1, 2, 3}, ("4.NF.B.3",))
    page = asked(filled, q="pizza for 4.NF.B.3")
    assert (numbers(page), page.understood.standards) == ({3}, ("4.NF.B.3",))
    assert asked(filled, q="7.RP.A.2").understood.standards == ()
    known = {"pizza DC.4.F.7": "DC.4.F.7", "dc.4.f.7, pizza": "DC.4.F.7", "pizza for 4 NF B 3": "4.NF.B.3"}
    for typed, code in known.items():
        page = asked(filled, q=typed)
        assert (numbers(page), page.understood.standards) == ({3}, (code,)), typed
    assert asked(filled, q="pizza XY.4.NF.9").understood.standards == ()
    assert asked(filled, q='"4.NF.B.3" pizza').understood.standards == ()


def test_other_filters_are_read_by_key_or_label(filled: Registry) -> None:
    assert numbers(asked(filled, grade=("k", "3"))) == {2, 3}
    assert numbers(asked(filled, subject=("Mathematics",))) == {1, 2}
    assert numbers(asked(filled, subject=("number",))) == {1}
    assert numbers(asked(filled, type=("quiz", "lesson"))) == {1, 4}
    assert numbers(asked(filled, language=("spa",))) == {2}
    assert numbers(asked(filled, provider=("south",))) == {2}
    assert numbers(asked(filled, provider=("South District", "North District"))) == {1, 2, 3, 4}
    assert numbers(asked(filled, access=("captions",))) == {2}
    assert numbers(asked(filled, minutes_max=20)) == {1, 4}
    assert numbers(asked(filled, q="oai:south:42")) == {2}


def test_open_means_free_to_use_and_a_license_without_version_means_all_of_them(filled: Registry) -> None:
    assert numbers(asked(filled, open=True)) == {1, 3}
    assert numbers(asked(filled, license=("open",))) == {1, 3}
    assert numbers(asked(filled, license=("cc-by",))) == {1}
    assert numbers(asked(filled, license=("CC BY-NC 4.0", "cc0-1.0"))) == {2, 3}
    assert numbers(asked(filled, license=("cc-by-nc-4.0", "open"))) == {1, 2, 3}
    assert numbers(asked(filled, license=("cc-by-nc-4.0", "cc0-1.0"), open=True)) == {3}
    assert numbers(asked(filled, license=("cc-by-nc-4.0",), open=True)) == set()
    assert set(counts(asked(filled, open=True), "license")) == {"open", "cc-by-4.0", "cc0-1.0"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("standard", ("9.ZZ.9",)), ("level", ("wizard",)), ("grade", ("13",)), ("relation", "explains"),
        ("subject", ("alchemy",)), ("type", ("scroll",)), ("license", ("wtf",)), ("language", ("klingon!",)),
        ("provider", ("Nowhere",)), ("access", ("magic",)), ("sort", "cheapest"), ("limit", 0), ("limit", 101),
        ("minutes_max", 0), ("cursor", "forged"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused_by_name_with_a_hint(filled: Registry, field: str, value: Any) -> None:
    with pytest.raises(BadRequest) as refusal:
        asked(filled, **{field: value})
    (error,) = refusal.value.errors
    assert error.field == field
    assert len(error.message) > 20


def test_everything_that_is_wrong_is_told_at_once(filled: Registry) -> None:
    with pytest.raises(BadRequest) as refusal:
        asked(filled, level=("wizard",), grade=("13",), limit=500)
    assert {error.field for error in refusal.value.errors} == {"level", "grade", "limit"}


def test_pages_follow_by_cursor_until_the_last(filled: Registry) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = asked(filled, limit=3 if cursor else 1, cursor=cursor, sort="newest")
        assert page.total == 4
        seen += [item.id for item in page.items]
        cursor = page.next
    assert sorted(seen) == [doc_id(number) for number in (1, 2, 3, 4)]


def test_a_cursor_of_another_search_is_refused(filled: Registry) -> None:
    cursor = asked(filled, limit=1).next
    with pytest.raises(BadRequest):
        asked(filled, limit=1, cursor=cursor, q="rain")


def test_a_record_withdrawn_since_it_was_indexed_is_not_shown(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        change(session, 4, withdrawn=True)
    assert numbers(asked(filled)) == {1, 2, 3}


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "ra\x00in", "𝔯𝔞𝔦𝔫", "'; DROP TABLE resource; --", "%", "a" * 5000, "{{7*7}}"]
)
def test_any_text_is_only_text(filled: Registry, text: str) -> None:
    assert asked(filled, q=text).total <= 4
    with pytest.raises(BadRequest):
        asked(filled, standard=(text,), provider=(text,), subject=(text,))
    with filled.reading.begin() as session:
        suggest(session, filled.index, text)


def test_suggestions_are_standards_titles_and_subjects(filled: Registry) -> None:
    with filled.reading.begin() as session:
        assert suggest(session, filled.index, "fracti").titles == ("Fractions as sums",)
        assert "4.NF.B.3" in [ref.code for ref in suggest(session, filled.index, "4.nf").standards]
        assert [ref.code for ref in suggest(session, filled.index, "multiplication").standards] == ["4.OA.A.1"]
        assert suggest(session, filled.index, "sci", limit=2).subjects[0] == "Science"
        assert suggest(session, filled.index, " ") == suggest(session, filled.index, "")
