"""The `oer` command: the groups of every package joined, serving, working, and what they all are handed."""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import InterfaceError, OperationalError

from harvesters import cli as harvester_commands
from harvesters.fetching import FRAMEWORK_LIMITS, download_frameworks, fetcher_for
from registry import cli as registry_commands
from registry import levels_cli as level_commands
from registry import resource_cli as resource_commands
from registry import versions_cli, vocab_cli
from registry.accounts import cli as account_commands
from registry.app import Registry, open_registry
from registry.errors import RegistryError
from registry.learners import cli as learner_commands
from registry.learners.app import Learners, open_learners
from registry.logs import configure_logs
from registry.lti import cli as lti_commands
from registry.ports import HarvestFailed
from registry.settings import Settings, read_settings
from vocab.cli import vocab
from web import running
from web.demo.run import run_demo

PORT = click.IntRange(1, 65_535)


class Opened:
    """The stores, opened when a command first asks for them; an embedded database is brought up to date then."""

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process."""
        settings = read_settings()
        configure_logs(settings.log_format)
        return settings

    @cached_property
    def registry(self) -> Registry:
        """The registry."""
        running.prepare(self.settings)
        registry = open_registry(self.settings)
        running.check_catalog(registry.engine)
        return registry

    @cached_property
    def learners(self) -> Learners:
        """The learners' store."""
        running.prepare(self.settings)
        learners = open_learners(self.settings)
        running.check_learners(learners.engine)
        return learners

    def download(self, url: str, folder: Path) -> list[Path]:
        """The frameworks at a URL, fetched into the folder as the harvesters would."""
        with fetcher_for(self.settings, FRAMEWORK_LIMITS) as fetcher:
            return download_frameworks(fetcher, url, folder)


class Commands(click.Group):
    """A group that turns what is refused or fails into one sentence on stderr and exit code 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except RegistryError as error:
            click.echo(f"oer: {error.detail}", err=True)
            for each in error.errors:
                click.echo(f"  {each.field}: {each.message}", err=True)
        except HarvestFailed as error:
            click.echo(f"oer: {error.problem.message} {error.problem.hint}".rstrip(), err=True)
        except (OperationalError, InterfaceError) as error:
            click.echo(f"oer: The database cannot be used: {str(error.orig).strip().splitlines()[0]}", err=True)
        sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="open-resource-registry")
@click.pass_context
def main(context: click.Context) -> None:
    """The Open Resource Registry: harvest, tag, search and recommend open learning resources."""
    context.obj = Opened()


@main.group()
def db() -> None:
    """The databases."""


@db.command("upgrade")
@click.pass_obj
def upgrade(opened: Opened) -> None:
    """Bring both databases to the newest schema, and make the administrator where there is nobody yet."""
    running.upgrade(opened.settings)
    running.announce_first_secrets(opened.registry)
    click.echo("Both databases are up to date.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that serve.")
@click.pass_obj
def serve(opened: Opened, host: str, port: int, workers: int) -> None:
    """Serve the site and the API."""
    running.announce_first_secrets(opened.registry)
    running.serve(opened.settings, host, port, workers)


@main.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at a time.")
@click.pass_obj
def worker(opened: Opened, concurrency: int) -> None:
    """Run the Celery worker with its beat (needs OER_BROKER_URL)."""
    running.work(opened.settings, concurrency)


@main.command()
@click.option("--serve/--no-serve", "serving", default=True, help="Whether to serve the site afterwards.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.pass_obj
def demo(opened: Opened, serving: bool, host: str, port: int) -> None:
    """Run the main job on three district endpoints of our own, then serve the result."""
    run_demo(opened.settings, serving, host, port)


# The commands of `vocab` that need the store attach themselves when they are imported.
_ATTACHED = (versions_cli, vocab_cli)
main.add_command(vocab)
main.add_command(harvester_commands.source)
main.add_command(harvester_commands.harvest)
main.add_command(registry_commands.index)
main.add_command(registry_commands.search_command)
main.add_command(registry_commands.stats)
main.add_command(level_commands.level)
main.add_command(resource_commands.resource)
main.add_command(account_commands.account)
main.add_command(learner_commands.learner)
main.add_command(lti_commands.lti)
