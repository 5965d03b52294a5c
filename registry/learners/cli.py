"""The learners' commands: show, export and forget one."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click
import msgspec

from registry.app import Registry
from registry.learners.access import Reader
from registry.learners.app import Learners
from registry.learners.export import export_learner
from registry.learners.privacy import forget
from registry.learners.profile import read_profile
from registry.learners.views import Profile


class Opened(Protocol):
    """What the commands are handed: the registry and the learners' database, each opened when it is first asked for."""

    @property
    def registry(self) -> Registry:
        """The registry."""
        ...

    @property
    def learners(self) -> Learners:
        """The learners' database."""
        ...


@click.group("learner")
def learner() -> None:
    """What is known of a learner, in one place or one file, and forgetting them."""


@learner.command()
@click.argument("learner_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--why", default="asked for on the command line", help="Goes into the learner's access log.")
@click.pass_obj
def show(opened: Opened, learner_id: str, as_json: bool, why: str) -> None:
    """Print what a learner wishes, and for each standard what is known and by how much evidence."""
    registry = opened.registry
    with opened.learners.sessions.begin() as session, registry.reading.begin() as catalog:
        graph = registry.graphs.current(catalog)
        profile = read_profile(session, catalog, graph, _operator(why), learner_id, datetime.now(UTC))
    if as_json:
        click.echo(msgspec.json.encode(profile).decode())
    else:
        click.echo("\n".join(_lines(profile)))


@learner.command()
@click.argument("learner_id", metavar="ID")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; else it is printed."
)
@click.option("--why", default="exported on the command line", help="Goes into the learner's access log.")
@click.pass_obj
def export(opened: Opened, learner_id: str, output: Path | None, why: str) -> None:
    """Write everything held about a learner, and why, as one JSON file."""
    with opened.learners.sessions.begin() as session:
        content = export_learner(session, _operator(why), learner_id)
    if output is None:
        click.echo(content)
    else:
        # A child's record is for whoever asked for it, and for nobody else on this machine.
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


@learner.command("forget")
@click.argument("learner_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.pass_obj
def forget_(opened: Opened, learner_id: str, yes: bool) -> None:
    """Delete a learner and every byte about them; it cannot be undone."""
    if not yes:
        click.confirm("Everything about this learner will be gone for good. Go on?", abort=True)
    forget(opened.learners, learner_id)
    click.echo("Forgotten.")


def _operator(why: str) -> Reader:
    return Reader("operator", why)


def _lines(profile: Profile) -> list[str]:
    lines = [
        f"grade {profile.grade or '-'}, languages {', '.join(profile.languages) or '-'}, "
        f"goals {', '.join(goal.code or goal.uri for goal in profile.goals) or '-'}"
    ]
    for each in profile.standards:
        low, high = each.interval
        last = f"{each.last:%Y-%m-%d}" if each.last else "inferred" if each.inferred else "-"
        lines.append(
            f"{each.code or each.uri:<16} {each.state:<11} {each.probability:>5.0%} ({low:.0%} to {high:.0%})"
            f" {each.count:>4} evidence  {last}"
        )
    return lines
