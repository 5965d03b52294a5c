"""`oer level`: a provider's own words for competency levels."""

from __future__ import annotations

import click

from registry.catalog.levels import level_words, map_level
from registry.cli import JSON, Opened, print_json
from registry.search import indexing
from registry.standards.importing import reassemble_waiting


@click.group()
def level() -> None:
    """The words and numbers that providers use for competency levels."""


@level.command("list")
@click.argument("provider")
@JSON
@click.pass_obj
def list_(opened: Opened, provider: str, as_json: bool) -> None:
    """List a provider's words: those that mean nothing yet, with the records that use them, then those mapped."""
    with opened.registry.reading.begin() as session:
        found = level_words(session, provider)
    if as_json:
        return print_json(found)
    for each in found:
        click.echo(f"{each.word:<40} {each.level or f'means nothing yet, in {each.records} records'}")
    return None


@level.command("map")
@click.argument("provider")
@click.argument("word")
@click.argument("meaning", metavar="LEVEL", default="")
@click.pass_obj
def map_(opened: Opened, provider: str, word: str, meaning: str) -> None:
    """Say which of our levels a provider's WORD means; without LEVEL it no longer means any."""
    with opened.registry.sessions.begin() as session:
        key = map_level(session, provider, word, meaning, by="command line")
    count = reassemble_waiting(opened.registry.sessions)
    indexing.index_stale(opened.registry)
    click.echo(f"{word}: {key or 'no level'}; {count} resources put together again")
