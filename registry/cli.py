"""The registry's commands: frameworks, the index, search, and counts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Protocol

import click
import msgspec

from registry.app import Registry
from registry.errors import Conflict
from registry.search import indexing
from registry.search.query import Query, search
from registry.standards import browse, importing
from registry.standards.load import LoadReport
from registry.standards.standard_view import StandardView, standard_view
from registry.stats import stats as read_stats
from vocab.cli import vocab

_MOST_PROBLEMS = 20

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Opened(Protocol):
    """What the commands are handed: a registry opened when it is first asked for, and a way to fetch a file."""

    @property
    def registry(self) -> Registry:
        """The registry."""
        ...

    def download(self, url: str, folder: Path) -> list[Path]:
        """The files at a URL, fetched into the folder with all the caution the harvesters take.

        One, or a package for each framework where it is the address of a CASE API.
        """
        ...


def print_json(value: Any) -> None:
    """Print a Struct, or anything made of them, as one line of JSON."""
    click.echo(msgspec.json.encode(value).decode())


@vocab.command("import")
@click.argument("path_or_url")
@click.option("--as", "code", help="The code to store it under; made of the file's name where none is given.")
@click.option("--now", "at_once", is_flag=True, help="Make the next version of a framework live without waiting.")
@JSON
@click.pass_obj
def import_(opened: Opened, path_or_url: str, code: str | None, at_once: bool, as_json: bool) -> None:
    """Import a framework, or a table of links, from a file, a folder of files that make one vocabulary, or a URL.

    The next version of a framework that is here is compared with the live one and waits: see `vocab diff`, then
    `vocab switch`.
    """
    with tempfile.TemporaryDirectory() as folder:
        remote = path_or_url.startswith(("http://", "https://"))
        for path in opened.download(path_or_url, Path(folder)) if remote else [Path(path_or_url)]:
            report = importing.import_path(opened.registry.sessions, path, code, at_once)
            print_json(report) if as_json else _print_import(report)
    indexing.index_stale(opened.registry)


def _print_import(report: LoadReport) -> None:
    if report.unchanged:
        return click.echo(f"{report.code}: unchanged")
    if report.state == "waiting":
        counted = ", ".join(f"{count} {kind}" for kind, count in report.summary.items())
        click.echo(f"{report.code}: version {report.number} waits to go live: {counted}")
        click.echo(f"  Look: oer vocab diff {report.code} {report.code}@{report.number}")
        click.echo(f"  Then: oer vocab switch {report.code}")
    else:
        click.echo(
            f"{report.code}: {report.added} added, {report.changed} changed, {report.gone} gone, "
            f"{report.associations} links, {report.touched} resources linked anew"
        )
    for problem in report.problems[:_MOST_PROBLEMS]:
        click.echo(f"  {problem.severity}: {problem.field}: {problem.message}")
    if len(report.problems) > _MOST_PROBLEMS:
        click.echo(f"  and {len(report.problems) - _MOST_PROBLEMS} more; --json prints all")
    return None


@vocab.command("list")
@JSON
@click.pass_obj
def list_(opened: Opened, as_json: bool) -> None:
    """List the frameworks held."""
    with opened.registry.reading.begin() as session:
        found = browse.frameworks(session)
    if as_json:
        return print_json(found)
    for each in found:
        click.echo(f"{each.code:<24} {each.concepts:>7} standards  {each.title}")
    return None


@vocab.command("show")
@click.argument("code_or_uri")
@JSON
@click.pass_obj
def show(opened: Opened, code_or_uri: str, as_json: bool) -> None:
    """Show one standard: its wording, where it sits, what it needs, leads to and equals."""
    with opened.registry.reading.begin() as session:
        view = standard_view(session, code_or_uri)
    print_json(view) if as_json else _print_standard(view)


def _print_standard(view: StandardView) -> None:
    click.echo(f"{view.ref.name}  ({view.framework.title})\n{view.ref.statement}\n{view.ref.uri}")
    for title, refs in (
        ("Under", view.ancestors),
        ("Needs", view.prerequisites),
        ("Leads to", view.next),
        ("Same as", view.equivalents),
    ):
        for ref in refs:
            click.echo(f"  {title:<9} {ref.name}")
    for line in view.children:
        click.echo(f"  Holds     {line.ref.name}: {line.ref.statement}")
    for level, count in sorted(view.counts.items()):
        click.echo(f"  {count} resource{'' if count == 1 else 's'} at {level or 'no stated level'}")


@click.group()
def index() -> None:
    """The search index: rebuild it, bring it up to date, compare it with the store."""


@index.command("rebuild")
@JSON
@click.pass_obj
def rebuild(opened: Opened, as_json: bool) -> None:
    """Build a new index beside the old one, which serves until they are swapped."""
    report = indexing.rebuild(opened.registry)
    if report.skipped:
        raise Conflict(f"The index was not rebuilt: {report.skipped}. Stop it, or ask again later.")
    _print_indexed(report, as_json)


@index.command("sync")
@JSON
@click.pass_obj
def sync(opened: Opened, as_json: bool) -> None:
    """Index every resource that has changed since it was indexed."""
    _print_indexed(indexing.index_stale(opened.registry), as_json)


@index.command("check")
@JSON
@click.option("--repair", is_flag=True, help="Index again what differs.")
@click.pass_obj
def check(opened: Opened, as_json: bool, repair: bool) -> None:
    """Compare the index with the store; exit 1 where they differ."""
    report = indexing.check(opened.registry, repair=repair)
    if as_json:
        print_json(report)
    else:
        click.echo(
            f"{report.in_store} in store, {report.in_index} in index: {report.missing} missing, "
            f"{report.extra} too many, {report.outdated} out of date"
        )
    if report.missing or report.extra or report.outdated:
        raise click.exceptions.Exit(0 if repair else 1)


def _print_indexed(report: indexing.IndexReport, as_json: bool) -> None:
    if as_json:
        return print_json(report)
    if report.skipped:
        return click.echo(f"Left to whoever owns the index: {report.skipped}.")
    return click.echo(
        f"{report.indexed} indexed, {report.deleted} removed, {report.remaining} remaining, {report.seconds:.1f} s"
    )


@click.command("search")
@click.argument("query", default="")
@click.option("--standard", multiple=True, help="A code or URI; its descendants and equivalents count too.")
@click.option("--exact", is_flag=True, help="Only the standard itself.")
@click.option("--relation", default="", help="teaches, assesses or requires.")
@click.option("--level", multiple=True, help="A competency level, as in developing.")
@click.option("--grade", multiple=True, help="K, or 1 to 12.")
@click.option("--subject", multiple=True)
@click.option("--type", "types", multiple=True)
@click.option("--license", "licenses", multiple=True)
@click.option("--open", "only_open", is_flag=True, help="Only openly licensed.")
@click.option("--language", multiple=True)
@click.option("--minutes-max", type=int, default=None)
@click.option("--provider", multiple=True)
@click.option("--access", multiple=True, help="An accessibility feature, as in captions.")
@click.option("--sort", default="relevance", help="relevance, newest, arrived, rating or shortest.")
@click.option("--limit", default=10, show_default=True)
@JSON
@click.pass_obj
def search_command(opened: Opened, /, query: str, types: tuple[str, ...], licenses: tuple[str, ...], only_open: bool,
                   as_json: bool, **asked: Any) -> None:  # fmt: skip
    """Search the catalog as the search page does."""
    registry = opened.registry
    question = Query(q=query, type=types, license=licenses, open=only_open, facets=as_json, **asked)
    with registry.reading.begin() as session:
        page = search(session, registry, question)
    if as_json:
        return print_json(page)
    click.echo(f"{page.total} found")
    for item in page.items:
        tags = ", ".join(f"{a.relation} {a.code}" + (f" at {a.level}" if a.level else "") for a in item.alignments[:3])
        click.echo(f"- {item.title}  [{', '.join(item.providers)}]\n    {tags}\n    {item.url}")
    return None


@click.command("stats")
@JSON
@click.pass_obj
def stats(opened: Opened, as_json: bool) -> None:
    """Count what is held."""
    with opened.registry.reading.begin() as session:
        held = read_stats(session)
    if as_json:
        return print_json(held)
    for name, value in msgspec.structs.asdict(held).items():
        shown = ", ".join(f"{count} {key}" for key, count in value.items()) if isinstance(value, dict) else value
        click.echo(f"{name:<12} {shown}")
    return None
