"""People: their accounts, signing in and out, and the administrator who is made at first start."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.accounts.keys import new_key
from registry.accounts.policy import ADMIN, CURATOR, TEACHER, Person, district_scope
from registry.catalog import ratings
from registry.db import new_id, now
from registry.errors import Conflict, FieldError, NotFound, NotSignedIn, Rejected
from registry.models import ApiKeyRow, PersonRow, ProviderRow, SignInRow

ROLES = (ADMIN, CURATOR, TEACHER)

SIGNED_IN_FOR = timedelta(hours=12)

_hasher = PasswordHasher()


class FirstSecrets(Struct, frozen=True):
    """What is shown once when an account is made, and kept only as hashes."""

    name: str
    password: str
    key: str


class Account(Struct, frozen=True):
    """Somebody who may sign in: what they may do, since when, and how many keys for scripts they have."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    keys: int


def ensure_administrator(session: Session) -> FirstSecrets | None:
    """Make the administrator where there is nobody yet; the secrets to show once, or None."""
    if session.scalar(select(PersonRow.id).limit(1)):
        return None
    return _make(session, "admin", (ADMIN,))


def add_person(session: Session, name: str, role: str = "", districts: Collection[str] = ()) -> FirstSecrets:
    """An account with one of the ROLES, or that publishes for districts, given by their slugs; its secrets.

    Raises Rejected naming what cannot be used, NotFound for a district nobody has added a source of, Conflict where
    the name is taken.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@-]{0,99}", name):
        advice = "Use lower-case letters, digits and . _ - @, at most 100, as in maria.lopez."
        raise Rejected("The account cannot be added as it is.", [FieldError("name", advice)])
    if bool(role) == bool(districts) or (role and role not in ROLES):
        advice = f"Give one of {', '.join(ROLES)}, or the districts the person publishes for."
        raise Rejected("The account cannot be added as it is.", [FieldError("role", advice)])
    known = set(session.scalars(select(ProviderRow.slug).where(ProviderRow.slug.in_(districts))))
    for slug in districts:
        if slug not in known:
            raise NotFound(f"There is no district {slug[:100]}; it appears when its first source is added.")
    scopes = (role,) if role else tuple(district_scope(slug) for slug in sorted(known))
    made = _make(session, name, scopes)
    if made is None:
        raise Conflict(f"There is an account named {name} already.")
    return made


def accounts(session: Session) -> Sequence[Account]:
    """All accounts by name."""
    counted = dict(session.execute(select(ApiKeyRow.person_id, func.count()).group_by(ApiKeyRow.person_id)).all())
    rows = session.scalars(select(PersonRow).order_by(PersonRow.name))
    return tuple(Account(row.name, row.scopes, row.created_at, counted.get(row.id, 0)) for row in rows)


def remove_person(session: Session, name: str) -> None:
    """Take an account away, with its sign-ins, keys, lists and ratings.

    Raises NotFound, and Conflict for the last administrator.
    """
    row = _named(session, name)
    admins = [scopes for scopes in session.scalars(select(PersonRow.scopes)) if ADMIN in scopes]
    if ADMIN in row.scopes and len(admins) == 1:
        raise Conflict(f"{name} is the last administrator: add another one first.")
    rated = ratings.rated_by(session, row.id)
    session.delete(row)
    session.flush()
    ratings.recount(session, rated)


def replace_keys(session: Session, name: str) -> str:
    """A new key for this account; those it had no longer open anything. Raises NotFound."""
    row = _named(session, name)
    session.execute(delete(ApiKeyRow).where(ApiKeyRow.person_id == row.id))
    return new_key(session, row.id, row.scopes)


def check_password(session: Session, name: str, password: str) -> Person:
    """Whose name and password these are; raises NotSignedIn.

    Only reads, because hashing takes long and nobody should wait for it with a lock held. An unknown name costs
    the same time as a wrong password, so that names cannot be guessed.
    """
    row = session.scalar(select(PersonRow).where(PersonRow.name == name[:200]))
    try:
        _hasher.verify(row.password_hash if row else _nobodys_hash(), password[:1000])
    except (VerificationError, InvalidHashError):
        row = None
    if row is None:
        raise NotSignedIn("The name or the password is not right.")
    return Person(row.id, row.name, row.scopes)


def sign_in(session: Session, person_id: str) -> str:
    """A token for the browser's cookie, good for twelve hours; sign-ins that have ended are cleared away."""
    session.execute(delete(SignInRow).where(SignInRow.until < now()))
    token = secrets.token_urlsafe(32)
    session.add(SignInRow(token_hash=_hash(token), person_id=person_id, until=now() + SIGNED_IN_FOR))
    return token


def person_of_token(session: Session, token: str) -> Person | None:
    """Who is signed in with this token, or None."""
    row = session.scalar(
        select(PersonRow)
        .join(SignInRow, SignInRow.person_id == PersonRow.id)
        .where(SignInRow.token_hash == _hash(token), SignInRow.until > now())
    )
    return Person(row.id, row.name, row.scopes) if row else None


def sign_out(session: Session, token: str) -> None:
    """Forget the sign-in with this token."""
    session.execute(delete(SignInRow).where(SignInRow.token_hash == _hash(token)))


def _make(session: Session, name: str, scopes: tuple[str, ...]) -> FirstSecrets | None:
    """A new account and its secrets; None where the name is taken."""
    password = secrets.token_urlsafe(15)
    row = PersonRow(id=new_id(), name=name, password_hash=_hasher.hash(password), scopes=scopes, created_at=now())
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # it was there, or another process has made it in this very moment
        return None
    return FirstSecrets(name=row.name, password=password, key=new_key(session, row.id, scopes))


def _named(session: Session, name: str) -> PersonRow:
    row = session.scalar(select(PersonRow).where(PersonRow.name == name))
    if row is None:
        raise NotFound(f"There is no account named {name[:100]}.")
    return row


def _hash(token: str) -> str:
    # Fast is enough: the token holds 256 random bits.
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(15))
