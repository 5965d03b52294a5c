"""`oer lti`: the learning platforms that may launch us, and the keys we sign our answers with."""

from __future__ import annotations

from collections.abc import Sequence

import click

from registry.cli import JSON, Opened, print_json
from registry.db import now
from registry.lti import keys, platforms
from registry.lti.invitations import invitation
from registry.lti.platforms import ANY, Registration
from registry.settings import Settings


@click.group()
def lti() -> None:
    """Learning platforms (Canvas, Moodle, Schoology) over LTI 1.3."""


@lti.command("add")
@click.argument("name")
@click.option("--issuer", required=True, help="The platform's issuer, as https://canvas.instructure.com.")
@click.option("--client-id", required=True, help="The client id that the platform gave this tool.")
@click.option("--auth-url", required=True, help="Its OIDC authorization endpoint.")
@click.option("--token-url", required=True, help="Its OAuth 2 token endpoint.")
@click.option("--jwks-url", required=True, help="Where its public keys are.")
@click.option("--deployment", "deployments", multiple=True, default=(ANY,), help="May launch; repeatable; * for any.")
@JSON
@click.pass_obj
def add(opened: Opened, /, name: str, issuer: str, client_id: str, auth_url: str, token_url: str, jwks_url: str,
        deployments: Sequence[str], as_json: bool) -> None:  # fmt: skip
    """Register a platform, and print what it has to know of this tool."""
    registry = opened.registry
    stated = Registration(issuer, client_id, auth_url, token_url, jwks_url, tuple(deployments))
    with registry.sessions.begin() as session:
        made = platforms.add_platform(session, name, stated, registry.settings.secure)
    if as_json:
        return print_json(made)
    click.echo(f"{made.name} may launch. Give it these addresses:")
    return _tell_addresses(registry.settings)


@lti.command("invite")
@click.argument("name")
@click.pass_obj
def invite(opened: Opened, name: str) -> None:
    """Print an address with which one platform registers itself, once, within seven days."""
    settings = opened.registry.settings
    click.echo(f"{settings.base_url}/lti/register?invitation={invitation(name, settings.secret_key, now())}")


@lti.command("list")
@JSON
@click.pass_obj
def list_(opened: Opened, as_json: bool) -> None:
    """List the platforms that may launch."""
    with opened.registry.reading.begin() as session:
        found = platforms.platforms(session)
    if as_json:
        return print_json(found)
    for each in found:
        click.echo(f"{each.name:<32} {each.issuer}  {each.client_id}  deployments: {', '.join(each.deployments)}")
    return None


@lti.command("remove")
@click.argument("name")
@click.pass_obj
def remove(opened: Opened, name: str) -> None:
    """Take a platform away; its launches are refused from now on."""
    with opened.registry.sessions.begin() as session:
        platforms.remove_platform(session, name)
    click.echo(f"{name} was removed.")


@lti.command("new-key")
@click.pass_obj
def new_key(opened: Opened) -> None:
    """Sign with a new key from now on; the ones before stay published."""
    registry = opened.registry
    with registry.sessions.begin() as session:
        made = keys.new_key(session, registry.settings.secret_key)
    click.echo(f"Signing with {made.kid} from now on.")


def _tell_addresses(settings: Settings) -> None:
    for words, path in (
        ("login (OIDC initiation)", "/lti/login"),
        ("launch, redirect, deep linking", "/lti/launch"),
        ("public keys", "/lti/jwks.json"),
        ("all of it, for Canvas", "/lti/config.json"),
    ):
        click.echo(f"  {words:<32} {settings.base_url}{path}")
