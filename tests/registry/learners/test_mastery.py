"""The filter: by hand, and by the laws it must keep."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log, pi, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.learners.mastery import (
    DAY,
    MEAN,
    WEIGHTS,
    Evidence,
    LearnerState,
    canonical,
    fold,
    lent,
    remaining,
    standing,
    update,
)

START = 1_790_000_000.0


def quiz(
    score: float, at: float = START, *standards: str, kind: str = "quiz", easiness: float = 0.0, id: str = ""
) -> Evidence:
    return Evidence(at, standards or ("a",), kind, score, easiness, "mathematics", id or f"{at}-{kind}-{score}")


evidences = st.lists(
    st.builds(
        Evidence,
        at=st.integers(0, 200).map(lambda day: START + day * DAY),
        standards=st.sets(st.sampled_from("abcde"), min_size=1, max_size=3).map(lambda found: tuple(sorted(found))),
        kind=st.sampled_from(sorted(WEIGHTS)),
        score=st.floats(0, 1),
        easiness=st.floats(-5, 5),
        subject=st.sampled_from(["mathematics", "", "science"]),
        id=st.uuids().map(str),
    ),
    max_size=40,
    unique_by=lambda evidence: evidence.id,
)


def test_one_right_answer_moves_the_learner_as_computed_by_hand() -> None:
    state, deltas = fold([quiz(1.0)])
    variance = 0.6 + 0.5
    p = 1 / (1 + exp(0.3 / sqrt(1 + pi * variance / 8)))
    h = p * (1 - p)
    s = 1 + h * variance
    assert state.abilities["mathematics"].mean == pytest.approx(0.6 * (1 - p) / s)
    assert state.abilities["mathematics"].variance == pytest.approx(0.6 - h * 0.36 / s)
    competency = state.competencies["a"]
    assert competency.mean == pytest.approx(-0.3 + 0.5 * (1 - p) / s + 0.04)
    assert competency.variance == pytest.approx(0.5 - h * 0.25 / s + 0.06)
    assert deltas[quiz(1.0).id] == pytest.approx((competency.mean + 0.3,))
    assert competency.unsettled == pytest.approx(competency.variance - 0.06)
    # The figures themselves, so that no change of a constant goes unseen.
    assert (p, competency.mean, competency.variance) == pytest.approx((0.4376512, -0.0387290, 0.5115802), abs=1e-7)


def test_two_standards_share_what_an_answer_says() -> None:
    state, deltas = fold([quiz(0.0, START, "a", "b", easiness=0.5)])
    variance = 0.6 + (0.5 + 0.5) / 4
    p = 1 / (1 + exp(-(0.5 - 0.3) / sqrt(1 + pi * variance / 8)))
    s = 1 + p * (1 - p) * variance
    expected = 0.5 * (0 - p) / (2 * s) + 0.04
    assert next(iter(deltas.values())) == pytest.approx((expected, expected))
    assert state.competencies["a"].variance == pytest.approx(0.5 - p * (1 - p) * 0.25 / (4 * s) + 0.06)


def test_forty_five_days_leave_a_third_of_what_was_learned() -> None:
    state, _ = fold([quiz(1.0, START + minute) for minute in range(12)])
    before, after = (standing(state, "a", "mathematics", START + 11 + days * DAY) for days in (0, 45))
    assert (after.mean - MEAN) / (before.mean - MEAN) == pytest.approx(exp(-1))


def test_mastery_is_the_chance_of_four_in_five() -> None:
    state, _ = fold([quiz(1.0, START + minute) for minute in range(12)])
    found = standing(state, "a", "mathematics", START + 11)
    x = (found.expected - log(4)) / found.spread
    assert found.state == "mastered"
    assert found.probability > 0.85
    assert x > 0.5
    low, high = found.interval
    assert low < found.probability < high


@pytest.mark.parametrize(
    ("scores", "state"),
    [
        ([], "unknown"),
        ([1.0], "unknown"),
        ([1.0] * 3, "unknown"),
        ([1.0] * 6, "developing"),
        ([0.0] * 6, "gap"),
        ([1.0, 0.0] * 8 + [1.0] * 3, "developing"),
        ([1.0] * 12, "mastered"),
    ],
)
def test_the_states_follow_the_evidence(scores: list[float], state: str) -> None:
    found, _ = fold(quiz(score, START + minute) for minute, score in enumerate(scores))
    assert standing(found, "a", "mathematics", START + len(scores)).state == state


def test_what_was_mastered_and_has_faded_is_to_be_reviewed() -> None:
    state, _ = fold([quiz(1.0, START + minute) for minute in range(12)])
    assert standing(state, "a", "mathematics", START + 120 * DAY).state == "review"
    again = [quiz(1.0, START + 120 * DAY + minute, id=str(minute)) for minute in range(9)]
    for evidence in again:
        update(state, evidence)
    assert standing(state, "a", "mathematics", again[-1].at).state == "mastered"


def test_what_later_evidence_takes_away_is_no_review() -> None:
    state, _ = fold([quiz(1.0, START + minute) for minute in range(12)])
    for minute in range(12, 32):
        update(state, quiz(0.0, START + minute))
    assert standing(state, "a", "mathematics", START + 32).state == "gap"


def test_opening_a_resource_is_logged_and_is_no_mastery() -> None:
    state, deltas = fold([quiz(1.0, kind="opened", id="o")])
    found = standing(state, "a", "mathematics", START)
    assert (found.count, found.last, found.tries, found.state) == (0, None, 1, "unknown")
    assert deltas == {"o": (0.0,)}
    assert state.abilities == {}


def test_a_self_report_moves_less_than_a_quiz() -> None:
    reported, answered = (fold([quiz(1.0, kind=kind)])[0].competencies["a"].mean for kind in ("self-report", "quiz"))
    assert MEAN < reported < answered


def test_success_suggests_its_prerequisites_and_failure_what_follows() -> None:
    state, _ = fold([quiz(1.0, START, "good"), quiz(0.0, START, "bad")])
    good, bad = (state.competencies[uri].mean - MEAN for uri in ("good", "bad"))
    assert lent(state, prerequisites=[], successors=["good"], at=START) == pytest.approx(0.4 * good)
    assert lent(state, prerequisites=["bad"], successors=[], at=START) == pytest.approx(0.4 * bad)
    assert lent(state, prerequisites=["good"], successors=["bad"], at=START) == 0
    shifted = standing(state, "before", "mathematics", START, shift=0.4 * good)
    assert shifted.inferred
    assert (shifted.state, shifted.count) == ("unknown", 0)
    assert shifted.probability > standing(state, "before", "mathematics", START).probability


@given(evidences, st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_arrives_does_not_matter(log: list[Evidence], chance: object) -> None:
    shuffled = list(log)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert canonical(fold(shuffled)[0]) == canonical(fold(log)[0])


@given(evidences)
def test_adding_one_by_one_is_folding_at_once(log: list[Evidence]) -> None:
    state = LearnerState()
    deltas = {evidence.id: update(state, evidence) for evidence in sorted(log)}
    whole, folded = fold(log)
    assert canonical(state) == canonical(whole)
    assert deltas == folded


@given(evidences.filter(bool), st.floats(0, 400))
@settings(max_examples=200)
def test_what_is_left_of_each_evidence_adds_up(log: list[Evidence], days: float) -> None:
    state, deltas = fold(log)
    at = max(evidence.at for evidence in log) + days * DAY
    for uri, competency in state.competencies.items():
        left = sum(
            remaining(deltas[evidence.id][evidence.standards.index(uri)], evidence.at, at)
            for evidence in log
            if uri in evidence.standards
        )
        found = standing(state, uri, "", at)
        assert found.mean - MEAN == pytest.approx(left, abs=1e-9)
        assert competency.variance > 0


@given(evidences)
def test_a_standing_is_never_outside_its_interval(log: list[Evidence]) -> None:
    state, _ = fold(log)
    for uri in "abcde":
        found = standing(state, uri, "mathematics", START + 300 * DAY)
        assert 0 <= found.interval[0] <= found.probability <= found.interval[1] <= 1


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6, unique=True), evidences)
def test_a_better_score_never_lowers_the_mean(scores: list[float], log: list[Evidence]) -> None:
    last = START + 201 * DAY
    means = [fold([*log, quiz(score, last, id="last")])[0].competencies["a"].mean for score in sorted(scores)]
    assert all(low <= high for low, high in pairwise(means))
