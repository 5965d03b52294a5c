"""The index that the settings name, opened without touching a file or a server yet."""

from __future__ import annotations

from registry.ports import SearchIndex
from registry.search.embedded import EmbeddedIndex
from registry.search.meilisearch import MeilisearchIndex
from registry.settings import Settings


def open_index(settings: Settings) -> SearchIndex:
    """The embedded index in the data directory, or the Meilisearch at the search URL."""
    if settings.embedded_index:
        return EmbeddedIndex(settings.data_dir / "index")
    return MeilisearchIndex(settings.search_url, settings.search_key, settings.search_prefix)
