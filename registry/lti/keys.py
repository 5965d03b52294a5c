"""The key pairs we sign with. Old ones stay published, so that what they signed can still be checked.

They are kept in the database, so that any number of processes sign with the same one; the private half is sealed
with the secret key (JWE, A256GCM), so that a copy of the database cannot sign.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import LtiKeyRow

ALGORITHM = "RS256"
"""What the 1EdTech Security Framework 1.0 (section 5.1.2) wants messages to be signed with."""
_BITS = 2048
_SEALED = {"alg": "dir", "enc": "A256GCM"}


def signing_key(session: Session, secret: str) -> RSAKey:
    """The newest key that this secret opens; a new one where there is none."""
    for sealed in session.scalars(select(LtiKeyRow.private).order_by(LtiKeyRow.created_at.desc(), LtiKeyRow.id)):
        try:
            plain = jwe.decrypt_compact(sealed, _sealing(secret)).plaintext
        except (JoseError, ValueError):  # sealed with a secret key of before: it signs no more
            continue
        return RSAKey.import_key(msgspec.json.decode(plain or b""))
    return new_key(session, secret)


def new_key(session: Session, secret: str) -> RSAKey:
    """A new key pair, which signs from now on."""
    key = RSAKey.generate_key(_BITS, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    private = jwe.encrypt_compact(_SEALED, msgspec.json.encode(key.as_dict(private=True)), _sealing(secret))
    public = {name: str(value) for name, value in key.as_dict(private=False).items()}
    session.add(LtiKeyRow(id=public["kid"], public=public, private=private, created_at=datetime.now(UTC)))
    session.flush()
    return key


def published(session: Session, secret: str) -> dict[str, Any]:
    """The public halves of all our keys, as a JWK Set (RFC 7517)."""
    signing_key(session, secret)
    rows = session.scalars(select(LtiKeyRow.public).order_by(LtiKeyRow.created_at.desc(), LtiKeyRow.id))
    return {"keys": list(rows)}


def _sealing(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"lti key " + secret.encode()).digest())
