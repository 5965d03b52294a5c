"""The registry's commands, as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.app import open_registry
from registry.settings import read_settings
from web.cli import main

Oer = Callable[..., Result]


@pytest.fixture
def oer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oer:
    monkeypatch.setenv("OER_DATA_DIR", str(tmp_path))
    for name in ("OER_DATABASE_URL", "OER_LEARNER_DATABASE_URL", "OER_SEARCH_URL", "OER_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_a_rebuild_that_another_process_prevents_is_a_failure(oer: Oer) -> None:
    assert oer("stats").exit_code == 0
    owner = open_registry(read_settings())
    owner.index.rebuild([])
    refused = oer("index", "rebuild")
    owner.close()
    assert refused.exit_code == 1
    assert "another process owns the index" in refused.stderr
    assert oer("index", "rebuild").exit_code == 0
