"""The commands for sources and harvests, as they are typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.harvesters.sites import Site, running_site
from web.cli import main
from web.demo.loopback import Answer

Oer = Callable[..., Result]


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        running.routes["/t.csv"] = Answer(b"ID,Title,Link\nA,Shares,https://oak.example/1\nB,,\n")
        yield running


@pytest.fixture
def oer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oer:
    monkeypatch.setenv("OER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OER_ALLOWED_NETWORKS", "127.0.0.0/8")
    for name in ("OER_DATABASE_URL", "OER_LEARNER_DATABASE_URL", "OER_SEARCH_URL", "OER_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.fixture
def oak(oer: Oer, site: Site) -> Oer:
    added = oer("source", "add", "oak", "table", f"{site.base}/t.csv", "--provider", "Oak County")
    assert added.exit_code == 0, added.output
    return oer


def test_a_source_is_added_and_listed(oak: Oer) -> None:
    (listed,) = msgspec.json.decode(oak("source", "list", "--json").stdout)
    assert (listed["name"], listed["kind"], listed["provider"]) == ("oak", "table", "Oak County")
    assert "never harvested" in oak("source", "list").stdout


def test_options_are_kept_and_checked(oer: Oer, site: Site) -> None:
    taken = oer("source", "add", "oak", "table", f"{site.base}/t.csv", "--option", "column.title=Heading", "--json")
    assert msgspec.json.decode(taken.stdout)["options"] == {"column.title": "Heading"}
    refused = oer("source", "add", "elm", "table", f"{site.base}/t.csv", "--option", "colour=red")
    assert refused.exit_code == 1
    assert "options.colour" in refused.stderr
    assert oer("source", "add", "elm", "table", f"{site.base}/t.csv", "--option", "colour").exit_code == 2


def test_an_unknown_kind_is_refused_in_a_sentence(oer: Oer) -> None:
    refused = oer("source", "add", "oak", "ftp", "https://oak.example/")
    assert refused.exit_code == 1
    assert "oai, sitemap, feed, table, cartridge, peer" in refused.stderr


def test_a_check_shows_samples_and_stores_nothing(oak: Oer) -> None:
    checked = oak("source", "check", "oak")
    assert checked.exit_code == 0
    assert "1 of 2 records can be taken, 1 would be rejected." in checked.stdout
    assert "Shares" in checked.stdout
    assert msgspec.json.decode(oak("source", "check", "oak", "--json").stdout)["usable"] == 1
    assert oak("source", "runs", "oak").stdout == ""


def test_a_check_of_a_source_that_cannot_be_read_fails(oak: Oer, site: Site) -> None:
    del site.routes["/t.csv"]
    checked = oak("source", "check", "oak")
    assert checked.exit_code == 1
    assert "HTTP status 404" in checked.stdout


def test_a_harvest_prints_its_counts_and_can_be_searched(oak: Oer) -> None:
    done = oak("harvest", "oak", "--json")
    assert done.exit_code == 0
    report = msgspec.json.decode(done.stdout)
    assert list(report)[:9] == [
        "source", "status", "seen", "created", "updated", "unchanged", "withdrawn", "rejected", "seconds"
    ]  # fmt: skip
    assert (report["status"], report["created"], report["rejected"]) == ("partial", 1, 1)
    assert "Shares" in oak("search", "shares").stdout
    assert oak("harvest", "oak").stdout.startswith("oak: partial. 2 seen, 0 created, 0 updated, 1 unchanged")


def test_runs_and_problems_can_be_read(oak: Oer) -> None:
    oak("harvest", "oak")
    (run,) = msgspec.json.decode(oak("source", "runs", "oak", "--json").stdout)
    assert run["status"] == "partial"
    assert "2 seen, 1 created" in oak("source", "runs", "oak").stdout
    problems = msgspec.json.decode(oak("source", "problems", "oak", "--json").stdout)
    assert problems["counts"]["title-missing"] == 1
    assert "title-missing" in oak("source", "problems", "oak").stdout


def test_a_failed_harvest_exits_with_one_and_says_why(oak: Oer, site: Site) -> None:
    del site.routes["/t.csv"]
    for arguments in (("harvest", "oak"), ("harvest", "oak", "--json"), ("harvest", "--all")):
        failed = oak(*arguments)
        assert failed.exit_code == 1
        assert "HTTP status 404" in failed.stderr


def test_one_source_that_fails_does_not_keep_the_others_waiting(oak: Oer, site: Site) -> None:
    oak("source", "add", "ash", "table", f"{site.base}/gone.csv")
    done = oak("harvest", "ash", "nowhere", "oak", "--json")
    assert done.exit_code == 1
    assert [msgspec.json.decode(line)["source"] for line in done.stdout.splitlines()] == ["ash", "oak"]
    assert "There is no source named nowhere." in done.stderr


def test_due_sources_are_harvested_once(oak: Oer) -> None:
    assert "oak" in oak("harvest", "--due").stdout
    assert oak("harvest", "--due").stdout == ""


@pytest.mark.parametrize("arguments", [(), ("oak", "--all"), ("--due", "--all")])
def test_it_must_be_said_what_to_harvest(oer: Oer, arguments: tuple[str, ...]) -> None:
    assert oer("harvest", *arguments).exit_code == 2


def test_help_explains_every_option() -> None:
    shown = CliRunner().invoke(main, ["source", "add", "--help"]).stdout
    for name in ("prefix", "set", "id_column", "column.title", "level.Meets", "default.license"):
        assert name in shown


def test_the_help_names_each_option_of_each_kind_on_a_line_of_its_own(oer: Oer) -> None:
    lines = [line.strip() for line in oer("source", "add", "--help").stdout.splitlines()]
    for start in ("oai: set=…", "table: id_column=…", "table: column.title=", "any kind: level.Meets="):
        assert any(line.startswith(start) for line in lines)
