"""Launches over LTI 1.3: the whole way there and back, and every way a launch can be forged or wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from litestar import Litestar
from litestar.testing import TestClient

from registry.models import LtiUsedRow, ResourceRow
from tests.web.conftest import Served
from tests.web.lti.platform import CLIENT, DEEP, DEPLOYMENT, LEARNER, LTI, NAMES, Platform, other_key

Begin = Callable[[], dict[str, str]]


def resource_id(served: Served, title: str) -> str:
    with served.registry.reading.begin() as session:
        return session.query(ResourceRow.id).filter(ResourceRow.title.startswith(title)).one().id


def launch(client: TestClient[Litestar], token: str, state: str) -> Any:
    return client.post("/lti/launch", data={"id_token": token, "state": state}, follow_redirects=False)


def said(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_teacher_picks_resources_and_the_platform_gets_them_signed(
    served: Served, client: TestClient[Litestar], platform: Platform, begin: Begin
) -> None:
    asked = begin()
    assert asked["response_mode"] == "form_post"
    assert (asked["client_id"], asked["login_hint"], asked["lti_message_hint"]) == (CLIENT, "person-1", "course-12")
    answer = launch(client, platform.signed(platform.deep(asked["nonce"])), asked["state"])
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"])
    assert "Choose resources for Test School Canvas" in page.text
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    first, second = resource_id(served, "Equal parts"), resource_id(served, "Adding fractions")
    token = parse_qs(urlsplit(answer.headers["location"]).query)["token"][0]
    page = client.get("/lti/pick", params={"token": token, "q": "pizza", "pick": first})
    assert "Chosen so far: 1" in page.text
    assert f'value="{first}" id="pick-{first}" checked' in page.text
    assert f'value="{second}" id="pick-{second}">' in page.text
    page = client.post("/lti/return", data={"token": token, "pick": [first, second], "q": "pizza"})
    assert f"form-action {platform.url};" in page.headers["content-security-policy"]
    assert f'<form method="post" action="{platform.url}/return"' in page.text
    signed = re.findall(r'name="JWT" value="([^"]+)"', page.text)[0]
    keys = KeySet.import_key_set(client.get("/lti/jwks.json").json())
    claims = jwt.decode(signed, keys, ["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (CLIENT, [platform.url])
    assert claims["exp"] > time.time()
    assert claims[f"{LTI}message_type"] == "LtiDeepLinkingResponse"
    assert (claims[f"{LTI}version"], claims[f"{LTI}deployment_id"]) == ("1.3.0", DEPLOYMENT)
    assert claims[f"{DEEP}data"] == "course 12"
    items = claims[f"{DEEP}content_items"]
    assert [(item["type"], item["custom"]["resource"]) for item in items] == [
        ("ltiResourceLink", first),
        ("ltiResourceLink", second),
    ]
    assert items[0]["url"] == f"http://testserver.local/lti/launch?resource={first}"
    assert items[0]["title"] == "Equal parts on a number line"


def test_a_resource_that_was_picked_opens_in_the_course(
    served: Served, client: TestClient[Litestar], platform: Platform, begin: Begin
) -> None:
    id = resource_id(served, "Equal parts")
    asked = begin()
    learner = {f"{LTI}roles": [LEARNER]}
    answer = launch(client, platform.signed(platform.link(asked["nonce"], id, **learner)), asked["state"])
    assert answer.headers["location"] == f"/lti/resources/{id}"
    page = client.get(answer.headers["location"])
    assert "Equal parts on a number line" in page.text
    assert "Open at lakeside.example" in page.text
    assert "frame-ancestors *" in page.headers["content-security-policy"]


def test_a_link_copied_without_its_setting_is_known_by_its_address(
    served: Served, client: TestClient[Litestar], platform: Platform, begin: Begin
) -> None:
    id, asked = resource_id(served, "Equal parts"), begin()
    moved = {f"{LTI}custom": None, f"{LTI}target_link_uri": f"http://testserver.local/lti/launch?resource={id}"}
    answer = launch(client, platform.signed(platform.link(asked["nonce"], "", **moved)), asked["state"])
    assert answer.headers["location"] == f"/lti/resources/{id}"
    assert client.get(f"/lti/launch?resource={id}", follow_redirects=False).headers["location"].endswith(id)


def test_a_launch_of_nothing_in_particular_shows_the_search(
    client: TestClient[Litestar], platform: Platform, begin: Begin
) -> None:
    asked = begin()
    answer = launch(client, platform.signed(platform.link(asked["nonce"], "")), asked["state"])
    assert answer.headers["location"] == "/embed/search"


def _unsigned(claims: dict[str, Any], alg: str, signature: bytes = b"", key: bytes = b"", kid: str = "") -> str:
    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    head = part(json.dumps({"alg": alg, "kid": kid}).encode()) + "." + part(json.dumps(claims).encode())
    made = hmac.new(key, head.encode(), hashlib.sha256).digest() if key else signature
    return f"{head}.{part(made)}"


def _with_the_public_key_as_a_secret(platform: Platform, nonce: str) -> str:
    key = platform.key.as_pem(private=False)
    return _unsigned(platform.deep(nonce), "HS256", key=key, kid=platform.key.kid or "")


def _changed(platform: Platform, nonce: str) -> str:
    head, _, tail = platform.signed(platform.deep(nonce)).split(".")
    other = base64.urlsafe_b64encode(json.dumps(platform.deep(nonce, sub="the head teacher")).encode())
    return f"{head}.{other.decode().rstrip('=')}.{tail}"


def _as_theirs(platform: Platform, nonce: str) -> str:
    thief = other_key()
    return jwt.encode({"alg": "RS256", "kid": platform.key.kid}, platform.deep(nonce), thief)


FORGED: dict[str, tuple[Callable[[Platform, str], str], str]] = {
    "no token": (lambda p, n: "", "its token cannot be read"),
    "rubbish": (lambda p, n: "a.b.c", "its token cannot be read"),
    "header no object": (lambda p, n: "ImFsZyI.e30.e30", "its token cannot be read"),
    "huge": (lambda p, n: p.signed(p.deep(n, more="x" * 70_000)), "longer than 65,536 characters"),
    "another key under its name": (_as_theirs, "its signature is not the platform’s"),
    "a key nobody published": (lambda p, n: p.signed(p.deep(n), other_key()), "publishes no key named"),
    "changed after signing": (_changed, "its signature is not the platform’s"),
    "not signed": (lambda p, n: _unsigned(p.deep(n), "none"), "it is signed as “none”"),
    "signed with the public key": (_with_the_public_key_as_a_secret, "it is signed as “HS256”"),
    "expired": (lambda p, n: p.signed(p.deep(n, exp=int(time.time()) - 120)), "it has expired"),
    "from the future": (lambda p, n: p.signed(p.deep(n, iat=int(time.time()) + 600)), "made in the future"),
    "old": (lambda p, n: p.signed(p.deep(n, iat=int(time.time()) - 700)), "more than ten minutes ago"),
    "timeless": (lambda p, n: p.signed(p.deep(n, exp=None)), "does not say when it was made and when it ends"),
    "of no time": (lambda p, n: p.signed(p.deep(n, exp="soon")), "does not say when it was made"),
    "another nonce": (lambda p, n: p.signed(p.deep("x" * 32)), "its nonce is not the one"),
    "no nonce": (lambda p, n: p.signed(p.deep(None)), "its nonce is not the one"),
    "another issuer": (
        lambda p, n: p.signed(p.deep(n, iss="https://evil.example")),
        "comes from “https://evil.example”",
    ),
    "another audience": (lambda p, n: p.signed(p.deep(n, aud="client-8")), "its audience is not our client id"),
    "no audience": (lambda p, n: p.signed(p.deep(n, aud=None)), "its audience is not our client id"),
    "another party": (lambda p, n: p.signed(p.deep(n, azp="client-8")), "its authorized party is not"),
    "several audiences": (lambda p, n: p.signed(p.deep(n, aud=[CLIENT, "c-8"])), "its authorized party is not"),
    "another deployment": (
        lambda p, n: p.signed(p.deep(n, **{f"{LTI}deployment_id": "deployment-2"})),
        "its deployment “deployment-2” is not registered here",
    ),
    "no deployment": (
        lambda p, n: p.signed(p.deep(n, **{f"{LTI}deployment_id": None})),
        "its deployment that is missing",
    ),
    "another version": (lambda p, n: p.signed(p.deep(n, **{f"{LTI}version": "1.1"})), "not of LTI version 1.3.0"),
    "no message type": (
        lambda p, n: p.signed(p.deep(n, **{f"{LTI}message_type": None})),
        "its message type that is missing is none that is answered here",
    ),
    "another message": (
        lambda p, n: p.signed(p.deep(n, **{f"{LTI}message_type": "LtiSubmissionReviewRequest"})),
        "its message type “LtiSubmissionReviewRequest” is none",
    ),
    "no settings": (
        lambda p, n: p.signed(p.deep(n, **{f"{DEEP}deep_linking_settings": None})),
        "does not say where and how the choice is to be sent",
    ),
    "a return to a script": (
        lambda p, n: p.signed(p.deep(n, settings={"deep_link_return_url": "javascript:alert(1)"})),
        "the address for the choice is no secure web address",
    ),
    "nothing we have is taken": (
        lambda p, n: p.signed(p.deep(n, settings={"accept_types": ["file", "html"]})),
        "the platform takes no links here, only “file, html”",
    ),
    "too much of its own": (
        lambda p, n: p.signed(p.deep(n, settings={"data": "x" * 9_000})),
        "more of its own data along than can be handed back",
    ),
    "a learner who picks": (lambda p, n: p.signed(p.deep(n, **{f"{LTI}roles": [LEARNER]})), "Only teachers"),
    "nobody who picks": (lambda p, n: p.signed(p.deep(n, **{f"{LTI}roles": None})), "Only teachers"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_launch_that_is_not_true_is_refused_and_says_why(
    client: TestClient[Litestar], platform: Platform, begin: Begin, name: str
) -> None:
    make, sentence = FORGED[name]
    asked = begin()
    answer = launch(client, make(platform, asked["nonce"]), asked["state"])
    assert answer.status_code == 403
    assert sentence in said(answer)
    assert "Traceback" not in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert platform.asked_for_keys <= 2


def test_a_launch_counts_once(client: TestClient[Litestar], platform: Platform, begin: Begin) -> None:
    asked = begin()
    token = platform.signed(platform.deep(asked["nonce"]))
    assert launch(client, token, asked["state"]).status_code == 303
    answer = launch(client, token, asked["state"])
    assert answer.status_code == 403
    assert "it has been used before" in said(answer)
    other = begin()
    assert "its nonce is not the one" in said(launch(client, token, other["state"]))


@pytest.mark.parametrize("state", ["", "a.b.c", "é", "x" * 9_000])
def test_a_launch_that_nobody_began_is_refused(
    client: TestClient[Litestar], platform: Platform, begin: Begin, state: str
) -> None:
    answer = launch(client, platform.signed(platform.deep(begin()["nonce"])), state)
    assert answer.status_code == 403
    assert "not begun here, or too long ago" in said(answer)


def test_a_token_for_one_thing_opens_no_other(client: TestClient[Litestar], platform: Platform, begin: Begin) -> None:
    answer = client.get("/lti/pick", params={"token": begin()["state"]})
    assert answer.status_code == 403
    assert "Choosing took too long, or this address was changed" in said(answer)


def test_what_the_platform_refuses_is_told_and_escaped(client: TestClient[Litestar]) -> None:
    answer = client.post("/lti/launch", data={"error": "login_required", "error_description": "<b>Sign in</b>"})
    assert answer.status_code == 403
    assert "did not let this launch through: &lt;b&gt;Sign in" in answer.text


def test_keys_are_asked_for_once_and_again_when_the_platform_has_new_ones(
    client: TestClient[Litestar], platform: Platform, begin: Begin, served: Served
) -> None:
    for _ in range(3):
        asked = begin()
        assert launch(client, platform.signed(platform.deep(asked["nonce"])), asked["state"]).status_code == 303
    assert platform.asked_for_keys == 1
    platform.key = other_key()
    platform.published.append(platform.key)
    asked = begin()
    token = platform.signed(platform.deep(asked["nonce"]))
    assert "publishes no key named" in said(launch(client, token, asked["state"]))
    keys = served.app.state.site.platform_keys
    keys._clock = lambda: time.monotonic() + 31
    assert launch(client, token, asked["state"]).status_code == 303
    assert platform.asked_for_keys == 2


def test_a_platform_whose_keys_cannot_be_read_is_said_to_be_so(
    client: TestClient[Litestar], platform: Platform, begin: Begin
) -> None:
    platform.published = []
    asked = begin()
    answer = launch(client, platform.signed(platform.deep(asked["nonce"])), asked["state"])
    assert answer.status_code == 503
    assert "The keys of Test School Canvas cannot be read" in said(answer)
    assert launch(client, platform.signed(platform.deep(asked["nonce"])), asked["state"]).status_code == 503
    assert platform.asked_for_keys == 1


def test_nothing_of_the_person_is_stored_or_logged(
    served: Served, client: TestClient[Litestar], platform: Platform, begin: Begin, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = begin()
    launch(client, platform.signed(platform.deep(asked["nonce"])), asked["state"])
    asked = begin()
    launch(client, platform.signed(platform.deep(asked["nonce"], iss="x")), asked["state"])
    with served.registry.reading.begin() as session:
        assert session.query(LtiUsedRow).count() == 1
    folder = served.registry.settings.data_dir
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    written = capsys.readouterr()
    for personal in (*NAMES.values(), "person-1"):
        assert personal.encode() not in stored
        assert personal not in written.out + written.err


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"iss": ""}, 400, "Address of the platform"),
        ({"login_hint": ""}, 400, "Sign-in at the platform"),
        ({"iss": "https://unknown.example"}, 403, "is not registered here"),
        ({"client_id": "client-8"}, 403, "with the client id client-8 is not registered here"),
        ({"target_link_uri": "https://evil.example/"}, 403, "would lead to another site"),
        ({"lti_message_hint": "x" * 9_000}, 400, "What the platform sent along"),
    ],
)
def test_a_login_that_cannot_be_answered_says_why(
    client: TestClient[Litestar], platform: Platform, changed: dict[str, str], status: int, sentence: str
) -> None:
    query = platform.login_query(**changed)
    for answer in (
        client.get(f"/lti/login?{query}", follow_redirects=False),
        client.post("/lti/login", content=query, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    ):
        assert answer.status_code == status
        assert sentence in said(answer)


def test_a_platform_may_begin_with_a_form_and_without_its_client_id(
    client: TestClient[Litestar], platform: Platform
) -> None:
    query = platform.login_query(client_id="")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/lti/login", content=query, headers=form, follow_redirects=False)
    assert answer.status_code == 302
    assert f"client_id={CLIENT}" in answer.headers["location"]
