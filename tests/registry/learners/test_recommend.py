"""What to use next: scores that explain themselves, hard filters, coverage, and honest answers."""

from __future__ import annotations

from math import prod

import pytest

from registry.errors import BadRequest
from registry.learners.recommend import recommend
from registry.learners.views import Recommendations
from tests.registry.learners.house import NOW, TEACHER, House


def ask(
    house: House, learner_id: str, to: str | None = "3.A", limit: int = 5, minutes: int | None = None
) -> Recommendations:
    with house.learners.sessions.begin() as session, house.catalog.begin() as catalog:
        return recommend(
            session, catalog, house.index, house.graph(), TEACHER, learner_id, NOW, to=to, limit=limit, minutes=minutes
        )


def ids(found: Recommendations) -> list[str]:
    return [item.id for item in found.items]


def test_the_factors_multiply_to_the_score_and_each_says_why(house: House) -> None:
    house.standards("1.A", "2.A", "3.A")
    house.precedes(("1.A", "2.A"), ("2.A", "3.A"))
    house.resource("one", "1.A", keywords=("soccer",))
    house.resource("two", "2.A", minutes=None, level=None, also=("3.A",))
    house.resource("three", "3.A", relation="assesses", origin="suggested")
    learner_id = house.learner(interests=["Soccer"])
    house.show(learner_id, "1.A", 1.0, 0.0, 1.0)
    house.show(learner_id, "2.A", 0.0, kind="opened")
    found = ask(house, learner_id)
    assert set(ids(found)) == {"one", "two", "three"}
    for item in found.items:
        assert prod(reason.value for reason in item.reasons) == pytest.approx(item.score)
        assert all(reason.why.endswith(".") for reason in item.reasons)
        assert [reason.factor for reason in item.reasons] == [
            "align", "need", "ready", "reach", "quality", "fit", "fresh", "interest", "time", "coverage", "variety",
        ]  # fmt: skip
    values = {item.id: {reason.factor: reason.value for reason in item.reasons} for item in found.items}
    assert values["one"]["interest"] == 1.15
    assert values["one"]["time"] == 1 / 16
    assert values["two"]["time"] == 1 / 26
    assert [item.score for item in found.items] == sorted((item.score for item in found.items), reverse=True)


def test_tried_resources_make_room_for_others(house: House) -> None:
    house.standards("3.A")
    house.resource("one", "3.A")
    learner_id = house.learner()
    house.show(learner_id, "3.A", 0.0, 0.0, kind="opened")
    (item,) = ask(house, learner_id).items
    assert {reason.factor: reason.value for reason in item.reasons}["fresh"] == pytest.approx(0.64)


def test_what_must_come_first_is_recommended_first(house: House) -> None:
    house.standards("2.A", "3.A")
    house.precedes(("2.A", "3.A"))
    house.resource("goal", "3.A")
    house.resource("before", "2.A")
    assert ids(ask(house, house.learner())) == ["before", "goal"]


@pytest.mark.parametrize(
    ("wishes", "resource"),
    [
        ({"languages": ["es"]}, {"languages": ("en",)}),
        ({"languages": ["es"]}, {"languages": ()}),
        ({"needs": ["captions"]}, {"access": ("transcript",)}),
        ({"needs": ["flashing"]}, {"hazards": ("flashing",)}),
        ({}, {"audiences": ("teacher", "administrator")}),
        ({"grade": "2"}, {"grades": ("9", "10")}),
        ({}, {"withdrawn": True}),
        ({}, {"relation": "requires"}),
    ],
)
def test_what_may_not_be_offered_never_is(house: House, wishes: dict[str, object], resource: dict[str, object]) -> None:
    house.standards("3.A")
    house.resource("unfit", "3.A", **resource)  # type: ignore[arg-type]
    learner_id = house.learner(**wishes)
    found = ask(house, learner_id)
    assert found.items == ()
    assert [missing.code for missing in found.missing] == ["3.A"]
    fits: dict[str, object] = {"languages": ("en", "es"), "access": ("captions",), "audiences": ("teacher", "student")}
    house.resource("fit", "3.A", **fits)  # type: ignore[arg-type]
    assert ids(ask(house, learner_id)) == ["fit"]


def test_when_nothing_fits_the_answer_names_the_standard_the_level_and_what_stands_in_the_way(house: House) -> None:
    house.standards("3.A")
    house.resource("english", "3.A", languages=("en",))
    house.resource("silent", "3.A", languages=("es",))
    found = ask(house, house.learner(languages=["es"], needs=["captions"]))
    (missing,) = found.missing
    assert (found.items, missing.code, missing.level) == ((), "3.A", "beginning")
    assert "3.A at the beginning level in Spanish" in missing.why
    assert "1 in other languages" in missing.why
    assert "1 without the access features needed" in missing.why
    assert found.note == "Nothing fits. What is missing first: 3.A at the beginning level."


def test_the_wanted_level_rises_with_the_learner(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    house.show(learner_id, "3.A", *[1.0] * 7)
    (missing,) = ask(house, learner_id).missing
    assert missing.level in ("proficient", "extending")


def test_a_resource_at_the_right_level_comes_before_one_too_hard(house: House) -> None:
    house.standards("3.A")
    house.resource("a-hard", "3.A", level="extending")
    house.resource("b-right", "3.A", level="beginning")
    assert ids(ask(house, house.learner())) == ["b-right", "a-hard"]


def test_a_curators_word_counts_more_than_a_publishers_and_that_more_than_a_machines(house: House) -> None:
    house.standards("3.A")
    for name, origin in (("a", "suggested"), ("b", "declared"), ("c", "accepted")):
        house.resource(name, "3.A", origin=origin)
    assert ids(ask(house, house.learner())) == ["c", "b", "a"]


def test_the_same_standard_elsewhere_serves_a_little_less(house: House) -> None:
    house.standards("3.A")
    house.standards("TX.3", framework="texas")
    house.link("exactMatch", ("3.A", "TX.3"))
    house.resource("a-texan", "TX.3")
    house.resource("b-ours", "3.A")
    found = ask(house, house.learner())
    assert ids(found) == ["b-ours", "a-texan"]
    assert "the same standard in another framework" in found.items[1].reasons[0].why


def test_the_next_choice_covers_another_step_rather_than_the_same_again(house: House) -> None:
    house.standards("3")
    house.standards("3.A", "3.B", under="3")
    for name in ("a1", "a2", "a3"):
        house.resource(name, "3.A", minutes=10)
    house.resource("b1", "3.B", minutes=14)
    first, second, *_ = ask(house, house.learner(), to="3", limit=3).items
    assert (first.id, second.id) == ("a1", "b1")


def test_of_two_like_resources_the_one_from_elsewhere_is_next(house: House) -> None:
    house.standards("3.A")
    house.resource("a", "3.A", provider="North")
    house.resource("b", "3.A", provider="North")
    house.resource("c", "3.A", provider="South")
    assert ids(ask(house, house.learner())) == ["a", "c", "b"]


def test_one_resource_for_two_steps_comes_once_and_names_both(house: House) -> None:
    house.standards("3")
    house.standards("3.A", "3.B", under="3")
    house.resource("both", "3.A", also=("3.B",))
    house.resource("one", "3.A")
    found = ask(house, house.learner(), to="3")
    assert ids(found) == ["both", "one"]
    assert {found.items[0].standard.code, *(each.code for each in found.items[0].also)} == {"3.A", "3.B"}


def test_the_minutes_are_kept(house: House) -> None:
    house.standards("3.A")
    for name, minutes in (("a", 25), ("b", 20), ("c", 8), ("d", None)):
        house.resource(name, "3.A", minutes=minutes)
    found = ask(house, house.learner(), minutes=30)
    assert found.minutes <= 30
    assert found.minutes == sum(item.minutes or 20 for item in found.items)
    none = ask(house, house.learner(), minutes=5)
    assert (none.items, none.missing, none.note) == ((), (), "Nothing that fits takes 5 minutes or less.")


def test_something_probably_known_is_checked_with_an_item(house: House) -> None:
    house.standards("1.A", "2.A", "2.B")
    house.precedes(("1.A", "2.A"), ("1.A", "2.B"))
    learner_id = house.learner()
    house.show(learner_id, "2.A", *[1.0] * 11)
    house.resource("a-lesson", "1.A", relation="teaches")
    house.resource("b-item", "1.A", relation="assesses")
    found = ask(house, learner_id, to="2.B", limit=100)
    assert [item.kind for item in found.items] == ["check", "check"]
    assert ids(found)[0] == "b-item"


def test_where_all_is_mastered_or_nothing_is_asked_the_answer_says_so(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    assert "No goal is set" in ask(house, learner_id, to=None).note
    house.master(learner_id, "3.A")
    assert "Everything on the way is mastered" in ask(house, learner_id).note


@pytest.mark.parametrize(("field", "value"), [("limit", 0), ("limit", 101), ("minutes", 0)])
def test_a_number_out_of_range_is_named(house: House, field: str, value: int) -> None:
    house.standards("3.A")
    with pytest.raises(BadRequest) as caught:
        ask(house, house.learner(), **{field: value})  # type: ignore[arg-type]
    assert caught.value.errors[0].field == field
