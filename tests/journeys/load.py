"""Clients that ask a site without pause, and what they were answered."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

BROKEN = 0
"""The status noted where the connection broke."""

_PATIENCE = 60.0


class Answer(Struct, frozen=True):
    """One answer: what was asked, when it came (by the monotonic clock), how long it took, and what it said.

    `total` is how many were found, -1 where that is not said; `whole` says that it has hits wherever it counts some,
    and that a refusal is a problem (or a page) that tells when to ask again.
    """

    path: str
    status: int
    moment: float
    seconds: float
    total: int = -1
    whole: bool = True


class Load:
    """Everything answered so far."""

    def __init__(self, url: str, paths: Sequence[str], pause: float) -> None:
        self._url, self._paths, self._pause = url, paths, pause
        self.answers: list[Answer] = []
        self.stop = threading.Event()

    def since(self, moment: float) -> list[Answer]:
        """The answers that came after this moment."""
        return [each for each in list(self.answers) if each.moment >= moment]

    def work(self, first: int) -> None:
        """Ask one question after the other, beginning with this one, until told to stop."""
        place, connection = first, _connected(self._url)
        while not self.stop.is_set():
            path = self._paths[place % len(self._paths)]
            answer = asked(connection, path)
            self.answers.append(answer)
            if answer.status == BROKEN:
                connection.close()
                connection = _connected(self._url)
                time.sleep(0.02)
            else:
                place += 1
            if self._pause:
                time.sleep(self._pause)
        connection.close()


@contextmanager
def loaded(url: str, paths: Sequence[str], clients: int, pause: float = 0.0) -> Iterator[Load]:
    """So many clients ask for these paths of a site, over and over, until the block is left.

    Each waits `pause` seconds after an answer: with none they take all the processors there are.
    """
    load = Load(url, paths, pause)
    threads = [
        threading.Thread(target=load.work, args=(number * len(paths) // clients,), daemon=True)
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(_PATIENCE)


def totals(url: str, paths: Sequence[str]) -> dict[str, int]:
    """How many each path finds while nothing happens."""
    connection = _connected(url)
    found = {path: asked(connection, path).total for path in paths}
    connection.close()
    return found


def wrong(answers: Sequence[Answer], expected: Mapping[str, int]) -> list[Answer]:
    """The answers that found another number than expected, or none of what they counted."""
    return [
        each
        for each in answers
        if each.status == 200 and (not each.whole or each.total != expected.get(each.path, each.total))
    ]


def statuses(answers: Sequence[Answer]) -> dict[int, int]:
    """How many answers of each status there are."""
    return dict(sorted(Counter(each.status for each in answers).items()))


def milliseconds(answers: Sequence[Answer]) -> tuple[float, float]:
    """The median and the 95th percentile of the good answers' time."""
    taken = [each.seconds * 1000 for each in answers if each.status == 200]
    return (statistics.median(taken), statistics.quantiles(taken, n=20)[18]) if len(taken) > 1 else (0.0, 0.0)


def asked(connection: http.client.HTTPConnection, path: str) -> Answer:
    """What this path is answered; a broken connection is an answer too."""
    accept = "application/json" if path.startswith("/api/") else "text/html"
    start = time.monotonic()
    try:
        connection.request("GET", path, headers={"Accept": accept, "Accept-Encoding": "identity"})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return Answer(path, BROKEN, time.monotonic(), time.monotonic() - start)
    end = time.monotonic()
    kind, status = response.getheader("Content-Type", ""), response.status
    told: Any = {}
    if "json" in kind:
        with suppress(ValueError):
            told = json.loads(body)
    if status == 200:
        total = int(told.get("total", -1))
        return Answer(path, status, end, end - start, total, bool(told.get("items")) or total < 1)
    expected = "application/problem+json" if path.startswith("/api/") else "text/html"
    whole = kind.startswith(expected) and int(response.getheader("Retry-After", "0")) > 0
    return Answer(path, status, end, end - start, whole=whole)


def _connected(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
