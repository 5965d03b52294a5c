"""Any framework file: tables, what is refused and how, and the checks that hold for every kind."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.frameworks.checks import checked, cycle_problems
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.read import read_framework

TABLE = """Code,Standard,Parent,Grade Level,Subject
M.4.2,Add fractions,M.4,4,Math
M.4,Fractions,,4,Math
M.4.3,Multiply fractions,M.4,4,Math
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
        ("a.csv", b"from_code,to_code,relation\na,b,precedes\n", "a progression"),
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
        framework(*(Item(f"urn:x:{n}", "S", codes=(code,)) for n, code in enumerate(("A.1", "a-1", "A.2"))))
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
