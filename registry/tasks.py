"""The registry's own jobs."""

from __future__ import annotations

from registry.app import Registry
from registry.jobs import Job
from registry.search import encoding, filling, indexing, minilm
from registry.standards.importing import reassemble_waiting


def jobs(registry: Registry) -> list[Job]:
    """What keeps the catalog and its index in step with what changed; each costs a small question if nothing has."""

    def index_stale() -> None:
        indexing.index_stale(registry)

    def reassemble() -> None:
        reassemble_waiting(registry.sessions)

    def fill_vectors() -> None:
        if minilm.find_model():
            filling.fill(registry.sessions, registry.reading, minilm.MiniLM.name, encoding.encoding)

    def look_at_all_vectors() -> None:
        with registry.sessions.begin() as session:
            filling.look_at_all(session, minilm.MiniLM.name)

    def check_index() -> None:
        if registry.index.writable():
            indexing.check(registry, repair=True)

    return [
        Job("index-stale", index_stale, every=1.0),
        Job("reassemble", reassemble, every=5.0),
        Job("vectors", fill_vectors, every=5.0),
        Job("all-vectors", look_at_all_vectors, every=86_400.0),
        Job("index-check", check_index, every=86_400.0, after=600.0),
    ]
