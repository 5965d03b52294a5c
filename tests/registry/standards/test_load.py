"""Frameworks into the store: recognized by URI, found by any spelling, kept when gone, refused whole."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.catalog.read import resource_view
from registry.errors import Conflict, NotFound, Rejected
from registry.models import AssociationRow, ConceptRow, ResourceRow
from registry.search import indexing
from registry.standards import browse, lookup
from registry.standards.importing import import_path, reassemble_waiting
from registry.standards.load import store_links
from registry.standards.standard_view import standard_view
from tests.factories import BASE, aligned, framework, harvested, source, stored_framework
from tests.servers import shared
from vocab.frameworks.model import Association
from vocab.resource import Problem, Severity


def test_the_same_bytes_twice_change_nothing(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        assert stored_framework(session).added == 4
    with registry.sessions.begin() as session:
        report = stored_framework(session)
        assert report.unchanged
        assert session.scalar(select(func.count()).select_from(ConceptRow)) == 4


def test_a_reworded_standard_keeps_its_identity_and_its_resources_are_told(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        ingest(session, source(session), [harvested(educationalAlignment=aligned("4.NF.2"))])
        before = lookup.resolve_one(session, "4.NF.2").id
    with registry.sessions.begin() as session:
        report = stored_framework(session, framework(statements={"4.NF.2": "Reworded"}), digest="2")
        assert (report.added, report.changed, report.gone, report.touched) == (0, 1, 0, 1)
        assert lookup.resolve_one(session, "4.NF.2").id == before
        revision = session.scalars(select(ResourceRow.revision)).one()
    reassemble_waiting(registry.sessions)
    with registry.reading.begin() as session:
        view = resource_view(session, session.scalars(select(ResourceRow.id)).one())
        assert view.alignments[0].statement == "Reworded"
        assert session.scalars(select(ResourceRow.revision)).one() == revision + 1


def test_a_standard_no_longer_in_the_file_stays_and_is_marked(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        assert stored_framework(session, framework(codes=("4.NF.1",)), digest="2").gone == 2
        assert standard_view(session, "4.NF.3").gone
        page = browse.framework_tree(session, "state")
        assert [line.children for line in page.top] == [1]


def test_a_framework_with_errors_is_refused_whole(registry: Registry) -> None:
    cycle = Problem("hierarchy-cycle", "4.NF.1", "4.NF.1 stands under itself.", "Mend it.", severity=Severity.ERROR)
    broken = msgspec.structs.replace(framework(), problems=(cycle,))
    with registry.sessions.begin() as session, pytest.raises(Rejected, match="stands under itself"):
        stored_framework(session, broken)
    with registry.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(ConceptRow)) == 0


def test_a_code_taken_by_another_framework_is_a_conflict(registry: Registry) -> None:
    other = msgspec.structs.replace(framework(), uri="https://elsewhere.example/")
    with registry.sessions.begin() as session:
        stored_framework(session)
        with pytest.raises(Conflict, match="--as"):
            stored_framework(session, other, digest="2")


def test_a_progression_may_come_before_its_framework(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        store_links(session, [Association("4.NF.1", "precedes", "4.NF.2")], "progression", ())
        assert session.scalars(select(AssociationRow.source_id)).one() is None
        stored_framework(session)
        view = standard_view(session, "4.NF.2")
        assert [each.code for each in view.prerequisites] == ["4.NF.1"]
        assert [each.code for each in standard_view(session, "4.NF.1").next] == ["4.NF.2"]


def test_a_progression_of_the_framework_s_own_name_leaves_its_tree(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        store_links(session, [Association("4.NF.1", "precedes", "4.NF.2")], "state", ())
        kinds = dict(session.execute(select(AssociationRow.kind, func.count()).group_by(AssociationRow.kind)).all())
        assert kinds == {"isChildOf": 3, "precedes": 1}


def test_a_search_for_a_heading_means_all_under_it_and_their_equivalents(registry: Registry) -> None:
    same = [Association(f"{BASE}city/4.NF.1", "exactMatch", f"{BASE}state/4.NF.1")]
    with registry.sessions.begin() as session:
        stored_framework(session)
        stored_framework(session, framework(code="city", links=same))
        graph = registry.graphs.current(session)
        root = lookup.resolve_one(session, f"{BASE}state/root").id
        meant = {each.uri for each in lookup.refs(session, graph.widened([root])).values()}
        assert meant == {f"{BASE}state/root", *(f"{BASE}state/4.NF.{n}" for n in (1, 2, 3)), f"{BASE}city/4.NF.1"}


def test_every_process_reads_its_graph_again_after_an_import(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
    with registry.reading.begin() as session:
        before = registry.graphs.current(session)
        assert registry.graphs.current(session) is before
    with registry.sessions.begin() as session:
        store_links(session, [Association("4.NF.1", "precedes", "4.NF.2")], "p", ())
    with registry.reading.begin() as session:
        assert registry.graphs.current(session) is not before


def test_an_unknown_standard_is_not_found_and_wording_finds_it(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, framework(statements={"4.NF.2": "Compare 100 % of two fractions"}))
        with pytest.raises(NotFound, match="No framework here has"):
            standard_view(session, "9.ZZ.1")
        assert [each.code for each in browse.find_standards(session, "fractions compare")] == ["4.NF.2"]
        assert [each.code for each in browse.find_standards(session, "4.nf")] == ["4.NF.1", "4.NF.2", "4.NF.3"]
        assert browse.find_standards(session, "0_%") == ()


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(registry: Registry, tmp_path: Path) -> None:
    for name, content in (
        ("a.json", b"{"),
        ("b.ttl", b"not turtle"),
        ("c.xml", b"<!DOCTYPE x><x/>"),
        ("d.csv", b"a,b\n1,2\n"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Rejected) as refused:
            import_path(registry.sessions, tmp_path / name)
        assert name in refused.value.detail
        assert "\n" not in refused.value.detail
    with pytest.raises(Rejected, match="does not exist"):
        import_path(registry.sessions, tmp_path / "nowhere.json")


def test_the_common_core_and_its_progression_meet(registry: Registry) -> None:
    import_path(registry.sessions, shared("standards/ccss-math.asn.rdf.xml"), "ccss-math")
    import_path(registry.sessions, shared("progression/ccss-math.csv"))
    with registry.reading.begin() as session:
        loose = select(func.count()).where(AssociationRow.source_id.is_(None) | AssociationRow.target_id.is_(None))
        assert session.scalar(loose.select_from(AssociationRow)) == 0
        for spelling in (
            "4.NF.B.3",
            "CCSS.MATH.CONTENT.4.NF.B.3",
            "4nf3",
            "http://corestandards.org/Math/Content/4/NF/B/3",
        ):
            view = standard_view(session, spelling)
            assert view.ref.code == "4.NF.B.3"
        assert len(view.children) == 4
        assert view.ancestors[-1].code == "4.NF.B"


def test_a_page_counts_what_a_search_for_the_standard_finds(registry: Registry) -> None:
    same = [Association(f"{BASE}city/4.NF.1", "exactMatch", f"{BASE}state/4.NF.1")]
    with registry.sessions.begin() as session:
        stored_framework(session)
        stored_framework(session, framework(code="city", links=same))
        stated = {f"{BASE}state/4.NF.1": "developing", f"{BASE}city/4.NF.1": "developing", f"{BASE}state/4.NF.2": None}
        records = [
            harvested(
                f"lesson-{number}",
                educationalAlignment={**aligned("", level=level), "targetUrl": uri, "targetName": ""},
            )
            for number, (uri, level) in enumerate(stated.items())
        ]
        ingest(session, source(session), records)
    indexing.sync(registry)
    with registry.reading.begin() as session:
        assert standard_view(session, f"{BASE}state/4.NF.1").counts == {"developing": 2}
        assert standard_view(session, f"{BASE}state/root").counts == {"developing": 2, "": 1}
        assert [line.resources for line in browse.framework_tree(session, "state").top] == [3]
