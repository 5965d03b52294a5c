"""People: signing in and out, and the administrator who is made at first start."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.accounts.keys import new_key
from registry.accounts.policy import ADMIN, Person
from registry.db import new_id, now
from registry.errors import NotSignedIn
from registry.models import PersonRow, SignInRow

SIGNED_IN_FOR = timedelta(hours=12)

_hasher = PasswordHasher()


class FirstSecrets(Struct, frozen=True):
    """What is shown once when the administrator is made, and kept only as hashes."""

    name: str
    password: str
    key: str


def ensure_administrator(session: Session) -> FirstSecrets | None:
    """Make the administrator where there is nobody yet; the secrets to show once, or None."""
    if session.scalar(select(PersonRow.id).limit(1)):
        return None
    password = secrets.token_urlsafe(15)
    row = PersonRow(id=new_id(), name="admin", password_hash=_hasher.hash(password), scopes=(ADMIN,), created_at=now())
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another process has made and shown it in this very moment
        return None
    return FirstSecrets(name=row.name, password=password, key=new_key(session, row.id, (ADMIN,)))


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


def _hash(token: str) -> str:
    # Fast is enough: the token holds 256 random bits.
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(15))
