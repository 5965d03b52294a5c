"""The factory that granian calls in each of its worker processes."""

from __future__ import annotations

from functools import partial

from litestar import Litestar
from threadpoolctl import threadpool_limits

from registry.app import open_registry
from registry.learners.app import open_learners
from registry.logs import configure_logs
from registry.settings import read_settings
from web.app import create_app
from web.assets import Assets
from web.running import job_runner, warm


def create() -> Litestar:
    """The application on the stores that the environment's settings name; closes them when the process ends."""
    # Threads of the matrix library, several in each process, wait for each other: with 16 clients on two cores
    # they leave a third of the searches a second.
    threadpool_limits(1)
    settings = read_settings()
    configure_logs(settings.log_format)
    learners = open_learners(settings)
    registry, start, stop = job_runner(open_registry(settings), learners)
    return create_app(
        registry,
        learners,
        Assets(settings.assets_dir),
        on_startup=[start, partial(warm, registry)],
        on_shutdown=[stop, learners.close, registry.close],
    )
