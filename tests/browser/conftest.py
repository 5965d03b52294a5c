"""A real Chromium over a real server, with the catalog filled, empty, and with its search index down."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from registry.accounts.people import ensure_administrator
from registry.app import open_registry
from registry.learners.app import open_learners
from registry.learners.classes import classes_of, learners_of
from tests.web.catalog import fill_catalog, migrate_both
from tests.web.conftest import settings_in

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_SERVE = (
    "import sys; from granian.server import Server; from granian.constants import Interfaces, Loops;"
    "Server('tests.browser.served:create', address='127.0.0.1', port=int(sys.argv[1]), interface=Interfaces.ASGI,"
    " factory=True, loop=Loops.asyncio, log_enabled=False).serve()"
)


@dataclass(frozen=True)
class Site:
    """Where a site is served, and what is needed to use all of it."""

    url: str
    name: str = ""
    password: str = ""
    class_id: str = ""
    learner_id: str = ""
    unknown_learner_id: str = ""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small catalog."""
    folder = tmp_path_factory.mktemp("browser") / "data"
    folder.mkdir()
    settings = settings_in(folder)
    migrate_both(settings)
    registry, learners = open_registry(settings), open_learners(settings)
    fill_catalog(registry, learners)
    with registry.sessions.begin() as session:
        admin = ensure_administrator(session)
    with learners.reading.begin() as session:
        class_id = next(each.id for each in classes_of(session, "default") if each.learners)
        ids = learners_of(session, class_id)
    learners.close()
    registry.close()
    assert admin
    with _serving(folder) as url:
        yield Site(url, admin.name, admin.password, class_id, ids[0], ids[2])


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A catalog at its first start."""
    folder = tmp_path_factory.mktemp("browser-empty")
    migrate_both(settings_in(folder))
    with _serving(folder) as url:
        yield Site(url)


@pytest.fixture(scope="session")
def down(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A catalog whose search server does not answer."""
    folder = tmp_path_factory.mktemp("browser-down")
    migrate_both(settings_in(folder))
    with _serving(folder, OER_SEARCH_URL=f"http://127.0.0.1:{_free_port()}") as url:
        yield Site(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says why there is none; with CI=true its absence is a failure."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found or not AXE.is_file():
        reason = "no Chromium is installed" if not found else "axe-core is missing: run make setup"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    SCREENSHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 375], ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of a desktop's and of a phone's width, that fails the test on an error in its console."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert not broken


class _serving:
    """A server in a process of its own, stopped at the end."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self._port = _free_port()
        self._url = f"http://127.0.0.1:{self._port}"
        self._environ = os.environ | {"OER_DATA_DIR": str(folder), "OER_BASE_URL": self._url} | environ

    def __enter__(self) -> str:
        self._process = subprocess.Popen([sys.executable, "-c", _SERVE, str(self._port)], cwd=ROOT, env=self._environ)
        for _ in range(300):
            try:
                httpx.get(f"{self._url}/healthz", timeout=5)
                return self._url
            except httpx.TransportError:
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("the server did not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
