"""A registry that a learning platform of the tests may launch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.lti.platforms import Registration, add_platform
from tests.web.conftest import Served
from tests.web.lti.platform import CLIENT, DEPLOYMENT, Platform, serving

BASE = "http://testserver.local"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving() as platform:
        platform.tool = BASE
        yield platform


@pytest.fixture
def served(serve: Callable[..., Served], filled_stores: Path, platform: Platform) -> Served:
    """The small catalog, with the platform registered."""
    served = serve(filled_stores, allowed_networks=("127.0.0.0/8",))
    with served.registry.sessions.begin() as session:
        add_platform(session, "Test School Canvas", registration(platform), secure=False)
    return served


@pytest.fixture
def begin(client: TestClient[Litestar], platform: Platform) -> Callable[[], dict[str, str]]:
    """Begins a launch; what the registry then asks of the platform."""

    def asked() -> dict[str, str]:
        answer = client.get(f"/lti/login?{platform.login_query()}", follow_redirects=False)
        assert answer.status_code == 302, answer.text
        assert "set-cookie" not in answer.headers
        assert answer.headers["location"].startswith(f"{platform.url}/auth?")
        return {name: several[0] for name, several in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    return asked


def registration(platform: Platform) -> Registration:
    return Registration(
        issuer=platform.url,
        client_id=CLIENT,
        auth_url=f"{platform.url}/auth",
        token_url=f"{platform.url}/token",
        jwks_url=f"{platform.url}/jwks",
        deployments=(DEPLOYMENT,),
    )
