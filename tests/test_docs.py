"""Documentation that cannot fall behind: every setting, command, kind of source and decision is where a reader looks."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from harvesters.kinds import KINDS
from web.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _commands(group: click.Group, before: str = "oer") -> list[str]:
    found = []
    for name, command in group.commands.items():
        path = f"{before} {name}"
        found += _commands(command, path) if isinstance(command, click.Group) else [path]
    return found


@pytest.mark.parametrize("command", _commands(main))
def test_every_command_is_in_the_readme_and_explains_itself(command: str) -> None:
    assert f"`{command}" in README, f"add `{command}` to the README's table of commands"
    found: click.Command = main
    for part in command.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.commands[part]
    assert found.help, f"{command} needs a docstring: it is what --help prints"
    undescribed = [
        each.name for each in found.params if isinstance(each, click.Option) and not each.help and each.required
    ]
    assert not undescribed


@pytest.mark.parametrize("name", sorted(set(re.findall(r"OER_[A-Z_]+", (ROOT / "registry/settings.py").read_text()))))
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README, f"add `{name}` to the README's table of settings"


def test_the_readme_names_no_setting_that_is_not_read() -> None:
    read = set(re.findall(r"OER_[A-Z_]+", (ROOT / "registry/settings.py").read_text()))
    compose = set(re.findall(r"OER_[A-Z_]+", (ROOT / "docker-compose.yml").read_text()))
    assert set(re.findall(r"OER_[A-Z_]+", README)) <= read | compose


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_source_is_in_the_readme(kind: str) -> None:
    assert f"`{kind}`" in README


def test_the_map_of_the_code_points_at_files_that_exist() -> None:
    missing = [
        path
        for path in re.findall(r"`((?:vocab|registry|harvesters|web)/[\w/]+\.py)`", README)
        if not (ROOT / path).exists()
    ]
    assert not missing


def test_decisions_are_numbered_and_say_where_they_stand() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert "**Accepted" in page.read_text() or "**Replaced" in page.read_text(), page.name
        assert page.read_text().count("\n") <= 60, f"{page.name}: a decision is under a page"
