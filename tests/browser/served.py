"""The site over stores that a test has filled, for granian to serve in a process of its own."""

from __future__ import annotations

from litestar import Litestar

from registry.app import open_registry
from registry.learners.app import open_learners
from registry.settings import read_settings
from web.app import create_app


def create() -> Litestar:
    """The application on the stores in OER_DATA_DIR."""
    settings = read_settings()
    return create_app(open_registry(settings), open_learners(settings))
