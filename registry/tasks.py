"""The registry's own jobs."""

from __future__ import annotations

from registry.app import Registry
from registry.jobs import Job
from registry.search import indexing
from registry.standards.importing import reassemble_waiting


def jobs(registry: Registry) -> list[Job]:
    """What keeps the catalog and its index in step with what changed; each costs a small question if nothing has."""

    def index_stale() -> None:
        indexing.index_stale(registry)

    def reassemble() -> None:
        reassemble_waiting(registry.sessions)

    return [Job("index-stale", index_stale, every=1.0), Job("reassemble", reassemble, every=5.0)]
