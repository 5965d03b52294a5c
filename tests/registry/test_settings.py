"""Settings: defaults, what is refused and how it is named, and the secret that is made once."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from registry.errors import Rejected
from registry.settings import read_settings

EVERYTHING_ELSEWHERE = {
    "OER_DATABASE_URL": "postgresql+psycopg://user:word@db.example/registry",
    "OER_LEARNER_DATABASE_URL": "postgresql://user:word@db.example/learners",
    "OER_SEARCH_URL": "http://search.example:7700/",
    "OER_SECRET_KEY": "a secret of the state",
}


def test_unset_means_the_embedded_default(tmp_path: Path) -> None:
    settings = read_settings({"OER_DATA_DIR": str(tmp_path / "new" / "folder")})
    assert settings.database_url == f"sqlite:///{tmp_path}/new/folder/registry.sqlite"
    assert settings.learner_database_url == f"sqlite:///{tmp_path}/new/folder/learners.sqlite"
    assert settings.embedded_index
    assert (settings.broker_url, settings.allowed_networks) == ("", ())
    assert settings.base_url == "http://127.0.0.1:8000"
    assert len(settings.secret_key) >= 32


def test_an_empty_value_is_as_good_as_none(tmp_path: Path) -> None:
    names = ("OER_DATABASE_URL", "OER_SEARCH_URL", "OER_BROKER_URL", "OER_BASE_URL", "OER_POOL_SIZE", "OER_LOG_FORMAT")
    plain = {"OER_DATA_DIR": str(tmp_path)}
    assert read_settings(plain | dict.fromkeys(names, "")) == read_settings(plain)


def test_what_is_stated_is_taken(tmp_path: Path) -> None:
    settings = read_settings(
        EVERYTHING_ELSEWHERE
        | {"OER_DATA_DIR": str(tmp_path), "OER_ALLOWED_NETWORKS": "10.1.0.0/16, 127.0.0.0/8", "OER_POOL_SIZE": "8"}
    )
    assert settings.search_url == "http://search.example:7700"
    assert not settings.embedded_index
    assert settings.learner_database_url == "postgresql+psycopg://user:word@db.example/learners"
    assert settings.allowed_networks == ("10.1.0.0/16", "127.0.0.0/8")
    assert (settings.pool_size, settings.secret_key) == (8, "a secret of the state")


def test_where_everything_is_elsewhere_no_folder_is_made(tmp_path: Path) -> None:
    read_settings(EVERYTHING_ELSEWHERE | {"OER_DATA_DIR": str(tmp_path / "unneeded")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", sorted(EVERYTHING_ELSEWHERE))
def test_where_anything_is_kept_here_the_folder_is_made(tmp_path: Path, missing: str) -> None:
    stated = {name: value for name, value in EVERYTHING_ELSEWHERE.items() if name != missing}
    read_settings(stated | {"OER_DATA_DIR": str(tmp_path / "needed")})
    assert (tmp_path / "needed").is_dir()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OER_DATABASE_URL", "nonsense"),
        ("OER_DATABASE_URL", "mysql://user@db.example/registry"),
        ("OER_DATABASE_URL", "sqlite://"),
        ("OER_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite"),
        ("OER_DATABASE_URL", "postgresql://user@db.example:port/registry"),
        ("OER_LEARNER_DATABASE_URL", "nonsense"),
        ("OER_SEARCH_URL", "search.example:7700"),
        ("OER_BROKER_URL", "nonsense"),
        ("OER_BROKER_URL", "amqp://broker.example"),
        ("OER_BASE_URL", "registry.example.gov"),
        ("OER_ALLOWED_NETWORKS", "10.1.0.0/16 everywhere"),
        ("OER_ALLOWED_NETWORKS", "10.1.2.3/8"),
        ("OER_POOL_SIZE", "many"),
        ("OER_POOL_SIZE", "0"),
        ("OER_POOL_SIZE", "-1"),
        ("OER_LEASE_SECONDS", "1.5"),
        ("OER_LEASE_SECONDS", "1001"),
        ("OER_LOG_FORMAT", "yaml"),
        ("OER_ADMIN_EMAIL", "somebody"),
        ("OER_DATA_DIR", "/dev/null/data"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_under_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Rejected, match=name):
        read_settings({"OER_DATA_DIR": str(tmp_path), name: value})


def test_a_refusal_shows_no_password(tmp_path: Path) -> None:
    for url in ("mysql://user:word-of-pass@db.example/registry", "postgresql://user:word-of-pass@db:port/registry"):
        with pytest.raises(Rejected) as refused:
            read_settings({"OER_DATA_DIR": str(tmp_path), "OER_DATABASE_URL": url})
        assert "word-of-pass" not in refused.value.detail


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    env = {"OER_DATA_DIR": str(tmp_path)}
    first = read_settings(env).secret_key
    assert read_settings(env).secret_key == first
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() == first


def test_processes_that_start_together_have_one_secret(tmp_path: Path) -> None:
    starters = 8
    for round_ in range(20):
        folder = tmp_path / str(round_)
        start = threading.Barrier(starters)

        def begin(_: int, folder: Path = folder, start: threading.Barrier = start) -> str:
            start.wait()
            return read_settings({"OER_DATA_DIR": str(folder)}).secret_key

        with ThreadPoolExecutor(starters) as pool:
            found = set(pool.map(begin, range(starters)))
        assert len(found) == 1
        assert all(found)
        assert [path.name for path in folder.iterdir()] == ["secret-key"]


def test_an_empty_secret_is_refused_rather_than_used(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()
    with pytest.raises(Rejected, match="OER_SECRET_KEY"):
        read_settings({"OER_DATA_DIR": str(tmp_path)})
