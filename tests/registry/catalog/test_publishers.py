"""What a publisher's pages read, on both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.app import Registry
from registry.catalog import usage
from registry.catalog.ingest import ingest
from registry.catalog.publisher_records import record_view, records_of
from registry.catalog.publishers import (
    district_named,
    district_view,
    list_districts,
    problem_groups,
    sources_that_wait,
)
from registry.catalog.sources import accept_deletions
from registry.catalog.usage import Count, usage_of
from registry.db import new_id, now
from registry.errors import BadRequest, NotFound
from registry.models import HeldRow, ProblemRow, RecordRow, ResourceRow, RunRow, SourceRow
from tests.factories import aligned, harvested, source


@pytest.fixture
def filled(registry: Registry) -> Registry:
    """Two districts with a source each; one record of the first cannot be taken, one uses a word nobody knows."""
    with registry.sessions.begin() as session:
        for name in ("lakeside", "maple"):
            batch = source(session, name)
            records = [harvested(f"{name}-{number}", educationalAlignment=[]) for number in range(7)]
            records.append(harvested(f"{name}-untitled", name=""))
            records.append(harvested(f"{name}-odd", educationalAlignment=[aligned("4.NF.1", level="Wizard")]))
            ingest(session, batch, records)
    return registry


def test_a_district_sees_its_own_and_nothing_of_the_neighbors(filled: Registry) -> None:
    with filled.reading.begin() as session:
        view = district_view(session, "lakeside")
        assert view.records == {"rejected": 1, "stored": 8}
        assert [each.name for each in view.sources] == ["lakeside"]
        assert {group.source for group in view.problems} == {"lakeside"}
        assert view.problems[0].severity == "error"
        word = next(each for each in view.unknown if each.code == "level-unknown")
        assert (word.value, word.count, word.record_identifier, word.is_level) == ("Wizard", 1, "lakeside-odd", True)
        assert [(each.slug, each.sources) for each in list_districts(session)] == [("lakeside", 1), ("maple", 1)]
        with pytest.raises(NotFound):
            district_view(session, "nowhere")


def test_every_record_is_on_one_page_of_the_list(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        rows = session.scalars(select(RecordRow).order_by(RecordRow.id)).all()
        for number, row in enumerate(rows):
            row.changed_at = now() - timedelta(days=number // 4)
    with filled.reading.begin() as session:
        district, cursor, met = district_named(session, "lakeside"), "", []
        while True:
            found = records_of(session, district.id, cursor=cursor, limit=2)
            met += found.items
            if not (cursor := found.next):
                break
        assert [each.identifier for each in met] == [
            row.identifier
            for row in sorted(rows, key=lambda row: (row.changed_at, row.id), reverse=True)
            if row.identifier.startswith("lakeside")
        ]
        rejected = records_of(session, district.id, outcome="rejected").items
        assert [each.identifier for each in rejected] == ["lakeside-untitled"]
        assert [each.code for each in rejected[0].problems] == ["title-missing"]
        wizards = records_of(session, district.id, source="lakeside", problem="level-unknown").items
        assert [each.identifier for each in wizards] == ["lakeside-odd"]
        for wrong in ("x", "1-", "-1", "99999999999999-a", "1-ä"):
            with pytest.raises(BadRequest):
                records_of(session, district.id, cursor=wrong)


def test_a_record_is_shown_with_its_payload_to_its_own_district_alone(filled: Registry) -> None:
    with filled.reading.begin() as session:
        record_id = session.scalars(select(RecordRow.id).where(RecordRow.identifier == "lakeside-1")).one()
        record = record_view(session, district_named(session, "lakeside").id, record_id)
        assert record.payload == harvested("lakeside-1", educationalAlignment=[]).payload
        assert record.resource_title == "The title of lakeside-1"
        with pytest.raises(NotFound):
            record_view(session, district_named(session, "maple").id, record_id)


def test_deletions_wait_until_somebody_agrees(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        row = session.scalars(select(RecordRow).where(RecordRow.identifier == "maple-2")).one()
        session.add(HeldRow(source_id=row.source_id, record_id=row.id))
        session.flush()
        held = district_view(session, "maple").sources[0].held
        assert held is not None
        assert (held.count, held.accepted, held.records[0].title) == (1, False, "The title of maple-2")
        assert sources_that_wait(session) == {"maple": 1}
        accept_deletions(session, "maple")
        session.flush()
        assert sources_that_wait(session) == {}
        assert district_view(session, "lakeside").sources[0].held is None


def test_an_alarm_stands_by_itself_and_a_change_renews_the_groups(filled: Registry) -> None:
    with filled.sessions.begin() as session:
        maple = session.scalars(select(SourceRow).where(SourceRow.name == "maple")).one()
        began = now() - timedelta(days=2)
        for created, ago in ((9, 2), (0, 1)):
            moment = now() - timedelta(days=ago)
            session.add(RunRow(id=new_id(), source_id=maple.id, status="success", started_at=moment, created=created))
        alarm = {"field": "list", "message": "It shrank.", "hint": "Look.", "severity": "warning"}
        session.add(ProblemRow(source_id=maple.id, code="alarm-size", **alarm))
        session.flush()
        groups = problem_groups(session, SourceRow.id == maple.id)
        assert {group.changed_at for group in groups} == {began}
        assert "alarm-size" not in {group.code for group in groups}
        assert [each.message for each in district_view(session, "maple").alarms] == ["It shrank."]


def test_counts_of_use_add_up_whoever_writes_first(filled: Registry) -> None:
    today = now().date()
    with filled.reading.begin() as session:
        ids = session.scalars(select(ResourceRow.id).order_by(ResourceRow.id)).all()
    for _ in range(2):
        with filled.sessions.begin() as session:
            usage.add(session, {(each, today): Count(2, 1) for each in (*ids, "nobody")})
    with filled.reading.begin() as session:
        told = usage_of(session, district_named(session, "maple").id)
    assert (told.found, told.opened, len(told.top)) == (8 * 4, 8 * 2, 8)
    assert all((each.found, each.opened) == (4, 2) for each in told.top)
