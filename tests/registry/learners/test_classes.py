"""Classes and the grid that shows one by standard."""

from __future__ import annotations

import pytest

from registry.errors import NotFound, Rejected
from registry.learners import access, classes
from registry.learners.views import Grid
from tests.registry.learners.house import NOW, TEACHER, House


def make(house: House, *learner_ids: str, title: str = "Room 7") -> str:
    with house.learners.sessions.begin() as session:
        class_id = classes.create_class(session, "north", title)
        classes.add_members(session, class_id, learner_ids)
    return class_id


def grid_of(house: House, class_id: str, *within: str) -> Grid:
    with house.learners.sessions.begin() as session, house.catalog.begin() as catalog:
        return classes.grid(session, catalog, house.graph(), TEACHER, class_id, NOW, within)


def test_the_grid_shows_who_stands_where(any_house: House) -> None:
    any_house.standards("3.A", "3.B")
    strong, weak, silent = (any_house.learner() for _ in range(3))
    any_house.master(strong, "3.A", "3.B")
    any_house.show(weak, "3.A", *[0.0] * 6)
    found = grid_of(any_house, make(any_house, strong, weak, silent))
    assert [standard.code for standard in found.standards] == ["3.A", "3.B"]
    assert [(row.label, [cell.state for cell in row.cells]) for row in found.learners] == [
        ("Learner 01", ["mastered", "mastered"]),
        ("Learner 02", ["gap", "unknown"]),
        ("Learner 03", ["unknown", "unknown"]),
    ]
    assert [row.learner for row in found.learners] == [strong, weak, silent]
    assert found.counts == ({"mastered": 1, "gap": 1, "unknown": 1}, {"mastered": 1, "unknown": 2})


def test_a_heading_chooses_the_columns(house: House) -> None:
    house.standards("3")
    house.standards("3.A", "3.B", under="3")
    found = grid_of(house, make(house, house.learner()), "3")
    assert [standard.code for standard in found.standards] == ["3.A", "3.B"]


def test_a_heading_too_wide_for_a_grid_is_refused(house: House) -> None:
    house.standards("3")
    house.standards(*(f"3.{place}" for place in range(61)), under="3")
    with pytest.raises(Rejected, match="61 standards"):
        grid_of(house, make(house), "3")


def test_places_stay_when_learners_join_again(house: House) -> None:
    first, second, third = (house.learner() for _ in range(3))
    class_id = make(house, first, second)
    with house.learners.sessions.begin() as session:
        classes.add_members(session, class_id, [second, third, first])
        assert classes.learners_of(session, class_id) == [first, second, third]
        assert classes.classes_of(session, "north") == [classes.class_name(session, class_id)]
        assert classes.class_name(session, class_id).learners == 3


def test_a_learner_of_another_school_is_refused_by_place(house: House) -> None:
    ours, theirs = house.learner(), house.learner(school="south")
    with pytest.raises(Rejected) as caught:
        make(house, ours, theirs)
    assert [error.field for error in caught.value.errors] == ["learners[1]"]


@pytest.mark.parametrize("title", ["", "  ", "x" * 101])
def test_a_class_needs_a_title_that_fits(house: House, title: str) -> None:
    with pytest.raises(Rejected):
        make(house, title=title)


def test_looking_at_a_class_is_logged_for_each_learner(house: House) -> None:
    learner_ids = [house.learner(), house.learner()]
    grid_of(house, make(house, *learner_ids))
    for learner_id in learner_ids:
        with house.learners.sessions.begin() as session:
            assert "lesson planning" in [
                entry.why for entry in access.read_access_log(session, TEACHER, learner_id)[1:]
            ]


def test_an_unknown_class_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        grid_of(house, "nowhere")
