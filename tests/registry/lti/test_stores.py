"""What LTI keeps, on each pair of stores: platforms, keys, and what counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.app import Registry
from registry.db import now
from registry.errors import Conflict, NotAllowed
from registry.lti import keys
from registry.lti.once import use_once
from registry.lti.platforms import Registration, add_platform, platform_that_asks, platforms
from registry.lti.tokens import Invitation, Picking, State, opened, sealed
from registry.models import LtiUsedRow

GOOD = Registration(
    issuer="https://canvas.example",
    client_id="100",
    auth_url="https://canvas.example/auth",
    token_url="https://canvas.example/token",
    jwks_url="https://canvas.example/jwks",
    deployments=("1:a", "1:a", "2:b"),
)


def test_a_platform_is_found_by_its_issuer_and_client(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        made = add_platform(session, "Canvas", GOOD)
        assert platform_that_asks(session, GOOD.issuer, "") == made
        other = Registration(GOOD.issuer, "200", GOOD.auth_url, GOOD.token_url, GOOD.jwks_url, ("*",))
        add_platform(session, "Canvas of the other district", other)
        assert platform_that_asks(session, GOOD.issuer, "100") == made
        with pytest.raises(NotAllowed, match="must name its client_id"):
            platform_that_asks(session, GOOD.issuer, "")
        with pytest.raises(Conflict):
            add_platform(session, "Canvas", other)
    with registry.reading.begin() as session:
        first, second = platforms(session)
    assert first.deployments == ("1:a", "2:b")
    assert (first.deploys("2:b"), first.deploys("3:c"), second.deploys("3:c")) == (True, False, True)


def test_of_many_who_use_a_token_at_once_one_may(registry: Registry) -> None:
    def use(_: int) -> bool:
        try:
            with registry.sessions.begin() as session:
                use_once(session, "a nonce", now() + timedelta(minutes=10), "used")
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(use, range(8))) == 1


def test_a_used_token_is_forgotten_when_it_would_have_ended(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        use_once(session, "old", now() - timedelta(seconds=1), "used")
        use_once(session, "new", now() + timedelta(minutes=1), "used")
        assert [row.token for row in session.query(LtiUsedRow)] == ["new"]


def test_keys_are_kept_sealed(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        made = keys.signing_key(session, "a secret")
    with registry.sessions.begin() as session:
        assert keys.signing_key(session, "a secret").as_dict(private=True) == made.as_dict(private=True)
        assert [each["kid"] for each in keys.published(session, "a secret")["keys"]] == [made.kid]


@given(st.text(max_size=300), st.sampled_from((State, Picking, Invitation)))
def test_nothing_but_what_we_sealed_opens(text: str, kind: type[State]) -> None:
    with pytest.raises(NotAllowed):
        opened(text, kind, "a secret", now())


def test_what_was_sealed_opens_for_its_purpose_in_its_time_with_its_secret() -> None:
    stated, moment = State("platform", "nonce"), now()
    token = sealed(stated, "a secret", moment)
    assert opened(token, State, "a secret", moment + timedelta(minutes=9)) == stated
    for kind, secret, at in (
        (Invitation, "a secret", moment),
        (State, "another secret", moment),
        (State, "a secret", moment + timedelta(minutes=10)),
    ):
        with pytest.raises(NotAllowed):
            opened(token, kind, secret, at)
