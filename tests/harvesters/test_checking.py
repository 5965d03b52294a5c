"""A source tried out before anything is stored."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from harvesters.check import CheckReport, check_source
from harvesters.column_uses import columns_told
from harvesters.http import Fetcher
from harvesters.kinds import KINDS, SourceConfig, check_options, make_harvester
from registry.app import Registry
from registry.errors import Rejected
from registry.models import RecordRow, RunRow
from tests.harvesters.sites import OaiScript, oai_config, patient_fetcher, running_site
from tests.servers import shared
from web.demo.endpoints import serve_districts
from web.demo.loopback import Answer


def check_table(body: bytes, limit: int = 200, **options: str) -> CheckReport:
    with running_site() as site, patient_fetcher() as fetcher:
        site.routes["/t.csv"] = Answer(body)
        return check_source("table", SourceConfig("oak", f"{site.base}/t.csv", options), fetcher, limit)


def test_a_check_counts_what_can_be_taken_and_shows_some_of_it() -> None:
    rows = "".join(f"A{n},Lesson {n},https://oak.example/{n}\n" for n in range(5))
    report = check_table(f"ID,Title,Link\n{rows}A9,,\n".encode())
    assert (report.ok, report.read, report.usable, report.rejected) == (True, 6, 5, 1)
    assert [sample.title for sample in report.samples] == ["Lesson 0", "Lesson 1", "Lesson 2"]
    assert report.summary == "5 of 6 records can be taken, 1 would be rejected. Nothing was stored."


def test_problems_are_counted_by_code_with_an_example_errors_first() -> None:
    report = check_table(b"ID,Title,Link,License\nA,One,https://oak.example/1,\nB,Two,https://oak.example/2,\nC,,,x\n")
    by_code = {each.code: each for each in report.problems}
    assert by_code["license-missing"].count == 2
    assert by_code["license-missing"].example == "A"
    assert by_code["title-missing"].example == "C"
    assert [each.severity for each in report.problems] == sorted(each.severity for each in report.problems)
    assert all(each.message and each.hint for each in report.problems)


def test_no_more_is_read_than_asked_for() -> None:
    rows = "".join(f"A{n},Lesson {n},https://oak.example/{n}\n" for n in range(1_000))
    assert check_table(f"ID,Title,Link\n{rows}".encode(), limit=7).read == 7


def test_a_source_that_cannot_be_read_says_why() -> None:
    report = check_table(b"<html>Sign in</html>")
    assert not report.ok
    assert report.failure is not None
    assert report.failure.code == "not-a-table"
    assert report.summary.startswith("The source cannot be read: The address leads to a web page")


def test_a_failure_on_a_later_page_tells_how_far_it_came() -> None:
    with OaiScript(ListRecords="page-1.xml", second="truncated.xml").fetcher() as fetcher:
        report = check_source("oai", oai_config(), fetcher)
    assert not report.ok
    assert report.summary.startswith("The source cannot be read after 2 records:")


def test_an_empty_source_is_said_to_be_empty() -> None:
    with OaiScript(ListRecords="error-noRecordsMatch.xml").fetcher() as fetcher:
        report = check_source("oai", oai_config(), fetcher)
    assert (report.ok, report.summary) == (False, "The source answers, but it lists no record.")


def test_the_publisher_s_own_words_are_understood_by_the_source_s_options() -> None:
    body = b"ID,Heading,Where,Standard,Level\nA,Shares,https://oak.example/1,4.NF.B.3,Meets\n"
    options = {"column.title": "Heading", "column.url": "Where", "level.Meets": "proficient"}
    (sample,) = check_table(body, **options).samples
    assert sample.title == "Shares"
    assert [alignment.level for alignment in sample.alignments] == ["proficient"]


SHEET = (
    b"Name,Where,Grade,Standards,Colour\n"
    b"Shares,https://oak.example/1,4,4.NF.B.3,red\nHalves,https://oak.example/2,Wizards,4.NF.B.4,\n"
    b"Thirds,https://oak.example/3,5,,blue\nFifths,https://oak.example/4,6,4.NF.C.5,red\n"
)


def test_a_table_s_columns_are_told_before_anything_is_stored() -> None:
    report = check_table(SHEET, **{"column.url": "Where"})
    assert [(use.column, use.field, use.by, use.filled, use.known) for use in report.columns] == [
        ("Name", "title", "name", 4, None),
        ("Where", "url", "setting", 4, None),
        ("Grade", "grade", "name", 4, 0.75),
        ("Standards", "standard", "name", 3, 1.0),
        ("Colour", "", "", 3, None),
    ]
    assert report.columns[0].samples == ("Shares", "Halves", "Thirds")
    assert report.columns[4].samples == ("red", "blue")
    assert report.columns_missing == ("license", "level")


def test_the_columns_are_told_in_lines_for_a_person() -> None:
    report = check_table(SHEET, **{"column.url": "Where"})
    told = columns_told(report.columns, report.columns_missing)
    assert "  Where      url (by the source's setting): https://oak.example/1 | https://oak.example/2" in told[3]
    assert told[4] == "  Grade      grade, 75% of its cells known to our lists: 4 | Wizards | 5"
    assert told[6] == "  Colour     not used: red | blue"
    assert told[7].startswith("No column gives license, level.")
    assert columns_told((), ()) == []


def test_a_check_says_how_much_our_lists_know() -> None:
    assert check_table(SHEET, **{"column.url": "Where"}).known == 0.75
    assert check_table(b"ID,Title,Link\nA,One,https://oak.example/1\n").known is None


def test_a_mapping_to_a_column_that_is_not_there_fails_the_check_by_its_name() -> None:
    report = check_table(SHEET, **{"column.url": "Adress"})
    assert (report.ok, report.failure and report.failure.field) == (False, "column.url")
    assert "column.url" in report.summary


def test_a_source_that_is_no_table_has_no_columns() -> None:
    with OaiScript(ListRecords="page-1.xml", second="page-2.xml").fetcher() as fetcher:
        report = check_source("oai", oai_config(), fetcher)
    assert (report.columns, report.columns_missing) == ((), ())


@pytest.mark.parametrize(
    ("path", "kind", "fields"),
    [
        ("resources/oer-commons-open.csv", "table", {"title", "url", "grade", "license", "subject", "language"}),
        ("interop/tess/fixtures/files/ingestion/materials.csv", "table", {"title", "url", "license", "keyword"}),
    ],
)
def test_a_real_sheet_s_columns_are_understood(path: str, kind: str, fields: set[str]) -> None:
    report = check_table(shared(path).read_bytes())
    assert report.failure is None
    assert fields <= {use.field for use in report.columns}
    assert report.usable


@pytest.mark.parametrize(("kind", "least"), [("oai", 50), ("table", 50), ("sitemap", 50)])
def test_the_demo_s_districts_can_be_taken(kind: str, least: int) -> None:
    with serve_districts() as districts, patient_fetcher() as fetcher:
        url = {"oai": districts.oai_url, "table": districts.csv_url, "sitemap": districts.sitemap_url}[kind]
        report = check_source(kind, SourceConfig("demo", url), fetcher)
    assert report.ok
    assert report.usable >= least


def test_a_check_stores_nothing(registry: Registry) -> None:
    check_table(b"ID,Title,Link\nA,One,https://oak.example/1\n")
    with registry.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(RecordRow)) == 0
        assert session.scalar(select(func.count()).select_from(RunRow)) == 0


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(Rejected) as caught, Fetcher() as fetcher:
        make_harvester("ftp", SourceConfig("oak", "https://oak.example"), fetcher)
    (error,) = caught.value.errors
    assert error.field == "kind"
    assert all(kind in error.message for kind in KINDS)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [("oai", "prefx", "lrmi"), ("sitemap", "column.title", "x"), ("table", "column.", "x"), ("oai", "set", " ")],
)
def test_an_unknown_or_empty_option_is_named(kind: str, name: str, value: str) -> None:
    with pytest.raises(Rejected) as caught:
        check_options(kind, {name: value})
    assert [error.field for error in caught.value.errors] == [f"options.{name}"]


@pytest.mark.parametrize(
    ("option", "known"), [("column.heading", "title"), ("column.colour", "standard"), ("default.grade", "license")]
)
def test_an_option_for_a_field_there_is_not_names_the_fields_there_are(option: str, known: str) -> None:
    with pytest.raises(Rejected) as caught:
        check_options("table", {option: "Heading"})
    (error,) = caught.value.errors
    assert error.field == f"options.{option}"
    assert known in error.message.split(" one of ")[1].rstrip(".").split(", ")
    check_options("table", {"column.grades": "Klasse", "default.license": "cc-by-4.0"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_of_a_kind_is_taken_and_explained(kind: str) -> None:
    for option in KINDS[kind].options:
        assert option.help.endswith(".")
        for rest in option.fields or ("x" if option.name.endswith(".") else "",):
            check_options(kind, {option.name + rest: "value"})
