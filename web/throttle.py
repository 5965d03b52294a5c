"""How often something open to everybody may be done, counted in memory, so that nobody can do it by the thousand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Throttle:
    """At most `most` times within `window` seconds, whoever asks; counted for each process by itself."""

    def __init__(self, most: int = 60, window: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._moments: list[float] = []

    def allows(self) -> bool:
        """Whether it may be done once more now; that is then counted."""
        with self._lock:
            oldest = self._clock() - self._window
            self._moments = [moment for moment in self._moments if moment > oldest]
            if len(self._moments) >= self._most:
                return False
            self._moments.append(self._clock())
            return True
