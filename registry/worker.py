"""Jobs on Celery workers, where a broker is set: any number of them, on any number of machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from registry.jobs import Job, Sender
from registry.settings import Settings

log = structlog.get_logger()

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def make_celery(settings: Settings, jobs: Iterable[Job] = ()) -> Celery:
    """The Celery app with these jobs as its tasks and the repeated ones on its beat.

    Nothing is trusted to a message: it is acknowledged late, dropped where it is out of date, and a lost one is
    made good by the next beat, because a job finds its own work in the database. So the beat needs no file, and
    several beats do no harm.
    """
    app = Celery(settings.broker_prefix, broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_default_queue=settings.broker_prefix,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": f"{settings.broker_prefix}:",
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
            "visibility_timeout": 3600,
        },
        beat_scheduler="celery.beat:Scheduler",
        timezone="UTC",
    )
    for job in jobs:
        app.task(_named(job), name=job.name, shared=False)
        if job.every:
            app.conf.beat_schedule[job.name] = {
                "task": job.name,
                "schedule": job.every,
                # Due at the start: a beat that is started anew every day would never come to a daily job.
                "last_run_at": _LONG_AGO,
                "options": {"expires": max(job.every, 5)},
            }
    return app


def _named(job: Job) -> Callable[..., None]:
    """The job's function under a plain name: Celery writes code with it, and a lambda's is none."""

    def run(**arguments: str) -> None:
        job.run(**arguments)

    return run


def celery_sender(settings: Settings) -> Sender:
    """Asks the workers. A broker that is down costs a moment and a log line: the beat makes up for it."""
    app = make_celery(settings)
    # Whoever asks has somebody waiting, and what is asked for stands in the store: try once, and not for long.
    app.conf.broker_transport_options |= {"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0}

    def send(name: str, /, **arguments: str) -> None:
        try:
            app.send_task(name, kwargs=arguments, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("broker_unreachable", job=name, reason=str(error))

    return send
