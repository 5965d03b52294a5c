"""Jobs as plain functions, declared once and run by Celery workers or by the serving process itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Job(Struct, frozen=True):
    """A piece of background work: `run(**arguments)` with string arguments, repeated `every` seconds where that is set.

    A job may be run twice, killed at any time and started again: it finds its own work in the database.
    """

    name: str
    run: Callable[..., None]
    every: float | None = None
    after: float = 0.0
    """A process that serves has it wait so many seconds after its start."""


class Sender(Protocol):
    """Whatever can be asked to run a job soon, somewhere."""

    def __call__(self, name: str, /, **arguments: str) -> None:
        """Ask for it and return at once."""
        ...


def send_nowhere(name: str, /, **arguments: str) -> None:
    """Ask nobody: for commands and tests, where what is stale waits for whoever looks next."""
