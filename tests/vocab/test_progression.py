"""Progressions between standards."""

from pathlib import Path

import pytest

from vocab.frameworks.model import Association
from vocab.frameworks.progression import read_progression
from vocab.frameworks.read import read_framework


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "progression.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_pairs_are_read_once_each_from_what_comes_first_to_what_follows(tmp_path: Path) -> None:
    path = write(
        tmp_path, "from_code,to_code,relation\n1.G.A.1,2.G.A.1,precedes\n1.G.A.1,2.G.A.1,precedes\na,b,isRelatedTo\n"
    )
    assert read_progression(path) == (
        (Association("1.G.A.1", "precedes", "2.G.A.1"), Association("a", "related", "b")),
        (),
    )


@pytest.mark.parametrize("header", ["From,To,Type", "source;target", "Prerequisite\tStandard", "prerequisite_code|to"])
def test_other_headers_that_mean_the_same_are_understood(tmp_path: Path, header: str) -> None:
    separator = next(mark for mark in ",;\t|" if mark in header)
    path = write(tmp_path, f"{header}\nA.1{separator}A.2\n")
    assert read_progression(path)[0] == (Association("A.1", "precedes", "A.2"),)


def test_a_progression_is_told_in_any_encoding(tmp_path: Path) -> None:
    path = tmp_path / "progression.csv"
    path.write_bytes('"from_code","to_code"\r\nA.1,A.2\r\n'.encode("utf-16"))
    assert read_progression(path)[0] == (Association("A.1", "precedes", "A.2"),)


def test_lines_that_say_nothing_usable_are_left_out_by_number(tmp_path: Path) -> None:
    path = write(tmp_path, "from_code,to_code,relation\na,,precedes\na,a,precedes\na,b,loves\na,b,precedes\n")
    associations, problems = read_progression(path)
    assert associations == (Association("a", "precedes", "b"),)
    assert [(problem.code, problem.field, problem.severity) for problem in problems] == [
        ("end-missing", "line 2", "warning"),
        ("self-relation", "line 3", "warning"),
        ("relation-unknown", "line 4", "warning"),
    ]


def test_a_circle_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = write(tmp_path, "from_code,to_code,relation\na,b,precedes\nb,c,precedes\nc,a,precedes\nc,b,isRelatedTo\n")
    (problem,) = read_progression(path)[1]
    assert (problem.code, problem.severity, problem.value) == ("cycle-precedes", "error", "a → b → c → a")


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "code,statement\nA.1,Count\n")
    with pytest.raises(ValueError, match="expected the columns from_code, to_code and relation"):
        read_progression(path)


def test_a_progression_is_a_framework_of_links(tmp_path: Path) -> None:
    found = read_framework(
        write(tmp_path, "from,to,relation\na,b,precedes\nc,d,is peer of\ne,f,ext:Assesses\n"), "order"
    )
    assert (found.uri, found.code, found.title, found.only_links) == ("urn:x-links:order", "order", "order", True)
    assert [(link.source, link.kind, link.target) for link in found.associations] == [
        ("a", "precedes", "b"),
        ("c", "isPeerOf", "d"),
        ("e", "ext:Assesses", "f"),
    ]


def test_a_circle_keeps_the_framework_of_links_from_being_stored(tmp_path: Path) -> None:
    found = read_framework(write(tmp_path, "from,to\na,b\nb,a\n"))
    assert ("cycle-precedes", "error") in [(problem.code, problem.severity) for problem in found.problems]
