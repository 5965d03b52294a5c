"""A framework as a table for spreadsheets, and the table after someone edited it there."""

import csv
import io
from pathlib import Path

from vocab.frameworks import table_write
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.read import read_framework

A, B = "http://a.example/a", "http://a.example/b"
FRAMEWORK = Framework(
    "http://a.example/f",
    "f",
    "Mathematics",
    items=(
        Item(A, "Numbers", codes=("4.NF",), position=1),
        Item(B, "Add fractions.", codes=("4.NF.B.3", "4.NF.3"), parents=(A,), position=1, details={"x": ["=1"]}),
    ),
    associations=(Association(A, "related", B, sequence=3, notes="See also."),),
)


def written(framework: Framework) -> list[dict[str, str]]:
    text = b"".join(table_write.write(framework)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_says_what_it_is_in_columns_that_a_person_can_read() -> None:
    framework, above, below, link = written(FRAMEWORK)
    assert (framework["row"], framework["statement"]) == ("framework", "Mathematics")
    assert (above["row"], above["code"], above["parent"]) == ("standard", "4.NF", "")
    assert (below["code"], below["other_codes"], below["parent"]) == ("4.NF.B.3", "4.NF.3", A)
    assert (link["row"], link["uri"], link["kind"], link["target"], link["position"]) == ("link", A, "related", B, "3")


def test_spreadsheets_find_the_encoding_and_the_lines() -> None:
    content = b"".join(table_write.write(FRAMEWORK))
    assert content.startswith(b"\xef\xbb\xbfrow,uri,code,")
    assert content.count(b"\r\n") == content.count(b"\n") == 5


def test_no_cell_begins_a_formula_and_the_text_comes_back(tmp_path: Path) -> None:
    odd = ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "'quoted", "'=1", "''")
    items = tuple(Item(f"http://a.example/{n}", text, codes=(text,), kind=text) for n, text in enumerate(odd))
    framework = Framework(
        "http://a.example/f", "f", "=1+1", items=items, associations=(Association("=a", "related", A),)
    )
    assert not [cell for row in written(framework) for cell in row.values() if cell[:1] in tuple("=+-@\t\r\n")]
    path = tmp_path / "f.csv"
    path.write_bytes(b"".join(table_write.write(framework)))
    found = read_framework(path)
    assert [item.statement for item in found.items] == list(odd)
    assert [item.codes for item in found.items] == [(text,) for text in odd]
    assert (found.title, found.associations) == ("=1+1", framework.associations)


def test_a_table_edited_in_a_spreadsheet_is_read_with_its_edits(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "statement;row;uri;code;parent;details;mine\nMathematics;framework;http://a.example/f;;;;\n"
        "Numbers;standard;http://a.example/a;4.NF;;;x\nNew one;Standard;;4.NF.9;4 NF;;x\n"
        ";standard;;;;;x\nAgain;standard;http://a.example/a;;;;x\nOdd;remark;;;;;x\n",
        encoding="utf-8",
    )
    found = read_framework(path)
    assert [(item.uri, item.codes, item.parents) for item in found.items] == [
        ("http://a.example/a", ("4.NF",), ()),
        ("urn:x-framework:f:4.NF.9", ("4.NF.9",), ("http://a.example/a",)),
    ]
    assert [(problem.code, problem.field) for problem in found.problems] == [
        ("row-unknown", "line 7"),
        ("code-missing", "line 5"),
        ("item-twice", "line 6"),
    ]


def test_links_alone_are_a_bare_progression_where_there_is_no_more_to_say(tmp_path: Path) -> None:
    links = (Association("4.NF.1", "precedes", "4.NF.2"), Association("-1", "ext:helps", "4.NF.2"))
    framework = Framework("urn:x-links:order", "order", "order", associations=links)
    content = b"".join(table_write.write(framework))
    assert content == (b"\xef\xbb\xbffrom_code,to_code,relation\r\n4.NF.1,4.NF.2,precedes\r\n'-1,4.NF.2,ext:helps\r\n")
    (tmp_path / "order.csv").write_bytes(content)
    assert read_framework(tmp_path / "order.csv").associations == links


def test_what_links_say_besides_has_columns_and_what_the_framework_says_one(tmp_path: Path) -> None:
    links = (
        Association("a", "exactMatch", "b", identifier="1", sequence=-2, notes="So."),
        Association("b", "related", "c"),
    )
    framework = Framework("http://a.example/f", "order", "An order", associations=links, publisher="A state")
    first = written(framework)[0]
    assert list(first) == ["from_code", "to_code", "relation", "identifier", "sequence", "notes", "framework"]
    (tmp_path / "order.csv").write_bytes(b"".join(table_write.write(framework)))
    found = read_framework(tmp_path / "order.csv")
    assert (found.uri, found.title, found.publisher) == ("http://a.example/f", "An order", "A state")
    assert (found.associations, found.only_links) == (links, True)
