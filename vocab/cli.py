"""`oer vocab`: frameworks and vocabularies on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from vocab.frameworks.model import Framework
from vocab.frameworks.read import read_framework
from vocab.resource import Problem, Severity


@click.group()
def vocab() -> None:
    """Frameworks of standards, vocabularies and progressions."""


@vocab.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(path: Path, as_json: bool) -> None:
    """Read a framework, vocabulary, progression or crosswalk, store nothing, and say what is wrong with it.

    PATH is a file, or a folder of RDF files that make one vocabulary. The exit code is 1 where it cannot be stored.
    """
    try:
        framework = read_framework(path)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    found, problems = _summary(framework), framework.problems
    errors = [problem for problem in problems if problem.severity == Severity.ERROR]
    if as_json:
        click.echo(msgspec.json.encode({**found, "ok": not errors, "problems": problems}).decode())
    else:
        _print(found, problems)
    if errors:
        click.echo(f"{path} cannot be stored: {errors[0].message}", err=True)
        sys.exit(1)


def _summary(framework: Framework) -> dict[str, object]:
    return {
        "kind": "links" if framework.only_links else "framework",
        "title": framework.title,
        "code": framework.code,
        "uri": framework.uri,
        "publisher": framework.publisher,
        "version": framework.version,
        "language": framework.language,
        "license": framework.license_url,
        "items": len(framework.items),
        "associations": len(framework.associations),
    }


def _print(found: dict[str, object], problems: tuple[Problem, ...]) -> None:
    for name, value in found.items():
        if value != "":
            click.echo(f"{name + ':':14}{value}")
    for problem in problems:
        click.echo(f"{problem.severity}: {problem.message} {problem.hint}")
    if not problems:
        click.echo("No problems found.")
