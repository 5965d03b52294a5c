"""Paths: against brute force on random graphs, and what makes them short."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.learners import path


@st.composite
def graphs(draw: st.DrawFn, most: int = 9) -> dict[int, tuple[int, ...]]:
    """A graph without circles: each concept's prerequisites have lower numbers."""
    size = draw(st.integers(1, most))
    return {
        concept: tuple(sorted(draw(st.sets(st.integers(0, concept - 1), max_size=3)))) if concept else ()
        for concept in range(size)
    }


def reachable(before: Mapping[int, tuple[int, ...]], start: int, mastered: set[int]) -> set[int]:
    """All that `start` rests on through what is not mastered, by plain recursion."""
    if start in mastered:
        return set()
    return {start}.union(*(reachable(before, need, mastered) for need in before[start]))


@given(graphs(), st.sets(st.integers(0, 8)), st.sets(st.integers(0, 8), min_size=1, max_size=3))
def test_the_steps_are_all_that_is_not_mastered_on_the_way_and_nothing_else(
    before: dict[int, tuple[int, ...]], mastered: set[int], goals: set[int]
) -> None:
    goals = {goal % len(before) for goal in goals}
    expected = set().union(*(reachable(before, goal, mastered) for goal in goals))
    concepts = path.needed(goals, before.__getitem__, mastered)
    assert concepts == expected
    steps = path.ordered(concepts, before.__getitem__, dict.fromkeys(concepts, 0.5))
    assert {step.concept for step in steps} == expected
    done: set[int] = set()
    for step in steps:
        assert set(step.needs) == set(before[step.concept]) & expected
        assert set(step.needs) <= done
        done.add(step.concept)
        resting = {each for each in expected if each != step.concept and step.concept in within(before, each, expected)}
        assert step.unlocks == len(resting)


def within(before: Mapping[int, tuple[int, ...]], start: int, concepts: set[int]) -> set[int]:
    """All that `start` rests on inside these concepts."""
    found = {need for need in before[start] if need in concepts}
    return found.union(*(within(before, need, concepts) for need in found))


@given(graphs(most=6), st.data())
def test_no_other_order_takes_the_likely_and_needed_sooner(
    before: dict[int, tuple[int, ...]], data: st.DataObject
) -> None:
    likely = {concept: data.draw(st.sampled_from([0.1, 0.3, 0.6])) for concept in before}
    steps = path.ordered(set(before), before.__getitem__, likely)
    unlocks = {step.concept: step.unlocks for step in steps}

    def ranks(order: tuple[int, ...]) -> list[tuple[float, int]]:
        return [(-likely[concept] * (1 + unlocks[concept]) ** 0.5, concept) for concept in order]

    walkable = (
        order
        for order in permutations(before)
        if all(order.index(need) < order.index(concept) for concept in order for need in before[concept])
    )
    assert ranks(tuple(step.concept for step in steps)) == min(ranks(order) for order in walkable)


def test_counts_are_right_beyond_one_block_of_marks() -> None:
    size = 9000
    before = {concept: (concept - 1,) if concept else () for concept in range(size)}
    steps = path.ordered(set(before), before.__getitem__, dict.fromkeys(before, 0.5))
    assert [step.unlocks for step in steps] == list(range(size - 1, -1, -1))


def test_a_circle_is_refused_and_named_in_order() -> None:
    before = {1: (), 2: (1, 4), 3: (2,), 4: (3,), 5: (4,)}
    with pytest.raises(path.Circle) as caught:
        path.ordered(set(before), before.__getitem__, dict.fromkeys(before, 0.5))
    circle = caught.value.concepts
    assert set(circle) == {2, 3, 4}
    assert all(circle[place - 1] in before[concept] for place, concept in enumerate(circle))


def test_what_something_mastered_rests_on_is_probably_known_all_the_way_down() -> None:
    after = {1: [2], 2: [3, 9], 3: [9], 4: [9], 9: []}
    found = path.probably_known({1, 2, 4, 9}, after.__getitem__, unknown={1, 2, 4, 9}, mastered={3})
    assert found == {1, 2}


def test_a_known_gap_under_something_mastered_is_work() -> None:
    after = {1: [2], 2: [3], 3: []}
    assert path.probably_known({1, 2}, after.__getitem__, unknown={1}, mastered={3}) == set()
