"""The provider's sets, and what may be told of changes, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from registry.app import Registry
from registry.catalog import outgoing, sets
from registry.catalog.ingest import ingest
from registry.catalog.outgoing import Place, Window
from registry.models import MembershipRow, ResourceRow
from registry.ports import Harvested
from tests.factories import aligned, framework, harvested, source, stored_framework

LATER = datetime(2999, 1, 1, tzinfo=UTC)


def specs(registry: Registry) -> list[tuple[str, ...]]:
    with registry.reading.begin() as session:
        ids = session.scalars(select(ResourceRow.id).order_by(ResourceRow.title)).all()
        found = sets.sets_of(session, ids)
        stamps = session.execute(
            select(MembershipRow.stamp, ResourceRow.updated_at).join(
                ResourceRow, ResourceRow.id == MembershipRow.resource_id
            )
        ).all()
    assert all(stamp == updated for stamp, updated in stamps)
    return [found.get(each, ()) for each in ids]


def test_a_resource_is_in_the_sets_of_its_providers_subjects_and_frameworks(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        lakeside, hilltop = source(session, "lakeside", "Lakeside"), source(session, "hilltop", "Hill & Top")
        lesson = harvested(about="Arithmetic", educationalAlignment=[aligned("4.NF.1"), aligned("9.ZZ.9")])
        ingest(session, lakeside, [lesson, harvested("plain")])
        ingest(session, hilltop, [lesson])
    assert specs(registry) == [
        ("framework:state", "provider:hill-top", "provider:lakeside", "subject:mathematics", "subject:number"),
        ("provider:lakeside",),
    ]


def test_a_changed_resource_leaves_the_sets_it_is_no_longer_in(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        batch = source(session)
        ingest(session, batch, [harvested(about="Mathematics", educationalAlignment=[aligned("4.NF.1")])])
        ingest(session, batch, [harvested(about="Art", datestamp="2026-02-01")])
    assert specs(registry) == [("provider:lakeside", "subject:arts")]


def test_a_withdrawn_resource_keeps_its_sets_and_moves_in_them(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [harvested(about="Mathematics")])
        session.execute(text("UPDATE resource SET updated_at = '2026-01-01 00:00:00+00:00'"))
    with registry.sessions.begin() as session:
        ingest(session, batch, [Harvested(identifier="lesson-1", deleted=True)])
    assert specs(registry) == [("provider:lakeside", "subject:mathematics")]


def test_the_list_of_sets_names_them_and_their_heads(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(code="state/ü"))
        ingest(session, source(session), [harvested(about="Algebra", educationalAlignment=[aligned("4.NF.1")])])
    with registry.reading.begin() as session:
        found = [(each.spec, each.name) for each in sets.list_sets(session)]
    assert found == [
        ("framework", "By framework of standards"),
        ("framework:state~2f~c3~bc", "Framework state/ü"),
        ("provider", "By provider"),
        ("provider:lakeside", "lakeside"),
        ("subject", "By subject"),
        ("subject:algebra", "Algebra"),
        ("subject:mathematics", "Mathematics"),
    ]


@pytest.mark.parametrize("spec", ["", "provider:lakeside", "provider", "subject"])
@pytest.mark.parametrize("size", [1, 3, 50])
def test_pages_hold_every_record_once_though_many_changed_in_one_second(
    registry: Registry, spec: str, size: int
) -> None:
    with registry.sessions.begin() as session:
        records = [harvested(f"lesson-{number}", about="Mathematics") for number in range(11)]
        ingest(session, source(session), records)
    found: list[str] = []
    after, more = None, True
    with registry.reading.begin() as session:
        while more:
            records_, more = outgoing.page(session, Window(spec), LATER, after, size)
            found += [each.id for each in records_]
            after = Place(records_[-1].stamp, records_[-1].id)
        everything = session.scalars(select(ResourceRow.id).order_by(ResourceRow.id)).all()
    assert found == list(everything)


def test_what_is_told_stays_five_seconds_behind_the_present(registry: Registry) -> None:
    moment = datetime(2030, 1, 1, 12, 0, 9, 700_000, tzinfo=UTC)
    with registry.reading.begin() as session:
        bound = outgoing.settled(session, moment)
    assert bound == datetime(2030, 1, 1, 12, 0, 4, tzinfo=UTC)


def test_a_transaction_that_is_still_writing_holds_back_what_is_told(registry: Registry) -> None:
    if registry.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time, and its transactions are short")
    with registry.sessions.begin() as writing:
        ingest(writing, source(writing), [harvested()])
        begun = writing.scalar(text("SELECT xact_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"))
        with registry.reading.begin() as session:
            assert begun is not None
            bound = outgoing.settled(session, datetime.now(UTC) + timedelta(hours=1))
            assert begun - timedelta(seconds=2) <= bound < begun
        stamp = writing.scalars(select(ResourceRow.updated_at)).one()
        assert bound < stamp
    with registry.reading.begin() as session:
        assert outgoing.settled(session, datetime.now(UTC) + timedelta(hours=1)) > stamp


def test_a_machines_suggestion_is_not_told_to_others(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        ingest(session, source(session), [harvested(educationalAlignment=[aligned("4.NF.1"), aligned("4.NF.2")])])
        session.execute(text("UPDATE alignment SET origin = 'suggested' WHERE stated = '4.NF.2'"))
    with registry.reading.begin() as session:
        records, _ = outgoing.page(session, Window(), LATER, None, 10)
    assert records[0].described
    assert [each.code for each in records[0].described.alignments] == ["4.NF.1"]
