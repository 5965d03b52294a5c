"""Spreadsheet rows as districts keep them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vocab.crosswalks.columns import guess_columns
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context, Crosswalked, GroupSize, Resource

ROW = {
    "Title": "Fractions",
    "Link": "https://district.example.org/1",
    "Language": "en",
    "License": "CC BY 4.0",
}


def read(context: Context | None = None, **cells: Any) -> Crosswalked:
    row = {**ROW, **{name.replace("_", " "): cell for name, cell in cells.items()}}
    return crosswalk("csv", msgspec.json.encode(row), context or Context(today="2026-11-22"))


def resource(context: Context | None = None, **cells: Any) -> Resource:
    found = read(context, **cells).resource
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Title", "Link", "Grades", "Standards"],
         {"title": "Title", "url": "Link", "grade": "Grades", "standard": "Standards"}),
        (["resource_name", "WEB ADDRESS", "GradeLevel"],
         {"title": "resource_name", "url": "WEB ADDRESS", "grade": "GradeLevel"}),
        (["Resource Title (required)", "Image URL", "URL"], {"title": "Resource Title (required)", "url": "URL"}),
        (["Name", "URL", "MATERIAL_TYPES", "PRIMARY_USER", "GRADE_SUBLEVELS"],
         {"title": "Name", "url": "URL", "type": "MATERIAL_TYPES", "audience": "PRIMARY_USER",
          "grade": "GRADE_SUBLEVELS"}),
        (["LICENSE_TITLE", "LICENSE_URL"], {"license": "LICENSE_URL|LICENSE_TITLE"}),
        (["Alignment Type", "CCSS", "Mastery Level", "Minutes"],
         {"standard": "CCSS", "relation": "Alignment Type", "level": "Mastery Level", "minutes": "Minutes"}),
        (["", "  ", "Favorite color"], {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_headers_as_people_write_them(header: list[str], columns: dict[str, str]) -> None:
    assert guess_columns(header) == columns


def test_a_full_row_becomes_a_resource() -> None:
    found = read(
        Grades="3-5", Subjects="Mathematics; Science", Material_type="Lesson Plan", Minutes=45.0, Tags="pizza, pie",
        Audience="Teacher|Student", Author="Ada; Grace", Accessibility="captions", Setting="Small group",
        Group_size="3-5", Date_created="2020-01-02", Provider="District", Description="Cut a pizza.",
    )  # fmt: skip
    assert found.problems == ()
    lesson = found.resource
    assert lesson is not None
    assert (lesson.grades, lesson.subjects) == (("3", "4", "5"), ("mathematics", "science"))
    assert (lesson.types, lesson.minutes, lesson.keywords) == (("lesson-plan",), 45, ("pizza", "pie"))
    assert (lesson.audiences, lesson.creators) == (("teacher", "student"), ("Ada", "Grace"))
    assert (lesson.access_features, lesson.settings) == (("captions",), ("small-group",))
    assert (lesson.group_size, lesson.created, lesson.publisher) == (GroupSize(3, 5), "2020-01-02", "District")


def test_standards_take_the_rows_relation_and_level() -> None:
    lesson = resource(Standards="4.NF.B.3, 4.NF.B.4", Relation="assesses", Level="Developing")
    assert [(a.standard, a.relation, a.level) for a in lesson.alignments] == [
        ("4.NF.B.3", "assesses", "developing"),
        ("4.NF.B.4", "assesses", "developing"),
    ]


def test_as_many_levels_as_standards_are_paired() -> None:
    lesson = resource(Standards="4.NF.B.3; 4.NF.B.4", Relation="teaches; assesses", Level="Developing; Mastery")
    assert [(a.standard, a.relation, a.level) for a in lesson.alignments] == [
        ("4.NF.B.3", "teaches", "developing"),
        ("4.NF.B.4", "assesses", "extending"),
    ]


def test_a_code_is_found_beside_its_text() -> None:
    lesson = resource(Standards="CCSS.MATH.CONTENT.4.NF.B.3 - Understand a fraction, with parts")
    assert [a.standard for a in lesson.alignments] == ["CCSS.MATH.CONTENT.4.NF.B.3"]


def test_prerequisites_are_required_where_they_are_codes() -> None:
    lesson = resource(Standards="4.NF.B.3", Prerequisites="3.NF.A.1 and 3.NF.A.2")
    assert [(a.standard, a.relation) for a in lesson.alignments] == [
        ("4.NF.B.3", "teaches"),
        ("3.NF.A.1", "requires"),
        ("3.NF.A.2", "requires"),
    ]
    assert resource(Prerequisites="Scissors").stated == ("Prerequisites: Scissors",)


def test_the_sources_columns_win_over_the_guess() -> None:
    context = Context(columns={"title": "Unit heading", "grades": "Klasse|Year"})
    lesson = resource(context, Unit_heading="The real title", Klasse="4", Year="Grade 5")
    assert lesson.title == "The real title"
    assert lesson.grades == ("4", "5")


def test_a_formula_is_kept_as_text_that_nothing_runs() -> None:
    found = read(Title='=cmd|"/c calc"!A1', Tags="-5 degrees, +1")
    assert [p.code for p in found.problems] == ["formula-in-cell"]
    assert found.resource is not None
    assert found.resource.title == 'cmd|"/c calc"!A1'
    assert found.resource.keywords == ("-5 degrees", "+1")


def test_a_link_written_as_a_formula_is_its_text_and_its_address() -> None:
    found = read(
        Title='=HYPERLINK("https://district.example.org/9","A ""free"" lesson")', Link="",
        Room='=hyperlink("https://district.example.org/room"; "12b")',
    )  # fmt: skip
    assert found.problems == ()
    assert found.resource is not None
    assert (found.resource.title, found.resource.url) == ('A "free" lesson', "https://district.example.org/9")
    assert found.resource.stated == ("Room: 12b https://district.example.org/room",)
    assert resource(Link='=HYPERLINK("https://district.example.org/8")').url == "https://district.example.org/8"


def test_the_text_of_a_link_is_no_formula_either() -> None:
    found = read(Title='=HYPERLINK("https://district.example.org/9","=cmd|A1")')
    assert found.resource is not None
    assert found.resource.title == "cmd|A1"


@pytest.mark.parametrize("cell", ["5-Mar", "3-May", "Mar-5", "2026-03-05", "3/5/2026", "2026-05-03T00:00:00"])
def test_a_range_of_grades_that_became_a_date_is_read_back(cell: str) -> None:
    found = read(Grades=cell)
    assert found.resource is not None
    assert found.resource.grades == ("3", "4", "5")
    assert [(p.code, p.field, p.value) for p in found.problems] == [("grade-was-date", "Grades", cell)]


def test_a_date_that_is_no_range_of_grades_stays_unknown() -> None:
    assert [p.code for p in read(Grades="2026-03-25").problems] == ["grade-unknown"]


def test_what_is_half_known_is_half_kept() -> None:
    found = read(Subject="Mathematics, Basket weaving", Language="en, Klingonese")
    assert found.resource is not None
    assert (found.resource.subjects, found.resource.keywords) == (("mathematics",), ("Basket weaving",))
    assert [(p.code, p.value) for p in found.problems] == [
        ("subject-unknown", "Basket weaving"),
        ("language-unknown", "Klingonese"),
    ]


def test_a_column_nobody_knows_is_kept_beside_the_record() -> None:
    assert resource(Room="12b").stated == ("Room: 12b",)


def test_an_empty_title_names_the_column() -> None:
    found = read(Title="  ")
    assert found.resource is None
    assert [(p.code, p.field) for p in found.problems] == [("title-missing", "Title")]


def test_a_level_nobody_knows_is_told_under_the_column_it_stands_in() -> None:
    row = {"Title": "A", "Link": "https://x.example/a", "Standards": "4.NF.1", "Level": "Wizard"}
    read = crosswalk("csv", msgspec.json.encode(row), Context())
    assert ("level-unknown", "Level", "Wizard") in {(each.code, each.field, each.value) for each in read.problems}
