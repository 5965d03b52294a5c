"""A learner's steps to a goal, each with its reason."""

from __future__ import annotations

import pytest

from registry.errors import Conflict, NotFound
from registry.learners.steps import read_path
from registry.learners.views import Path
from tests.registry.learners.house import NOW, TEACHER, House


def path_of(house: House, learner_id: str, to: str | None = None) -> Path:
    with house.learners.sessions.begin() as session, house.catalog.begin() as catalog:
        return read_path(session, catalog, house.graph(), TEACHER, learner_id, to, NOW)


@pytest.fixture
def chain(house: House) -> House:
    """1.A before 2.A before 3.A before 4.A; 2.B also before 3.A."""
    house.standards("1.A", "2.A", "2.B", "3.A", "4.A")
    house.precedes(("1.A", "2.A"), ("2.A", "3.A"), ("2.B", "3.A"), ("3.A", "4.A"))
    return house


def codes(found: Path) -> list[str]:
    return [step.code for step in found.steps]


def test_the_way_starts_where_the_learner_stands(chain: House) -> None:
    learner_id = chain.learner()
    whole = path_of(chain, learner_id, "4.A")
    assert codes(whole) == ["1.A", "2.A", "2.B", "3.A", "4.A"]
    assert [step.unlocks for step in whole.steps] == [3, 2, 2, 1, 0]
    assert whole.steps[3].needs == ("2.A", "2.B")
    assert [step.goal for step in whole.steps] == [False] * 4 + [True]
    chain.master(learner_id, "2.A", "2.B")
    assert codes(path_of(chain, learner_id, "4.A")) == ["3.A", "4.A"]


def test_each_step_says_why_it_is_there(chain: House) -> None:
    learner_id = chain.learner()
    chain.show(learner_id, "3.A", *[0.0] * 6)
    chain.show(learner_id, "2.B", *[1.0] * 9)
    steps = {step.code: step for step in path_of(chain, learner_id, "4.A").steps}
    assert steps["3.A"].reason.startswith("A gap: 1% likely mastered, by 6 pieces of evidence.")
    assert steps["2.B"].reason.startswith("On the way: ")
    assert steps["1.A"].reason == "No evidence yet. 3 later steps rest on it."
    assert steps["4.A"].reason == "No evidence yet; neighboring standards suggest 2%. It is the goal."
    assert steps["4.A"].inferred


def test_what_something_mastered_rests_on_is_to_be_checked_not_learned(house: House) -> None:
    house.standards("1.A", "2.A", "2.B", "3.A")
    house.precedes(("1.A", "2.A"), ("1.A", "2.B"), ("2.B", "3.A"))
    learner_id = house.learner()
    house.master(learner_id, "2.A")
    found = path_of(house, learner_id, "3.A")
    assert [(step.code, step.kind) for step in found.steps] == [("1.A", "check"), ("2.B", "learn"), ("3.A", "learn")]
    assert "check with one item" in found.steps[0].reason
    assert found.note == "3 steps: 2 to learn or review, 1 to check."


def test_what_has_faded_is_to_be_reviewed(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    house.show(learner_id, "3.A", *[1.0] * 12, days_ago=150)
    (step,) = path_of(house, learner_id, "3.A").steps
    assert (step.kind, step.state) == ("review", "review")
    assert "2026-05-04" in step.reason


def test_a_heading_means_every_standard_under_it(house: House) -> None:
    house.standards("3.NF")
    house.standards("3.NF.A", under="3.NF")
    house.standards("3.NF.A.1", "3.NF.A.2", under="3.NF.A")
    house.standards("2.G.A.3")
    house.precedes(("2.G.A.3", "3.NF.A.1"), ("3.NF.A.1", "3.NF.A.2"))
    found = path_of(house, house.learner(), "3.NF")
    assert codes(found) == ["2.G.A.3", "3.NF.A.1", "3.NF.A.2"]
    assert [goal.code for goal in found.goals] == ["3.NF"]


def test_without_a_destination_the_goals_count_and_without_goals_what_was_begun(chain: House) -> None:
    assert codes(path_of(chain, chain.learner(goals=["2.A"]))) == ["1.A", "2.A"]
    begun = chain.learner()
    chain.show(begun, "2.A", *[0.0] * 5)
    assert codes(path_of(chain, begun)) == ["1.A", "2.A"]
    nothing = path_of(chain, chain.learner())
    assert (nothing.steps, nothing.note) == ((), "No goal is set, and nothing has been begun: set a goal, or name one.")


def test_a_goal_that_is_mastered_needs_no_step(chain: House) -> None:
    learner_id = chain.learner()
    chain.master(learner_id, "3.A")
    found = path_of(chain, learner_id, "3.A")
    assert (found.steps, found.note) == ((), "Everything on the way is mastered.")


def test_prerequisites_in_a_circle_are_refused_by_name(chain: House) -> None:
    chain.precedes(("4.A", "2.A"))
    with pytest.raises(Conflict, match=r"in a circle: .*3\.A → 4\.A"):
        path_of(chain, chain.learner(), "4.A")


def test_an_unknown_destination_is_not_found(chain: House) -> None:
    with pytest.raises(NotFound, match=r"9\.Z"):
        path_of(chain, chain.learner(), "9.Z")
