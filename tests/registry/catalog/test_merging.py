"""Merging, undoing and splitting: whatever was joined can be taken apart, and all is as it was."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog import merging
from registry.catalog.ingest import ingest
from registry.catalog.read import resource_view
from registry.errors import Conflict, NotFound
from registry.models import AlignmentRow, ConceptRow, IdentifierRow, PairRow, RecordRow, ResourceRow
from tests.factories import aligned, framework, harvested, source, stored_framework

CODES = ("4.NF.1", "4.NF.2", "4.NF.3")


def _state(session: Session) -> dict[str, Any]:
    """Records, resources, identifiers and alignments; not the revisions, which only ever rise."""
    session.flush()
    session.expire_all()
    alignments = session.scalars(select(AlignmentRow)).all()
    return {
        "records": {
            row.id: (row.resource_id, row.outcome, row.identifier, row.recognized, row.first_seen, row.changed_at)
            for row in session.scalars(select(RecordRow))
        },
        "resources": {
            row.id: (row.title, row.body, row.card, row.withdrawn_at, row.merged_into, row.created_at)
            for row in session.scalars(select(ResourceRow))
        },
        "identifiers": {(row.scope, row.value, row.resource_id) for row in session.scalars(select(IdentifierRow))},
        "alignments": sorted(
            (row.resource_id, row.concept_id, row.stated, row.relation, row.level or "", row.origin)
            for row in alignments
        ),
    }


def _resource_of(session: Session, identifier: str) -> str:
    found = session.scalars(select(RecordRow.resource_id).where(RecordRow.identifier == identifier)).one()
    assert found
    return found


def _curate(session: Session, resource_id: str, code: str) -> None:
    concept = session.scalars(select(ConceptRow).where(ConceptRow.uri.endswith(code))).one()
    session.add(
        AlignmentRow(
            resource_id=resource_id, concept_id=concept.id, stated=code, relation="teaches", level=None, origin="added"
        )
    )
    session.flush()


def _two(registry: Registry) -> tuple[str, str]:
    """Two districts' resources, each with a standard its source declares and one a curator added."""
    with registry.sessions.begin() as session:
        stored_framework(session)
        ingest(session, source(session, "first"), [harvested("a", educationalAlignment=aligned(CODES[0]))])
        other = harvested("b", educationalAlignment=aligned(CODES[1]), description="Quite another text.")
        ingest(session, source(session, "second"), [other])
        ids = _resource_of(session, "a"), _resource_of(session, "b")
        _curate(session, ids[1], CODES[2])
        merging.reassemble(session, ids)
    return ids


def test_a_merged_resource_leads_to_the_one_that_was_kept_and_gives_it_all_it_had(registry: Registry) -> None:
    kept, gone = _two(registry)
    with registry.sessions.begin() as session:
        merging.merge(session, kept, gone, "curator")
    with registry.reading.begin() as session:
        view = resource_view(session, kept)
        assert view.card.providers == ("first", "second")
        assert {each.code for each in view.alignments} == set(CODES)
        row = session.get_one(ResourceRow, gone)
        assert row.merged_into == kept
        assert row.withdrawn_at is not None


def test_a_record_that_changes_after_a_merge_changes_the_one_that_was_kept(registry: Registry) -> None:
    kept, gone = _two(registry)
    with registry.sessions.begin() as session:
        merging.merge(session, kept, gone, "curator")
    with registry.sessions.begin() as session:
        third = harvested("c", url="https://district.example/lessons/b", timeRequired="PT20M")
        ingest(session, source(session, "third"), [third])
        assert _resource_of(session, "c") == kept
    with registry.reading.begin() as session:
        assert resource_view(session, kept).resource.minutes == 20
        assert session.get_one(ResourceRow, gone).withdrawn_at is not None


def test_an_undone_merge_brings_the_resource_back_under_its_own_id(registry: Registry) -> None:
    kept, gone = _two(registry)
    with registry.sessions.begin() as session:
        before = _state(session)
        merge_id = merging.merge(session, kept, gone, "curator")
        assert _state(session) != before
        assert merging.undo(session, merge_id, "curator") == gone
        assert _state(session) == before
        pair = session.scalars(select(PairRow)).one()
        assert (pair.decision, pair.decided_by) == ("different", "curator")
        with pytest.raises(Conflict):
            merging.undo(session, merge_id, "curator")


def test_what_cannot_be_merged_is_refused(registry: Registry) -> None:
    kept, gone = _two(registry)
    with registry.sessions.begin() as session:
        with pytest.raises(Conflict):
            merging.merge(session, kept, kept, "curator")
        with pytest.raises(NotFound):
            merging.merge(session, kept, "nobody", "curator")
        merging.merge(session, kept, gone, "curator")
        with pytest.raises(Conflict):
            merging.merge(session, kept, gone, "curator")
        with pytest.raises(NotFound):
            merging.undo(session, "nobody", "curator")


def test_a_split_record_gets_a_resource_of_its_own_and_is_never_joined_again(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        first, second = source(session, "first"), source(session, "second")
        ingest(session, first, [harvested("a")])
        shared = harvested("c", url="https://district.example/lessons/a", name="Another thing", **{"@id": "urn:x:c"})
        ingest(session, second, [shared])
        kept = _resource_of(session, "a")
        assert _resource_of(session, "c") == kept
        record = session.scalars(select(RecordRow).where(RecordRow.identifier == "c")).one()
        assert record.recognized == "its link https://district.example/lessons/a"
        own = merging.split(session, record.id, "curator")
        assert own != kept
    with registry.sessions.begin() as session:
        assert resource_view(session, own).resource.title == "Another thing"
        assert resource_view(session, kept).resource.title == "The title of a"
        again = harvested("c", "2026-05-05", url="https://district.example/lessons/a", name="The title of a")
        ingest(session, second, [again])
        assert _resource_of(session, "c") == own
        pairs = session.scalars(select(PairRow).where(PairRow.decision == "")).all()
        assert {own, kept} not in [{pair.first_id, pair.second_id} for pair in pairs]


def test_the_only_record_of_a_resource_cannot_be_split(registry: Registry) -> None:
    _two(registry)
    with registry.sessions.begin() as session:
        with pytest.raises(Conflict):
            merging.split(session, session.scalars(select(RecordRow.id)).first() or "", "curator")
        with pytest.raises(NotFound):
            merging.split(session, "nobody", "curator")


def test_a_record_that_came_by_a_merge_goes_back_to_the_resource_it_had(registry: Registry) -> None:
    kept, gone = _two(registry)
    with registry.sessions.begin() as session:
        before = _state(session)
        merging.merge(session, kept, gone, "curator")
        record = session.scalars(select(RecordRow.id).where(RecordRow.identifier == "b")).one()
        assert merging.split(session, record, "curator") == gone
        assert _state(session) == before


_RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(["Fractions on a line", "Decimals in daily life", "Angles and turns"]),
            "text": st.sampled_from(
                ["", "Short.", "Learners place fractions on a line and compare them with one half."]
            ),
            "code": st.sampled_from([None, *CODES]),
            "curated": st.sampled_from([None, *CODES]),
            "minutes": st.sampled_from([None, "PT20M", "PT45M"]),
        }
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_RECORDS, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3), st.randoms())
def test_merges_undone_in_any_order_leave_everything_as_it_was(
    registry: Registry, told: list[dict[str, Any]], wanted: list[tuple[int, int]], random: Any
) -> None:
    with registry.sessions() as session:
        stored_framework(session, framework(CODES))
        ids = []
        for number, each in enumerate(told):
            stated = {"educationalAlignment": aligned(each["code"])} if each["code"] else {}
            record = harvested(
                f"r{number}", name=each["title"], description=each["text"], timeRequired=each["minutes"], **stated
            )
            ingest(session, source(session, f"source-{number}"), [record])
            ids.append(_resource_of(session, f"r{number}"))
            if each["curated"]:
                _curate(session, ids[-1], each["curated"])
        merging.reassemble(session, set(ids))
        before = _state(session)
        done = []
        for one, other in wanted:
            kept, gone = ids[one % len(ids)], ids[other % len(ids)]
            if kept != gone and not any(session.get_one(ResourceRow, each).merged_into for each in (kept, gone)):
                done.append(merging.merge(session, kept, gone, "curator"))
                session.expire_all()
        if done:
            assert _state(session) != before
        random.shuffle(done)
        for merge_id in done:
            merging.undo(session, merge_id, "curator")
            session.expire_all()
        assert _state(session) == before
        session.rollback()
