"""Exporting, taking back, forgetting and keeping no longer than allowed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, inspect, select, text, update

from registry.errors import Conflict, NotFound, Rejected, Unavailable
from registry.learners import access, classes, evidence, folding, privacy, profile, tasks
from registry.learners.access import Reader
from registry.learners.export import export_learner, import_learner
from registry.learners.mastery import canonical
from registry.learners.models import AccessRow, EvidenceRow, LearnerRow, LearnerTable
from tests.registry.learners.house import NOW, TEACHER, House, uri

FAMILY = Reader("family-1", "our own record")


def filled(house: House) -> str:
    """A learner with a profile, a class, evidence of all kinds, one of it contested, and readings."""
    house.standards("3.A", "3.B")
    learner_id = house.learner(grade="3", goals=["3.B"], interests=["soccer"])
    house.show(learner_id, "3.A", 1.0, 0.0, 1.0, days_ago=40, source=None)
    contested = house.show(learner_id, "3.B", 0.0, days_ago=3, source=f"lms/{learner_id}")
    house.show(learner_id, "3.B", 0.0, kind="opened")
    with house.learners.sessions.begin() as session, house.catalog.begin() as catalog:
        class_id = classes.create_class(session, "north", "Room 7")
        classes.add_members(session, class_id, [learner_id])
        evidence.set_aside(session, FAMILY, contested[0])
        profile.read_profile(session, catalog, house.graph(), TEACHER, learner_id, NOW)
    return learner_id


def state_of(house: House, learner_id: str) -> bytes:
    with house.learners.reading.begin() as session:
        return canonical(folding.read_state(session, learner_id))


def exported(house: House, learner_id: str) -> bytes:
    with house.learners.sessions.begin() as session:
        return export_learner(session, FAMILY, learner_id)


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("learners.sqlite*")))


def test_an_export_holds_everything_and_why(any_house: House) -> None:
    learner_id = filled(any_house)
    whole = msgspec.json.decode(exported(any_house, learner_id))
    assert (whole["id"], whole["school"], whole["profile"]["goals"]) == (learner_id, "north", [uri("3.B")])
    assert whole["classes"] == ["Room 7"]
    assert [(each["kind"], each["set_aside"]) for each in whole["evidence"]] == [
        *[("quiz", False)] * 3,
        ("quiz", True),
        ("opened", False),
    ]
    assert whole["evidence"][0]["came_as"]["standards"] == ["3.A"]
    assert set(whole["evidence"][0]["moved"]) == {uri("3.A")}
    assert set(whole["state"]["competencies"]) == {uri("3.A"), uri("3.B")}
    assert {entry["who"] for entry in whole["access"]} == {"teacher-1", "family-1"}
    assert "fold of the evidence" in whole["how"]


def test_an_export_comes_back_to_the_same_state_and_exports_the_same_again(any_house: House) -> None:
    learner_id = filled(any_house)
    before, content = state_of(any_house, learner_id), exported(any_house, learner_id)
    privacy.forget(any_house.learners, learner_id)
    with any_house.learners.sessions.begin() as session:
        assert import_learner(session, content) == learner_id
    assert state_of(any_house, learner_id) == before
    old, new = msgspec.json.decode(content), msgspec.json.decode(exported(any_house, learner_id))
    same = ("id", "school", "created_at", "profile", "state", "evidence")
    assert {key: new[key] for key in same} == {key: old[key] for key in same}
    with any_house.learners.sessions.begin() as session, pytest.raises(Conflict):
        import_learner(session, content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"score": 1.0', b'"score": 0.5'),
        (b'"score": 1.0', b'"score": 7'),
        (b'"kind": "quiz"', b'"kind": "gossip"'),
        (b'"format": "oer-learner-1"', b'"format": "other"'),
        (b'"soccer"', b'"Ann Miller <ann@x.example>"'),
        (b'"kind": "quiz"', b'"name": "Ann", "kind": "quiz"'),
        (b'"evidence": [', b'"evidence": ['[:-1]),
    ],
)
def test_an_export_that_was_changed_is_refused(house: House, old: bytes, new: bytes) -> None:
    learner_id = filled(house)
    content = exported(house, learner_id)
    assert old in content
    privacy.forget(house.learners, learner_id)
    with pytest.raises(Rejected), house.learners.sessions.begin() as session:
        import_learner(session, content.replace(old, new, 2))
    with house.learners.reading.begin() as session:
        assert session.get(LearnerRow, learner_id) is None


def test_forgetting_leaves_no_byte_in_the_files(house: House, tmp_path: Path) -> None:
    others = [house.learner() for _ in range(50)]
    learner_id = filled(house)
    for other in others:
        house.show(other, "3.A", 1.0)
    assert learner_id.encode() in bytes_on_disk(tmp_path)
    privacy.forget(house.learners, learner_id)
    left = bytes_on_disk(tmp_path)
    assert learner_id.encode() not in left
    assert all(other.encode() in left for other in others)


def test_forgetting_leaves_no_row_in_any_table_and_other_learners_alone(any_house: House) -> None:
    learner_id = filled(any_house)
    other = any_house.learner()
    any_house.show(other, "3.A", 1.0, 1.0)
    before = state_of(any_house, other)
    privacy.forget(any_house.learners, learner_id)
    with any_house.learners.engine.connect() as connection:
        for table in LearnerTable.metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            assert learner_id not in repr(rows), table.name
        standards = connection.execute(text("SELECT count(*) FROM evidence_standard")).scalar()
    assert standards == 2
    assert state_of(any_house, other) == before
    with pytest.raises(NotFound):
        privacy.forget(any_house.learners, learner_id)


def test_deleted_cells_are_overwritten_on_every_connection(house: House) -> None:
    with house.learners.reading.begin() as session, house.learners.sessions() as other:
        assert session.execute(text("PRAGMA secure_delete")).scalar() == 1
        assert other.execute(text("PRAGMA secure_delete")).scalar() == 1


def test_a_reader_in_the_way_of_scrubbing_is_told_and_the_daily_job_makes_it_good(house: House, tmp_path: Path) -> None:
    learner_id = filled(house)
    with house.learners.reading.begin() as reader:
        reader.execute(select(func.count()).select_from(LearnerRow))
        with house.learners.sessions.begin() as session:
            privacy.forget_learner(session, learner_id)
        with pytest.raises(Unavailable, match="still reading"):
            privacy.scrub(house.learners.engine, patience=0.05)
    tasks.retain(house.learners)
    assert learner_id.encode() not in bytes_on_disk(tmp_path)


def test_what_is_older_than_thirteen_months_goes_by_itself(any_house: House) -> None:
    learner_id, gone = filled(any_house), any_house.learner()
    with any_house.learners.sessions.begin() as session:
        first, *_ = session.scalars(
            select(EvidenceRow.id).where(EvidenceRow.learner_id == learner_id).order_by(EvidenceRow.at)
        )
        long_ago = NOW - timedelta(days=500)
        session.execute(update(EvidenceRow).where(EvidenceRow.id == first).values(received_at=long_ago))
        session.execute(update(LearnerRow).where(LearnerRow.id == gone).values(updated_at=long_ago))
        session.execute(update(AccessRow).where(AccessRow.who == "family-1").values(at=long_ago))
    job = next(job for job in tasks.jobs(any_house.learners) if job.name == "learners.retain")
    job.run()
    job.run()
    with any_house.learners.reading.begin() as session:
        assert session.get(LearnerRow, gone) is None
        assert session.get(EvidenceRow, first) is None
        state = folding.read_state(session, learner_id)
        assert canonical(state) == canonical(folding.mastery.fold(folding.evidence_log(session, learner_id))[0])
    assert state.competencies[uri("3.A")].count == 2
    with any_house.learners.sessions.begin() as session:
        log = access.read_access_log(session, TEACHER, learner_id)
    assert {entry.who for entry in log} == {"teacher-1"}


def test_the_learners_have_a_database_of_their_own(house: House) -> None:
    catalog = house.catalog.kw["bind"]
    theirs, ours = (set(inspect(engine).get_table_names()) for engine in (house.learners.engine, catalog))
    assert theirs & ours == set()
