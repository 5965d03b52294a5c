"""The commands for one resource: taken down, and put back."""

from __future__ import annotations

import click

from registry.catalog.takedown import put_back, take_down
from registry.cli import Opened
from registry.search import indexing


@click.group()
def resource() -> None:
    """A single resource of the catalog."""


@resource.command("take-down")
@click.argument("resource_id")
@click.option("--reason", required=True, help="Why; shown where the resource was.")
@click.pass_obj
def take_down_(opened: Opened, resource_id: str, reason: str) -> None:
    """Take a resource out of the catalog, its feeds and its index, whatever its source says later."""
    with opened.registry.sessions.begin() as session:
        take_down(session, resource_id, reason, "the operator")
    indexing.index_stale(opened.registry)
    click.echo(f"{resource_id} is taken down. To put it back: oer resource put-back {resource_id}")


@resource.command("put-back")
@click.argument("resource_id")
@click.pass_obj
def put_back_(opened: Opened, resource_id: str) -> None:
    """Let a resource that was taken down come back as its records have it now."""
    with opened.registry.sessions.begin() as session:
        put_back(session, resource_id, "the operator")
    indexing.index_stale(opened.registry)
    click.echo(f"{resource_id} is back.")
