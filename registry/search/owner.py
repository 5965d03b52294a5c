"""The claim of one process on files that only one may write, held by the kernel and so freed when the process dies."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path


class Claim:
    """A lock on a file. `taken()` never waits; it is held until `release()` or the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._descriptor: int | None = None

    def taken(self) -> bool:
        """Whether this claim holds the lock now."""
        with self._lock:
            if self._descriptor is not None:
                return True
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
            return True

    def release(self) -> None:
        """Let another process have it."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
