"""The factory that granian calls in each of its worker processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from litestar import Litestar

from registry.app import Registry, open_registry
from registry.learners.app import Learners, open_learners
from registry.settings import read_settings
from web.app import create_app

Starter = Callable[[Registry, Learners], Callable[[], None]]
"""Starts background work over opened stores and returns what stops it."""


def create(start: Sequence[Starter] = ()) -> Litestar:
    """The application on the stores that the environment's settings name; closes them when the process ends."""
    registry = open_registry(read_settings())
    learners = open_learners(registry)
    stops: list[Callable[[], None]] = []

    def begin() -> None:
        stops.extend(starter(registry, learners) for starter in start)

    def end() -> None:
        for stop in reversed(stops):
            stop()
        learners.close()
        registry.close()

    return create_app(registry, learners, on_startup=[begin], on_shutdown=[end])
