"""Profiles: what is taken, what is refused, and an explanation that adds up."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from registry.errors import NotFound, Rejected
from registry.learners import access, evidence, profile
from registry.learners.access import Reader
from registry.learners.views import Profile, StandardProfile
from tests.registry.learners.house import NOW, TEACHER, House, uri


def read(house: House, learner_id: str) -> Profile:
    with house.learners.sessions.begin() as session, house.catalog.begin() as catalog:
        return profile.read_profile(session, catalog, house.graph(), TEACHER, learner_id, NOW)


def put(house: House, learner_id: str, stated: object) -> None:
    with house.learners.sessions.begin() as session, house.catalog.begin() as catalog:
        profile.put_profile(session, catalog, TEACHER, learner_id, stated)


def standard(found: Profile, code: str) -> StandardProfile:
    return next(each for each in found.standards if each.code == code)


def test_a_learner_is_nothing_but_random_bits(house: House) -> None:
    ids = {house.learner() for _ in range(20)}
    assert len(ids) == 20
    assert all(len(bytes.fromhex(learner_id)) == 16 for learner_id in ids)


def test_no_column_takes_a_name_mail_birth_date_or_free_text(house: House) -> None:
    found = inspect(house.learners.engine)
    columns = {f"{table}.{column['name']}" for table in found.get_table_names() for column in found.get_columns(table)}
    words = (
        "name",
        "mail",
        "birth",
        "born",
        "address",
        "phone",
        "note",
        "comment",
        "text",
        "label",
        "gender",
        "ethnic",
    )
    assert [column for column in columns if any(word in column for word in words)] == []


def test_a_profile_is_kept_in_the_words_of_the_closed_lists(any_house: House) -> None:
    any_house.standards("4.A", "4.B")
    learner_id = any_house.learner(
        grade="Grade 4",
        languages=["English", "es", "en-US"],
        interests=["soccer", "space  travel"],
        aspirations=["nurse"],
        goals=["4-a", uri("4.B")],
        needs=["captions", "noFlashingHazard"],
    )
    found = read(any_house, learner_id)
    assert (found.grade, found.languages, found.interests, found.aspirations) == (
        "4",
        ("en", "es"),
        ("soccer", "space travel"),
        ("nurse",),
    )
    assert [goal.code for goal in found.goals] == ["4.A", "4.B"]
    assert found.needs == ("captions", "flashing")
    assert [(each.code, each.state, each.goal) for each in found.standards] == [
        ("4.A", "unknown", True),
        ("4.B", "unknown", True),
    ]


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"goals": ["4.A", "9.Z"]}, "goals[1]"),
        ({"goals": "4.A"}, "goals"),
        ({"grade": "4-6"}, "grade"),
        ({"grade": 4}, "grade"),
        ({"languages": ["en", "Klingonese"]}, "languages[1]"),
        ({"interests": ["soccer", "mail me: ann@x.example"]}, "interests[1]"),
        ({"interests": ["born 2014"]}, "interests[0]"),
        ({"interests": ["x" * 41]}, "interests"),
        ({"aspirations": ["a"] * 21}, "aspirations"),
        ({"needs": ["a quiet room"]}, "needs[0]"),
        ({"birthDate": "2014-01-01"}, "birthDate"),
    ],
)
def test_a_wrong_field_is_named_and_the_old_profile_stays(house: House, stated: object, field: str) -> None:
    house.standards("4.A")
    learner_id = house.learner(goals=["4.A"], grade="4")
    with pytest.raises(Rejected) as caught:
        put(house, learner_id, stated)
    assert [error.field for error in caught.value.errors] == [field]
    assert (read(house, learner_id).grade, len(read(house, learner_id).goals)) == ("4", 1)


def test_each_standing_comes_with_the_evidence_behind_it_and_adds_up(any_house: House) -> None:
    any_house.standards("3.A", "3.B")
    learner_id = any_house.learner()
    any_house.show(learner_id, "3.A", 1.0, 0.0, 1.0, 1.0, days_ago=30)
    any_house.show(learner_id, "3.A", 1.0, 1.0, days_ago=2, kind="task")
    any_house.show(learner_id, "3.B", 0.0, days_ago=1)
    found = standard(read(any_house, learner_id), "3.A")
    assert found.count == len(found.evidence) == 6
    assert found.last == found.evidence[-1].at
    assert found.interval[0] < found.probability < found.interval[1]
    assert sum(each.now for each in found.evidence) == pytest.approx(found.mean - found.prior)
    assert all(abs(each.now) < abs(each.delta) for each in found.evidence)
    assert [each.kind for each in found.evidence] == ["quiz"] * 4 + ["task"] * 2


def test_contested_evidence_is_shown_and_counts_for_nothing(house: House) -> None:
    house.standards("3.A")
    learner_id = house.learner()
    ids = house.show(learner_id, "3.A", 0.0, 1.0, 1.0)
    with house.learners.sessions.begin() as session:
        evidence.set_aside(session, TEACHER, ids[0])
    found = standard(read(house, learner_id), "3.A")
    assert [(each.set_aside, each.now == 0) for each in found.evidence] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    assert found.count == 2
    assert sum(each.now for each in found.evidence) == pytest.approx(found.mean - found.prior)


def test_what_only_neighbors_suggest_is_flagged_and_never_counted_or_mastered(house: House) -> None:
    house.standards("2.A", "3.A", "4.A", "5.Z")
    house.precedes(("2.A", "3.A"), ("3.A", "4.A"))
    learner_id = house.learner()
    house.master(learner_id, "3.A")
    found = read(house, learner_id)
    before = standard(found, "2.A")
    assert (before.inferred, before.count, before.state, before.evidence) == (True, 0, "unknown", ())
    assert [each.code for each in found.standards] == ["2.A", "3.A"]
    failing = house.learner()
    house.show(failing, "3.A", *[0.0] * 6)
    assert [(each.code, each.inferred) for each in read(house, failing).standards] == [("3.A", False), ("4.A", True)]


def test_every_reading_is_logged_with_who_and_why(any_house: House) -> None:
    learner_id = any_house.learner()
    read(any_house, learner_id)
    with any_house.learners.sessions.begin() as session:
        entries = access.read_access_log(session, Reader("family-1", "our own record"), learner_id)
    assert [(entry.who, entry.why) for entry in entries] == [
        ("family-1", "our own record"),
        ("teacher-1", "lesson planning"),
    ]


def test_an_unknown_learner_is_not_found_and_the_answer_does_not_repeat_the_id(house: House) -> None:
    with pytest.raises(NotFound) as caught:
        read(house, "ab" * 16)
    assert "ab" * 16 not in caught.value.detail
