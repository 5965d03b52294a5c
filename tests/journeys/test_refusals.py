"""Commands that are refused or fail: exit code 1 and one plain sentence; wrong usage is 2; never a traceback."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import servers
from tests.journeys import house
from web.cli import main

NOBODY = "127.0.0.1:1"


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> house.Environment:
    return house.environment(tmp_path_factory.mktemp("data"))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def refused(env: house.Environment, *arguments: str) -> str:
    """The one sentence of a command that was refused."""
    ran = house.oer(env, *arguments)
    told = [line for line in ran.stderr.splitlines() if not line.startswith(("{", "  "))]
    assert ran.returncode == 1, ran
    assert "Traceback" not in ran.stderr
    assert len(told) == 1 and told[0].startswith("oer: "), ran.stderr
    assert re.search(r" \S+ ", told[0])
    return told[0]


def test_what_is_not_here_or_cannot_be_read_is_refused(env: house.Environment, tmp_path: Path) -> None:
    cut, binary = tmp_path / "cut.json", tmp_path / "binary.rdf"
    cut.write_text('{"CFDocument": ')
    binary.write_bytes(b"\x00\x01\xff\xfe")
    assert "no source named nowhere" in refused(env, "harvest", "nowhere")
    assert "cannot be added" in refused(env, "source", "add", "oak", "oai", "not-an-address")
    assert "cut.json" in refused(env, "vocab", "import", str(cut))
    assert "binary.rdf" in refused(env, "vocab", "import", str(binary))
    assert "does not exist" in refused(env, "vocab", "import", str(tmp_path / "nothing.json"))
    assert "OER_ALLOWED_NETWORKS" in refused(
        env | {"OER_ALLOWED_NETWORKS": ""}, "vocab", "import", f"http://{NOBODY}/x"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OER_DATABASE_URL", "nonsense", "OER_DATABASE_URL"),
        ("OER_LEARNER_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite", "OER_LEARNER_DATABASE_URL"),
        ("OER_DATABASE_URL", f"postgresql://postgres@{NOBODY}/none", "database cannot be used"),
        ("OER_SEARCH_URL", f"http://{NOBODY}", "search server does not answer"),
        ("OER_DATA_DIR", "/dev/null/data", "OER_DATA_DIR"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(env: house.Environment, name: str, value: str, said: str) -> None:
    assert said in refused(env | {name: value}, "search", "fractions")


def test_a_database_without_its_tables_says_which_command_makes_them(env: house.Environment) -> None:
    if not servers.postgres_ready():
        servers.missing("no PostgreSQL answers")
    name = servers.new_name()
    servers.run_sql(f"CREATE DATABASE {name}")
    try:
        said = refused(env | {"OER_DATABASE_URL": servers.database_url(name)}, "stats")
    finally:
        servers.run_sql(f"DROP DATABASE {name} WITH (FORCE)")
    assert "oer db upgrade" in said


def test_a_port_in_use_is_refused_before_anything_is_served(env: house.Environment, taken: int) -> None:
    house.oer(env, "db", "upgrade")  # so that the administrator is made, and shown, by then
    assert f"127.0.0.1:{taken}" in refused(env, "serve", "--port", str(taken))


def test_a_worker_without_a_broker_is_refused(env: house.Environment) -> None:
    assert "OER_BROKER_URL" in refused(env, "worker")


@pytest.mark.parametrize(
    "arguments",
    [("bogus",), ("harvest",), ("harvest", "--all", "--due"), ("serve", "--port", "99999"), ("source", "add", "oak")],
)
def test_wrong_usage_is_2_with_a_hint(env: house.Environment, arguments: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(main, arguments, env=env)
    assert ran.exit_code == 2
    assert "Usage: " in ran.stderr and "Error: " in ran.stderr


def test_help_is_0(env: house.Environment) -> None:
    for command in ((), ("harvest",), ("source",), ("db", "upgrade"), ("worker",)):
        ran = CliRunner().invoke(main, [*command, "--help"], env=env)
        assert (ran.exit_code, ran.stdout[:7], ran.stderr) == (0, "Usage: ", "")
