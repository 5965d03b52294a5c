"""How often resources are found and opened, counted in memory and written down every few seconds by a thread."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from datetime import date
from typing import Any

import structlog
from litestar.connection import Request
from sqlalchemy.exc import SQLAlchemyError

from registry.catalog import usage
from registry.catalog.usage import Count
from registry.db import Sessions, now

log = structlog.get_logger("web")

_EVERY_SECONDS = 10.0
_LAST_WAIT = 5.0
_MOST = 20_000
_MACHINE = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scrap|archiv|preview|monitor|headless|lighthouse|facebookexternalhit|validator"
    r"|OpenResourceRegistry|\b(?:curl|wget|python|httpx|aiohttp|java|okhttp|go-http-client|libwww-perl)\b",
    re.IGNORECASE,
)


class UsageCounts:
    """The counts of this process that are not written down yet: at most 20,000, and those of ten seconds.

    Counting takes no lock on the database and never fails; what a killed process had counted is lost.
    """

    def __init__(self, sessions: Sessions, every: float = _EVERY_SECONDS) -> None:
        self._sessions = sessions
        self._every = every
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, date], list[int]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def found(self, resource_ids: Iterable[str]) -> None:
        """Count that a result page showed these."""
        self._count(resource_ids, 0)

    def opened(self, resource_id: str) -> None:
        """Count that somebody opened this one."""
        self._count((resource_id,), 1)

    def flush(self) -> None:
        """Write down what has been counted. Where the database does not take it, that is lost, and logged."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            with self._sessions.begin() as session:
                usage.add(session, {key: Count(*both) for key, both in counts.items()})
        except SQLAlchemyError as error:
            log.warning("usage_lost", resources=len(counts), cause=type(error).__name__)

    def start(self) -> None:
        """Begin to write down, in a thread of its own."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write down what is left, unless that takes too long."""
        self._stop.set()
        if self._thread:
            self._thread.join(_LAST_WAIT)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.flush()
        self.flush()

    def _count(self, resource_ids: Iterable[str], place: int) -> None:
        day = now().date()
        with self._lock:
            for resource_id in resource_ids:
                both = self._counts.get((resource_id, day))
                if both is None:
                    if len(self._counts) >= _MOST:
                        return
                    both = self._counts[resource_id, day] = [0, 0]
                both[place] += 1


def is_person(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody will look at the page: it is asked for by no robot, and by no browser that guesses ahead."""
    agent = request.headers.get("user-agent", "")
    ahead = " ".join(request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz", "x-purpose"))
    return bool(request.method == "GET" and agent and not _MACHINE.search(agent[:300]) and "pre" not in ahead.lower())
