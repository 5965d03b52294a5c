"""The registry's own jobs."""

from __future__ import annotations

from registry.app import Registry
from registry.jobs import Job
from registry.search import indexing


def jobs(registry: Registry) -> list[Job]:
    """Bringing the index up to date, every second where there is something stale."""

    def index_stale() -> None:
        indexing.index_stale(registry)

    return [Job("index-stale", index_stale, every=1.0)]
