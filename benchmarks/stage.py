"""What the benchmarks stand on: an OAI-PMH endpoint with the Oak lessons, stores of each kind, commands."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests import servers

OAK = servers.SHARED / "resources/oak-lessons.jsonld.ndjson.gz"
CURRICULUM = servers.SHARED / "vocabularies/oak-national-curriculum"
COMMON_CORE = servers.SHARED / "standards/ccss-math.asn.rdf.xml"
PROGRESSION = servers.SHARED / "progression/ccss-math.csv"
OER = Path(sys.executable).parent / "oer"

Environment = dict[str, str]


def absent() -> list[str]:
    """Why the real data cannot be read, as a benchmark's only line; empty where it can."""
    return [] if OAK.exists() else [f"skipped: the real data is not here ({OAK})"]


@contextmanager
def oak_endpoint(count: int = 0) -> Iterator[str]:
    """The address of an OAI-PMH endpoint, in a process of its own, that serves the lessons in pages of 100.

    All 12,517, or as many as `count` says: `oak_endpoint` writes down how more are made of them.
    """
    command = [sys.executable, "-m", "benchmarks.oak_endpoint", str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def embedded() -> Iterator[Environment]:
    """An empty registry on SQLite with the embedded index."""
    with tempfile.TemporaryDirectory() as folder:
        yield environment_in(folder)


@contextmanager
def shared_stores(broker: bool = False) -> Iterator[tuple[Environment, MeilisearchServer]]:
    """An empty registry on PostgreSQL with Meilisearch, and Redis where wanted."""
    names = [servers.new_name(), servers.new_name()]
    assert servers.postgres_ready(), "no PostgreSQL answers"
    servers.run_sql(*(f"CREATE DATABASE {name}" for name in names))
    try:
        with tempfile.TemporaryDirectory() as folder:
            server = MeilisearchServer(Path(folder) / "meilisearch")
            redis = RedisServer(Path(folder)) if broker else None
            environment = environment_in(folder) | {
                "OER_DATABASE_URL": servers.database_url(names[0]),
                "OER_LEARNER_DATABASE_URL": servers.database_url(names[1]),
                "OER_SEARCH_URL": server.url,
                "OER_SECRET_KEY": secrets.token_hex(16),
            }
            if redis:
                environment |= {"OER_BROKER_URL": redis.url}
                server.beside = redis
            try:
                yield environment, server
            finally:
                server.stop()
                if redis:
                    redis.stop()
    finally:
        servers.run_sql(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names))


class MeilisearchServer:
    """A Meilisearch that can be killed and started again on the same address and data."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, servers.free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.beside: RedisServer | None = None
        """The broker that was started with it."""
        self.start()

    def start(self) -> None:
        """Start it, and return when it answers."""
        self._opened = servers.meilisearch(self._folder, self._port)
        _, self.process = self._opened.__enter__()

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop it for good."""
        self._opened.__exit__(None, None, None)


class RedisServer:
    """A Redis that keeps nothing, to be killed and started again on the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, servers.free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = ["redis-server", "--port", str(self._port), "--save", "", "--appendonly", "no", "--dir", self._folder]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        client.close()

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop it for good."""
        self.kill()


class Ran:
    """A command that has ended: what it printed, how long it took and the most memory it held."""

    def __init__(self, environment: Environment, *arguments: str) -> None:
        start = time.perf_counter()
        process = subprocess.Popen(
            [OER, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        self.output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.perf_counter() - start
        self.megabytes = usage.ru_maxrss / 1024
        self.code = process.returncode

    def json(self) -> object:
        """What it printed, decoded."""
        return json.loads(self.output)


def prepare(environment: Environment, endpoint: str) -> list[str]:
    """Migrate, import the vocabularies, add the source; a line for each import."""
    Ran(environment, "db", "upgrade")
    lines = []
    for path, code in ((COMMON_CORE, "ccss-math"), (CURRICULUM, "nc-england"), (PROGRESSION, "ccss-math-progression")):
        ran = Ran(environment, "vocab", "import", str(path), "--as", code)
        lines.append(f"import {ran.output.splitlines()[0]} ({ran.seconds:.1f} s, {ran.megabytes:.0f} MB)")
    Ran(environment, "source", "add", "oak", "oai", endpoint, "--provider", "Oak National Academy")
    return lines


def oak_lessons() -> Iterator[dict[str, object]]:
    """The lessons, one by one."""
    with gzip.open(OAK, "rb") as file:
        for line in file:
            yield json.loads(line)


def environment_in(folder: str) -> Environment:
    """What the commands on this data directory are started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OER_")}
    return kept | {"OER_DATA_DIR": folder, "OER_ALLOWED_NETWORKS": "127.0.0.0/8", "OER_LOG_FORMAT": "json"}
