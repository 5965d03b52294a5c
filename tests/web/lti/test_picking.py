"""Choosing resources for a course: what is kept, what is wrong with a choice, and what a platform takes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from litestar import Litestar
from litestar.testing import TestClient

from registry.db import now
from registry.lti.platforms import platforms, remove_platform
from registry.lti.tokens import Picking, sealed
from tests.web.conftest import Served
from tests.web.lti.platform import DEEP, DEPLOYMENT, Platform
from tests.web.lti.test_launching import resource_id, said

Token = Callable[..., str]


@pytest.fixture
def token(served: Served, platform: Platform) -> Token:
    """A token for choosing, as a launch gives it."""

    def made(**changed: Any) -> str:
        with served.registry.reading.begin() as session:
            (known,) = platforms(session)
        stated = {
            "platform": known.id,
            "deployment": DEPLOYMENT,
            "return_url": f"{platform.url}/return?course=12",
            "accepts": ("ltiResourceLink", "link"),
        }
        moment = now() - changed.pop("ago", timedelta(0))
        return sealed(Picking(**(stated | changed)), served.registry.settings.secret_key, moment)

    return made


def items(client: TestClient[Litestar], page: str) -> list[dict[str, Any]]:
    signed = re.findall(r'name="JWT" value="([^"]+)"', page)[0]
    keys = KeySet.import_key_set(client.get("/lti/jwks.json").json())
    found: list[dict[str, Any]] = jwt.decode(signed, keys, ["RS256"]).claims[f"{DEEP}content_items"]
    return found


def test_what_is_ticked_stays_ticked_from_one_search_to_the_next(
    served: Served, client: TestClient[Litestar], token: Token
) -> None:
    first, second = resource_id(served, "Equal parts"), resource_id(served, "Fracciones")
    asked = {"token": token(), "q": "unlike denominators", "level": "developing", "pick": [first, second]}
    page = client.get("/lti/pick", params=asked).text
    assert re.findall(r'value="(\w+)" id="pick-\w+" checked', page) == [first, second]
    assert '<input type="hidden" name="level" value="developing">' in page
    assert 'lang="es"' in page


def test_pages_of_results_keep_the_token_and_the_choice(client: TestClient[Litestar], token: Token) -> None:
    page = client.get("/lti/pick", params={"token": token(), "q": "unlike denominators"}).text
    cursor = html.unescape(re.findall(r'name="cursor" value="([^"]+)"', page)[0])
    again = client.get("/lti/pick", params={"token": token(), "q": "unlike denominators", "cursor": cursor})
    assert again.status_code == 200
    assert "First page" in again.text


def test_a_platform_that_takes_one_gets_one(served: Served, client: TestClient[Litestar], token: Token) -> None:
    single = token(several=False)
    page = client.get("/lti/pick", params={"token": single}).text
    assert 'type="radio"' in page
    assert 'type="checkbox"' not in page
    both = [resource_id(served, "Equal parts"), resource_id(served, "Fracciones")]
    answer = client.post("/lti/return", data={"token": single, "pick": both})
    assert "Tick only one" in said(answer)


def test_a_platform_that_takes_plain_links_gets_the_resource_s_page(
    served: Served, client: TestClient[Litestar], token: Token
) -> None:
    id = resource_id(served, "Equal parts")
    page = client.post("/lti/return", data={"token": token(accepts=("link",)), "pick": id}).text
    (item,) = items(client, page)
    assert (item["type"], item["url"]) == ("link", f"http://testserver.local/resources/{id}")


def test_choosing_nothing_leads_back_with_a_word(client: TestClient[Litestar], token: Token) -> None:
    answer = client.post("/lti/return", data={"token": token(), "q": "pizza"})
    assert answer.url.path == "/lti/pick"
    assert "Tick at least one resource first" in said(answer)
    assert 'value="pizza"' in answer.text


def test_more_than_fit_into_an_answer_are_refused_and_kept_ticked(
    served: Served, client: TestClient[Litestar], token: Token
) -> None:
    answer = client.post("/lti/return", data={"token": token(), "pick": [f"id-{number}" for number in range(21)]})
    assert "At most 20 resources" in said(answer)


def test_what_was_withdrawn_meanwhile_is_not_added(served: Served, client: TestClient[Litestar], token: Token) -> None:
    gone, here = resource_id(served, "Old lesson"), resource_id(served, "Equal parts")
    page = client.post("/lti/return", data={"token": token(), "pick": [gone, here]}).text
    assert [item["title"] for item in items(client, page)] == ["Equal parts on a number line"]
    answer = client.post("/lti/return", data={"token": token(), "pick": gone})
    assert answer.status_code == 422
    assert "no longer in the catalog" in said(answer)


@pytest.mark.parametrize("path", ["/lti/pick", "/lti/return"])
def test_choosing_ends_after_a_while(client: TestClient[Litestar], token: Token, path: str) -> None:
    old = token(ago=timedelta(hours=3, seconds=1))
    answer = client.get(path, params={"token": old}) if path == "/lti/pick" else client.post(path, data={"token": old})
    assert answer.status_code == 403
    assert "Choosing took too long" in said(answer)


def test_a_platform_that_was_taken_away_gets_nothing(
    served: Served, client: TestClient[Litestar], token: Token
) -> None:
    given = token()
    with served.registry.sessions.begin() as session:
        remove_platform(session, "Test School Canvas")
    for answer in (
        client.get("/lti/pick", params={"token": given}),
        client.post("/lti/return", data={"token": given, "pick": resource_id(served, "Equal parts")}),
    ):
        assert answer.status_code == 403
        assert "not registered here any more" in said(answer)


def test_a_bad_filter_in_the_frame_is_named(client: TestClient[Litestar], token: Token) -> None:
    answer = client.get("/lti/pick", params={"token": token(), "grade": "13"})
    assert answer.status_code == 400
    assert "<strong>Grade</strong>" in answer.text
