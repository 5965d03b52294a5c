"""The command that writes a framework to a file, in any of the formats other systems read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.standards import export
from vocab.cli import vocab
from vocab.frameworks.write import FORMATS

if TYPE_CHECKING:
    from registry.cli import Opened


@vocab.command("export")
@click.argument("code")
@click.option("--format", "name", type=click.Choice(list(FORMATS)), default="case", show_default=True)
@click.option("--version", "number", type=click.IntRange(1), help="The number of a version; the live one by default.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output by default.")
@click.pass_obj
def export_(opened: Opened, code: str, name: str, number: int | None, output: Path | None) -> None:
    """Write a framework as CASE, SKOS or CSV, as a version of it (by default the live one) was imported."""
    registry = opened.registry
    with registry.reading.begin() as session:
        found = export.edition(session, code, number)
        pieces = export.written(session, found, FORMATS[name], registry.settings.base_url)
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    # Whole or not at all: a file that was cut off would look like a smaller framework.
    part = output.with_name(f"{output.name}.part")
    with part.open("wb") as file:
        file.writelines(pieces)
    part.replace(output)
