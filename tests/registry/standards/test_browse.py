"""Frameworks as people read them: lists page by page, neighbors of every kind, what stood in versions past."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from sqlalchemy import update

from registry.app import Registry
from registry.catalog.ingest import ingest
from registry.errors import NotFound
from registry.models import ConceptRow
from registry.search import indexing
from registry.standards import browse, export, past, retagging
from registry.standards.standard_view import standard_view
from registry.standards.versions import receive
from tests.factories import BASE, aligned, framework, harvested, source, stored_framework
from vocab.frameworks.model import Association, Framework, Item
from vocab.resource import Problem


def wide(count: int, code: str = "wide") -> Framework:
    """A framework with so many statements at its top and as many under the first."""
    top = [
        Item(uri=f"{BASE}{code}/{n}", statement=f"Statement {n}", codes=(f"W.{n}",), position=n // 3)
        for n in range(count)
    ]
    below = [
        Item(uri=f"{BASE}{code}/0/{n}", statement=f"Part {n}", parents=(top[0].uri,), position=n) for n in range(count)
    ]
    return Framework(uri=f"{BASE}{code}", code=code, title=code.title(), items=(*top, *below))


def changed(found: Framework, without: Sequence[str] = (), **items: Item) -> Framework:
    kept = [items.get(item.uri.rsplit("/", 1)[-1], item) for item in found.items if item.uri not in without]
    return msgspec.structs.replace(found, items=tuple(kept), version="second")


def test_a_long_list_is_read_page_by_page_without_a_gap_or_a_repetition(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, wide(25))
    with registry.reading.begin() as session:
        seen: list[str] = []
        place = "start"
        while place:
            page = browse.framework_tree(session, "WIDE", place if seen else "", 10)
            seen += [line.ref.code for line in page.top]
            place = page.more
        assert seen == [f"W.{n}" for n in range(25)]
        first = browse.framework_tree(session, "wide", "", 1).top[0]
        assert first.children == 25
        lines, more = browse.children(session, first.ref.id, "", 20)
        rest, end = browse.children(session, first.ref.id, more, 20)
        assert [line.ref.statement for line in (*lines, *rest)] == [f"Part {n}" for n in range(25)]
        assert end == ""


def test_a_statement_stands_under_each_of_its_parents(registry: Registry) -> None:
    found = framework()
    other = Item(uri=f"{BASE}state/other", statement="Another heading", position=1)
    two = msgspec.structs.replace(found.items[1], parents=(found.items[0].uri, other.uri))
    with registry.sessions.begin() as session:
        stored_framework(session, msgspec.structs.replace(found, items=(found.items[0], two, *found.items[2:], other)))
        view = standard_view(session, two.uri)
        assert [ref.statement for ref in view.ancestors] == ["Fractions"]
        assert [ref.statement for ref in view.parents] == ["Fractions", "Another heading"]
        assert [line.children for line in browse.framework_tree(session, "state").top] == [3, 1]
        assert [line.ref.code for line in standard_view(session, other.uri).children] == ["4.NF.1"]


def test_every_kind_of_link_is_read_from_both_its_ends(registry: Registry) -> None:
    one, two, three = (f"{BASE}state/4.NF.{n}" for n in (1, 2, 3))
    away = "https://elsewhere.example/9"
    links = [
        Association(one, "precedes", two),
        Association(one, "broadMatch", three),
        Association(two, "related", three),
        Association(one, "isPartOf", two),
        Association(three, "replacedBy", one),
        Association(one, "closeMatch", two),
        Association(one, "exactMatch", away),
        Association(one, "exemplar", away),
    ]
    with registry.sessions.begin() as session:
        stored_framework(session, framework(links=links))
        views = [standard_view(session, uri) for uri in (one, two, three)]
        codes = [
            {
                name: [ref.code for ref in getattr(view, name)]
                for name in (
                    "next",
                    "prerequisites",
                    "close_matches",
                    "related",
                    "broader_matches",
                    "narrower_matches",
                    "part_of",
                    "parts",
                    "replaced_by",
                    "replaces",
                )
            }
            for view in views
        ]
    assert {name: found for name, found in codes[0].items() if found} == {
        "next": ["4.NF.2"], "close_matches": ["4.NF.2"], "broader_matches": ["4.NF.3"], "part_of": ["4.NF.2"],
        "replaces": ["4.NF.3"],
    }  # fmt: skip
    assert {name: found for name, found in codes[1].items() if found} == {
        "prerequisites": ["4.NF.1"], "close_matches": ["4.NF.1"], "related": ["4.NF.3"], "parts": ["4.NF.1"],
    }  # fmt: skip
    assert {name: found for name, found in codes[2].items() if found} == {
        "related": ["4.NF.2"], "narrower_matches": ["4.NF.1"], "replaced_by": ["4.NF.1"],
    }  # fmt: skip
    assert [(each.kind, each.uri) for each in views[0].elsewhere] == [("exactMatch", away), ("exemplar", away)]


def test_a_circle_of_parents_ends_the_way_up(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session)
        ids = {ref.code or "top": ref.id for ref in browse.find_standards(session, "4.NF")}
        top = browse.framework_tree(session, "state").top[0].ref.id
        session.execute(update(ConceptRow).where(ConceptRow.id == top).values(parent_id=ids["4.NF.1"]))
        assert browse.ancestors(session, [ids["4.NF.1"], ids["4.NF.2"]]) == {
            ids["4.NF.1"]: (top,),
            ids["4.NF.2"]: (ids["4.NF.1"], top),
        }


def test_resources_are_counted_by_level_in_the_tree_and_by_relation_for_the_statement_itself(
    registry: Registry,
) -> None:
    stated = [("4.NF.1", "teaches", "developing"), ("4.NF.1", "assesses", None), ("4.NF.2", "teaches", "developing")]
    with registry.sessions.begin() as session:
        stored_framework(session)
        records = [
            harvested(f"lesson-{number}", educationalAlignment=aligned(code, relation, level))
            for number, (code, relation, level) in enumerate(stated)
        ]
        ingest(session, source(session), records)
    indexing.sync(registry)
    with registry.reading.begin() as session:
        line = browse.framework_tree(session, "state").top[0]
        assert (line.resources, line.counts) == (3, {"developing": 2, "": 1})
        view = standard_view(session, "4.NF.1")
        assert [(each.relation, each.level, each.resources) for each in view.by_relation] == [
            ("assesses", "", 1),
            ("teaches", "developing", 1),
        ]
        assert standard_view(session, f"{BASE}state/root").by_relation == ()


def test_what_a_version_changed_is_told_with_how_it_stood_before(registry: Registry) -> None:
    first = framework()
    second = changed(
        first,
        without=[f"{BASE}state/4.NF.3"],
        **{"4.NF.2": msgspec.structs.replace(first.items[2], statement="Said otherwise", deprecated=True)},
    )
    with registry.sessions.begin() as session:
        stored_framework(session, first)
        stored_framework(session, second, digest="2")
    with registry.reading.begin() as session:
        view = standard_view(session, "4.NF.2")
        assert (view.deprecated, view.changed_in, view.since) == (True, 2, 1)
        assert [(each.since, each.until, each.statement) for each in view.history] == [
            (1, 2, "The statement of 4.NF.2")
        ]
        assert view.history[0].parent and view.history[0].parent.statement == "Fractions"
        gone = standard_view(session, "4.NF.3")
        assert gone.gone and not gone.history[0].gone
        assert [line.deprecated for line in standard_view(session, f"{BASE}state/root").children] == [False, True]


def test_a_past_version_shows_its_own_tree_and_the_live_one_its_own(registry: Registry) -> None:
    first = framework()
    moved = Item(
        uri=f"{BASE}state/4.NF.9", statement="New here", codes=("4.NF.9",), parents=(first.items[0].uri,), position=9
    )
    second = changed(
        first,
        [f"{BASE}state/4.NF.3"],
        **{"4.NF.2": msgspec.structs.replace(first.items[2], statement="Said otherwise")},
    )
    second = msgspec.structs.replace(second, items=(*second.items, moved))
    root = first.items[0].uri
    with registry.sessions.begin() as session:
        stored_framework(session, first)
        stored_framework(session, second, digest="2")
    with registry.reading.begin() as session:
        old, new = (past.version_page(session, "state", number, root) for number in (1, 2))
        assert [line.statement for line in old.lines] == [f"The statement of 4.NF.{n}" for n in (1, 2, 3)]
        assert [line.statement for line in new.lines] == ["The statement of 4.NF.1", "Said otherwise", "New here"]
        assert [line.name for line in old.trail] == ["Fractions"]
        assert past.version_page(session, "state", 1).lines[0].children == 3
        paged = past.version_page(session, "state", 1, root, 0, 2)
        assert (len(paged.lines), paged.more) == (2, 2)
        with pytest.raises(NotFound, match="no statement"):
            past.version_page(session, "state", 1, moved.uri)
        with pytest.raises(NotFound, match="no version 7"):
            past.version_page(session, "state", 7)


def test_a_version_that_waits_shows_what_it_would_bring(registry: Registry) -> None:
    first = framework()
    new = Item(uri=f"{BASE}state/new", statement="New here", parents=(first.items[0].uri,), position=9)
    with registry.sessions.begin() as session:
        stored_framework(session, first)
        receive(session, msgspec.structs.replace(first, items=(*first.items, new)), "2")
    with registry.reading.begin() as session:
        assert past.version_page(session, "state", 2).lines[0].children == 4
        page = past.version_page(session, "state", 2, first.items[0].uri)
        assert [(line.name, line.here) for line in page.lines][-2:] == [("4.NF.3", True), ("New here", False)]
        assert [line.name for line in past.version_page(session, "state", 2, new.uri).trail] == [
            "Fractions",
            "New here",
        ]


def test_what_replaced_a_statement_is_named_whoever_says_so(registry: Registry) -> None:
    first = framework()
    three = first.items[3]
    new = msgspec.structs.replace(three, uri=f"{BASE}state/5.NF.1", codes=("5.NF.1",))
    link = Association(three.uri, "replacedBy", new.uri)
    second = msgspec.structs.replace(first, items=(*first.items[:3], new), associations=(link,))
    with registry.sessions.begin() as session:
        stored_framework(session, first)
        stored_framework(session, second, digest="2")
        assert [ref.code for ref in retagging.replacements(session, three.uri)] == ["5.NF.1"]
        assert [ref.code for ref in standard_view(session, three.uri).replaced_by] == ["5.NF.1"]
        assert [ref.code for ref in standard_view(session, new.uri).replaces] == ["4.NF.3"]


def test_frameworks_that_share_equivalents_come_first(registry: Registry) -> None:
    same = [Association(f"{BASE}city/4.NF.1", "exactMatch", f"{BASE}state/4.NF.1")]
    with registry.sessions.begin() as session:
        stored_framework(session)
        stored_framework(session, framework(code="city", links=same))
        stored_framework(session, framework(code="alien"))
        assert [(each.code, each.shared) for each in browse.neighbors(session, "state")] == [("city", 1), ("alien", 0)]


def test_the_problems_of_its_file_stay_with_a_framework(registry: Registry) -> None:
    told = tuple(Problem("odd", f"item {n}", "Is odd.", "Mend it.") for n in range(60))
    with registry.sessions.begin() as session:
        stored_framework(session, msgspec.structs.replace(framework(), problems=told))
        page = browse.framework_tree(session, "state")
        assert (page.framework.problems, len(page.problems), page.problems[0].hint) == (60, 50, "Mend it.")


def test_a_version_is_written_in_every_format_under_a_clean_name(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        stored_framework(session, msgspec.structs.replace(framework(), version='20/26 "final"'))
        stored_framework(session, framework(statements={"4.NF.1": "Said otherwise"}), digest="2")
        old = export.edition(session, "STATE", 1)
        form = export.format_named("csv")
        assert old.name(form) == "state-20-26-final.csv"
        assert b"The statement of 4.NF.1" in b"".join(export.written(session, old, form, "https://x.example"))
        live = export.edition(session, "state")
        assert (live.number, live.name(form)) == (2, "state-v2.csv")
        assert b"Said otherwise" in b"".join(export.written(session, live, export.format_named("case"), "https://x"))
        with pytest.raises(NotFound, match="case, "):
            export.format_named("docx")
