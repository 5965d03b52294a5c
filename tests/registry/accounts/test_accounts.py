"""Signing in, keys, and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from registry.accounts import keys, people, policy
from registry.app import Registry
from registry.db import now
from registry.errors import NotAllowed, NotSignedIn
from registry.models import ApiKeyRow, PersonRow, SignInRow


def test_the_administrator_is_made_once_and_only_hashes_are_kept(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        first = people.ensure_administrator(session)
        assert first is not None
    with registry.sessions.begin() as session:
        assert people.ensure_administrator(session) is None
        kept = [session.scalars(select(PersonRow.password_hash)).one(), session.scalars(select(ApiKeyRow.hash)).one()]
    assert not [each for each in kept if first.password in each or first.key.split("_", 2)[2] in each]


def test_a_sign_in_lasts_twelve_hours_and_ends_at_sign_out(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        first = people.ensure_administrator(session)
        assert first is not None
        token = people.sign_in(session, people.check_password(session, first.name, first.password).id)
        person = people.person_of_token(session, token)
        assert person is not None
        assert policy.require(person, "learners") == person
        session.execute(update(SignInRow).values(until=now() - timedelta(seconds=1)))
        assert people.person_of_token(session, token) is None
        session.execute(update(SignInRow).values(until=now() + timedelta(hours=1)))
        people.sign_out(session, token)
        assert people.person_of_token(session, token) is None


@pytest.mark.parametrize(
    ("name", "password"), [("admin", "wrong"), ("nobody", "x"), ("", ""), ("admin", "x" * 100_000)]
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(registry: Registry, name: str, password: str) -> None:
    with registry.sessions.begin() as session:
        people.ensure_administrator(session)
        with pytest.raises(NotSignedIn, match="The name or the password is not right"):
            people.check_password(session, name, password)


def test_a_key_says_who_asks_and_a_forged_one_nobody(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        first = people.ensure_administrator(session)
        assert first is not None
        person = keys.person_of_key(session, first.key)
        assert person is not None
        assert person.name == "admin"
        for forged in ("", "oer", first.key[:-1], first.key + "x", first.key.replace("oer_", "api_"), "oer__x"):
            assert keys.person_of_key(session, forged) is None


def test_what_nobody_has_named_is_allowed_to_nobody() -> None:
    admin = policy.Person("1", "admin", (policy.ADMIN,))
    with pytest.raises(NotAllowed):
        policy.require(admin, "something new")
    with pytest.raises(NotAllowed):
        policy.require(policy.Person("2", "guest", ()), "learners")
    with pytest.raises(NotSignedIn):
        policy.require(None, "learners")
