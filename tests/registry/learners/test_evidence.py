"""Evidence in: what is refused and why, what is taken once, and a state that is always the fold of the log."""

from __future__ import annotations

import threading
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from registry.errors import Conflict, NotFound, Rejected
from registry.learners import evidence, folding, mastery
from registry.learners.mastery import canonical, fold
from registry.learners.models import EvidenceRow, EvidenceStandardRow
from tests.registry.learners.house import NOW, TEACHER, House, uri


def state_of(house: House, learner_id: str) -> bytes:
    with house.learners.reading.begin() as session:
        return canonical(folding.read_state(session, learner_id))


def fold_of(house: House, learner_id: str) -> bytes:
    with house.learners.reading.begin() as session:
        return canonical(fold(folding.evidence_log(session, learner_id))[0])


def count(house: House) -> int:
    with house.learners.reading.begin() as session:
        return session.scalar(select(func.count()).select_from(EvidenceRow)) or 0


def contest(house: House, evidence_id: str, aside: bool = True) -> None:
    with house.learners.sessions.begin() as session:
        evidence.set_aside(session, TEACHER, evidence_id, aside)


def item(learner_id: str, **changes: object) -> dict[str, object]:
    return {"learner": learner_id, "standards": ["3.A"], "score": 1, "kind": "quiz", **changes}


def test_an_evidence_is_stored_as_it_came_and_folded(any_house: House) -> None:
    any_house.standards("3.A", "3.B")
    learner_id = any_house.learner()
    stated = item(learner_id, standards=["3.B", uri("3.A"), "3-a"], kind="Quiz item", at="2026-09-14T10:30:00+02:00")
    (added,) = any_house.add(stated)
    with any_house.learners.reading.begin() as session:
        row = session.get_one(EvidenceRow, added.id)
        uris = session.scalars(select(EvidenceStandardRow.uri).order_by(EvidenceStandardRow.uri)).all()
        state = folding.read_state(session, learner_id)
    assert msgspec.json.decode(row.raw) == stated
    assert (row.kind, row.score, row.subject, row.at.isoformat()) == (
        "quiz",
        1.0,
        "mathematics",
        "2026-09-14T08:30:00+00:00",
    )
    assert uris == [uri("3.A"), uri("3.B")]
    assert {each.count for each in state.competencies.values()} == {1}
    assert state_of(any_house, learner_id) == fold_of(any_house, learner_id)


@pytest.mark.parametrize(
    ("changes", "field", "advice"),
    [
        ({"score": 1.5}, "score", "from 0 to 1"),
        ({"score": "high"}, "score", "from 0 to 1"),
        ({"score": None}, "score", "is missing"),
        ({"score": float("nan")}, "score", "from 0 to 1"),
        ({"kind": "gossip"}, "kind", "one of task"),
        ({"kind": None}, "kind", "is missing"),
        ({"standards": []}, "standards", "1 to 20"),
        ({"standards": "3.A"}, "standards", "a list"),
        ({"standards": ["3.A", "9.Z"]}, "standards[1]", "no framework here has the standard “9.Z”"),
        ({"at": "yesterday"}, "at", "with its zone"),
        ({"at": "2026-09-14T10:30:00"}, "at", "with its zone"),
        ({"at": "2031-01-01T00:00:00Z"}, "at", "and now"),
        ({"easiness": 40}, "easiness", "from -5"),
        ({"source": "ann@school.example"}, "source", "no mail address"),
        ({"learner": "f" * 32}, "learner", "no such learner"),
        ({"learner": None}, "learner", "is missing"),
        ({"name": "Ann"}, "name", "send nothing else about a child"),
    ],
)
def test_a_wrong_field_is_named_with_its_place_and_nothing_is_stored(
    house: House, changes: dict[str, object], field: str, advice: str
) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    with pytest.raises(Rejected) as caught:
        house.add([item(learner_id), item(learner_id), item(learner_id, **changes)])
    assert [error.field for error in caught.value.errors] == [f"evidence[2].{field}"]
    assert advice in caught.value.errors[0].message
    assert count(house) == 0
    with pytest.raises(Rejected) as alone:
        house.add(item(learner_id, **changes))
    assert alone.value.errors[0].field == field


@pytest.mark.parametrize("stated", [[], "evidence", [3], None, [[]]])
def test_what_is_no_evidence_at_all_is_refused(house: House, stated: object) -> None:
    with pytest.raises(Rejected):
        house.add(stated)


def test_too_much_at_once_is_refused_with_the_way_out(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    with pytest.raises(Rejected, match="Split the list"):
        house.add([item(learner_id)] * 1001)


def test_the_same_source_twice_is_one_evidence(any_house: House) -> None:
    any_house.standards("3.A")
    learner_id, other = any_house.learner(), any_house.learner()
    (first,) = any_house.add(item(learner_id, source="quiz-7/item-2"))
    before = state_of(any_house, learner_id)
    again, apart = any_house.add([item(learner_id, source="quiz-7/item-2"), item(other, source="quiz-7/item-2")])
    assert (again.id, again.new) == (first.id, False)
    assert apart.new
    assert state_of(any_house, learner_id) == before
    assert count(any_house) == 2


def test_the_same_source_twice_in_one_list_is_one_evidence(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    first, again = house.add([item(learner_id, source="a"), item(learner_id, source="a")])
    assert (first.id, first.new, again.new) == (again.id, True, False)
    assert count(house) == 1


def test_a_source_that_says_something_else_is_a_conflict(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    house.add(item(learner_id, source="a"))
    with pytest.raises(Conflict) as caught:
        house.add([item(learner_id), item(learner_id, source="a", score=0)])
    assert caught.value.errors[0].field == "evidence[1].source"
    assert count(house) == 1


def test_opening_a_resource_needs_no_score_and_counts_as_a_try(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    house.add({"learner": learner_id, "standards": ["3.A"], "kind": "opened"})
    with house.learners.reading.begin() as session:
        competency = folding.read_state(session, learner_id).competencies[uri("3.A")]
    assert (competency.tries, competency.count) == (1, 0)


_DAYS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([0.0, 0.4, 1.0]), st.sampled_from(["3.A", "3.B", "X.1"])),
    min_size=1,
    max_size=12,
)


@given(_DAYS, st.randoms(use_true_random=False), st.integers(1, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_evidence_arrives_the_stored_state_is_the_fold(
    house: House, log: list[tuple[int, float, str]], chance: object, size: int
) -> None:
    one, other = house.learner(), house.learner()
    if not house.knows("3.A"):
        house.standards("3.A", "3.B")
        house.standards("X.1", framework="science", subject="science")
    shuffled = list(log)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    for learner_id, arrivals in ((one, log), (other, shuffled)):
        items = [
            item(learner_id, standards=[code], score=score, at=(NOW - timedelta(days=60 - day)).isoformat())
            for day, score, code in arrivals
        ]
        for start in range(0, len(items), size):
            house.add(items[start : start + size])
    assert state_of(house, one) == state_of(house, other) == fold_of(house, one)


def test_contesting_takes_an_evidence_out_and_taking_it_back_restores_every_byte(any_house: House) -> None:
    any_house.standards("3.A", "3.B")
    learner_id = any_house.learner()
    any_house.show(learner_id, "3.A", 1.0, 1.0, 0.0, 1.0, days_ago=20)
    ids = any_house.show(learner_id, "3.B", 0.0, 1.0, days_ago=5)
    before = state_of(any_house, learner_id)
    contest(any_house, ids[0])
    without = state_of(any_house, learner_id)
    assert without != before
    assert without == fold_of(any_house, learner_id)
    contest(any_house, ids[1])
    assert uri("3.B").encode() not in state_of(any_house, learner_id)
    contest(any_house, ids[1], aside=False)
    contest(any_house, ids[0], aside=False)
    assert state_of(any_house, learner_id) == before


def test_what_does_not_exist_cannot_be_contested(house: House) -> None:
    with pytest.raises(NotFound):
        contest(house, "nothing")


def test_new_evidence_touches_only_its_own_standards(house: House) -> None:
    house.standards(*(f"3.{place}" for place in range(30)))
    learner_id = house.learner()
    house.add([item(learner_id, standards=[f"3.{place}"], at="2026-09-01T00:00:00Z") for place in range(30)])
    with house.learners.sessions.begin() as session:
        session.execute(
            folding.CompetencyRow.__table__.update().where(folding.CompetencyRow.uri == uri("3.7")).values(mean=9.0)
        )
    house.add(item(learner_id, standards=["3.1"]))
    with house.learners.reading.begin() as session:
        assert folding.read_state(session, learner_id).competencies[uri("3.7")].mean == 9.0


def test_two_writers_to_one_learner_take_turns(any_house: House) -> None:
    any_house.standards("3.A", "3.B")
    learner_id, other = any_house.learner(), any_house.learner()
    problems: list[Exception] = []
    start = threading.Barrier(4)

    def write(thread: int) -> None:
        start.wait()
        try:
            for number in range(12):
                at = NOW - timedelta(days=30 - number, minutes=thread)
                pair = [learner_id, other] if thread % 2 else [other, learner_id]
                any_house.add(
                    [item(each, standards=["3.A", "3.B"][number % 2 :], at=at.isoformat(), score=0.5) for each in pair]
                )
        except Exception as problem:  # any failure of a thread is the test's failure
            problems.append(problem)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert count(any_house) == 96
    assert state_of(any_house, learner_id) == fold_of(any_house, learner_id) != canonical(mastery.LearnerState())
    assert state_of(any_house, other) == state_of(any_house, learner_id)
