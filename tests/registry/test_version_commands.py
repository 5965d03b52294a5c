"""The commands for versions, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from registry.app import open_registry
from registry.catalog.ingest import ingest
from registry.models import AlignmentRow, ConceptRow
from registry.settings import read_settings
from tests.factories import aligned, harvested, source
from web.cli import main

Oer = Callable[..., str]
_FIRST = """code,statement,parent
4.NF,Fractions in the fourth grade,
4.NF.1,Explain why two fractions are equal by drawing models.,4.NF
4.NF.2,Compare two fractions with different numerators and different denominators.,4.NF
4.NF.3,Weave baskets out of colored paper strips.,4.NF
"""
_SECOND = """code,statement,parent
4.NF,Fractions in the fourth grade,
4.NF.1,Explain why two fractions are equal by folding models.,4.NF
4.NF.2a,Compare two fractions with different numerators.,4.NF
4.NF.2b,Compare two fractions with different denominators.,4.NF
"""


@pytest.fixture
def oer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oer:
    """What a command prints, with the first version stored and both files beside it."""
    monkeypatch.setenv("OER_DATA_DIR", str(tmp_path / "data"))
    for name in ("OER_DATABASE_URL", "OER_LEARNER_DATABASE_URL", "OER_SEARCH_URL", "OER_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("first.csv").write_text(_FIRST)
    Path("second.csv").write_text(_SECOND)

    def run(*arguments: str, exit_code: int = 0) -> str:
        found: Result = CliRunner().invoke(main, list(arguments))
        assert found.exit_code == exit_code, found.output
        return found.output

    run("vocab", "import", "first.csv", "--as", "state")
    return run


def ingest_lessons() -> None:
    registry = open_registry(read_settings())
    with registry.sessions.begin() as session:
        lessons = [harvested(code, educationalAlignment=aligned(code)) for code in ("4.NF.2", "4.NF.3")]
        ingest(session, source(session), lessons)
    registry.close()


def aligned_now() -> list[str]:
    registry = open_registry(read_settings())
    with registry.reading.begin() as session:
        asked = select(ConceptRow.code).join(AlignmentRow, AlignmentRow.concept_id == ConceptRow.id)
        codes = sorted(session.scalars(asked))
    registry.close()
    return codes


def test_two_files_are_compared_without_storing_anything(oer: Oer) -> None:
    told = oer("vocab", "diff", "first.csv", "second.csv")
    assert "4.NF.1 -> 4.NF.1" in told
    assert "removed      4.NF.3" in told
    assert "4.NF.2 -> 4.NF.2a, 4.NF.2b" in told
    assert "No difference." in oer("vocab", "diff", "first.csv", "first.csv")
    assert oer("vocab", "versions", "state").count("\n") == 1


def test_a_file_is_compared_with_what_is_stored(oer: Oer) -> None:
    stored = json.loads(oer("vocab", "diff", "state", "second.csv", "--json"))
    files = json.loads(oer("vocab", "diff", "first.csv", "second.csv", "--json"))
    assert stored["counts"]["removed"] == 1
    assert set(stored) == {"counts", "about", "changes", "retags"}
    assert len(stored["changes"]) == sum(stored["counts"].values())
    assert [each["kind"] for each in files["changes"]] == [each["kind"] for each in stored["changes"]]


def test_one_kind_can_be_asked_for(oer: Oer) -> None:
    told = oer("vocab", "diff", "first.csv", "second.csv", "--kind", "removed")
    assert "4.NF.3" in told
    assert "4.NF.1" not in told
    oer("vocab", "diff", "first.csv", "second.csv", "--kind", "wrong", exit_code=2)


def test_a_version_is_seen_made_live_and_taken_back(oer: Oer) -> None:
    ingest_lessons()
    told = oer("vocab", "import", "second.csv", "--as", "state")
    assert "version 2 waits" in told
    assert oer("vocab", "diff", "state", "state@2") == oer("vocab", "diff", "state@1", "state@2")
    assert "waiting" in oer("vocab", "versions", "state")
    told = oer("vocab", "switch", "state")
    assert "version 2 is live" in told
    assert "resources put together again" in told
    assert [each["state"] for each in json.loads(oer("vocab", "versions", "state", "--json"))] == ["live", "past"]
    assert aligned_now() == ["4.NF.2", "4.NF.3"]
    assert json.loads(oer("vocab", "take-back", "STATE", "--json"))["number"] == 1
    assert "version 2 discarded" in oer("vocab", "discard", "state", "2")
    assert oer("vocab", "versions", "state").count("\n") == 1


def test_proposals_are_listed_and_the_surest_accepted(oer: Oer) -> None:
    ingest_lessons()
    oer("vocab", "import", "second.csv", "--as", "state", "--now")
    told = oer("vocab", "retag", "state", "2")
    assert "open     4.NF.3 -> 4.NF  1 resource  (0.10: Nothing has come of it" in told
    assert "open     4.NF.2 -> 4.NF.2a, 4.NF.2b  1 resource" in told
    assert "1 accepted" in oer("vocab", "retag", "state", "2", "--accept-above", "0.2")
    listed = json.loads(oer("vocab", "retag", "state", "2", "--json"))
    assert sorted((each["decision"], each["resources"]) for each in listed) == [("", 1), ("accepted", 0)]
    assert aligned_now() == ["4.NF.2a", "4.NF.2b", "4.NF.3"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("diff", "nowhere.csv", "state"), "nowhere.csv"),
        (("diff", "state", "state@9"), "no version 9"),
        (("diff", "@2", "state"), "CODE@NUMBER"),
        (("versions", "none"), "no framework"),
        (("switch", "state"), "No version of state waits"),
        (("switch", "state", "1"), "it is live"),
        (("take-back", "state"), "first"),
        (("discard", "state", "1"), "only one that waits"),
        (("discard", "state", "7"), "no version 7"),
        (("retag", "state", "7"), "no version 7"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(oer: Oer, arguments: tuple[str, ...], told: str) -> None:
    answer = oer("vocab", *arguments, exit_code=1)
    assert told in answer
    assert answer.count("\n") == 1


def test_a_file_that_cannot_be_read_is_named(oer: Oer) -> None:
    Path("broken.json").write_text("{")
    assert "broken.json" in oer("vocab", "diff", "broken.json", "state", exit_code=1)
