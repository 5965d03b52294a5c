"""Keys for scripts: random, known by a prefix, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.policy import Person
from registry.db import now
from registry.models import ApiKeyRow, PersonRow


def new_key(session: Session, person_id: str, scopes: tuple[str, ...]) -> str:
    """A new key of this person, `oer_<prefix>_<secret>`; only its hash is kept."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    session.add(ApiKeyRow(prefix=prefix, hash=_hash(secret), person_id=person_id, scopes=scopes, created_at=now()))
    return f"oer_{prefix}_{secret}"


def person_of_key(session: Session, key: str) -> Person | None:
    """Whose key this is, with what the key (not the person) may do, or None."""
    name, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    if name != "oer" or not secret:
        return None
    found = session.execute(
        select(ApiKeyRow, PersonRow)
        .join(PersonRow, PersonRow.id == ApiKeyRow.person_id)
        .where(ApiKeyRow.prefix == prefix[:16])
    ).one_or_none()
    if found is None or not hmac.compare_digest(found[0].hash, _hash(secret)):
        return None
    return Person(found[1].id, found[1].name, found[0].scopes)


def _hash(secret: str) -> str:
    # Fast is enough: the secret holds 256 random bits.
    return hashlib.sha256(secret.encode()).hexdigest()
