"""Signing in, keys, and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from registry.accounts import keys, people, policy
from registry.app import Registry
from registry.db import now
from registry.errors import Conflict, NotAllowed, NotFound, NotSignedIn, Rejected
from registry.models import ApiKeyRow, PersonRow, SignInRow
from tests.factories import source


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


def test_a_publisher_may_what_concerns_its_own_district_alone(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        source(session, "lakeside", "Lakeside School District")
        made = people.add_person(session, "maria.lopez", districts=("lakeside-school-district",))
        person = keys.person_of_key(session, made.key)
        assert person is not None
        assert person == people.check_password(session, made.name, made.password)
    assert person.districts == ("lakeside-school-district",)
    assert policy.require(person, "district", "lakeside-school-district") == person
    for action, district in (
        ("district", ""),
        ("district", "lakeside"),
        ("district", "lakeside-school-district-2"),
        ("sources", "lakeside-school-district"),
        ("operate", ""),
        ("standards", ""),
        ("learners", ""),
    ):
        with pytest.raises(NotAllowed):
            policy.require(person, action, district)


def test_an_administrator_may_see_every_district_and_a_curator_none() -> None:
    assert policy.may(policy.Person("1", "admin", (policy.ADMIN,)), "district", "anywhere")
    assert not policy.may(policy.Person("2", "curator", (policy.CURATOR,)), "district", "anywhere")
    assert not policy.may(policy.Person("3", "odd", ("district:",)), "district", "")
    assert not policy.may(None, "district", "anywhere")


@pytest.mark.parametrize(
    ("name", "role", "districts", "refusal"),
    [
        ("Maria Lopez", "admin", (), Rejected),
        ("", "admin", (), Rejected),
        ("maria", "king", (), Rejected),
        ("maria", "", (), Rejected),
        ("maria", "admin", ("lakeside",), Rejected),
        ("maria", "", ("nowhere",), NotFound),
        ("admin", "curator", (), Conflict),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    registry: Registry, name: str, role: str, districts: tuple[str, ...], refusal: type[Exception]
) -> None:
    with registry.sessions.begin() as session:
        people.ensure_administrator(session)
        with pytest.raises(refusal):
            people.add_person(session, name, role, districts)


def test_a_new_key_ends_the_old_ones(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        made = people.add_person(session, "curator", "curator")
        new = people.replace_keys(session, "curator")
        session.flush()
        assert keys.person_of_key(session, made.key) is None
        person = keys.person_of_key(session, new)
        assert person is not None
        assert person.scopes == (policy.CURATOR,)


def test_a_removed_account_opens_nothing_and_the_last_administrator_stays(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        people.ensure_administrator(session)
        made = people.add_person(session, "second", "admin")
        token = people.sign_in(session, people.check_password(session, made.name, made.password).id)
    with registry.sessions.begin() as session:
        people.remove_person(session, "second")
    with registry.sessions.begin() as session:
        assert people.person_of_token(session, token) is None
        assert keys.person_of_key(session, made.key) is None
        assert [each.name for each in people.accounts(session)] == ["admin"]
        with pytest.raises(Conflict, match="the last administrator"):
            people.remove_person(session, "admin")
        with pytest.raises(NotFound):
            people.remove_person(session, "second")
