"""A small catalog behind the site: SQLite, the embedded index, two resources written by the use cases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.accounts.people import FirstSecrets, ensure_administrator
from registry.app import Registry, open_registry
from registry.learners.app import Learners, open_learners
from registry.settings import Settings
from tests.web.catalog import fill_catalog, migrate_both
from web.app import create_app


@dataclass(frozen=True)
class Served:
    """An app over filled stores, and what is needed to sign in."""

    app: Litestar
    registry: Registry
    learners: Learners
    admin: FirstSecrets
    sent: list[tuple[str, dict[str, str]]]


def settings_in(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'registry.sqlite'}",
        learner_database_url=f"sqlite:///{folder / 'learners.sqlite'}",
        secret_key="a secret of the tests, long enough to be one",
        pool_size=4,
        base_url="http://testserver.local",
    )


@pytest.fixture(scope="session")
def empty_stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both databases migrated and nothing in them."""
    folder = tmp_path_factory.mktemp("empty")
    migrate_both(settings_in(folder))
    return folder


@pytest.fixture(scope="session")
def filled_stores(empty_stores: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small catalog, indexed."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    shutil.copytree(empty_stores, folder)
    registry = open_registry(settings_in(folder))
    learners = open_learners(registry.settings)
    fill_catalog(registry, learners)
    learners.close()
    registry.close()
    return folder


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Opens an app over a copy of some stores."""
    opened: list[Served] = []

    def open_copy(stores: Path, **changed: object) -> Served:
        folder = tmp_path / f"stores-{len(opened)}"
        shutil.copytree(stores, folder)
        settings = settings_in(folder)
        settings = type(settings)(**({f: getattr(settings, f) for f in settings.__struct_fields__} | changed))
        sent: list[tuple[str, dict[str, str]]] = []
        registry = open_registry(settings).sending(lambda name, /, **arguments: sent.append((name, arguments)))
        learners = open_learners(settings)
        with registry.sessions.begin() as session:
            admin = ensure_administrator(session)
        assert admin
        served = Served(create_app(registry, learners), registry, learners, admin, sent)
        opened.append(served)
        return served

    yield open_copy
    for served in opened:
        served.learners.close()
        served.registry.close()


@pytest.fixture
def served(serve: Callable[..., Served], filled_stores: Path) -> Served:
    """The small catalog, served."""
    return serve(filled_stores)


@pytest.fixture
def client(served: Served) -> Iterator[TestClient[Litestar]]:
    """Somebody who is not signed in."""
    with TestClient(served.app, base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def key(served: Served) -> dict[str, str]:
    """The headers of somebody with the administrator's key."""
    return {"Authorization": f"Bearer {served.admin.key}"}
