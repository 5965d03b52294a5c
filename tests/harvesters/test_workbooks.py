"""Workbooks as districts keep them, and as somebody unkind makes them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import msgspec
import openpyxl
import pytest

from harvesters.http import Fetcher
from harvesters.source import SourceConfig
from harvesters.table import TableHarvester
from registry.ports import HarvestFailed, Page
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context

URL = "https://oak.example/resources.xlsx"
HEADER = ("ID", "Title", "Link", "Grade")
ROW = ("A1", "Shares", "https://oak.example/1", 4)


def workbook(rows: Iterable[Sequence[Any]], change: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    change(book)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def ods(rows: str) -> bytes:
    spaces = 'xmlns:{0}="urn:oasis:names:tc:opendocument:xmlns:{0}:1.0"'
    declared = " ".join(spaces.format(each) for each in ("office", "table", "text"))
    content = (
        f"<office:document-content {declared}><office:body><office:spreadsheet>"
        f'<table:table table:name="Units">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": content.encode(),
        }
    )


def ods_row(*cells: str, more: str = "") -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row{more}>{inner}</table:table-row>"


def archive(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return body.getvalue()


def changed(body: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    return archive({**members, part: change(members[part])})


def read(body: bytes, **options: str) -> list[Page]:
    fetcher = Fetcher(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=body)))
    return list(TableHarvester(SourceConfig("oak", URL, options), fetcher).pages(None, None))


def rows(pages: list[Page]) -> list[dict[str, str]]:
    return [msgspec.json.decode(record.payload) for page in pages for record in page.records]


def refused(body: bytes, **options: str) -> str:
    with pytest.raises(HarvestFailed) as caught:
        read(body, **options)
    assert caught.value.problem.hint
    return caught.value.problem.code


def test_a_row_of_a_workbook_is_a_record() -> None:
    pages = read(workbook([HEADER, ROW]))
    assert rows(pages) == [{"ID": "A1", "Title": "Shares", "Link": "https://oak.example/1", "Grade": "4"}]
    assert (pages[-1].complete, pages[-1].whole) == (True, True)


def test_cells_are_read_as_a_person_would_type_them() -> None:
    cells = (3, 2.5, True, date(2026, 3, 5), datetime(2026, 3, 5, 13, 30), time(0, 45), timedelta(minutes=90), 1e6)
    names = [f"Extra {number}" for number in range(len(cells))]
    (row,) = rows(read(workbook([("Title", "Link", *names), ("Shares", "https://oak.example/1", *cells)])))
    assert [row[name] for name in names] == [
        "3", "2.5", "TRUE", "2026-03-05", "2026-03-05T13:30:00", "00:45:00", "PT90M", "1000000",
    ]  # fmt: skip


def test_a_range_of_grades_that_became_a_date_is_mended() -> None:
    pages = read(workbook([HEADER, (*ROW[:3], date(2026, 3, 5))]))
    (record,) = pages[0].records
    found = crosswalk(record.format, record.payload, Context())
    assert found.resource is not None
    assert found.resource.grades == ("3", "4", "5")
    assert "grade-was-date" in {problem.code for problem in found.problems}


def test_titles_above_and_totals_below_are_passed_over() -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("A1:D1")

    pages = read(workbook([("Oak County, units of 2026",), (), HEADER, ROW, ("Total", None, None, 1)], merge))
    assert [row["Title"] for row in rows(pages)] == ["Shares"]
    assert [(each.code, each.field) for each in pages[0].problems] == [("total-passed-over", "line 5")]


def test_a_formula_s_last_value_is_taken_and_nothing_is_computed() -> None:
    body = changed(
        workbook([HEADER, ("A1", "=1+1", "https://oak.example/1", 4)]),
        "xl/worksheets/sheet1.xml",
        lambda sheet: sheet.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>7</v>").replace(
            b"<f>1+1</f><v/>", b"<f>1+1</f><v>7</v>"
        ),
    )
    assert rows(read(body))[0]["Title"] == "7"


def test_the_address_a_cell_is_linked_to_is_kept() -> None:
    def link(book: Any) -> None:
        book.active["A2"].hyperlink = "https://oak.example/1"
        book.active["B2"].hyperlink = "mailto:ada@oak.example"

    body = workbook(
        [("Title", "Author"), ("Shares", "Ada"), ('=HYPERLINK("https://oak.example/2","Halves")', "Grace")], link
    )
    first, second = (record for page in read(body) for record in page.records)
    assert (first.identifier, second.identifier) == ("https://oak.example/1", "https://oak.example/2")
    found = [crosswalk("csv", record.payload, Context()).resource for record in (first, second)]
    assert [(each.title, each.url) for each in found if each] == [
        ("Shares", "https://oak.example/1"),
        ("Halves", "https://oak.example/2"),
    ]
    assert msgspec.json.decode(first.payload)["Author"] == "Ada"


def test_the_first_visible_sheet_with_a_header_is_read_or_the_one_named() -> None:
    def fill(book: Any) -> None:
        book.create_sheet("Old").append(["Title", "Link"])
        book["Old"].sheet_state = "hidden"
        for name, title in (("Units", "Shares"), ("Videos", "Halves")):
            book.create_sheet(name).append(["Title", "Link"])
            book[name].append([title, "https://oak.example/1"])

    body = workbook([("Please read me first",)], fill)
    assert [row["Title"] for row in rows(read(body))] == ["Shares"]
    assert [row["Title"] for row in rows(read(body, sheet="Videos"))] == ["Halves"]
    assert refused(body, sheet="Films") == "sheet-unknown"
    assert refused(body, sheet="Sheet") == "header-missing"


def test_an_open_document_sheet_is_read() -> None:
    body = ods(ods_row("Title", "Link", "Grade") + ods_row("Shares", "https://oak.example/1", "3-5"))
    assert rows(read(body)) == [{"Title": "Shares", "Link": "https://oak.example/1", "Grade": "3-5"}]


def test_empty_cells_and_rows_keep_their_places() -> None:
    def shift(book: Any) -> None:
        book.active.insert_cols(1)
        book.active.insert_rows(1, 3)
        book.active["C5"].hyperlink = "https://oak.example/linked"

    pages = read(workbook([("Title", "Note"), ("Shares", "see"), (None, None), ("Halves", None)], shift))
    assert [row["Title"] for row in rows(pages)] == ["Shares", "Halves"]
    assert "https://oak.example/linked" in rows(pages)[0]["Note"]


def far_cell(sheet: bytes) -> bytes:
    return sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def claimed(body: bytes) -> bytes:
    """The archive with its directory saying that a member is 4 GB large."""
    entry = body.index(b"PK\x01\x02")
    return body[: entry + 24] + b"\xf0\xff\xff\xff" + body[entry + 28 :]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (changed(workbook([HEADER, ROW]), "xl/worksheets/sheet1.xml", far_cell), "workbook-too-large"),
        (ods(ods_row("Title", "Link") + '<table:table-row table:number-rows-repeated="2000">'
             '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
             "</table:table-cell></table:table-row>"), "workbook-too-large"),
        (archive({"xl/workbook.xml": b"\0" * 30_000_000}), "archive-too-large"),
        (claimed(workbook([HEADER, ROW])), "archive-too-large"),
        (archive({f"x{number}": b"" for number in range(20_001)}), "archive-too-large"),
        (archive({"word/document.xml": b"<w/>"}), "not-a-table"),
        (archive({"xl/workbook.xml": b"<broken"}), "workbook-broken"),
        (workbook([HEADER, ROW])[:-300], "archive-broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000, "workbook-broken"),
        (workbook([]), "table-empty"),
    ],
    ids=["far-cell", "repeated-cells", "zeros", "claimed-size", "many-members", "document", "broken-xml", "cut-off",
         "broken-xls", "empty"],
)  # fmt: skip
def test_what_cannot_be_a_district_s_workbook_is_refused_in_words(body: bytes, code: str) -> None:
    assert refused(body) == code


def test_a_workbook_with_a_password_is_named() -> None:
    def encrypted(body: bytes) -> bytes:
        return re.sub(
            rb"(PK\x01\x02.{4})..|(PK\x03\x04.{2})..",
            lambda found: (found[1] or found[2]) + b"\x01\x00",
            body,
            flags=re.S,
        )

    assert refused(encrypted(workbook([HEADER, ROW]))) == "workbook-encrypted"


def test_entities_in_a_workbook_stay_unread() -> None:
    def entity(part: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + part.replace(b"Shares", b"&a;")

    body = changed(workbook([HEADER, ROW]), "xl/worksheets/sheet1.xml", entity)
    try:
        found = rows(read(body))
    except HarvestFailed:
        return
    assert all("/" not in row["Title"] and len(row["Title"]) < 5 for row in found)
