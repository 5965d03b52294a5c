"""The demo, as it is typed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from web.cli import main


def test_a_port_in_use_is_told_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OER_DATA_DIR", str(tmp_path / "var"))
    for name in ("OER_DATABASE_URL", "OER_LEARNER_DATABASE_URL", "OER_SEARCH_URL", "OER_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = CliRunner().invoke(main, ["demo", "--port", str(port)])
    assert refused.exit_code == 1
    assert f"127.0.0.1:{port} cannot be served on" in refused.stderr
    assert not list(tmp_path.rglob("*.sqlite"))
