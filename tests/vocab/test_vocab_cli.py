"""`vocab check` on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vocab.cli import vocab


def check(*arguments: str) -> Result:
    return CliRunner().invoke(vocab, ["check", *arguments])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "district.csv"
    path.write_text("code,statement\nA.1,Count\na-1,Add\n")
    return path


def test_a_framework_is_summed_up_with_its_problems(table: Path) -> None:
    result = check(str(table))
    assert result.exit_code == 0
    assert "items:        2" in result.stdout
    assert "warning: A.1 and a-1 is printed on 2 statements" in result.stdout


def test_json_carries_the_same(table: Path) -> None:
    found = json.loads(check(str(table), "--json").stdout)
    assert (found["kind"], found["code"], found["items"], found["ok"]) == ("framework", "district", 2, True)
    assert [problem["code"] for problem in found["problems"]] == ["code-twice"]


def test_a_progression_is_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "order.csv"
    path.write_text("from,to\na,b\nb,a\n")
    result = check(str(path), "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["kind"], found["associations"], found["ok"]) == ("links", 2, False)
    assert result.stderr.count("\n") == 1


def test_what_cannot_be_stored_ends_with_one_and_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"CFDocument": {"identifier": "d", "title": "Empty"}, "CFItems": []}')
    result = check(str(path))
    assert result.exit_code == 1
    assert "Empty holds no statements." in result.stderr


def test_what_cannot_be_read_ends_with_one_and_a_sentence(tmp_path: Path) -> None:
    result = check(str(tmp_path / "absent.ttl"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "does not exist" in result.stderr


def test_wrong_usage_ends_with_two() -> None:
    assert check().exit_code == 2
