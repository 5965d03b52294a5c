"""Processes: the site, the worker, and what each prepares before it starts."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Thread

import click
import structlog
from granian.constants import Interfaces, Loops
from granian.server import Server
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from harvesters import tasks as harvest_tasks
from registry import migrate, tasks
from registry.accounts.people import ensure_administrator
from registry.app import Registry, open_registry
from registry.background import Background
from registry.db import make_engine
from registry.errors import Rejected, Unavailable
from registry.jobs import Job
from registry.learners import migrate as learner_migrate
from registry.learners import tasks as learner_tasks
from registry.learners.app import Learners, open_learners
from registry.settings import Settings, pass_on
from registry.worker import celery_sender, make_celery

log = structlog.get_logger()


def jobs(registry: Registry, learners: Learners) -> list[Job]:
    """Every job there is."""
    return [*tasks.jobs(registry), *harvest_tasks.jobs(registry), *learner_tasks.jobs(learners)]


def prepare(settings: Settings) -> None:
    """Bring embedded databases up to date; a PostgreSQL is left to `oer db upgrade`."""
    for url, bring in ((settings.database_url, _upgrade_catalog), (settings.learner_database_url, _upgrade_learners)):
        if url.startswith("sqlite"):
            bring(url)


def upgrade(settings: Settings) -> None:
    """Bring both databases up to date, whatever they are."""
    _upgrade_catalog(settings.database_url)
    _upgrade_learners(settings.learner_database_url)


def announce_first_secrets(registry: Registry) -> None:
    """Make the administrator at first start and show the password and the key, this once."""
    with registry.sessions.begin() as session:
        first = ensure_administrator(session)
    if first:
        click.echo(
            "\nThe administrator was made. This is shown once; only hashes are kept.\n"
            f"  sign in as  {first.name}\n  password    {first.password}\n  API key     {first.key}\n",
            err=True,
        )


def job_runner(registry: Registry, learners: Learners) -> tuple[Registry, Callable[[], None], Callable[[], None]]:
    """The registry with somebody to run its jobs, and what starts and stops them in this process.

    With a broker the workers do; without one, threads of the serving process.
    """
    if registry.settings.broker_url:
        return registry.sending(celery_sender(registry.settings)), _nothing, _nothing
    background = Background()
    registry = registry.sending(background)
    background.add(jobs(registry, learners))
    return registry, background.start, background.stop


def warm(registry: Registry) -> None:
    """Have the vectors read by a thread of its own, so that the first who asks need not wait for them."""
    Thread(target=_warm, args=(registry,), name="warming", daemon=True).start()


def _warm(registry: Registry) -> None:
    try:
        registry.vectors.warm()
    except SQLAlchemyError:  # a store that is down or not migrated yet: whoever searches is told so
        log.warning("vectors_not_read", exc_info=True)


def _nothing() -> None:
    """There is nothing to start or stop here."""


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop; each of the `workers` processes opens its own stores."""
    check_free(host, port)
    pass_on(settings)
    click.echo(f"Serving on http://{host}:{port}", err=True)
    Server(
        "web.asgi:create",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        factory=True,
        loop=Loops.asyncio,
        log_enabled=False,
        respawn_failed_workers=True,
    ).serve()


def work(settings: Settings, concurrency: int) -> None:
    """Run the worker with its beat until told to stop."""
    if not settings.broker_url:
        raise Rejected("There is no broker: set OER_BROKER_URL. Without one, `oer serve` runs the jobs itself.")
    registry = open_registry(settings).sending(celery_sender(settings))
    learners = open_learners(settings)
    app = make_celery(settings, jobs(registry, learners))
    app.worker_main(
        ["worker", "--beat", f"--concurrency={concurrency}", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
    )


def check_catalog(engine: Engine) -> None:
    """Raise Unavailable where the catalog's database has not the newest schema."""
    _require(migrate.is_current(engine), "OER_DATABASE_URL")


def check_learners(engine: Engine) -> None:
    """Raise Unavailable where the learners' database has not the newest schema."""
    _require(learner_migrate.is_current(engine), "OER_LEARNER_DATABASE_URL")


def _require(current: bool, setting: str) -> None:
    if not current:
        raise Unavailable(f"The database at {setting} has not the newest schema. Run `oer db upgrade` first.")


def check_free(host: str, port: int) -> None:
    """Raise Rejected where nobody could serve at this address: granian would say so with a stack of its own."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Rejected(
            f"{host}:{port} cannot be served on: {error.strerror}. Choose another with --host and --port."
        ) from None


def _upgrade_catalog(url: str) -> None:
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _upgrade_learners(url: str) -> None:
    learner_migrate.upgrade(url)
