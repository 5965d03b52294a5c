"""Where the standards of a progression stand from left to right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.standards.columns import Band, columns_of

links = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)).filter(lambda edge: edge[0] != edge[1]), unique=True)


@given(links, st.lists(st.sampled_from([(), ("3",), ("4",), ("9", "10")]), min_size=16, max_size=16))
def test_the_ends_of_a_link_never_share_a_column_and_no_column_is_empty(
    edges: list[tuple[int, int]], grades: list[tuple[str, ...]]
) -> None:
    found = columns_of(dict(enumerate(grades)), edges)
    assert set(found.of) == set(range(16))
    assert all(found.of[source] != found.of[target] for source, target in edges)
    assert set(range(found.bands[-1].last + 1)) == {
        column for band in found.bands for column in range(band.first, band.last + 1)
    }
    assert found == columns_of(dict(enumerate(grades)), edges)


@given(links)
def test_without_cycles_every_link_points_to_the_right(edges: list[tuple[int, int]]) -> None:
    onward = sorted({(min(edge), max(edge)) for edge in edges})
    found = columns_of(dict.fromkeys(range(16), ()), onward)
    assert all(found.of[source] < found.of[target] for source, target in onward)


def test_a_standard_stands_after_the_longest_way_to_it_and_right_before_what_it_leads_to() -> None:
    edges = [(1, 2), (2, 3), (1, 3), (4, 3)]
    assert columns_of(dict.fromkeys((1, 2, 3, 4), ()), edges).of == {1: 0, 2: 1, 3: 2, 4: 1}


def test_columns_follow_the_grades() -> None:
    grades = {1: ("3",), 2: ("3",), 3: ("4",), 4: ("9", "10")}
    found = columns_of(grades, [(1, 2), (1, 3), (2, 3), (3, 4)])
    assert found.of == {1: 0, 2: 1, 3: 2, 4: 3}
    assert found.bands == (Band(("3",), 0, 1), Band(("4",), 2, 2), Band(("9", "10"), 3, 3))


def test_what_leads_out_of_its_grade_only_stands_beside_the_next() -> None:
    found = columns_of({1: ("3",), 2: ("3",), 3: ("3",), 4: ("4",)}, [(1, 2), (2, 4), (3, 4)])
    assert found.of == {1: 0, 2: 1, 3: 1, 4: 2}


def test_one_link_against_the_grades_points_to_the_left() -> None:
    grades = {each: ("3",) if each < 10 else ("4",) for each in range(20)}
    edges = [(each, each + 10) for each in range(10)]
    found = columns_of(grades, [*edges, (10, 1)])
    assert [band.grades for band in found.bands] == [("3",), ("4",)]
    assert found.of[10] > found.of[1]


def test_grades_are_left_aside_where_many_links_run_against_them_or_one_standard_has_none() -> None:
    assert columns_of({1: ("4",), 2: ("3",)}, [(1, 2)]).bands == (Band((), 0, 1),)
    assert columns_of({1: ("3",), 2: ()}, [(1, 2)]).bands == (Band((), 0, 1),)


def test_grades_are_left_aside_where_they_would_make_the_picture_much_wider() -> None:
    edges = [(grade * 10 + step, grade * 10 + step + 1) for grade in range(1, 5) for step in range(3)]
    grades = {grade * 10 + step: (str(grade),) for grade in range(1, 5) for step in range(4)}
    assert columns_of(grades, edges).bands == (Band((), 0, 3),)


def test_nothing_has_no_columns() -> None:
    assert columns_of({}, []).bands == ()


def test_a_long_chain_needs_no_recursion() -> None:
    chain = [(each, each + 1) for each in range(5000)]
    assert columns_of(dict.fromkeys(range(5001), ()), [*chain, (5000, 0)]).of[5000] == 5000
