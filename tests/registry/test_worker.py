"""The Celery app made of the jobs, and asking it for one."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

import msgspec
import pytest
import redis
from celery.beat import Scheduler

from registry.app import Registry
from registry.jobs import Job
from registry.learners.app import Learners
from registry.settings import Settings
from registry.worker import celery_sender, make_celery
from tests import servers
from web import running


def with_broker(settings: Settings, url: str) -> Settings:
    prefix = f"test-{secrets.token_hex(4)}"
    return msgspec.structs.replace(settings, broker_url=url, broker_prefix=prefix)


def test_every_job_is_a_task_and_every_repeated_one_is_on_the_beat(registry: Registry, learners: Learners) -> None:
    jobs = running.jobs(registry, learners)
    app = make_celery(with_broker(registry.settings, "redis://127.0.0.1:1/0"), jobs)
    names = [job.name for job in jobs]
    assert len(names) == len(set(names))
    assert {"index-stale", "harvest", "harvest-due", "learners.retain"} <= set(names) <= set(app.tasks)
    beat = app.conf.beat_schedule
    assert {name: entry["schedule"] for name, entry in beat.items()} == {
        job.name: job.every for job in jobs if job.every
    }
    assert all(entry["task"] == name for name, entry in beat.items())


def test_a_message_nobody_took_dies_before_it_is_asked_for_many_times(registry: Registry, learners: Learners) -> None:
    app = make_celery(with_broker(registry.settings, "redis://127.0.0.1:1/0"), running.jobs(registry, learners))
    for entry in app.conf.beat_schedule.values():
        assert 5 <= entry["options"]["expires"] <= max(entry["schedule"], 5)


def test_repeated_jobs_are_due_when_the_beat_starts(registry: Registry, learners: Learners) -> None:
    app = make_celery(with_broker(registry.settings, "redis://127.0.0.1:1/0"), running.jobs(registry, learners))
    for name, entry in Scheduler(app=app).schedule.items():
        if name in app.conf.beat_schedule:
            assert entry.is_due().is_due, name
            assert not next(entry).is_due().is_due, name


def test_a_task_runs_its_job_with_its_arguments(settings: Settings) -> None:
    ran: list[dict[str, str]] = []
    app = make_celery(with_broker(settings, ""), [Job("harvest", lambda **arguments: ran.append(arguments))])
    app.tasks["harvest"](source="oak", due="yes")
    assert ran == [{"source": "oak", "due": "yes"}]


def test_what_is_asked_for_waits_in_the_queue_of_this_registry(settings: Settings, redis_url: str) -> None:
    ours, theirs = with_broker(settings, redis_url), with_broker(settings, redis_url)
    with redis.Redis.from_url(redis_url) as client:
        try:
            celery_sender(ours)("harvest", source="oak")
            queue = f"{ours.broker_prefix}:{ours.broker_prefix}"
            (message,) = client.lrange(queue, 0, -1)
            assert json.loads(message)["headers"]["task"] == "harvest"
            assert not client.exists(f"{theirs.broker_prefix}:{theirs.broker_prefix}")
        finally:
            for key in client.keys(f"{ours.broker_prefix}:*"):
                client.delete(key)


@pytest.mark.timeout(20)
def test_a_broker_that_is_down_fails_nobody_who_asks(settings: Settings) -> None:
    send = celery_sender(with_broker(settings, f"redis://127.0.0.1:{servers.free_port()}/0"))
    for _ in range(3):
        send("harvest", source="oak")


def test_the_beat_keeps_no_file(settings: Settings) -> None:
    app = make_celery(with_broker(settings, ""), [Job("often", lambda: None, every=1.0)])
    assert app.conf.beat_scheduler == "celery.beat:Scheduler"
    assert app.conf.beat_schedule["often"]["last_run_at"] < datetime.now(UTC)
