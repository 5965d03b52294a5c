"""The settings, read once from the environment at the entry point; unset means the embedded default."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from registry.errors import Rejected

_INSTEAD_OF_FILES = ("OER_DATABASE_URL", "OER_LEARNER_DATABASE_URL", "OER_SEARCH_URL", "OER_SECRET_KEY")
"""Where all of these are set, nothing is kept in the data directory."""


class Settings(Struct, frozen=True):
    """Everything the operator decides. Every variable is listed in the README."""

    data_dir: Path
    database_url: str
    learner_database_url: str
    secret_key: str
    search_url: str = ""
    search_key: str = ""
    search_prefix: str = "oer"
    broker_url: str = ""
    broker_prefix: str = "oer"
    allowed_networks: tuple[str, ...] = ()
    base_url: str = "http://127.0.0.1:8000"
    pool_size: int = 24
    lease_seconds: int = 120
    assets_dir: Path | None = None
    log_format: str = "auto"
    name: str = "Open Resource Registry"
    admin_email: str = ""

    @property
    def embedded_index(self) -> bool:
        """Whether the index lives in the data directory rather than in a Meilisearch."""
        return not self.search_url

    @property
    def secure(self) -> bool:
        """Whether this site is served over https; then it trusts only others that are."""
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; makes the data directory and, where none is set, the secret key.

    Raises Rejected naming the variable whose value cannot be used.
    """
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("OER_DATA_DIR") or "var").resolve()
    if not all(env.get(name) for name in _INSTEAD_OF_FILES):
        _make_writable(data_dir)
    return Settings(
        data_dir=data_dir,
        database_url=_database(env, "OER_DATABASE_URL", data_dir / "registry.sqlite"),
        learner_database_url=_database(env, "OER_LEARNER_DATABASE_URL", data_dir / "learners.sqlite"),
        secret_key=env.get("OER_SECRET_KEY") or _kept_secret(data_dir / "secret-key"),
        search_url=_http(env, "OER_SEARCH_URL", ""),
        search_key=env.get("OER_SEARCH_KEY", ""),
        search_prefix=env.get("OER_SEARCH_PREFIX") or "oer",
        broker_url=_broker(env),
        broker_prefix=env.get("OER_BROKER_PREFIX") or "oer",
        allowed_networks=_networks(env.get("OER_ALLOWED_NETWORKS", "")),
        base_url=_http(env, "OER_BASE_URL", "http://127.0.0.1:8000"),
        pool_size=_number(env, "OER_POOL_SIZE", 24),
        lease_seconds=_number(env, "OER_LEASE_SECONDS", 120),
        assets_dir=Path(env["OER_ASSETS_DIR"]) if env.get("OER_ASSETS_DIR") else None,
        log_format=_choice(env, "OER_LOG_FORMAT", ("auto", "json", "text")),
        name=(env.get("OER_NAME") or "Open Resource Registry").strip()[:200],
        admin_email=_email(env),
    )


def pass_on(settings: Settings) -> None:
    """Put into the environment what processes started from here must share: the data's place, networks allowed."""
    os.environ["OER_DATA_DIR"] = str(settings.data_dir)
    os.environ["OER_ALLOWED_NETWORKS"] = " ".join(settings.allowed_networks)


def _database(env: Mapping[str, str], name: str, default: Path) -> str:
    stated = env.get(name) or f"sqlite:///{default}"
    try:
        url = make_url(stated)
    except (ArgumentError, ValueError):
        raise Rejected(
            f"{name} is not a database URL; postgresql+psycopg://user:password@host/database is one"
        ) from None
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise Rejected(f"{name} names {backend}; only postgresql+psycopg:// and sqlite:/// are supported")
    if backend == "sqlite" and not url.database:
        raise Rejected(f"{name} needs a file: an in-memory SQLite gives every thread a database of its own")
    if backend == "sqlite" and not Path(str(url.database)).absolute().parent.is_dir():
        raise Rejected(f"{name} is in a folder that is not there: {Path(str(url.database)).absolute().parent}")
    if backend == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _http(env: Mapping[str, str], name: str, default: str) -> str:
    stated = (env.get(name) or default).rstrip("/")
    if stated and not stated.startswith(("http://", "https://")):
        raise Rejected(f"{name} must start with http:// or https://")
    return stated


def _broker(env: Mapping[str, str]) -> str:
    stated = env.get("OER_BROKER_URL", "")
    if stated and not stated.startswith(("redis://", "rediss://")):
        raise Rejected("OER_BROKER_URL must start with redis:// or rediss://")
    return stated


def _email(env: Mapping[str, str]) -> str:
    stated = env.get("OER_ADMIN_EMAIL", "").strip()
    if stated and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", stated):
        raise Rejected("OER_ADMIN_EMAIL must be a mail address, as oer@example.gov")
    return stated


def _networks(stated: str) -> tuple[str, ...]:
    networks = [part for part in stated.replace(",", " ").split() if part]
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise Rejected(f"OER_ALLOWED_NETWORKS: {network} is not a network; write 10.1.0.0/16") from None
    return tuple(networks)


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    stated = env.get(name) or str(default)
    if not stated.isdigit() or not 1 <= int(stated) <= 1000:
        raise Rejected(f"{name} must be a whole number from 1 to 1000")
    return int(stated)


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    stated = env.get(name) or choices[0]
    if stated not in choices:
        raise Rejected(f"{name} must be one of {', '.join(choices)}")
    return stated


def _make_writable(data_dir: Path) -> None:
    """Make the data directory, where something is to be kept in it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Rejected(f"OER_DATA_DIR: {data_dir} cannot be made: {error.strerror}") from None
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise Rejected(f"OER_DATA_DIR: {data_dir} cannot be written to")


def _kept_secret(path: Path) -> str:
    """The secret kept in the data directory, made at the first call (mode 0600).

    It appears whole or not at all, so that processes that start together read the same one.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    secret = path.read_text().strip()
    if not secret:
        raise Rejected(f"The secret key in {path} is empty. Remove the file, or set OER_SECRET_KEY.")
    return secret
