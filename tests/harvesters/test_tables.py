"""Spreadsheets as districts export them."""

from __future__ import annotations

import csv
import io

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.http import Fetcher
from harvesters.source import SourceConfig
from harvesters.table import TableHarvester
from registry.ports import Harvested, HarvestFailed, Page
from tests.harvesters.sites import payload, running_site
from tests.servers import shared
from web.demo.loopback import Answer

URL = "https://oak.example/resources.csv"


def read(body: bytes, content_type: str = "text/csv", **options: str) -> list[Page]:
    response = httpx.Response(200, content=body, headers={"content-type": content_type})
    fetcher = Fetcher(transport=httpx.MockTransport(lambda request: response))
    return list(TableHarvester(SourceConfig("oak", URL, options), fetcher).pages(None, None))


def rows(pages: list[Page]) -> list[dict[str, str]]:
    return [msgspec.json.decode(record.payload) for record in records(pages)]


def records(pages: list[Page]) -> list[Harvested]:
    return [record for page in pages for record in page.records]


def refused(body: bytes, **options: str) -> str:
    with pytest.raises(HarvestFailed) as caught:
        read(body, **options)
    assert caught.value.problem.hint
    return caught.value.problem.code


def test_a_row_is_a_record_of_its_cells_by_column() -> None:
    pages = read(b"ID,Title,Link\nA1,Shares,https://oak.example/1\n")
    (record,) = records(pages)
    assert (record.identifier, record.format) == ("A1", "csv")
    assert rows(pages) == [{"ID": "A1", "Title": "Shares", "Link": "https://oak.example/1"}]
    assert pages[-1].complete


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    table = 'Title,Link,Note\nShares,https://oak.example/1,"a, b; c | d\nand more"\n'
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(csv.reader(io.StringIO(table)))
    assert rows(read(text.getvalue().encode()))[0]["Note"] == "a, b; c | d\nand more"


def test_titles_above_the_header_and_blank_rows_are_passed_over() -> None:
    pages = read(payload("table/quoted.csv"))
    assert [row["Title"] for row in rows(pages)] == ["Fractions, first steps", "Shares", "Again", "Surplus"]
    assert rows(pages)[0]["Notes"] == 'two\nlines; and "quotes"'


def test_a_repeated_identifier_is_told_at_the_later_row() -> None:
    found = records(read(payload("table/quoted.csv")))
    assert [record.identifier for record in found] == ["A1", "A2", "A1", "A4"]
    assert [[problem.code for problem in record.problems] for record in found][:3] == [[], [], ["identifier-duplicate"]]
    assert found[2].problems[0].field == "line 8"


def test_more_cells_than_columns_are_kept_and_told() -> None:
    pages = read(payload("table/quoted.csv"))
    assert rows(pages)[3]["column 5"] == "one more"
    assert [problem.code for problem in records(pages)[3].problems] == ["cells-surplus"]


def test_sixty_columns_in_windows_letters_behind_a_wrong_mark_are_read() -> None:
    pages = read(payload("table/bom-latin1-60-columns.csv"))
    found = rows(pages)
    assert found[0]["Title"] == "Café fractions"
    assert found[1]["Title"] == "Übungen für “Bruchrechnen”"
    assert len(found[0]) == 61
    assert found[0]["Extra 61"] == "– x"
    assert [problem.code for problem in pages[0].problems] == ["encoding-guessed"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_or_without_its_mark(encoding: str) -> None:
    pages = read("Title,Link\nÉquivalence – ½,https://oak.example/1\n".encode(encoding))
    assert rows(pages)[0]["Title"] == "Équivalence – ½"
    assert not pages[0].problems


def test_what_the_server_says_of_the_encoding_is_believed() -> None:
    body = "Title,Link\nЧасти целого,https://oak.example/1\n".encode("koi8-r")
    assert rows(read(body, "text/csv; charset=KOI8-R"))[0]["Title"] == "Части целого"


def test_a_pasted_windows_letter_does_not_spoil_the_rest() -> None:
    body = "Title,Link\nÉquivalence ½ – ¾ élève,https://oak.example/1\n".encode() + b"Caf\xe9,https://oak.example/2\n"
    assert [row["Title"] for row in rows(read(body))] == ["Équivalence ½ – ¾ élève", "Café"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "table-empty"),
        (b"\xef\xbb\xbf \n", "table-empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "not-a-table"),
        (b"PK\x03\x04 half a workbook", "archive-broken"),
        (b"\xd0\xcf\x11\xe0 half an old workbook", "workbook-broken"),
        (b"%PDF-1.7", "not-a-table"),
        (b"just one line of text\nand another\n", "delimiter-unknown"),
        (payload("table/no-header.csv"), "header-missing"),
    ],
)
def test_what_is_no_table_is_named(body: bytes, code: str) -> None:
    assert refused(body) == code


def test_a_quotation_mark_that_is_never_closed_names_the_line() -> None:
    body = b'Title,Link\n"Shares,https://oak.example/1\n' + b"more text, more text\n" * 250_000
    assert refused(body) == "table-out-of-joint"


def test_the_identifying_column_can_be_stated() -> None:
    body = b"No.,Title,Link\n7,Shares,https://oak.example/1\n"
    assert records(read(body, id_column="No."))[0].identifier == "7"
    assert refused(body, id_column="Number") == "column-unknown"


def test_an_option_that_names_a_column_which_is_not_there_is_named() -> None:
    body = b"No.,Heading,Link\n7,Shares,https://oak.example/1\n"
    with pytest.raises(HarvestFailed) as caught:
        read(body, **{"column.title": "Headline"})
    problem = caught.value.problem
    assert (problem.code, problem.field, problem.value) == ("column-unknown", "column.title", "Headline")
    assert "column.title" in problem.message
    assert "No., Heading, Link" in problem.hint


def test_of_several_columns_for_a_field_the_missing_one_is_told() -> None:
    pages = read(b"ID,Heading,Link\n7,Shares,https://oak.example/1\n", **{"column.title": "Headline|Heading"})
    assert [(each.code, each.value) for each in pages[0].problems] == [("column-unknown", "Headline")]
    assert len(records(pages)) == 1


def test_a_row_of_groups_above_the_header_is_read_with_it() -> None:
    body = b"What,,Alignment,,\nTitle,Link,Code,Level,Notes\nShares,https://oak.example/1,4.NF.1,Developing,x\n"
    assert list(rows(read(body))[0]) == ["Title", "Link", "Alignment Code", "Level", "Notes"]


def test_a_second_line_of_the_header_names_what_stands_under_merged_cells() -> None:
    body = (
        b"Title,Link,Standard,,Grade\n,,Code,Level,\n"
        b"Shares,https://oak.example/1,4.NF.1,Developing,4\nHalves,https://oak.example/2,3.NF.1,Proficient,3\n"
    )
    found = rows(read(body))
    assert list(found[0]) == ["Title", "Link", "Standard Code", "Level", "Grade"]
    assert [row["Title"] for row in found] == ["Shares", "Halves"]


def test_a_first_row_without_link_is_a_record_and_no_second_header() -> None:
    found = rows(read(b"Title,Link,Grade\nShares,,4\nHalves,https://oak.example/2,3\n"))
    assert [row["Title"] for row in found] == ["Shares", "Halves"]


def test_rows_that_sum_up_are_passed_over_and_told() -> None:
    pages = read(b"Title,Link,Minutes\nShares,https://oak.example/1,20\nTotal:,,20\nTotal recall,,5\n")
    assert [row["Title"] for row in rows(pages)] == ["Shares", "Total recall"]
    assert [(each.code, each.field) for page in pages for each in page.problems] == [("total-passed-over", "line 3")]


def test_a_link_written_as_a_formula_identifies_its_row() -> None:
    body = b'Title,Grade\n"=HYPERLINK(""https://oak.example/1"",""Shares"")",4\n'
    assert records(read(body))[0].identifier == "https://oak.example/1"


def test_every_page_of_a_table_belongs_to_a_whole_list() -> None:
    body = b"ID,Title,Link\n" + b"".join(b"%d,T,https://oak.example/%d\n" % (n, n) for n in range(600))
    pages = read(body)
    assert [page.whole for page in pages] == [True] * 3
    assert [page.complete for page in pages] == [False, False, True]


def test_a_table_of_more_columns_than_anybody_has_is_refused() -> None:
    assert refused(b",".join(b"c%d" % number for number in range(1_200)) + b"\n1,2\n") == "table-too-large"


def test_without_an_identifier_the_link_stands_for_the_row() -> None:
    found = records(read(b"Title,Link\nShares,https://oak.example/1\n"))
    assert found[0].identifier == "https://oak.example/1"


def test_parts_of_one_page_are_different_records() -> None:
    body = (
        b"Title,Link\nPart 1,https://oak.example/1\nPart 2,https://oak.example/1\n"
        b"Part 1,https://oak.example/1\nPart 2,https://oak.example/1\n"
    )
    found = records(read(body))
    assert len({record.identifier for record in found}) == 2
    assert [bool(record.problems) for record in found] == [False, False, True, True]


def test_an_identifier_made_up_stays_while_title_and_link_do() -> None:
    one = records(read(b"Title,Web site,Grade\nShares,,4\n"))[0].identifier
    other = records(read(b"Grade,Title,Web site\n5,Halves,\n3,Shares,\n"))[1].identifier
    assert one == other


def test_an_unchanged_file_is_not_read() -> None:
    with running_site() as site:
        body = b"Title,Link\nShares,https://oak.example/1\n"

        def answer(request: object) -> Answer:
            known = getattr(request, "headers", {}).get("if-none-match") == '"v1"'
            return Answer(b"" if known else body, status=304 if known else 200, headers=(("ETag", '"v1"'),))

        site.routes["/t.csv"] = answer
        with Fetcher(("127.0.0.0/8",)) as fetcher:
            first = list(TableHarvester(SourceConfig("oak", f"{site.base}/t.csv"), fetcher).pages(None, None))
            state = first[-1].state or {}
            again = SourceConfig("oak", f"{site.base}/t.csv", state=state)
            second = list(TableHarvester(again, fetcher).pages(None, None))
            other = SourceConfig("oak", f"{site.base}/t.csv", {"id_column": "Title"}, state=state)
            third = list(TableHarvester(other, fetcher).pages(None, None))
    assert state == {"etag": '"v1"'}
    assert second == [Page(())]
    assert [record.identifier for record in records(third)] == ["Shares"]


@pytest.mark.parametrize(
    ("path", "least", "columns"),
    [
        ("resources/oer-commons-open.csv", 1_293, {"NAME", "URL", "GRADE_SUBLEVELS", "LICENSE_URL"}),
        ("interop/tess/fixtures/files/ingestion/materials.csv", 3, {"Title", "URL", "Licence"}),
    ],
)
def test_real_sheets_are_read_whole(path: str, least: int, columns: set[str]) -> None:
    pages = read(shared(path).read_bytes())
    found = rows(pages)
    assert len(found) >= least
    assert columns <= set(found[0])
    assert pages[-1].complete


cells = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20))
def test_every_row_that_holds_anything_becomes_a_record(table: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("ID", "Title", "Link"), *table])
    pages = read(text.getvalue().encode())
    expected = [row for row in table if any(row)]
    assert [tuple(row.values()) for row in rows(pages)] == expected
    assert len({record.identifier for record in records(pages) if not record.problems}) == sum(
        not record.problems for record in records(pages)
    )
