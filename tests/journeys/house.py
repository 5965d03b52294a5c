"""The registry's processes as an operator starts them, and a district they harvest from."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from sqlalchemy import NullPool, create_engine, text

from tests import servers
from web.demo.loopback import Answer, Request, serving
from web.demo.oai_endpoint import OaiEndpoint, OaiRecord

OER = Path(sys.executable).parent / "oer"
PATIENCE = 45.0

Environment = dict[str, str]


def environment(folder: Path, **settings: str) -> Environment:
    """What a process of an embedded registry in this folder is started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OER_")}
    stated = {"OER_DATA_DIR": str(folder), "OER_ALLOWED_NETWORKS": "127.0.0.0/8", "OER_LOG_FORMAT": "json"}
    return kept | stated | settings


def oer(env: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that has ended, in whatever way."""
    return subprocess.run([OER, *arguments], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)


def done(env: Environment, *arguments: str) -> str:
    """What a command printed that had to end well."""
    ran = oer(env, *arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def eventually(what: str, seen: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return when it is so; fail saying what was not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen():
            return
        time.sleep(0.1)
    pytest.fail(f"not within {seconds:.0f} seconds: {what}")


@dataclass(frozen=True)
class Running:
    """A process that runs, with everything it and its children print in a file."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """Kill it and its children as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def said(self, what: str) -> bool:
        """Whether it has printed this."""
        return what in self.log.read_text()


@contextmanager
def running(env: Environment, log: Path, *arguments: str) -> Iterator[Running]:
    """A command that goes on until the block is left."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            [OER, *arguments], env=env, cwd=log.parent, stdout=file, stderr=file, start_new_session=True
        )
    started = Running(process, log)
    try:
        yield started
    finally:
        started.kill()


@contextmanager
def site(env: Environment, log: Path, *options: str) -> Iterator[str]:
    """The address of an `oer serve` that answers."""
    port = servers.free_port()
    with running(env, log, "serve", "--port", str(port), *options):
        url = f"http://127.0.0.1:{port}"
        servers.wait_for(f"{url}/healthz")
        yield url


@contextmanager
def worker(env: Environment, log: Path) -> Iterator[Running]:
    """An `oer worker` that takes jobs, one at a time."""
    with running(env, log, "worker", "--concurrency", "1") as started:
        eventually("the worker is ready", lambda: started.said(" ready."))
        yield started


@dataclass(frozen=True)
class Shared:
    """Stores on servers, and what the first `oer db upgrade` printed once."""

    env: Environment
    key: str
    password: str

    @property
    def headers(self) -> dict[str, str]:
        """Those of a request with the administrator's key."""
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def shared_stores(folder: Path, search_url: str, **settings: str) -> Iterator[Shared]:
    """Two new PostgreSQL databases at the newest schema, and an index of our own on the search server."""
    if not servers.postgres_ready():
        servers.missing("no PostgreSQL answers")
    names = [servers.new_name(), servers.new_name()]
    servers.run_sql(*(f"CREATE DATABASE {name}" for name in names))
    env = environment(
        folder,
        OER_DATABASE_URL=servers.database_url(names[0]),
        OER_LEARNER_DATABASE_URL=servers.database_url(names[1]),
        OER_SEARCH_URL=search_url,
        OER_SEARCH_PREFIX=names[0],
        OER_BROKER_PREFIX=names[0],
        OER_SECRET_KEY=secrets.token_hex(16),
        **settings,
    )
    try:
        upgraded = oer(env, "db", "upgrade")
        assert upgraded.returncode == 0, upgraded.stderr
        yield Shared(env, *first_secrets(upgraded.stderr))
    finally:
        servers.run_sql(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names))
        if "OER_BROKER_URL" in env:
            forget_messages(env)


def forget_messages(env: Environment) -> None:
    """Delete what a registry left at its broker, if that still runs."""
    with redis.Redis.from_url(env["OER_BROKER_URL"]) as client, suppress(redis.ConnectionError):
        for key in client.scan_iter(f"{env['OER_BROKER_PREFIX']}:*"):
            client.delete(key)


def first_secrets(said: str) -> tuple[str, str]:
    """The administrator's API key and password, as they are shown once."""
    key, password = re.search(r"API key +(\S+)", said), re.search(r"password +(\S+)", said)
    assert key and password, said
    return key[1], password[1]


def ask(env: Environment, query: str) -> Sequence[Any]:
    """The rows of a question to the catalog's database."""
    url = env.get("OER_DATABASE_URL") or f"sqlite:///{env['OER_DATA_DIR']}/registry.sqlite"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def count(env: Environment, query: str) -> int:
    """The number that a question to the catalog's database comes to."""
    return int(ask(env, query)[0][0])


def found(url: str, **params: str) -> int:
    """How many resources a search at this site finds; -1 where it is not answered well."""
    answer = get(f"{url}/api/v1/search", params=params)
    return int(answer.json()["total"]) if answer.status_code == 200 else -1


def get(url: str, **options: Any) -> httpx.Response:
    """What is answered."""
    return httpx.get(url, trust_env=False, timeout=20, **options)


def post(url: str, **options: Any) -> httpx.Response:
    """What is answered."""
    return httpx.post(url, trust_env=False, timeout=20, **options)


class District:
    """An OAI-PMH endpoint of so many lessons, `pause` seconds a page; it remembers which places were asked for."""

    def __init__(self, name: str, lessons: int, page_size: int = 25, pause: float = 0.0) -> None:
        self.name, self.pause, self._page_size = name, pause, page_size
        self.places: list[str] = []
        self.gate = threading.Event()
        """While it is clear, nobody is given a page."""
        self.gate.set()
        self._records: list[OaiRecord] = [self._lesson(number, "2026-04-01T00:00:00Z") for number in range(lessons)]
        self._base = ""

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{self._base}/oai"

    def add(self) -> str:
        """One more lesson, as of now; its title."""
        record = self._lesson(len(self._records), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        self._records.append(record)
        self._renew()
        return str((record[3] or {})["name"])

    @contextmanager
    def open(self) -> Iterator[District]:
        """It answers until the block is left."""
        with serving(self._at):
            yield self

    def _at(self, base: str) -> Callable[[Request], Answer]:
        self._base = base
        self._renew()
        return self._answer

    def _answer(self, request: Request) -> Answer:
        asked = dict(request.params)
        if asked.get("verb") == "ListRecords":
            self.places.append(asked.get("resumptionToken", ""))
            self.gate.wait(PATIENCE)
            time.sleep(self.pause)
        return Answer(self._endpoint.answer(request.params), "text/xml")

    def _renew(self) -> None:
        self._endpoint = OaiEndpoint(self._records, base_url=self.url, name=self.name, page_size=self._page_size)

    def _lesson(self, number: int, datestamp: str) -> OaiRecord:
        identifier = f"oai:{self.name}:{number:04}"
        lesson = {
            "@type": "LearningResource",
            "name": f"Lesson {number} of {self.name}",
            "description": f"What {self.name} teaches on day {number}.",
            "url": f"https://{self.name}.example/{number}",
            "inLanguage": "en",
        }
        return identifier, datestamp, False, lesson
