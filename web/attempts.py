"""Failed sign-ins counted in memory, so that passwords cannot be tried by the thousand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_MOST_NAMES = 10_000


class Attempts:
    """Failures by name within a window; counted for each process by itself."""

    def __init__(self, most: int = 10, window: float = 300.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, list[float]] = {}

    def wait(self, name: str) -> int:
        """Seconds until this name may be tried again; 0 where it may be tried now."""
        with self._lock:
            recent = self._recent(name)
            if len(recent) < self._most:
                return 0
            return max(1, round(recent[0] + self._window - self._clock()))

    def failed(self, name: str) -> None:
        """Count a failure."""
        with self._lock:
            if len(self._failures) >= _MOST_NAMES and name not in self._failures:
                # Somebody is inventing names: the oldest entry makes room, so that memory stays bounded.
                self._failures.pop(next(iter(self._failures)))
            self._failures[name] = [*self._recent(name)[-self._most :], self._clock()]

    def succeeded(self, name: str) -> None:
        """Forget the failures of this name."""
        with self._lock:
            self._failures.pop(name, None)

    def _recent(self, name: str) -> list[float]:
        oldest = self._clock() - self._window
        return [moment for moment in self._failures.get(name, ()) if moment > oldest]
