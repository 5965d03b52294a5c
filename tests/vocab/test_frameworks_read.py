"""Any framework file: tables, what is refused and how, and the checks that hold for every kind."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab import rdf
from vocab.frameworks.checks import checked, cycle_problems
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.read import read_framework

TABLE = """Code,Standard,Parent,Grade Level,Subject
M.4.2,Add fractions,M.4,4,Math
M.4,Fractions,,4,Math
M.4.3,Multiply fractions,M.4,4,Math
"""

CONCEPT = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://a.example/1> a skos:Concept ; skos:prefLabel "Zero"@en ; skos:notation "A" .
"""


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TABLE, "utf-8"),
        (TABLE, "utf-8-sig"),
        (TABLE, "utf-16"),
        (TABLE.replace(",", ";"), "utf-8"),
        (TABLE.replace(",", "\t").replace("\n", "\r\n"), "cp1252"),
    ],
)
def test_a_table_with_codes_and_statements_is_a_framework(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "district.csv"
    path.write_bytes(text.encode(encoding))
    found = read_framework(path)
    assert found.problems == ()
    placed = {item.codes[0]: [each.rpartition(":")[2] for each in item.parents] for item in found.items}
    assert placed == {"M.4.2": ["M.4"], "M.4": [], "M.4.3": ["M.4"]}
    assert {(item.grades, item.subjects) for item in found.items} == {(("4",), ("mathematics",))}


def test_only_what_can_be_an_address_is_the_uri_of_a_row(tmp_path: Path) -> None:
    path = tmp_path / "district.csv"
    path.write_text(
        "code,statement,uri\n1,One,https://a.example/1\n2,Two,javascript:x\n3,Three,https://a.example/> <b\n4,Four,\n"
    )
    assert [item.uri for item in read_framework(path).items] == [
        "https://a.example/1",
        "urn:x-framework:district:javascript%3Ax",
        "urn:x-framework:district:https%3A%2F%2Fa.example%2F%3E%20%3Cb",
        "urn:x-framework:district:4",
    ]


def test_a_row_without_a_code_is_told_of_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "district.csv"
    path.write_text('code,statement\n1.A,"Two\nlines"\n,Nameless\n1.A,Again\n')
    found = read_framework(path)
    assert [item.statement for item in found.items] == ["Two lines"]
    assert [(problem.code, problem.field) for problem in found.problems] == [
        ("code-missing", "line 4"),
        ("item-twice", "line 5"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"{", "a.json is not well-formed JSON"),
        ("a.json", b"[" * 100_000, "a.json is"),
        ("a.json", b'{"title": "x"}', "neither a CASE package"),
        ("a.json", b"[1, 2]", "neither a CASE package"),
        ("a.csv", b"name,age\nx,3\n", "a.csv is no framework we can read"),
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"\xef\xbb\xbf \r\n", "a.csv is empty"),
        ("a.zip", b"PK\x03\x04" + bytes(40), "a.zip is a ZIP archive. Unpack it"),
        ("a.json.gz", b"\x1f\x8b\x08" + bytes(40), "compressed with gzip"),
        ("a.pdf", b"%PDF-1.7", "a.pdf is a PDF"),
        ("a.csv", b"\xff\xfec\x00o\x00d", "starts as UTF-16, but byte"),
        ("a.csv", b"row,uri,statement,details\nframework,urn:x:f,F,{\n", "Line 2: the JSON under details is broken"),
        ("a.csv", b"from_code,to_code,relation,framework\na,b,precedes,[]\n", "Line 2: the column framework"),
        ("a.csv", b"code,statement\n1," + b"x" * 2_000_000, "a.csv, line 2"),
        ("a.bin", bytes(range(256)), "a.bin is not text"),
        ("a.xml", b"<html><body>Down for maintenance</body></html>", "a.xml is no framework"),
        ("a.ttl", b"@prefix a: <b> .\na:b a:c", "a.ttl is not well-formed RDF"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence_that_names_the_file(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=told):
        read_framework(path)


def test_a_path_or_folder_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        read_framework(tmp_path / "absent.ttl")
    with pytest.raises(ValueError, match="no RDF file"):
        read_framework(tmp_path)


def test_a_folder_with_one_package_is_that_package(tmp_path: Path) -> None:
    package = {
        "CFDocument": {"identifier": "d1", "title": "T"},
        "CFItems": [{"identifier": "i1", "fullStatement": "S"}],
    }
    (tmp_path / "package.json").write_text(json.dumps(package))
    (tmp_path / "README.txt").write_text("words")
    assert [item.statement for item in read_framework(tmp_path).items] == ["S"]


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.ttl"
    outside.write_text("<http://a.example/> a <http://www.w3.org/2004/02/skos/core#Concept> .")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.ttl").symlink_to(outside)
    with pytest.raises(ValueError, match="no RDF file"):
        read_framework(folder)


def test_what_stands_beside_the_rdf_files_of_a_folder_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(CONCEPT)
    (tmp_path / "b.ttl").write_text(CONCEPT)  # the same once more
    (tmp_path / "c.csv").write_text(TABLE)
    (tmp_path / "d.ttl").write_bytes(b"PK\x03\x04" + bytes(40))
    (tmp_path / "README.md").write_text("words")
    found = read_framework(tmp_path)
    assert [item.codes for item in found.items] == [("A",)]
    assert [(problem.code, problem.field) for problem in found.problems] == [
        ("file-unreadable", "d.ttl"),
        ("file-ignored", "c.csv"),
    ]


def test_a_folder_of_several_frameworks_is_refused(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TABLE)
    with pytest.raises(ValueError, match="2 files that may be frameworks; read them one by one"):
        read_framework(tmp_path)


def test_a_file_beyond_the_cap_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf, "MOST_BYTES", 20)
    (tmp_path / "big.ttl").write_text(CONCEPT)
    with pytest.raises(ValueError, match=r"big\.ttl holds more than"):
        read_framework(tmp_path / "big.ttl")


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("a.csv", "code,statement\nA,Naïve\n", "cp1252"),
        ("a.ttl", CONCEPT.replace("Zero", "Naïve"), "latin-1"),
        ("a.json", json.dumps({"CFDocument": {}}), "utf-8"),
    ],
)
def test_other_encodings_are_read_and_told_of_with_their_line(
    tmp_path: Path, name: str, text: str, encoding: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    if encoding == "utf-8":
        path = tmp_path / "a.csv"
        path.write_text("code,statement\nA,Naïve\n", encoding="utf-16")
    found = read_framework(path)
    assert [item.statement for item in found.items] == ["Naïve"]
    told = [] if encoding == "utf-8" else [("encoding", "line 2")]
    assert [(problem.code, problem.field) for problem in found.problems] == told


def test_xml_in_the_encoding_it_declares_is_read_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.rdf"
    path.write_bytes(
        '<?xml version="1.0" encoding="ISO-8859-1"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:skos="http://www.w3.org/2004/02/skos/core#"><skos:Concept rdf:about="http://a.example/1">'
        "<skos:prefLabel>Naïve</skos:prefLabel></skos:Concept></rdf:RDF>".encode("latin-1")
    )
    found = read_framework(path)
    assert ([item.statement for item in found.items], found.problems) == (["Naïve"], ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_turtle_and_json_are_read_in_unicode_of_any_kind(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.ttl").write_text(CONCEPT.replace("Zero", "Naïve").replace("\n", "\r\n"), encoding=encoding)
    package = {
        "CFDocument": {"identifier": "d1", "title": "T"},
        "CFItems": [{"identifier": "i1", "fullStatement": "Naïve"}],
    }
    (tmp_path / "b.json").write_text(json.dumps(package, ensure_ascii=False), encoding=encoding)
    for name in ("a.ttl", "b.json"):
        assert [item.statement for item in read_framework(tmp_path / name).items] == ["Naïve"]


def test_what_a_table_says_besides_is_kept_under_its_header(tmp_path: Path) -> None:
    path = tmp_path / "district.csv"
    path.write_text("code,statement,Grade,Subject,Language,List ID,Strand\n1,One,Pre-school,Weaving,es,a.,Numbers\n")
    (item,) = read_framework(path).items
    assert (item.language, item.grades, item.subjects) == ("es", (), ())
    assert item.details == {
        "Strand": "Numbers",
        "listEnumeration": "a.",
        "subject": ["Weaving"],
        "educationLevel": ["Pre-school"],
    }


def framework(*items: Item, associations: tuple[Association, ...] = ()) -> Framework:
    return Framework("urn:x:f", "f", "F", items, associations)


def test_statements_without_words_are_errors() -> None:
    found = checked(framework(Item("urn:x:1", "  <br/> "), Item("urn:x:2", "", label="A label")))
    assert [(problem.code, problem.severity) for problem in found.problems] == [
        ("statement-markup", "warning"),
        ("statement-empty", "error"),
    ]
    assert found.items[1].statement == "A label"


def test_two_statements_with_one_code_are_told_of_once() -> None:
    found = checked(
        framework(*(Item(f"urn:x:{n}", f"S{n}", codes=(code,)) for n, code in enumerate(("A.1", "a-1", "A.2"))))
    )
    (problem,) = found.problems
    assert problem.code == "code-twice"
    assert "A.1 and a-1 is printed on 2 statements" in problem.message


def test_a_circle_of_precedes_is_found_through_aliases() -> None:
    items = (
        Item("urn:x:1", "One", codes=("A.1",), aliases=("http://a.example/1",)),
        Item("urn:x:2", "Two", codes=("A.2",)),
    )
    links = (Association("urn:x:1", "precedes", "urn:x:2"), Association("urn:x:2", "precedes", "http://a.example/1"))
    (problem,) = checked(framework(*items, associations=links)).problems
    assert (problem.code, problem.severity, problem.value) == ("cycle-precedes", "error", "A.1 → A.2 → A.1")


def test_a_link_with_both_ends_elsewhere_is_told_of() -> None:
    links = (Association("urn:x:8", "related", "urn:x:9"), Association("urn:x:1", "related", "urn:x:9"))
    found = checked(framework(Item("urn:x:1", "One"), associations=links))
    assert [problem.code for problem in found.problems] == ["association-dangling"]


def test_problems_of_a_kind_are_counted_beyond_fifty() -> None:
    found = checked(framework(*(Item(f"urn:x:{n}", "") for n in range(80))))
    assert len(found.problems) == 51
    assert found.problems[-1].message == "30 more problems of the kind statement-empty."
    assert found.problems[-1].severity == "error"


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
def test_a_cycle_is_told_exactly_where_the_graph_has_one(pairs: list[tuple[int, int]]) -> None:
    edges = [(str(one), str(other)) for one, other in pairs]
    reach = {node: {b for a, b in edges if a == node} for node, _ in edges}
    for _ in range(13):
        reach = {node: far.union(*(reach.get(each, set()) for each in far)) for node, far in reach.items()}
    circular = any(node in far for node, far in reach.items())
    assert bool(cycle_problems(edges, "precedes", {})) == circular


def test_a_long_chain_is_no_circle_and_no_deep_recursion() -> None:
    edges = [(str(n), str(n + 1)) for n in range(50_000)]
    assert cycle_problems(edges, "precedes", {}) == []
    (problem,) = cycle_problems([*edges, ("50000", "0")], "precedes", {})
    assert "…" in problem.message


def test_circles_beyond_counting_are_cut_at_fifty() -> None:
    edges = [edge for n in range(5_000) for edge in ((str(n), str(n + 1)), (str(n + 1), "0"))]
    assert len(cycle_problems(edges, "precedes", {})) == 50
