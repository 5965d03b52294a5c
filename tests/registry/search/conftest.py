"""An index of each kind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.ports import SearchIndex
from registry.search.embedded import EmbeddedIndex
from registry.search.meilisearch import MeilisearchIndex


@pytest.fixture(params=["embedded", "meilisearch"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    opened: SearchIndex
    if request.param == "embedded":
        opened = EmbeddedIndex(tmp_path / "index")
    else:
        url = request.getfixturevalue("meilisearch_url")
        opened = MeilisearchIndex(url, "", f"test-{secrets.token_hex(4)}")
    assert opened.writable()
    yield opened
    opened.close()
