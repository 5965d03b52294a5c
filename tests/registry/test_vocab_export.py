"""`oer vocab export`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry import vocab_cli
from registry.app import open_registry
from registry.settings import read_settings
from tests.factories import framework, stored_framework
from web.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with a framework in two versions."""
    monkeypatch.setenv("OER_DATA_DIR", str(tmp_path))
    for name in ("OER_DATABASE_URL", "OER_LEARNER_DATABASE_URL", "OER_SEARCH_URL", "OER_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    assert export("list").exit_code == 0
    registry = open_registry(read_settings())
    with registry.sessions.begin() as session:
        stored_framework(session)
        stored_framework(session, framework(statements={"4.NF.1": "Said otherwise"}), digest="2")
    registry.close()
    return tmp_path


def export(*words: str) -> Result:
    assert vocab_cli.export_.name == "export"
    return CliRunner().invoke(main, ["vocab", *words])


def test_a_framework_is_printed_as_case(folder: Path) -> None:
    done = export("export", "state")
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["CFItems"]) == 4


def test_an_older_version_is_written_to_a_file(folder: Path) -> None:
    done = export("export", "STATE", "--format", "csv", "--version", "1", "--output", str(folder / "state.csv"))
    assert done.exit_code == 0
    text = (folder / "state.csv").read_text("utf-8-sig")
    assert "The statement of 4.NF.1" in text and "Said otherwise" not in text
    assert [each.name for each in folder.glob("state.csv*")] == ["state.csv"]


def test_what_is_not_there_is_told_in_one_sentence(folder: Path) -> None:
    for words, status in ((("nowhere",), 1), (("state", "--version", "9"), 1), (("state", "--format", "docx"), 2)):
        done = export("export", *words)
        assert done.exit_code == status, words
        assert "Traceback" not in done.output
