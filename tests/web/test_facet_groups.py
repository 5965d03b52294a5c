"""The filters beside the results as trees and folded lists."""

from __future__ import annotations

from registry.search.query import Facet, Query
from web.pages.facet_groups import groups_of


def test_subjects_stand_under_the_broader_the_commonest_first() -> None:
    facets = [
        Facet("mathematics", "Mathematics", 9),
        Facet("science", "Science", 7),
        Facet("geometry", "Geometry", 5, "mathematics"),
        Facet("algebra", "Algebra", 2, "mathematics"),
        Facet("poetry", "Poetry", 1, "literature"),
    ]
    (group,) = [each for each in groups_of(Query(), {"subject": facets}) if each.field == "subject"]
    assert [(each.value, each.depth) for each in group.shown] == [
        ("mathematics", 0),
        ("geometry", 1),
        ("algebra", 1),
        ("science", 0),
        ("poetry", 0),
    ]


def test_standards_stand_under_their_headings() -> None:
    facets = [Facet("4.A.1", "4.A.1", 9, "4.A"), Facet("7.B", "7.B", 5), Facet("4.A.2", "4.A.2", 2, "4.A")]
    group = next(each for each in groups_of(Query(), {"standard": facets}) if each.field == "standard")
    assert [(each.heading, each.value) for each in group.shown] == [("4.A", "4.A.1"), ("", "4.A.2"), ("", "7.B")]


def test_a_long_list_is_folded_but_for_what_is_ticked_and_can_be_narrowed() -> None:
    facets = [Facet(f"District {number}", f"District {number}", 99 - number) for number in range(20)]
    query = Query(provider=("District 17", "Gone District"))
    group = next(each for each in groups_of(query, {"provider": facets}) if each.field == "provider")
    assert [each.label for each in group.shown if each.on] == ["District 17", "Gone District"]
    assert len(group.shown) == 6
    assert group.long
    assert {each.value for each in (*group.shown, *group.hidden)} == {*(each.value for each in facets), "Gone District"}


def test_a_short_list_needs_no_narrowing() -> None:
    group = next(each for each in groups_of(Query(), {"type": [Facet("quiz", "Quiz", 1)]}) if each.field == "type")
    assert (group.hidden, group.long) == ((), False)
