"""What a platform has to know of this tool, and how it is registered: by command, by file, by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from joserfc.jwk import RSAKey
from litestar import Litestar
from litestar.testing import TestClient

from registry.db import now
from registry.errors import Conflict, NotFound, Rejected
from registry.lti import keys
from registry.lti.invitations import TOOL, invitation
from registry.lti.platforms import ANY, Registration, add_platform, platforms, remove_platform
from registry.models import LtiKeyRow
from tests.web.conftest import Served
from tests.web.lti.platform import Platform
from tests.web.lti.test_launching import said
from web.cli import main

GOOD = Registration(
    issuer="https://canvas.example",
    client_id="100",
    auth_url="https://canvas.example/auth",
    token_url="https://canvas.example/token",
    jwks_url="https://canvas.example/jwks",
)
OPTIONS = [
    *("--issuer", GOOD.issuer, "--client-id", GOOD.client_id, "--auth-url", GOOD.auth_url),
    *("--token-url", GOOD.token_url, "--jwks-url", GOOD.jwks_url),
]


def test_keys_are_made_once_and_published_without_their_secret_half(
    served: Served, client: TestClient[Litestar]
) -> None:
    (first,) = client.get("/lti/jwks.json").json()["keys"]
    assert client.get("/lti/jwks.json").json()["keys"] == [first]
    assert set(first) == {"kty", "kid", "use", "alg", "n", "e"}
    with served.registry.reading.begin() as session:
        stored = session.query(LtiKeyRow).one()
    assert stored.private.count(".") == 4  # encrypted, not only signed


def test_a_new_key_signs_and_the_ones_before_stay_published(served: Served, client: TestClient[Litestar]) -> None:
    (old,) = client.get("/lti/jwks.json").json()["keys"]
    secret = served.registry.settings.secret_key
    with served.registry.sessions.begin() as session:
        made = keys.new_key(session, secret)
    with served.registry.sessions.begin() as session:
        assert keys.signing_key(session, secret).kid == made.kid
    assert [key["kid"] for key in client.get("/lti/jwks.json").json()["keys"]] == [made.kid, old["kid"]]


def test_another_secret_key_cannot_sign_with_the_keys_of_before(served: Served) -> None:
    with served.registry.sessions.begin() as session:
        before = keys.signing_key(session, "one secret")
        after = keys.signing_key(session, "another secret")
        assert isinstance(after, RSAKey)
        assert before.kid != after.kid
        assert keys.signing_key(session, "one secret").kid == before.kid


def test_canvas_reads_the_tool_from_one_address(client: TestClient[Litestar]) -> None:
    told = client.get("/lti/config.json").json()
    assert told["oidc_initiation_url"] == "http://testserver.local/lti/login"
    assert told["target_link_uri"] == "http://testserver.local/lti/launch"
    assert told["public_jwk_url"] == "http://testserver.local/lti/jwks.json"
    assert (told["scopes"], told["extensions"][0]["privacy_level"]) == ([], "anonymous")
    assert {each["message_type"] for each in told["extensions"][0]["settings"]["placements"]} == {
        "LtiDeepLinkingRequest"
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"issuer": "canvas.example"}, "issuer"),
        ({"auth_url": "http://canvas.example/auth"}, "auth_url"),
        ({"token_url": "https://me@canvas.example/token"}, "token_url"),
        ({"jwks_url": "javascript:alert(1)"}, "jwks_url"),
        ({"client_id": ""}, "client_id"),
        ({"deployments": ()}, "deployment"),
    ],
)
def test_a_platform_that_cannot_be_used_is_refused_by_field(
    served: Served, changed: dict[str, Any], field: str
) -> None:
    stated = {name: getattr(GOOD, name) for name in GOOD.__struct_fields__} | changed
    with served.registry.sessions.begin() as session, pytest.raises(Rejected) as refused:
        add_platform(session, "Canvas", Registration(**stated))
    assert [each.field for each in refused.value.errors] == [field]


def test_a_platform_is_registered_once(served: Served) -> None:
    with served.registry.sessions.begin() as session:
        add_platform(session, "Canvas", GOOD)
        with pytest.raises(Conflict):
            add_platform(session, "The same again", GOOD)
        remove_platform(session, "Canvas")
        with pytest.raises(NotFound):
            remove_platform(session, "Canvas")
        add_platform(session, "The same again", GOOD)


def test_platforms_are_added_listed_and_removed_by_command(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OER_BASE_URL", "https://registry.example")

    def oer(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["lti", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    assert "https://registry.example/lti/login" in oer("add", "Canvas", *OPTIONS, "--deployment", "1:abc")
    (told,) = json.loads(oer("list", "--json"))
    assert (told["name"], told["deployments"]) == ("Canvas", ["1:abc"])
    assert "already" in oer("add", "Canvas", *OPTIONS, code=1)
    assert "auth_url" in oer("add", "B", *OPTIONS, "--auth-url", "http://canvas.example/auth", code=1)
    assert "https://registry.example/lti/register?invitation=" in oer("invite", "Moodle")
    assert "Signing with" in oer("new-key")
    assert "was removed" in oer("remove", "Canvas")
    assert oer("list") == ""


def register(client: TestClient[Litestar], served: Served, platform: Platform, **changed: str) -> Any:
    asked = {
        "invitation": invitation("Moodle of Lakeside", served.registry.settings.secret_key, now()),
        "openid_configuration": f"{platform.url}/openid",
        "registration_token": "once",
    }
    return client.get("/lti/register", params=asked | changed)


@pytest.fixture
def alone(serve: Callable[..., Served], filled_stores: Path) -> Served:
    """A registry that no platform is registered at."""
    return serve(filled_stores, allowed_networks=("127.0.0.0/8",))


def test_a_platform_registers_itself_with_an_invitation(alone: Served, platform: Platform) -> None:
    with TestClient(alone.app, base_url="http://testserver.local") as client:
        answer = register(client, alone, platform)
        assert answer.status_code == 200, said(answer)
        assert "Moodle of Lakeside is registered" in said(answer)
    ((token, sent),) = platform.registered
    assert token == "Bearer once"
    assert sent["initiate_login_uri"] == "http://testserver.local/lti/login"
    assert sent["scope"] == ""
    assert sent[TOOL]["claims"] == ["iss", "sub"]
    with alone.registry.reading.begin() as session:
        (made,) = platforms(session)
    assert (made.name, made.issuer, made.client_id) == ("Moodle of Lakeside", platform.url, "client-of-its-own")
    assert made.deployments == (ANY,)


def test_an_invitation_is_good_once_and_for_a_week(alone: Served, platform: Platform) -> None:
    secret = alone.registry.settings.secret_key
    old = invitation("Moodle", secret, now() - timedelta(days=7, seconds=1))
    given = invitation("Moodle", secret, now())
    with TestClient(alone.app, base_url="http://testserver.local") as client:
        assert register(client, alone, platform, invitation=old).status_code == 403
        assert register(client, alone, platform, invitation="").status_code == 403
        assert platform.registered == []
        assert register(client, alone, platform, invitation=given).status_code == 200
        with alone.registry.sessions.begin() as session:
            remove_platform(session, "Moodle")
        assert "has been used" in said(register(client, alone, platform, invitation=given))


def test_a_platform_that_speaks_for_another_is_not_registered(alone: Served, platform: Platform) -> None:
    platform.pages["/other"] = json.dumps(
        {
            "issuer": "https://canvas.instructure.com",
            "authorization_endpoint": f"{platform.url}/auth",
            "token_endpoint": f"{platform.url}/token",
            "jwks_uri": f"{platform.url}/jwks",
            "registration_endpoint": f"{platform.url}/registration",
        }
    )
    with TestClient(alone.app, base_url="http://testserver.local") as client:
        answer = register(client, alone, platform, openid_configuration=f"{platform.url}/other")
        assert answer.status_code == 422
        assert "speaks for canvas.instructure.com" in said(answer)
        for address in ("", f"{platform.url}/nothing", "http://10.1.2.3/", "file:///etc/passwd"):
            assert register(client, alone, platform, openid_configuration=address).status_code in (400, 422)
    assert platform.registered == []


def test_an_invited_platform_cannot_make_us_ask_a_private_address(
    serve: Callable[..., Served], filled_stores: Path, platform: Platform
) -> None:
    served = serve(filled_stores)
    with TestClient(served.app, base_url="http://testserver.local") as client:
        answer = register(client, served, platform)
    assert answer.status_code == 422
    assert "Description of the platform" in said(answer)
