"""The commands for a framework's versions: compare, look, switch, take back, discard, re-tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from sqlalchemy.orm import Session

from registry.errors import NotFound, Rejected
from registry.search import indexing
from registry.standards import deciding, versions
from registry.standards.change_page import change_page
from registry.standards.importing import reassemble_waiting
from registry.standards.load import LoadReport
from registry.standards.retagging import RetagView
from vocab.cli import vocab
from vocab.frameworks.changes import NEED_RETAGGING, Change, Kind, Side
from vocab.frameworks.difference import about, compare
from vocab.frameworks.model import Framework
from vocab.frameworks.nearest import nearest
from vocab.frameworks.read import read_framework

if TYPE_CHECKING:
    from registry.cli import Opened

_AT_ONCE = 500
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@vocab.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only changes of this kind.")
@_JSON
@click.pass_obj
def diff(opened: Opened, old: str, new: str, kind: str | None, as_json: bool) -> None:
    """Compare two versions of a framework, each a file, a folder, CODE or CODE@NUMBER, and propose re-tags."""
    before, after = _version(opened, old), _version(opened, new)
    found = compare(before, after)
    shown = [change for change in found if kind is None or change.kind.value == kind]
    counts = dict(Counter(change.kind.value for change in found))
    if as_json:
        proposed = nearest(found, before, after)
        told = {"counts": counts, "about": about(before, after), "changes": shown, "retags": proposed}
        return click.echo(msgspec.json.encode(told).decode())
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()) or "No difference.")
    lines = [f"the framework's own {field} differs" for field in about(before, after)] + [_line(each) for each in shown]
    return click.echo("\n".join(lines)) if lines else None


@vocab.command("versions")
@click.argument("code")
@_JSON
@click.pass_obj
def versions_(opened: Opened, code: str, as_json: bool) -> None:
    """List the versions of a framework, the newest first."""
    with opened.registry.reading.begin() as session:
        found = versions.versions(session, code)
    if as_json:
        return click.echo(msgspec.json.encode(found).decode())
    for each in found:
        changes = ", ".join(f"{count} {kind}" for kind, count in each.summary.items()) or "first"
        click.echo(f"{each.number:>4}  {each.state:<8} {each.imported_at:%Y-%m-%d}  {each.concepts:>7}  {changes}")
    return None


@vocab.command("switch")
@click.argument("code")
@click.argument("number", type=int, required=False)
@_JSON
@click.pass_obj
def switch(opened: Opened, code: str, number: int | None, as_json: bool) -> None:
    """Make the version that waits (or NUMBER) the live one, in one transaction."""
    with opened.registry.sessions.begin() as session:
        report = versions.switch(session, code, number)
    _settle(opened)
    _print_report(report, as_json)


@vocab.command("take-back")
@click.argument("code")
@_JSON
@click.pass_obj
def take_back(opened: Opened, code: str, as_json: bool) -> None:
    """Undo the last switch: the version before is live again, and all is as it was."""
    with opened.registry.sessions.begin() as session:
        report = versions.take_back(session, code)
    _settle(opened)
    _print_report(report, as_json)


@vocab.command("discard")
@click.argument("code")
@click.argument("number", type=int)
@click.pass_obj
def discard(opened: Opened, code: str, number: int) -> None:
    """Delete a version that waits."""
    with opened.registry.sessions.begin() as session:
        versions.discard(session, code, number)
    click.echo(f"{code}: version {number} discarded")


@vocab.command("retag")
@click.argument("code")
@click.argument("number", type=int)
@click.option("--accept-above", "least", type=click.FloatRange(0, 1), help="Accept the open ones at least so sure.")
@_JSON
@click.pass_obj
def retag(opened: Opened, code: str, number: int, least: float | None, as_json: bool) -> None:
    """List what a version proposes for resources whose standards it takes away, accepting the surest where asked."""
    if least is not None:
        with opened.registry.sessions.begin() as session:
            count = deciding.accept_surest(session, code, number, least, "command line")
        _settle(opened)
    with opened.registry.reading.begin() as session:
        found = list(_proposed(session, code, number))
    if as_json:
        return click.echo(msgspec.json.encode([each for each, _ in found]).decode())
    lines = [f"{count} accepted"] if least is not None else []
    return click.echo("\n".join([*lines, *(_proposal(*each) for each in found)]) or "Nothing is proposed.")


def _proposed(session: Session, code: str, number: int) -> Iterator[tuple[RetagView, dict[str, str]]]:
    """Every proposal once, with the names of the statements it names."""
    listed: set[str] = set()
    for kind in NEED_RETAGGING:
        after: int | None = -1
        while after is not None:
            page = change_page(session, code, number, kind.value, after, _AT_ONCE)
            for line in page.lines:
                for each in line.retags:
                    if each.old_uri not in listed:
                        listed.add(each.old_uri)
                        yield each, page.names | {side.uri: side.name for side in (*line.change.old, *line.change.new)}
            after = page.next


def _proposal(view: RetagView, names: dict[str, str]) -> str:
    wanted = view.chosen or view.new_uris
    given = ", ".join(names.get(uri, uri) for uri in wanted) or "nothing near enough"
    sure = f"  ({view.confidence:.2f}: {view.why})" if view.why else ""
    resources = f"{view.resources} resource{'' if view.resources == 1 else 's'}"
    return f"{view.decision or 'open':<9}{names.get(view.old_uri, view.old_uri)} -> {given}  {resources}{sure}"


def _version(opened: Opened, stated: str) -> Framework:
    if Path(stated).exists():
        try:
            return read_framework(Path(stated))
        except (ValueError, OSError) as error:
            raise Rejected(str(error)) from None
    code, at, number = stated.rpartition("@") if stated.rpartition("@")[2].isdigit() else (stated, "", "")
    if not code:
        raise NotFound(f"“{stated}” is neither a file nor a framework; write CODE or CODE@NUMBER.")
    with opened.registry.reading.begin() as session:
        return versions.read_content(session, code, int(number) if at else None)


def _settle(opened: Opened) -> None:
    reassemble_waiting(opened.registry.sessions)
    indexing.index_stale(opened.registry)


def _print_report(report: LoadReport, as_json: bool) -> None:
    if as_json:
        return click.echo(msgspec.json.encode(report).decode())
    return click.echo(
        f"{report.code}: version {report.number} is live; {report.added} added, {report.changed} changed, "
        f"{report.gone} gone, {report.touched} resources put together again"
    )


def _line(change: Change) -> str:
    sure = f"  ({change.confidence:.2f}: {change.why})" if change.why else ""
    fields = f"  [{', '.join(change.fields)}]" if change.fields else ""
    arrow = " -> " if change.old and change.new else ""
    return f"{change.kind.value:<13}{_names(change.old)}{arrow}{_names(change.new)}{fields}{sure}"


def _names(sides: tuple[Side, ...]) -> str:
    return ", ".join(side.name or side.uri for side in sides)
