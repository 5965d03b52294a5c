"""What becomes of records: stored, unchanged, changed, withdrawn, rejected, each told with its reason."""

from __future__ import annotations

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event, func, select

from registry.app import Registry
from registry.catalog.card import Card
from registry.catalog.ingest import Counts, ingest, withdraw_missing
from registry.catalog.read import resource_view
from registry.catalog.sources import problems_of
from registry.errors import NotFound
from registry.models import AlignmentRow, PayloadRow, RecordRow, ResourceRow
from registry.ports import Harvested
from registry.standards.importing import reassemble_waiting
from tests.factories import aligned, framework, harvested, source, stored_framework
from vocab.resource import Problem


def _only_id(session) -> str:
    return session.scalars(select(ResourceRow.id)).one()


def test_a_new_record_becomes_a_resource_with_its_payload_kept(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session, provider="Lakeside Unified")
        assert ingest(session, batch, [harvested()]) == Counts(seen=1, created=1)
    with registry.reading.begin() as session:
        view = resource_view(session, _only_id(session))
        assert view.resource.title == "The title of lesson-1"
        assert view.card.providers == ("Lakeside Unified",)
        assert view.card.license.open
        assert [each.source for each in view.provenance] == ["lakeside"]
        assert session.scalar(select(func.count()).select_from(PayloadRow)) == 1


def test_an_unchanged_record_writes_nothing(registry: Registry) -> None:
    records = [harvested(f"lesson-{number}") for number in range(20)]
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, records)
    written: list[str] = []

    def note(_c, _cursor, statement, *_rest) -> None:
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            written.append(statement)

    event.listen(registry.engine, "before_cursor_execute", note)
    with registry.sessions.begin() as session:
        assert ingest(session, batch, records) == Counts(seen=20, unchanged=20)
    assert written == []


def test_a_changed_record_raises_the_revision_of_its_resource(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [harvested()])
    with registry.sessions.begin() as session:
        assert ingest(session, batch, [harvested(name="A better title")]) == Counts(seen=1, updated=1)
    with registry.reading.begin() as session:
        row = session.scalars(select(ResourceRow)).one()
        assert (row.title, row.revision, row.indexed_revision) == ("A better title", 2, 0)
        assert msgspec.json.decode(row.card, type=Card).title == "A better title"


def test_a_deleted_record_withdraws_its_resource_and_a_return_keeps_its_id(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [harvested()])
        resource_id = _only_id(session)
    gone = Harvested(identifier="lesson-1", deleted=True, datestamp="2026-02-01")
    with registry.sessions.begin() as session:
        assert ingest(session, batch, [gone]) == Counts(seen=1, withdrawn=1)
        assert resource_view(session, resource_id).withdrawn_at is not None
        assert ingest(session, batch, [gone]) == Counts(seen=1, unchanged=1)
    with registry.sessions.begin() as session:
        assert ingest(session, batch, [harvested()]) == Counts(seen=1, updated=1)
        assert _only_id(session) == resource_id
        assert resource_view(session, resource_id).withdrawn_at is None


def test_the_deletion_of_what_was_never_seen_is_remembered(registry: Registry) -> None:
    gone = Harvested(identifier="never-here", deleted=True)
    with registry.sessions.begin() as session:
        batch = source(session)
        assert ingest(session, batch, [gone]).withdrawn == 1
        assert ingest(session, batch, [gone]).unchanged == 1
        assert session.scalar(select(func.count()).select_from(ResourceRow)) == 0


def test_the_same_lesson_from_two_districts_is_one_resource_with_two_provenances(registry: Registry) -> None:
    shared = {"url": "https://lessons.example/fraction-strips?utm_source=mail", "@id": "urn:x:1"}
    other = {"url": "http://lessons.example/fraction-strips", "@id": "urn:x:2"}
    with registry.sessions.begin() as session:
        stored_framework(session)
        ingest(
            session,
            source(session, "first", "First"),
            [harvested("a", educationalAlignment=aligned("4.NF.1"), **shared)],
        )
        second = source(session, "second", "Second")
        ingest(session, second, [harvested("b", educationalAlignment=aligned("4.NF.2"), timeRequired="PT30M", **other)])
    with registry.sessions.begin() as session:
        view = resource_view(session, _only_id(session))
        assert view.card.providers == ("Second", "First")
        assert view.resource.title == "The title of b"
        assert view.resource.minutes == 30
        assert {each.code for each in view.alignments} == {"4.NF.1", "4.NF.2"}
        withdraw_missing(session, second, ["b"])
    with registry.reading.begin() as session:
        view = resource_view(session, _only_id(session))
        assert view.withdrawn_at is None
        assert view.card.providers == ("First",)
        assert {each.code for each in view.alignments} == {"4.NF.1"}


def test_parts_of_one_page_stay_apart_within_a_source(registry: Registry) -> None:
    page = "https://district.example/unit-3"
    with registry.sessions.begin() as session:
        batch = source(session)
        parts = [harvested(f"part-{n}", name=f"Part {n}", url=page, **{"@id": f"part-{n}"}) for n in (1, 2)]
        assert ingest(session, batch, parts).created == 2
        assert session.scalar(select(func.count()).select_from(ResourceRow)) == 2


def test_a_front_page_identifies_no_lesson(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        for name in ("first", "second"):
            record = harvested(
                name, name=f"Lesson of {name}", url="https://district.example/", **{"@id": f"urn:x:{name}"}
            )
            ingest(session, source(session, name), [record])
        assert session.scalar(select(func.count()).select_from(ResourceRow)) == 2


def test_a_record_without_title_is_rejected_and_its_neighbors_are_not(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        counts = ingest(session, batch, [harvested("a"), harvested("b", name=""), harvested("c")])
        assert counts == Counts(seen=3, created=2, rejected=1)
        problem = next(found for found in problems_of(session, "lakeside") if found.severity == "error")
        assert (problem.record_identifier, problem.code) == ("b", "title-missing")
        assert problem.hint
    with registry.sessions.begin() as session:
        assert ingest(session, batch, [harvested("b", name="")]) == Counts(seen=1, rejected=1)
        assert ingest(session, batch, [harvested("b", name="Mended")]) == Counts(seen=1, updated=1)
        assert not [found for found in problems_of(session, "lakeside") if found.severity == "error"]


def test_a_broken_update_leaves_the_good_resource(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [harvested()])
        broken = Harvested(identifier="lesson-1", format="schema.org", payload=b"{not json", datestamp="2026-02-01")
        assert ingest(session, batch, [broken]).rejected == 1
        assert resource_view(session, _only_id(session)).resource.title == "The title of lesson-1"


def test_codes_are_resolved_in_any_spelling_and_unknown_ones_kept_with_a_problem(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        stated = [
            aligned("CCSS.MATH.CONTENT.4.NF.A.1", level="Developing"),
            aligned("4nf2", "assesses"),
            aligned("9.ZZ.9"),
        ]
        ingest(session, source(session), [harvested(educationalAlignment=stated)])
        found = {each.stated: each for each in resource_view(session, _only_id(session)).alignments}
        assert found["CCSS.MATH.CONTENT.4.NF.A.1"].uri == "https://standards.example/state/4.NF.1"
        assert found["CCSS.MATH.CONTENT.4.NF.A.1"].level == "developing"
        assert found["4nf2"].relation == "assesses"
        assert not found["9.ZZ.9"].resolved
        assert [each.code for each in problems_of(session, "lakeside")] == ["standard-unknown"]


def test_a_framework_that_arrives_later_links_what_waited_for_it(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        ingest(session, source(session), [harvested(educationalAlignment=aligned("4.NF.3"))])
        before = session.scalars(select(ResourceRow)).one().revision
    with registry.sessions.begin() as session:
        assert stored_framework(session).touched == 1
    reassemble_waiting(registry.sessions)
    with registry.reading.begin() as session:
        assert session.scalars(select(AlignmentRow.concept_id)).one() is not None
        assert session.scalars(select(ResourceRow)).one().revision == before + 1


def test_a_code_of_two_frameworks_goes_to_the_one_named(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(code="state"))
        stored_framework(session, framework(code="city"))
        named = {**aligned("4.NF.1"), "educationalFramework": "city"}
        ingest(
            session,
            source(session),
            [harvested("a", educationalAlignment=named), harvested("b", educationalAlignment=aligned("4.NF.1"))],
        )
        uris = {
            each.uri
            for each in session.scalars(select(ResourceRow))
            for each in resource_view(session, each.id).alignments
        }
        assert uris == {"https://standards.example/city/4.NF.1", "https://standards.example/state/4.NF.1"}
        assert [each.code for each in problems_of(session, "lakeside")] == ["standard-ambiguous"]


def test_a_repeated_identifier_in_one_list_is_told_and_the_first_stands(registry: Registry) -> None:
    repeated = Problem("identifier-duplicate", "identifier", "This identifier stands twice.", "Give each its own.")
    second = msgspec.structs.replace(harvested("a", name="The second"), problems=(repeated,))
    with registry.sessions.begin() as session:
        batch = source(session)
        assert ingest(session, batch, [harvested("a"), second]) == Counts(seen=2, created=1, rejected=1)
        assert session.scalars(select(ResourceRow.title)).one() == "The title of a"
        assert [each.code for each in problems_of(session, "lakeside")] == ["identifier-duplicate"]


def test_a_later_version_in_the_same_list_wins(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        ingest(session, batch, [harvested("a"), harvested("a", datestamp="2026-03-01", name="The later")])
        assert session.scalars(select(ResourceRow.title)).one() == "The later"
        assert session.scalar(select(func.count()).select_from(RecordRow)) == 1


def test_identifiers_no_database_takes_are_made_fit(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        batch = source(session)
        odd = [harvested("a"), msgspec.structs.replace(harvested("b"), identifier="x\x00y" + "z" * 5000)]
        assert ingest(session, batch, odd).created == 2
        assert ingest(session, batch, odd).unchanged == 2


def test_a_source_states_its_license_levels_and_language_once(registry: Registry) -> None:
    options = {"default.license": "CC BY-SA 4.0", "level.Meets": "proficient"}
    with registry.sessions.begin() as session:
        stored_framework(session)
        batch = source(session, "north", "North", **options)
        ingest(session, batch, [harvested(license=None, educationalAlignment=aligned("4.NF.1", level="Meets"))])
        view = resource_view(session, _only_id(session))
        assert view.resource.license == "cc-by-sa-4.0"
        assert view.alignments[0].level == "proficient"
        assert view.resource.publisher == "North"


def test_nobody_has_an_unknown_resource(registry: Registry) -> None:
    with registry.reading.begin() as session, pytest.raises(NotFound):
        resource_view(session, "nobody")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["one", "two", ""]), st.booleans()), max_size=30))
def test_what_is_live_is_what_the_last_word_on_each_record_says(
    registry: Registry, told: list[tuple[str, str, bool]]
) -> None:
    """Whatever order records come in: one resource for each identifier whose last good word was not a deletion."""
    live: dict[str, str] = {}
    with registry.sessions() as session:
        batch = source(session)
        for number, (identifier, title, deleted) in enumerate(told):
            stamp = f"2026-{number:05d}"
            if deleted:
                ingest(session, batch, [Harvested(identifier=identifier, deleted=True, datestamp=stamp)])
                live.pop(identifier, None)
            else:
                ingest(session, batch, [harvested(identifier, datestamp=stamp, name=title)])
                if title:
                    live[identifier] = title
        rows = session.execute(
            select(RecordRow.identifier, ResourceRow.title)
            .join(ResourceRow, ResourceRow.id == RecordRow.resource_id)
            .where(ResourceRow.withdrawn_at.is_(None))
        )
        assert dict(rows.all()) == live
        session.rollback()
