"""`oer account`: accounts made, listed, given new keys and taken away from a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.accounts.keys import person_of_key
from registry.app import open_registry
from tests.conftest import sqlite_settings
from tests.factories import source
from web.cli import main
from web.running import prepare


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with one district."""
    settings = sqlite_settings(tmp_path)
    prepare(settings)
    registry = open_registry(settings)
    with registry.sessions.begin() as session:
        source(session, "lakeside", "Lakeside")
    registry.close()
    return tmp_path


def oer(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"OER_DATA_DIR": str(folder)})


def scopes_of(folder: Path, key: str) -> tuple[str, ...]:
    registry = open_registry(sqlite_settings(folder))
    with registry.reading.begin() as session:
        person = person_of_key(session, key)
    registry.close()
    return person.scopes if person else ()


def test_an_account_is_made_listed_given_a_new_key_and_removed(folder: Path) -> None:
    made = json.loads(oer(folder, "account", "add", "maria", "--district", "lakeside", "--json").stdout)
    assert scopes_of(folder, made["key"]) == ("district:lakeside",)
    listed = json.loads(oer(folder, "account", "list", "--json").stdout)
    assert [(each["name"], each["scopes"], each["keys"]) for each in listed] == [("maria", ["district:lakeside"], 1)]
    assert made["password"] not in oer(folder, "account", "list").stdout
    key = oer(folder, "account", "key", "maria").stdout.strip()
    assert scopes_of(folder, key) == ("district:lakeside",)
    assert scopes_of(folder, made["key"]) == ()
    assert oer(folder, "account", "remove", "maria").exit_code == 0
    assert scopes_of(folder, key) == ()


def test_the_secrets_are_printed_once_for_a_person_to_read(folder: Path) -> None:
    said = oer(folder, "account", "add", "carla", "--role", "curator").stdout
    assert "This is shown once" in said
    key = next(line.split()[-1] for line in said.splitlines() if "API key" in line)
    assert scopes_of(folder, key) == ("curator",)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "x"), 2, "Give one of --role and --district."),
        (("add", "x", "--role", "admin", "--district", "lakeside"), 2, "Give one of --role and --district."),
        (("add", "x", "--role", "king"), 2, "king"),
        (("add", "x", "--district", "nowhere"), 1, "There is no district nowhere"),
        (("add", "Two Words", "--role", "admin"), 1, "Use lower-case letters"),
        (("remove", "nobody"), 1, "There is no account named nobody."),
        (("key", "nobody"), 1, "There is no account named nobody."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = oer(folder, "account", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
