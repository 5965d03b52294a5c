"""A harvest of 12,517 lessons while its worker is killed five times and Meilisearch once, beside an undisturbed one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks import stage
from registry.settings import read_settings
from registry.worker import celery_sender

KILLS = 5
LEASE_SECONDS = 5
_PATIENCE = 600.0

_CONTENT = {
    "resources": "SELECT count(*) FROM resource WHERE withdrawn_at IS NULL",
    "records": "SELECT count(*) FROM record",
    "identifiers": "SELECT count(*) FROM identifier",
    "alignments": "SELECT count(*) FROM alignment",
    "digest": "SELECT md5(string_agg(identifier || hash || outcome, ',' ORDER BY identifier)) FROM record",
    "resources twice": "SELECT count(*) FROM (SELECT resource_id FROM record GROUP BY 1 HAVING count(*) > 1) AS twice",
}


def run() -> list[str]:
    """A line for each harvest, and whether they came to the same."""
    lines = stage.absent()
    if lines:
        return lines
    with stage.oak_endpoint() as endpoint:
        calm, told = _harvest(endpoint, disturbed=False)
        lines.append(f"undisturbed: {told}")
        stormy, told = _harvest(endpoint, disturbed=True)
        lines.append(f"{KILLS} kills of the worker, one of Meilisearch: {told}")
    return [*lines, f"equal: {'yes' if calm == stormy else f'NO: {calm} and {stormy}'}"]


def _harvest(endpoint: str, disturbed: bool) -> tuple[dict[str, Any], str]:
    with stage.shared_stores(broker=True) as (environment, meilisearch):
        environment |= {"OER_LEASE_SECONDS": str(LEASE_SECONDS)}
        stage.prepare(environment, endpoint)
        start = time.monotonic()
        worker = _worker(environment)
        try:
            celery_sender(read_settings(environment))("harvest", source="oak")
            kills: list[int] = []
            chance = random.Random(5)
            while not _ended(environment):
                if disturbed and len(kills) < KILLS and _stored(environment) > 1500 * (len(kills) + 1):
                    kills.append(_stored(environment))
                    os.killpg(worker.pid, signal.SIGKILL)
                    worker.wait()
                    if len(kills) == 3:
                        meilisearch.kill()
                        time.sleep(1 + chance.random())
                        meilisearch.start()
                    worker = _worker(environment)
                if time.monotonic() - start > _PATIENCE:
                    break
                time.sleep(0.1)
            seconds = time.monotonic() - start
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        checked = stage.Ran(environment, "index", "check")
        held = _held(environment) | {"index": checked.output.strip(), "index equals store": checked.code == 0}
        when = f" (killed with {', '.join(map(str, kills))} records stored)" if kills else ""
        return held, f"{held['resources']} resources, {held['records']} records, {seconds:.0f} s{when}; {held['index']}"


def _worker(environment: stage.Environment) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [stage.OER, "worker"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _stored(environment: stage.Environment) -> int:
    return int(_ask(environment, "SELECT count(*) FROM record"))


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
