"""The harvesters' commands: sources added, checked and listed, their runs and problems, and the harvest itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import click
import msgspec

from harvesters import run as running
from harvesters.check import CheckReport, check_source
from harvesters.column_uses import columns_told
from harvesters.fetching import fetcher_for
from harvesters.kinds import KINDS, OPTIONS_FOR_ALL, SourceConfig, check_options
from harvesters.run import RunReport
from harvesters.tasks import due_sources
from registry.app import Registry
from registry.catalog import sources
from registry.catalog.ingest import Counts
from registry.catalog.replay import replay as replay_stored
from registry.errors import RegistryError
from registry.search import indexing

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Opened(Protocol):
    """What the commands are handed: a registry that is opened when it is first asked for."""

    @property
    def registry(self) -> Registry:
        """The registry."""
        ...


@click.group()
def source() -> None:
    """The places records are harvested from."""


def _options_help() -> str:
    """The options of each kind, one a paragraph, as click keeps them apart."""
    every = [(kind.name, option) for kind in KINDS.values() for option in kind.options]
    every += [("any kind", option) for option in OPTIONS_FOR_ALL]
    # Where a name is only the start of many, the help begins with an example of a whole one.
    lines = [
        f"{kind}: {'' if option.name.endswith('.') else f'{option.name}=… '}{option.help}" for kind, option in every
    ]
    return "\n\n".join(["A setting of the source, repeatable.", *lines])


@source.command("add")
@click.argument("name")
@click.argument("kind")
@click.argument("url")
@click.option("--provider", default="", help="Who publishes there; by default the source's name.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help=_options_help())
@JSON
@click.pass_obj
def add(opened: Opened, name: str, kind: str, url: str, provider: str, options: Sequence[str], as_json: bool) -> None:
    """Add a source of KIND oai, sitemap, feed, table, cartridge or peer at URL; it is due at once."""
    settings = _settings(options)
    check_options(kind, settings)
    with opened.registry.sessions.begin() as session:
        sources.add_source(session, name, kind, url, provider, settings)
    if as_json:
        return _print_json({"name": name, "kind": kind, "url": url, "provider": provider or name, "options": settings})
    return click.echo(f"{name} was added. Try it with: oer source check {name}")


@source.command("check")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="Records to read.")
@JSON
@click.pass_obj
def check(opened: Opened, name: str, limit: int, as_json: bool) -> None:
    """Read a source's first records and say what a harvest would meet; store nothing."""
    registry = opened.registry
    with registry.reading.begin() as session:
        row = sources.source_named(session, name)
        kind, config = row.kind, SourceConfig(row.name, row.url, row.options)
    with fetcher_for(registry.settings) as fetcher:
        report = check_source(kind, config, fetcher, limit)
    _print_json(report) if as_json else _print_check(report)
    sys.exit(0 if report.ok else 1)


@source.command("change")
@click.argument("name")
@click.option("--pause/--resume", "paused", default=None, help="Harvest it no longer by itself, or again.")
@click.option("--every", type=click.IntRange(5, 44_640), metavar="MINUTES", help="How often it is harvested.")
@click.option("--url", default="", help="Where it is now.")
@click.pass_obj
def change(opened: Opened, name: str, paused: bool | None, every: int | None, url: str) -> None:
    """Pause a source or let it go on, or change how often and where it is harvested."""
    with opened.registry.sessions.begin() as session:
        active = None if paused is None else not paused
        sources.change_source(session, name, active=active, every_minutes=every, url=url)
    click.echo(f"{name} was changed.")


@source.command("replay")
@click.argument("name")
@JSON
@click.pass_obj
def replay(opened: Opened, name: str, as_json: bool) -> None:
    """Read a source's stored records again, by the rules as they are now, without asking the source."""
    with _progress(name) as progress:
        counts = replay_stored(opened.registry.sessions, name, progress)
    indexing.index_stale(opened.registry)
    _print_json(counts) if as_json else click.echo(
        f"{name}: {counts.seen} records read again, {counts.rejected} of them rejected"
    )


@source.command("list")
@JSON
@click.pass_obj
def list_(opened: Opened, as_json: bool) -> None:
    """List the sources, what they gave, and how their last harvest ended."""
    with opened.registry.reading.begin() as session:
        found = sources.list_sources(session)
    if as_json:
        return _print_json(found)
    for each in found:
        status = "harvesting" if each.harvesting else each.last_run.status if each.last_run else "never harvested"
        click.echo(f"{each.name:<24} {each.kind:<8} {each.records.get('stored', 0):>8} stored  {status:<12} {each.url}")
    return None


@source.command("runs")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@JSON
@click.pass_obj
def runs(opened: Opened, name: str, limit: int, as_json: bool) -> None:
    """List a source's latest harvests."""
    with opened.registry.reading.begin() as session:
        found = sources.runs_of(session, name, limit)
    if as_json:
        return _print_json(found)
    for run in found:
        click.echo(f"{run.started_at:%Y-%m-%d %H:%M:%S}  {run.status:<12} {_counts(run)}  {run.detail}".rstrip())
    return None


@source.command("problems")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--after", type=int, default=0, help="Only problems after the one with this id.")
@JSON
@click.pass_obj
def problems(opened: Opened, name: str, limit: int, after: int, as_json: bool) -> None:
    """List what is wrong with a source's records now, and how to mend it."""
    with opened.registry.reading.begin() as session:
        found = sources.problems_of(session, name, limit, after)
        counted = sources.problem_counts(session, name)
    if as_json:
        return _print_json({"counts": counted, "items": found})
    for code, count in counted.items():
        click.echo(f"{count:>6}  {code}")
    for each in found:
        where = f"{each.record_identifier or 'the list'}, {each.field}"
        click.echo(f"{each.severity}: {where}: {each.message} {each.hint}")
    return None


@click.command()
@click.argument("names", nargs=-1)
@click.option("--due", is_flag=True, help="Every source whose time has come.")
@click.option("--all", "all_", is_flag=True, help="Every source.")
@click.option("--full", is_flag=True, help="Read everything, not only what has changed.")
@click.option("--accept-deletions", is_flag=True, help="Let more than 10 % or 100 records go.")
@JSON
@click.pass_obj
def harvest(
    opened: Opened, names: Sequence[str], due: bool, all_: bool, full: bool, accept_deletions: bool, as_json: bool
) -> None:
    """Harvest the sources NAMES (or --due, or --all), then bring the index up to date."""
    registry = opened.registry
    chosen = _chosen(registry, names, due, all_)
    with indexing.keeping_up(registry) as stored:
        failures = sum(not _harvest(registry, name, full, accept_deletions, as_json, stored) for name in chosen)
    sys.exit(1 if failures else 0)


def _harvest(
    registry: Registry, name: str, full: bool, accept_deletions: bool, as_json: bool, stored: Callable[[int], None]
) -> bool:
    """Harvest one of several sources and print what came of it; whether its list was read to the end."""
    try:
        with _progress(name) as shown:

            def progress(counts: Counts) -> None:
                stored(counts.created + counts.updated)
                if shown:
                    shown(counts)

            report = running.harvest(registry, name, full=full, accept_deletions=accept_deletions, progress=progress)
    except RegistryError as error:
        click.echo(f"oer: {error.detail}", err=True)
        return False
    ended = report.status not in ("failed", "interrupted")
    said = f"{report.status}. {_counts(report)} in {report.seconds:.1f} s"
    _print_json(report) if as_json else click.echo(
        f"{name}: {said}.{' ' if ended else ''}{report.detail if ended else ''}"
    )
    if not ended:
        click.echo(f"oer: {name}: {report.detail}", err=True)
    return ended


def _chosen(registry: Registry, names: Sequence[str], due: bool, all_: bool) -> list[str]:
    if bool(names) + due + all_ != 1:
        raise click.UsageError("Name sources, or give one of --due and --all.")
    if due:
        return due_sources(registry)
    if all_:
        with registry.reading.begin() as session:
            return [each.name for each in sources.list_sources(session) if each.active]
    return list(dict.fromkeys(names))


@contextmanager
def _progress(name: str) -> Iterator[Callable[[Counts], None] | None]:
    """A line on stderr that counts records, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    yield lambda counts: click.echo(f"\r{name}: {counts.seen} records", nl=False, err=True)
    click.echo("\r\x1b[K", nl=False, err=True)


def _settings(options: Sequence[str]) -> dict[str, str]:
    settings = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"{option} is not KEY=VALUE.", param_hint="--option")
        settings[key.strip()] = value.strip()
    return settings


def _counts(run: RunReport | sources.RunView) -> str:
    return (
        f"{run.seen} seen, {run.created} created, {run.updated} updated, {run.unchanged} unchanged, "
        f"{run.withdrawn} withdrawn, {run.rejected} rejected"
    )


def _print_check(report: CheckReport) -> None:
    click.echo(report.summary)
    for line in columns_told(report.columns, report.columns_missing):
        click.echo(line)
    for each in report.problems:
        click.echo(
            f"{each.count:>6}  {each.severity}  {each.field}: {each.message} {each.hint} (first: {each.example})"
        )
    for sample in report.samples:
        grades, codes = ", ".join(sample.grades), ", ".join(each.standard for each in sample.alignments)
        click.echo(f"\n{sample.title}\n  {sample.url}\n  grades {grades or '-'}; license {sample.license or '-'}")
        click.echo(f"  standards {codes or '-'}")


def _print_json(value: Any) -> None:
    click.echo(msgspec.json.encode(value).decode())
