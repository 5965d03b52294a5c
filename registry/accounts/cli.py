"""`oer account`: who may sign in, what they may do, and their keys for scripts."""

from __future__ import annotations

from collections.abc import Sequence

import click

from registry.accounts import people
from registry.cli import JSON, Opened, print_json


@click.group()
def account() -> None:
    """The people who work here: administrators, curators, and those who publish for a district."""


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(people.ROLES), default=None, help="What the person does here.")
@click.option("--district", "districts", multiple=True, metavar="SLUG", help="Publishes for this district; repeatable.")
@JSON
@click.pass_obj
def add(opened: Opened, name: str, role: str | None, districts: Sequence[str], as_json: bool) -> None:
    """Add an account and print its password and API key, this once."""
    if bool(role) == bool(districts):
        raise click.UsageError("Give one of --role and --district.")
    with opened.registry.sessions.begin() as session:
        made = people.add_person(session, name, role or "", districts)
    if as_json:
        return print_json(made)
    click.echo("This is shown once; only hashes are kept.")
    return click.echo(f"  sign in as  {made.name}\n  password    {made.password}\n  API key     {made.key}")


@account.command("list")
@JSON
@click.pass_obj
def list_(opened: Opened, as_json: bool) -> None:
    """List the accounts and what each may do."""
    with opened.registry.reading.begin() as session:
        found = people.accounts(session)
    if as_json:
        return print_json(found)
    for each in found:
        click.echo(f"{each.name:<32} {', '.join(each.scopes):<40} since {each.created_at:%Y-%m-%d}")
    return None


@account.command("remove")
@click.argument("name")
@click.pass_obj
def remove(opened: Opened, name: str) -> None:
    """Take an account away; its sign-ins and keys end at once."""
    with opened.registry.sessions.begin() as session:
        people.remove_person(session, name)
    click.echo(f"{name} was removed.")


@account.command("key")
@click.argument("name")
@JSON
@click.pass_obj
def key(opened: Opened, name: str, as_json: bool) -> None:
    """Print a new API key for an account, this once; the keys it had no longer work."""
    with opened.registry.sessions.begin() as session:
        made = people.replace_keys(session, name)
    print_json({"name": name, "key": made}) if as_json else click.echo(made)
