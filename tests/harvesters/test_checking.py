"""A source tried out before anything is stored."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from harvesters.check import CheckReport, check_source
from harvesters.http import Fetcher
from harvesters.kinds import KINDS, SourceConfig, check_options, make_harvester
from registry.app import Registry
from registry.errors import Rejected
from registry.models import RecordRow, RunRow
from tests.harvesters.sites import OaiScript, oai_config, patient_fetcher, running_site
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


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_of_a_kind_is_taken_and_explained(kind: str) -> None:
    for option in KINDS[kind].options:
        assert option.help.endswith(".")
        for rest in option.fields or ("x" if option.name.endswith(".") else "",):
            check_options(kind, {option.name + rest: "value"})
