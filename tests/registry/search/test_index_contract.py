"""What every search index does, whatever engine is behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.ports import FACETS, Document, Filter, IndexEntry, IndexQuery, SearchIndex
from tests.registry.search.documents import doc_id, document, found

LESSONS = [
    document(1, "Adding fractions", summary="With like denominators", grade=("4",), level=("developing",), minutes=20),
    document(2, "Water cycle", text="A diagram of rain and fractions of it", grade=("5",), minutes=45),
    document(3, "Fractions on a number line", grade=("3", "4"), level=("beginning", "developing")),
    document(4, "Poems about rain", keywords="poetry rain", grade=("4",), minutes=5),
]


def test_an_index_never_written_to_is_empty(index: SearchIndex) -> None:
    page = index.search(IndexQuery("fractions", facets=("grade",)))
    assert (page.total, page.hits, page.facets) == (0, (), {"grade": {}})
    assert list(index.entries()) == []
    assert index.suggest("fra", 5) == []
    index.ready()


def test_what_is_put_can_be_found_at_once_by_its_words(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert set(found(index, "fractions")) == {1, 2, 3}
    assert found(index, "denominators") == [1]


def test_a_word_in_the_title_counts_more_than_one_in_the_text(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert found(index, "fractions")[-1] == 2
    assert found(index, "rain")[0] == 4


def test_scores_fall_from_one_to_zero(index: SearchIndex) -> None:
    index.put(LESSONS)
    scores = [hit.score for hit in index.search(IndexQuery("fractions rain")).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_all_words_are_required_while_anything_holds_them_all(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert found(index, "fractions rain") == [2]
    assert found(index, "what are the fractions of rain") == [2]


def test_words_nothing_holds_do_not_hide_what_the_others_find(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert set(found(index, "fractions xylophonists")) == {1, 2, 3}


def test_a_typing_mistake_is_forgiven(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert {1, 3} <= set(found(index, "fractoins"))
    assert 4 in found(index, "poertry")


def test_other_words_for_a_word_find_it_too(index: SearchIndex) -> None:
    index.put([document(1, "Color wheels"), document(2, "Multiplication facts for seven"), document(3, "Poems")])
    assert found(index, "colour") == [1]
    assert 2 in found(index, "times tables")


def test_the_start_of_a_word_is_enough(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert found(index, "denomin") == [1]


def test_a_phrase_in_quotes_is_meant_to_the_letter(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert found(index, '"number line"') == [3]
    assert found(index, '"line number"') == []


@pytest.mark.parametrize(
    "text",
    ["title:fractions AND (rain", "fractions -rain", '"fractions', "fractions* ~2 ^9", "rain\\", "[a TO b] rain", "*"],
)
def test_query_syntax_is_just_text(index: SearchIndex, text: str) -> None:
    index.put(LESSONS)
    assert set(found(index, text)) <= {1, 2, 3, 4}
    assert found(index, "-fractions +rain") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "fraction" * 1_250, "a " * 5_000, "b1 c2 d3 " * 500, '"' * 1_000, '"a" ' * 300, "frac\x00tions", "f\u0301" * 400,
        "كسور \u202efractions\u202c", "🍕 fractions \U0001f9d1\u200d\U0001f3eb", "-\"fractions\" -rain", "語語語 fractions",
        'id IN ["x"] OR _geoRadius(1,2,3)', "fractions\\", "' OR 1=1; --", "\u3000\u00a0", "²³ ٣ Ⅳ",
    ],
    ids=lambda text: ascii(text)[:30],
)  # fmt: skip
def test_no_text_is_too_odd_to_be_answered(index: SearchIndex, text: str) -> None:
    index.put(LESSONS)
    page = index.search(IndexQuery(text, also=(doc_id(4),), facets=("grade",)))
    assert page.total <= 4
    assert index.totals([IndexQuery(text, also=(doc_id(4),))]) == [page.total]
    assert index.suggest(text[:500], 5) is not None


def test_text_without_a_word_finds_nothing(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert index.search(IndexQuery("?!", facets=("grade",))).total == 0
    assert index.search(IndexQuery("   ")).total == 4


@pytest.mark.parametrize("identifier", ["oai:district.example:lesson-42", 'https://x.example/a b?q="1"', "10.1000/182"])
def test_an_identifier_finds_exactly_what_carries_it(index: SearchIndex, identifier: str) -> None:
    index.put([document(1, "One", identifiers=(identifier,)), document(2, "Two", identifiers=(identifier + "7",))])
    if " " not in identifier:
        assert found(index, f" {identifier.upper()} ") == [1]
    assert found(index, "two") == [2]


def test_filters_are_joined_by_and_and_their_values_by_or(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert set(found(index, filters=(Filter("grade", ("3", "5")),))) == {2, 3}
    assert found(index, filters=(Filter("grade", ("4",)), Filter("level", ("beginning",)))) == [3]
    assert set(found(index, "fractions", filters=(Filter("grade", ("4",)),))) == {1, 3}
    assert found(index, filters=(Filter("grade", ()),)) == []


@pytest.mark.parametrize("name", ['Saint "Mary\'s" \\ Co', "back\\", "50% off %22", "Zürich, Nord", "a]b[", "x OR y"])
def test_a_filter_value_may_hold_any_character(index: SearchIndex, name: str) -> None:
    index.put([document(1, "One", provider=(name,)), document(2, "Two", provider=("other",))])
    assert found(index, filters=(Filter("provider", (name,)),)) == [1]
    assert index.search(IndexQuery(facets=("provider",))).facets == {"provider": {name: 1, "other": 1}}


def test_aligned_tokens_tie_a_standard_to_its_relation_and_level(index: SearchIndex) -> None:
    index.put(
        [document(1, aligned=("17", "17|teaches|developing")), document(2, aligned=("17", "170|teaches|developing"))]
    )
    assert set(found(index, filters=(Filter("aligned", ("17",)),))) == {1, 2}
    assert found(index, filters=(Filter("aligned", ("17|teaches|developing",)),)) == [1]
    many = tuple(str(number) for number in range(1000, 3000))
    assert found(index, filters=(Filter("aligned", (*many, "170|teaches|developing")),)) == [2]


def test_a_limit_on_minutes_leaves_out_what_states_none(index: SearchIndex) -> None:
    index.put(LESSONS)
    assert set(found(index, minutes_max=20)) == {1, 4}
    assert found(index, minutes_max=0) == []


def test_facets_count_every_value_under_the_query(index: SearchIndex) -> None:
    index.put(LESSONS)
    page = index.search(IndexQuery("fractions", facets=("grade", "level", "subject")))
    assert page.facets == {"grade": {"3": 1, "4": 2, "5": 1}, "level": {"beginning": 1, "developing": 2}, "subject": {}}


def test_a_filtered_facet_is_counted_as_if_it_were_not(index: SearchIndex) -> None:
    index.put(LESSONS)
    query = IndexQuery(filters=(Filter("grade", ("3",)),), facets=("grade", "level"))
    page = index.search(query)
    assert page.total == 1
    assert page.facets == {"grade": {"3": 1, "4": 3, "5": 1}, "level": {"beginning": 1, "developing": 1}}


def test_filters_that_leave_nothing_do_not_loosen_the_words(index: SearchIndex) -> None:
    index.put(LESSONS)
    page = index.search(IndexQuery("fractions rain", filters=(Filter("grade", ("4",)),), facets=("grade",)))
    assert (page.total, page.facets) == (0, {"grade": {"5": 1}})


def test_totals_are_exact_and_pages_follow_each_other_without_end(index: SearchIndex) -> None:
    index.put([document(number, "Same words here") for number in range(1, 1302)])
    query = IndexQuery("words")
    assert index.search(query).total == 1301
    seen = [number for offset in range(0, 1400, 100) for number in found(index, "words", offset=offset, limit=100)]
    assert sorted(seen) == list(range(1, 1302))
    page = index.search(IndexQuery("words", offset=1250, limit=60))
    assert (page.total, len(page.hits)) == (1301, 51)
    assert index.search(IndexQuery("words", offset=5000, limit=20)).hits == ()
    assert index.search(IndexQuery("words", limit=0, facets=("grade",))).total == 1301


def test_sorting_goes_by_date_rating_or_length_with_unknown_lengths_last(index: SearchIndex) -> None:
    index.put([
        document(1, "Rain", modified=100, rating=0.2, minutes=0),
        document(2, "Rain in the text", modified=300, rating=0.9, minutes=30),
        document(3, "Rain", modified=200, rating=0.5, minutes=10),
    ])  # fmt: skip
    assert found(index, "rain", sort="newest") == [2, 3, 1]
    assert found(index, "rain", sort="rating") == [2, 3, 1]
    assert found(index, "rain", sort="shortest") == [3, 2, 1]
    assert found(index) == [2, 3, 1]


def test_sorting_by_arrival_minds_when_it_came_here_and_no_date_of_its_publisher(index: SearchIndex) -> None:
    index.put([
        document(1, "Rain", modified=900, arrived=1_790_000_001),
        document(2, "Rain in the text", modified=100, arrived=1_790_000_003),
        document(3, "Rain", modified=500, arrived=1_790_000_002),
    ])  # fmt: skip
    assert found(index, "rain", sort="arrived") == [2, 3, 1]
    assert found(index, sort="arrived") == [2, 3, 1]


def test_putting_again_replaces_and_deleting_removes(index: SearchIndex) -> None:
    index.put(LESSONS)
    index.put([document(1, "Volcanoes", revision=2)])
    assert found(index, "volcanoes") == [1]
    assert 1 not in found(index, "fractions")
    index.delete([doc_id(1), doc_id(99)])
    assert found(index, "volcanoes") == []
    assert index.search(IndexQuery()).total == 3


def test_entries_come_in_order_of_id_with_their_revisions(index: SearchIndex) -> None:
    numbers = [7, 3, 5001, 5, 1]
    index.put([document(number, "x", revision=number) for number in numbers])
    index.put([document(3, "x", revision=30)])
    index.delete([doc_id(7)])
    assert list(index.entries()) == [
        IndexEntry(doc_id(1), 1), IndexEntry(doc_id(3), 30), IndexEntry(doc_id(5), 5), IndexEntry(doc_id(5001), 5001)
    ]  # fmt: skip


def test_a_rebuild_replaces_everything_and_serves_the_old_until_then(index: SearchIndex) -> None:
    index.put(LESSONS)

    def batches() -> Iterator[Sequence[Document]]:
        yield [document(8, "Magnets")]
        assert set(found(index, "fractions")) == {1, 2, 3}
        yield [document(9, "Levers and magnets")]

    assert index.rebuild(batches()) == 2
    assert set(found(index, "magnets")) == {8, 9}
    assert found(index, "fractions") == []
    index.put([document(10, "More magnets")])
    assert index.search(IndexQuery()).total == 3


def test_a_rebuild_that_breaks_off_changes_nothing(index: SearchIndex) -> None:
    index.put(LESSONS)

    def batches() -> Iterator[Sequence[Document]]:
        yield [document(8, "Magnets")]
        raise KeyError("the store went away")

    with pytest.raises(KeyError):
        index.rebuild(batches())
    assert index.search(IndexQuery()).total == 4
    assert index.rebuild([[document(8, "Magnets")]]) == 1
    assert found(index) == [8]


def test_suggestions_are_titles_that_hold_the_words_typed(index: SearchIndex) -> None:
    index.put([*LESSONS, document(5, "Adding fractions")])
    assert index.suggest("fract", 5).count("Adding fractions") == 1
    assert set(index.suggest("fract", 5)) == {"Adding fractions", "Fractions on a number line"}
    assert index.suggest("number li", 5) == ["Fractions on a number line"]
    assert index.suggest("fractoins numb", 5) == ["Fractions on a number line"]
    assert index.suggest("  ", 5) == []
    assert len(index.suggest("fract", 1)) == 1


_VALUES = st.sampled_from(["a", "b", "c"])
_SETS = st.lists(_VALUES, unique=True, max_size=3).map(tuple)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_SETS, _SETS), max_size=8), levels=_SETS, grades=_SETS)
def test_each_count_is_the_total_that_choosing_the_value_brings(
    index: SearchIndex,
    rows: list[tuple[tuple[str, ...], tuple[str, ...]]],
    levels: tuple[str, ...],
    grades: tuple[str, ...],
) -> None:
    index.rebuild([[document(n, "Rain", level=level, grade=grade) for n, (level, grade) in enumerate(rows)]])
    filters = tuple(Filter(field, values) for field, values in (("level", levels), ("grade", grades)) if values)
    page = index.search(IndexQuery("rain", filters=filters, facets=FACETS))
    assert list(page.facets) == list(FACETS)
    for field in ("level", "grade"):
        others = tuple(each for each in filters if each.field != field)
        for value in "abc":
            chosen = index.search(IndexQuery("rain", filters=(*others, Filter(field, (value,)))))
            assert page.facets[field].get(value, 0) == chosen.total


def test_totals_are_what_search_would_find(index: SearchIndex) -> None:
    index.put([document(1, grade=("4",)), document(2, title="Volcanoes", grade=("5",))])
    asked = [
        IndexQuery(filters=(Filter("grade", ("4",)),)),
        IndexQuery(text="volcanoes", filters=(Filter("grade", ("5",)),)),
        IndexQuery(text="volcanoes", filters=(Filter("grade", ("4",)),)),
        IndexQuery(text="volcanoes and glaciers"),
        IndexQuery(),
    ]
    assert index.totals(asked) == [index.search(query).total for query in asked]
    assert index.totals(asked[:1]) == [1]
    assert index.totals([]) == []


def test_two_of_the_three_rarest_words_are_enough(index: SearchIndex) -> None:
    index.put([document(number, "Common words about weather") for number in range(10, 20)])
    index.put([document(1, "Rain and snow"), document(2, "Snow and hail"), document(3, "Weather and snow")])
    assert set(found(index, "weather rain snow hail")) == {1, 2}
    assert set(found(index, "rain snow hail")) == {1, 2}
    assert index.search(IndexQuery("rain snow hail", facets=("grade",), limit=1)).total == 2


ALSO = (doc_id(4), doc_id(1), doc_id(99))


def test_what_is_asked_for_also_comes_first_and_is_found_once_whatever_its_words(index: SearchIndex) -> None:
    index.put(LESSONS)
    page = index.search(IndexQuery("fractions", also=ALSO, facets=("grade",)))
    assert page.total == 4
    assert {hit.id for hit in page.hits[:2]} == {doc_id(1), doc_id(4)}
    assert page.facets == {"grade": {"3": 1, "4": 3, "5": 1}}
    assert set(found(index, "fractions", also=ALSO, filters=(Filter("grade", ("3", "5")),))) == {2, 3}
    assert found(index, "xylophonists", also=ALSO[:1]) == [4]
    assert found(index, also=ALSO, limit=20) == found(index, limit=20)
    asked = IndexQuery("fractions", also=ALSO)
    assert index.totals([asked, IndexQuery("xylophonists", also=ALSO)]) == [4, 2]


def test_pages_and_orders_of_a_search_of_several_parts_hold_everything_once(index: SearchIndex) -> None:
    held = ["rain snow", "snow hail", "rain hail", "rain snow hail", "rain", "sun"]
    index.put([
        document(number, held[number % 6], modified=number, minutes=number % 7, rating=float(number % 3))
        for number in range(1, 121)
    ])  # fmt: skip
    also = tuple(doc_id(number) for number in (5, 11, 12, 13))
    asked = IndexQuery("rain snow hail", also=also, limit=7)
    expected = {number for number in range(1, 121) if number % 6 < 4} | {5, 11}
    for sort in ("relevance", "newest", "shortest"):
        pages = [found(index, asked.text, also=also, limit=7, offset=offset, sort=sort) for offset in range(0, 100, 7)]
        seen = [number for page in pages for number in page]
        assert sorted(seen) == sorted(expected)
        if sort == "newest":
            assert seen == sorted(expected, reverse=True)
    assert set(seen[:5]) <= expected
    assert index.search(asked).total == len(expected)
