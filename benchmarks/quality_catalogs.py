"""The catalogs that search quality is measured on, harvested once and kept under /tmp, so that tuning is quick.

Two of them: the lessons alone, as the figures we are compared with have it, and everything that is judged. What is
kept is the store, by the hash of the data read and of the schema; documents are built and indexed anew each time, by
the code as it is. A change of harvesting or crosswalks is seen after `rm -r /tmp/quality`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks import interop_site, stage
from harvesters.fetching import fetcher_for
from harvesters.run import harvest
from registry.app import Registry, open_registry
from registry.catalog.sources import add_source
from registry.search import filling, indexing, minilm
from registry.search.vectors import Vectors
from registry.settings import read_settings
from web.demo.loopback import serving

KEPT = Path("/tmp/quality")
LESSONS, EVERYTHING = "lessons", "everything"

_STORE = "registry.sqlite"
_OTHERS = ("oer-commons", "illustrative", "oatutor", "openstax")


@contextmanager
def indexed(catalog: str, server: bool = False) -> Iterator[Registry]:
    """A copy of a catalog, indexed by the code as it is: embedded, or in a Meilisearch of its own beside SQLite.

    Ranking does not depend on the store's engine, so PostgreSQL is left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        _copy(kept(catalog) / _STORE, Path(folder) / _STORE)
        environment = _environment(Path(folder))
        stage.Ran(environment, "db", "upgrade")
        engine = stage.MeilisearchServer(Path(folder) / "meilisearch") if server else None
        try:
            registry = open_registry(read_settings(environment | ({"OER_SEARCH_URL": engine.url} if engine else {})))
            try:
                indexing.rebuild(registry)
                yield registry
            finally:
                registry.close()
        finally:
            if engine:
                engine.stop()


def kept(catalog: str) -> Path:
    """The data directory of a catalog, filled if it is not there."""
    folder = KEPT / f"{catalog}-{_inputs()}"
    if not (folder / "filled").exists():
        folder.mkdir(parents=True, exist_ok=True)
        if catalog == EVERYTHING:
            _copy(kept(LESSONS) / _STORE, folder / _STORE)
            _harvest_others(_environment(folder))
        else:
            environment = _environment(folder)
            with stage.oak_endpoint() as endpoint:
                stage.prepare(environment, endpoint)
                stage.Ran(environment, "harvest", "oak")
        (folder / "filled").touch()
    return folder


def without_vectors(registry: Registry) -> Registry:
    """The registry as it is where words decide alone."""
    return dataclasses.replace(registry, vectors=Vectors(registry.reading, None))


def fill_vectors(registry: Registry) -> int:
    """Write the vectors of all resources, encoding only texts never encoded before; how many are held then."""
    if minilm.find_model():
        with _Remembered(KEPT / "vectors.sqlite") as remembered:
            while filling.fill(
                registry.sessions, registry.reading, minilm.MiniLM.name, remembered.encoding, seconds=3600
            ).encoded:
                pass
    return registry.vectors.refresh()


class _Remembered:
    """Vectors by the texts they were made from."""

    def __init__(self, path: Path) -> None:
        self._store = sqlite3.connect(path, timeout=60)
        self._store.execute("CREATE TABLE IF NOT EXISTS vector (text BLOB PRIMARY KEY, content BLOB)")

    def __enter__(self) -> _Remembered:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    @contextmanager
    def encoding(self) -> Iterator[filling.Encode]:
        """A function that encodes, in this process: the product's own has the lowest priority."""
        model = minilm.open_minilm()
        assert model is not None
        yield lambda texts: self._encoded(model, texts)

    def _encoded(self, model: minilm.MiniLM, texts: Sequence[str]) -> minilm.Floats:
        keys = [hashlib.blake2b(f"{model.name} {text}".encode()).digest() for text in texts]
        asked = f"SELECT text, content FROM vector WHERE text IN ({','.join('?' * len(keys))})"
        held: dict[bytes, bytes] = dict(self._store.execute(asked, keys).fetchall())
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in held}
        if new:
            made = dict(zip(new, map(np.ndarray.tobytes, model.encode(list(new.values()))), strict=True))
            with self._store:
                self._store.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", made.items())
            held |= made
        return np.stack([np.frombuffer(held[key], np.float32) for key in keys])


def _harvest_others(environment: stage.Environment) -> None:
    registry = open_registry(read_settings(environment))
    try:
        with serving(interop_site.site_at) as base, fetcher_for(registry.settings) as fetcher:
            for source in interop_site.SOURCES:
                if source.name in _OTHERS:
                    with registry.sessions.begin() as session:
                        add_source(session, source.name, source.kind, f"{base}{source.path}", source.group)
                    harvest(registry, source.name, fetcher=fetcher)
    finally:
        registry.close()


def _inputs() -> str:
    digest = hashlib.blake2b(digest_size=6)
    places = (interop_site.RESOURCES, stage.CURRICULUM, stage.COMMON_CORE, stage.PROGRESSION)
    for place in places:
        for path in sorted(place.rglob("*") if place.is_dir() else [place]):
            digest.update(f"{path.name} {path.stat().st_size}".encode())
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    """A whole copy, of a store that may be in use."""
    target.unlink(missing_ok=True)
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()


def _environment(folder: Path) -> stage.Environment:
    others = {name: value for name, value in os.environ.items() if not name.startswith("OER_")}
    return others | {"OER_DATA_DIR": str(folder), "OER_ALLOWED_NETWORKS": "127.0.0.0/8", "OER_LOG_FORMAT": "json"}
