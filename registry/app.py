"""The registry as one value: what every use case needs, opened once at the entry point."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Engine

from registry.db import Sessions, make_engine, make_reading, make_sessions
from registry.jobs import Sender, send_nowhere
from registry.ports import SearchIndex
from registry.search.lexicon import Lexicons
from registry.search.minilm import common_words, open_minilm
from registry.search.opening import open_index
from registry.search.vectors import Vectors
from registry.settings import Settings
from registry.standards.graph import Graphs


@dataclass(frozen=True)
class Registry:
    """Settings, session factories for writing and for reading, the index, the standards' graphs, the catalog's
    words and vectors, and who runs jobs."""

    settings: Settings
    engine: Engine
    sessions: Sessions
    reading: Sessions
    index: SearchIndex
    graphs: Graphs
    lexicons: Lexicons
    vectors: Vectors
    send: Sender = send_nowhere

    def sending(self, send: Sender) -> Registry:
        """The same registry, with somebody to run its jobs."""
        return replace(self, send=send)

    def close(self) -> None:
        """Give up the index and all connections."""
        self.index.close()
        self.engine.dispose()


def open_registry(settings: Settings, index: SearchIndex | None = None) -> Registry:
    """A registry on the stores the settings name; connects to nothing until it is used."""
    engine = make_engine(settings.database_url, settings.pool_size)
    reading = make_reading(engine)
    return Registry(
        settings=settings,
        engine=engine,
        sessions=make_sessions(engine),
        reading=reading,
        index=index or open_index(settings),
        graphs=Graphs(),
        lexicons=Lexicons(common_words),
        vectors=Vectors(reading, open_minilm()),
    )
