"""A harvest of 12,517 lessons under twenty random SIGKILLs of worker, Redis and Meilisearch, beside a calm one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks import stage
from registry.settings import read_settings
from registry.worker import celery_sender

KILLS = 20
LEASE_SECONDS = 5
_PATIENCE = 900.0
_VICTIMS = ("worker", "worker", "redis", "meilisearch")

_CONTENT = {
    "resources": "SELECT count(*) FROM resource WHERE withdrawn_at IS NULL",
    "records": "SELECT count(*) FROM record",
    "identifiers": "SELECT count(*) FROM identifier",
    "alignments": "SELECT count(*) FROM alignment",
    "memberships": "SELECT count(*) FROM membership",
    "fingerprints": "SELECT count(*) FROM fingerprint",
    "digest": "SELECT md5(string_agg(identifier || hash || outcome, ',' ORDER BY identifier)) FROM record",
    "resources twice": "SELECT count(*) FROM (SELECT resource_id FROM record GROUP BY 1 HAVING count(*) > 1) AS twice",
}


def run() -> list[str]:
    """A line for each harvest, and whether they came to the same."""
    lines = stage.absent()
    if lines:
        return lines
    with stage.oak_endpoint() as endpoint:
        calm, told = _harvest(endpoint, None)
        lines.append(f"undisturbed: {told}")
        stormy, told = _harvest(endpoint, random.Random(time.time_ns()))
        lines.append(f"disturbed: {told}")
    return [*lines, f"equal: {'yes' if calm == stormy else f'NO: {calm} and {stormy}'}"]


def _harvest(endpoint: str, chance: random.Random | None) -> tuple[dict[str, Any], str]:
    with stage.shared_stores(broker=True) as (environment, meilisearch):
        environment |= {"OER_LEASE_SECONDS": str(LEASE_SECONDS)}
        stage.prepare(environment, endpoint)
        start = time.monotonic()
        worker = _worker(environment)
        kills: Counter[str] = Counter()
        try:
            celery_sender(read_settings(environment))("harvest", source="oak")
            while not _ended(environment) and time.monotonic() - start < _PATIENCE:
                time.sleep(0.1)
                if chance and kills.total() < KILLS:
                    time.sleep(chance.uniform(0.2, 2.5))
                    worker = _struck(chance.choice(_VICTIMS), kills, worker, environment, meilisearch, chance)
            seconds = time.monotonic() - start
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        checked = stage.Ran(environment, "index", "check")
        held = _held(environment) | {"index": checked.output.strip(), "index equals store": checked.code == 0}
        when = f" ({', '.join(f'{count} of {name}' for name, count in kills.items())} killed)" if kills else ""
        return held, f"{held['resources']} resources, {held['records']} records, {seconds:.0f} s{when}; {held['index']}"


def _struck(
    victim: str,
    kills: Counter[str],
    worker: subprocess.Popen[bytes],
    environment: stage.Environment,
    meilisearch: stage.MeilisearchServer,
    chance: random.Random,
) -> subprocess.Popen[bytes]:
    """Kill somebody, wait up to a second, start it again; the worker there is then."""
    kills[victim] += 1
    if victim == "worker":
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        return _worker(environment)
    struck = meilisearch if victim == "meilisearch" else meilisearch.beside
    assert struck is not None
    struck.kill()
    time.sleep(chance.random())
    struck.start()
    return worker


def _worker(environment: stage.Environment) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [stage.OER, "worker"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _ended(environment: stage.Environment) -> bool:
    clean = _ask(environment, "SELECT count(*) FROM source WHERE clean_since IS NOT NULL AND lease_owner IS NULL")
    return bool(clean) and not _ask(environment, "SELECT count(*) FROM resource WHERE indexed_revision < revision")


def _held(environment: stage.Environment) -> dict[str, Any]:
    return {name: _ask(environment, query) for name, query in _CONTENT.items()}


def _ask(environment: stage.Environment, query: str) -> Any:
    engine = create_engine(environment["OER_DATABASE_URL"])
    try:
        with engine.connect() as connection:
            return connection.execute(text(query)).scalar()
    finally:
        engine.dispose()
