"""Versions of a framework: they wait, go live whole, and are taken back without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.read import resource_view
from registry.errors import Conflict, NotFound, Rejected
from registry.models import (
    AlignmentRow,
    AssociationRow,
    ChangeRow,
    ConceptRow,
    FrameworkRow,
    PastConceptRow,
    ReassemblyRow,
    ResourceRow,
    RetagRow,
    TallyRow,
    VersionPartRow,
    VersionRow,
)
from registry.search import indexing
from registry.standards import lookup
from registry.standards.deciding import decide
from registry.standards.importing import reassemble_waiting
from registry.standards.retagging import replacements
from registry.standards.versions import (
    changes_of,
    discard,
    read_content,
    receive,
    switch,
    take_back,
    version_view,
    versions,
)
from tests.factories import BASE, framework
from tests.registry.standards.two_versions import CODES, URI, decisions, fill, first, second, settle, traces
from vocab.frameworks.changes import Kind
from vocab.frameworks.model import Association, Item
from vocab.resource import Problem, Severity


def waiting(registry: Registry) -> None:
    """The first version live, the second waiting."""
    fill(registry)
    with registry.sessions.begin() as session:
        receive(session, second(), "2")


def live(registry: Registry) -> None:
    """The second version live, and everything settled."""
    waiting(registry)
    with registry.sessions.begin() as session:
        switch(session, "wide")
    settle(registry)


@contextmanager
def writing(registry: Registry) -> Iterator[Session]:
    with registry.sessions.begin() as session:
        yield session


def concept(session: Session, code: str) -> ConceptRow:
    return session.scalars(select(ConceptRow).where(ConceptRow.uri == URI + code)).one()


def codes_of(session: Session, title: str) -> list[str]:
    resource = session.scalars(select(ResourceRow.id).where(ResourceRow.title == f"The title of on {title}")).one()
    return sorted(each.code for each in resource_view(session, resource).alignments)


def test_a_second_version_waits_and_changes_nothing_that_is_live(registry: Registry) -> None:
    fill(registry)
    before = traces(registry)
    with writing(registry) as session:
        report = receive(session, second(), "2")
        assert (report.state, report.number, report.added) == ("waiting", 2, report.summary["added"])
        assert session.scalar(select(func.count()).select_from(ReassemblyRow)) == 0
        assert [(each.number, each.state) for each in versions(session, "WIDE")] == [(2, "waiting"), (1, "live")]
    assert traces(registry) == before


def test_every_kind_of_change_is_told(registry: Registry) -> None:
    waiting(registry)
    with registry.reading.begin() as session:
        told = {
            (change.kind, *(side.uri.removeprefix(URI) for side in (*change.old[:1], *change.new)))
            for _, change in changes_of(session, "wide", 2)
        }
        assert told >= {
            (Kind.REMOVED, "4.A.6"),
            (Kind.SPLIT, "4.A.3", "4.A.3a", "4.A.3b"),
            (Kind.DEPRECATED, "4.A.8"),
            (Kind.REIDENTIFIED, "4.A.5", "4.A.5-new"),
            (Kind.RECODED, "4.A.2", "4.A.2"),
            (Kind.REWORDED, "4.A.1", "4.A.1"),
            (Kind.MOVED, "4.A.4", "4.A.4"),
            (Kind.AMENDED, "other", "other"),
            (Kind.ADDED, "4.A.10"),
            (Kind.LINKED, "4.A.3a", "4.A.3b"),
            (Kind.UNLINKED, "4.A.8", "https://elsewhere.example/8"),
        }
        view = version_view(session, "wide", 2)
        assert view.summary == {kind: len(changes_of(session, "wide", 2, kind=kind)) for kind in view.summary}


def test_changes_are_read_a_page_at_a_time(registry: Registry) -> None:
    waiting(registry)
    with registry.reading.begin() as session:
        everything = changes_of(session, "wide", 2)
        pages, after = [], -1
        while some := changes_of(session, "wide", 2, after=after, limit=3):
            pages += some
            after = some[-1][0]
        assert tuple(pages) == everything
        with pytest.raises(NotFound):
            changes_of(session, "wide", 9)


def test_a_switch_brings_every_change(registry: Registry) -> None:
    waiting(registry)
    with registry.reading.begin() as session:
        ids = {code: concept(session, code).id for code in CODES}
    with writing(registry) as session:
        report = switch(session, "wide")
        assert (report.number, report.state, report.touched > 5) == (2, "live", True)
        assert concept(session, "4.A.1").statement.endswith("folding paper.")
        assert (concept(session, "4.A.2").code, concept(session, "4.A.2").id) == ("4.A.2-R", ids["4.A.2"])
        assert lookup.resolve_one(session, "4.A.2").id == ids["4.A.2"]
        assert [concept(session, code).gone for code in ("4.A.3", "4.A.6", "4.A.7")] == [True, True, False]
        assert concept(session, "4.A.4").parent_id == concept(session, "other").id
        assert concept(session, "4.A.5-new").id == ids["4.A.5"]
        assert lookup.resolve_one(session, URI + "4.A.5").id == ids["4.A.5"]
        assert concept(session, "4.A.8").deprecated
        assert concept(session, "4.A.10").since == 2
        row = session.scalars(select(FrameworkRow)).one()
        assert (row.title, row.version, row.concepts) == ("Wide framework, revised", "2026", len(second().items))
        asked = select(AssociationRow.kind, AssociationRow.source_uri, AssociationRow.target_uri)
        stated = asked.where(AssociationRow.origin == "framework:wide", AssociationRow.kind != "isChildOf")
        links = {tuple(link) for link in session.execute(stated)}
        assert links == {(each.kind, each.source, each.target) for each in second().associations}
        assert [(each.number, each.state) for each in versions(session, "wide")] == [(2, "live"), (1, "past")]
        assert read_content(session, "wide") == replace(second(), problems=())
        assert read_content(session, "wide", 1) == first()


def test_resources_follow_a_switch(registry: Registry) -> None:
    live(registry)
    with registry.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(ReassemblyRow)) == 0
        assert codes_of(session, "4.A.2") == ["4.A.1", "4.A.2-R"]
        assert codes_of(session, "4.A.2-R") == ["4.A.1", "4.A.2-R"]
        assert codes_of(session, "4.A.5") == ["4.A.1", "4.A.5"]
        assert codes_of(session, "4.A.10") == ["4.A.1", "4.A.10"]
        ids = session.scalars(select(AlignmentRow.concept_id).where(AlignmentRow.stated == "4.A.10")).all()
        assert ids == [concept(session, "4.A.10").id]


def test_a_take_back_leaves_no_trace(registry: Registry) -> None:
    fill(registry)
    before = traces(registry)
    with writing(registry) as session:
        receive(session, second(), "2")
    with writing(registry) as session:
        switch(session, "wide")
    settle(registry)
    between = traces(registry)
    assert all(between[table] != rows for table, rows in before.items())
    with writing(registry) as session:
        report = take_back(session, "wide")
        assert (report.number, report.state) == (1, "live")
    settle(registry)
    after = traces(registry)
    for table, rows in before.items():
        assert after[table] == rows, table
    with registry.reading.begin() as session:
        assert [(each.number, each.state) for each in versions(session, "wide")] == [(2, "waiting"), (1, "live")]


def test_a_take_back_before_anything_was_settled_leaves_no_trace(registry: Registry) -> None:
    fill(registry)
    before = traces(registry)
    with writing(registry) as session:
        receive(session, second(), "2", at_once=True)
    with writing(registry) as session:
        take_back(session, "wide")
    settle(registry)
    assert traces(registry) == before


def test_a_switch_after_a_take_back_is_as_the_first_one(registry: Registry) -> None:
    live(registry)
    with registry.reading.begin() as session:
        once = {(row.concept_id, row.level): row.resources for row in session.scalars(select(TallyRow))}
        names = dict(session.execute(select(ConceptRow.id, ConceptRow.uri)).all())
    for settled in (True, False):
        with writing(registry) as session:
            take_back(session, "wide")
        if settled:
            settle(registry)
        with writing(registry) as session:
            assert switch(session, "wide", 2).number == 2
        settle(registry)
        with registry.reading.begin() as session:
            again = dict(session.execute(select(ConceptRow.id, ConceptRow.uri)).all())
            twice = {(row.concept_id, row.level): row.resources for row in session.scalars(select(TallyRow))}
            assert {(again[c], level): n for (c, level), n in twice.items()} == {
                (names[c], level): n for (c, level), n in once.items()
            }
            assert codes_of(session, "4.A.10") == ["4.A.1", "4.A.10"]


def test_three_versions_are_taken_back_one_after_the_other(registry: Registry) -> None:
    fill(registry)
    one = traces(registry)
    with writing(registry) as session:
        receive(session, second(), "2", at_once=True)
    settle(registry)
    two = traces(registry)
    third = replace(second(), items=first().items, version="2027")
    with writing(registry) as session:
        receive(session, third, "3", at_once=True)
        assert not concept(session, "4.A.6").gone
        assert lookup.resolve_one(session, "4.A.5").uri == URI + "4.A.5"
    settle(registry)
    with writing(registry) as session:
        assert take_back(session, "wide").number == 2
    settle(registry)
    assert traces(registry) == two
    with writing(registry) as session:
        with pytest.raises(Conflict, match="Discard it first"):
            take_back(session, "wide")
        discard(session, "wide", 3)
        assert take_back(session, "wide").number == 1
    settle(registry)
    assert traces(registry) == one
    with writing(registry) as session, pytest.raises(Conflict, match="first"):
        take_back(session, "wide")


def test_a_discarded_version_is_gone_with_all_that_hung_on_it(registry: Registry) -> None:
    waiting(registry)
    with writing(registry) as session:
        discard(session, "wide", 2)
    with writing(registry) as session:
        assert session.scalar(select(func.count()).select_from(VersionRow)) == 1
        for model in (ChangeRow, RetagRow):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        assert set(session.scalars(select(VersionPartRow.version_id))) == set(session.scalars(select(VersionRow.id)))
        with pytest.raises(NotFound, match="No version"):
            switch(session, "wide")
        with pytest.raises(NotFound, match="no version 2"):
            switch(session, "wide", 2)
        with pytest.raises(Conflict, match="only one that waits"):
            discard(session, "wide", 1)
        with pytest.raises(Conflict, match="it is live"):
            switch(session, "wide", 1)
        assert receive(session, second(), "2").number == 2


def test_the_same_bytes_change_nothing_live_or_waiting(registry: Registry) -> None:
    waiting(registry)
    with writing(registry) as session:
        assert receive(session, first(), "1").unchanged
        report = receive(session, second(), "2")
        assert (report.unchanged, report.state, report.number) == (True, "waiting", 2)
        assert len(versions(session, "wide")) == 2
    with writing(registry) as session:
        assert receive(session, second(), "2", at_once=True).state == "live"
        assert receive(session, second(), "2").unchanged
        assert [each.state for each in versions(session, "wide")] == ["live", "past"]


def test_a_file_written_otherwise_that_says_the_same_is_no_new_version(registry: Registry) -> None:
    fill(registry)
    with writing(registry) as session:
        assert receive(session, first(), "other bytes").unchanged
        assert receive(session, first(), "other bytes").unchanged
        assert len(versions(session, "wide")) == 1


def test_a_new_license_alone_is_a_version_that_goes_live_at_once(registry: Registry) -> None:
    fill(registry)
    with writing(registry) as session:
        report = receive(session, replace(first(), license_url="https://example.org/by"), "2")
        assert (report.state, report.number, report.added, report.changed) == ("live", 2, 0, 0)
        assert session.scalars(select(FrameworkRow.license_url)).one() == "https://example.org/by"
        assert session.scalar(select(func.count()).select_from(PastConceptRow)) == 0


def test_a_later_import_takes_the_place_of_the_version_that_waited(registry: Registry) -> None:
    waiting(registry)
    with writing(registry) as session:
        report = receive(session, replace(second(), items=second().items[:-1]), "3")
        assert report.state == "waiting"
        assert [each.state for each in versions(session, "wide")] == ["waiting", "live"]


@pytest.mark.parametrize("broken", ["write_links", "tie_loose_ends", "note_unresolved", "recount"])
@pytest.mark.parametrize("step", ["switch", "take back"])
def test_a_fault_in_the_middle_leaves_all_as_it_was(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, broken: str, step: str
) -> None:
    if (step, broken) == ("take back", "tie_loose_ends"):
        pytest.skip("not part of it")
    live(registry) if step == "take back" else waiting(registry)
    before = traces(registry)

    def fail(*_: object) -> None:
        raise RuntimeError("the machine stops")

    monkeypatch.setattr(f"registry.standards.load.{broken}", fail)
    with pytest.raises(RuntimeError), registry.sessions.begin() as session:
        take_back(session, "wide") if step == "take back" else switch(session, "wide")
    monkeypatch.undo()
    assert traces(registry) == before
    with writing(registry) as session:
        assert session.scalar(select(func.count()).select_from(ReassemblyRow)) == 0
        take_back(session, "wide") if step == "take back" else switch(session, "wide")


def test_a_version_compared_with_another_than_the_live_one_is_compared_again(registry: Registry) -> None:
    waiting(registry)
    with writing(registry) as session:
        decide(session, "wide", 2, URI + "4.A.3", ["4.A.3a"], by="a curator")
        version = session.scalars(select(VersionRow).where(VersionRow.number == 2)).one()
        version.compared_with = 7
        for row in session.scalars(select(ChangeRow)):
            session.delete(row)
    with writing(registry) as session:
        assert switch(session, "wide").summary["split"] == 1
        assert version_view(session, "wide", 2).compared_with == 1
        assert decisions(session)["4.A.3"] == ("accepted", (URI + "4.A.3a",))
        assert lookup.resolve_one(session, URI + "4.A.5").uri == URI + "4.A.5-new"


def test_a_framework_under_another_uri_is_the_next_version_where_a_person_says_so(registry: Registry) -> None:
    fill(registry)
    before = traces(registry)
    moved = replace(second(), uri="https://elsewhere.example/wide")
    with writing(registry) as session:
        with pytest.raises(Conflict, match="--as wide"):
            receive(session, moved, "2")
        assert receive(session, moved, "2", named=True).state == "waiting"
        switch(session, "wide")
        assert session.scalars(select(FrameworkRow.uri)).one() == "https://elsewhere.example/wide"
    settle(registry)
    with writing(registry) as session:
        take_back(session, "wide")
    settle(registry)
    assert traces(registry) == before


def test_a_framework_whose_statements_all_have_new_uris_keeps_them_by_code_and_wording(registry: Registry) -> None:
    fill(registry)
    far = "https://elsewhere.example/"
    items = tuple(
        replace(each, uri=each.uri.replace(URI, far), parents=tuple(p.replace(URI, far) for p in each.parents))
        for each in first().items
    )
    with registry.reading.begin() as session:
        ids = {code: concept(session, code).id for code in CODES}
    with writing(registry) as session:
        receive(session, replace(first(), uri=far, items=items, associations=()), "2", named=True, at_once=True)
        for code, concept_id in ids.items():
            assert lookup.resolve_one(session, far + code).id == concept_id
            assert lookup.resolve_one(session, URI + code).id == concept_id
        assert session.scalar(select(func.count()).select_from(ConceptRow)) == len(items)


def test_a_version_may_bring_the_framework_under_another_code(registry: Registry) -> None:
    fill(registry)
    before = traces(registry)
    with writing(registry) as session:
        receive(session, replace(second(), code="wider"), "2", named=True, at_once=True)
        assert session.scalars(select(FrameworkRow.code)).one() == "wider"
        origins = set(session.scalars(select(AssociationRow.origin).distinct()))
        assert origins == {"framework:wider", "table:crosswalk", "table:progression"}
        gone = select(AssociationRow.id).where(AssociationRow.source_uri == URI + "4.A.8")
        kinds = session.scalars(select(AssociationRow.kind).where(AssociationRow.id.in_(gone))).all()
        assert kinds == ["isChildOf"]
    settle(registry)
    with writing(registry) as session:
        take_back(session, "wider")
    settle(registry)
    assert traces(registry) == before


def test_a_code_of_another_framework_is_a_conflict(registry: Registry) -> None:
    fill(registry)
    with writing(registry) as session:
        receive(session, framework(code="city"), "1")
        with pytest.raises(Conflict, match="--as"):
            receive(session, replace(framework(code="city"), uri="https://far.example/"), "2")
        with pytest.raises(Conflict, match="Another framework is stored as city"):
            receive(session, replace(second(), code="city"), "2", named=True)


def test_a_statement_of_another_framework_is_a_conflict_that_names_it(registry: Registry) -> None:
    fill(registry)
    with writing(registry) as session:
        receive(session, framework(code="city"), "1")
    stolen = Item(uri=f"{BASE}city/4.NF.1", statement="Taken from another framework")
    with pytest.raises(Conflict, match=r"city/4\.NF\.1 belongs to the framework city"), writing(registry) as session:
        receive(session, replace(first(), items=(*first().items, stolen)), "2", at_once=True)


def test_a_version_with_errors_is_refused_and_the_one_that_waits_stays(registry: Registry) -> None:
    waiting(registry)
    problem = Problem("hierarchy-cycle", "4.A.1", "4.A.1 stands under itself.", "Mend it.", severity=Severity.ERROR)
    with writing(registry) as session, pytest.raises(Rejected):
        receive(session, replace(second(), problems=(problem,)), "3")
    with registry.reading.begin() as session:
        assert [each.state for each in versions(session, "wide")] == ["waiting", "live"]


def test_a_link_that_came_with_a_version_comes_loose_when_it_is_taken_back(registry: Registry) -> None:
    live(registry)
    with writing(registry) as session:
        receive(session, framework(code="city", links=[
            Association(f"{BASE}city/4.NF.1", "exactMatch", URI + "4.A.10"),
            Association(f"{BASE}city/4.NF.2", "exactMatch", URI + "4.A.5-new"),
        ]), "1")  # fmt: skip
        take_back(session, "wide")
        ends = dict(session.execute(select(AssociationRow.source_uri, AssociationRow.target_id)
                                    .where(AssociationRow.kind == "exactMatch", AssociationRow.origin == "framework:city")).all())  # fmt: skip
        assert ends == {f"{BASE}city/4.NF.1": None, f"{BASE}city/4.NF.2": None}
        switch(session, "wide")
        tied = session.scalars(
            select(AssociationRow.target_id).where(
                AssociationRow.source_uri == f"{BASE}city/4.NF.1", AssociationRow.kind == "exactMatch"
            )
        ).one()
        assert tied == concept(session, "4.A.10").id


def test_a_kill_after_the_switch_loses_no_resource(registry: Registry) -> None:
    waiting(registry)
    with writing(registry) as session:
        touched = switch(session, "wide").touched
    assert touched == reassemble_waiting(registry.sessions)
    assert reassemble_waiting(registry.sessions) == 0
    assert indexing.sync(registry).remaining == 0


def test_a_code_that_died_says_what_replaced_it(registry: Registry) -> None:
    live(registry)
    with registry.reading.begin() as session:
        meant = lookup.resolve_one(session, "4.A.3")
        assert meant.uri == URI + "4.A.3"
        assert [each.code for each in replacements(session, meant.uri)] == ["4.A.3a", "4.A.3b"]
        assert replacements(session, URI + "4.A.6") == ()
