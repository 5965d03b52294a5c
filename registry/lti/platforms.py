"""The learning platforms that may launch us: added by whoever runs the registry, or by an invitation of theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.db import new_id, now
from registry.errors import Conflict, FieldError, NotAllowed, NotFound, Rejected
from registry.models import LtiPlatformRow

ANY = "*"
"""A deployment that stands for all of a platform's."""
_LONGEST = 1_000
_ADVICE = {
    "issuer": "Give the platform's issuer, as https://canvas.instructure.com",
    "auth_url": "Give the address of its OIDC authorization endpoint",
    "token_url": "Give the address of its OAuth 2 token endpoint",
    "jwks_url": "Give the address of its public keys (JWKS)",
}


class Registration(Struct, frozen=True):
    """What a platform and we have to know of each other (LTI 1.3, section 3.1.3)."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployments: tuple[str, ...] = (ANY,)


class Platform(Registration, frozen=True, kw_only=True):
    """A platform that is registered here."""

    id: str
    name: str
    created_at: datetime

    def deploys(self, deployment: str) -> bool:
        """Whether this deployment of it may launch."""
        return deployment in self.deployments or ANY in self.deployments


def add_platform(session: Session, name: str, stated: Registration, secure: bool = True) -> Platform:
    """A new platform; `secure` takes only https addresses.

    Raises Rejected naming what cannot be used, Conflict where the name, or the issuer with this client id, is taken.
    """
    errors = [] if re.fullmatch(r"[\w .,'()&/-]{1,100}", name.strip()) else [FieldError("name", "Use 1 to 100 letters")]
    errors += [FieldError(field, f"{advice}.") for field, advice in _ADVICE.items() if not _web(stated, field, secure)]
    if not _plain(stated.client_id):
        errors.append(FieldError("client_id", "Give the client id that the platform shows for this tool."))
    if not stated.deployments or not all(map(_plain, stated.deployments)):
        errors.append(FieldError("deployment", "Give the deployment id that the platform shows, or * for any."))
    if errors:
        raise Rejected("The platform cannot be added as it is.", errors)
    row = LtiPlatformRow(
        id=new_id(),
        name=name.strip(),
        issuer=stated.issuer,
        client_id=stated.client_id,
        auth_url=stated.auth_url,
        token_url=stated.token_url,
        jwks_url=stated.jwks_url,
        deployments=tuple(dict.fromkeys(stated.deployments)),
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(f"There is a platform named {name}, or with this issuer and client id, already.") from None
    return _platform(row)


def platforms(session: Session) -> Sequence[Platform]:
    """All platforms by name."""
    return tuple(map(_platform, session.scalars(select(LtiPlatformRow).order_by(LtiPlatformRow.name))))


def remove_platform(session: Session, name: str) -> None:
    """Take a platform away: from now on its launches are refused. Raises NotFound."""
    row = session.scalar(select(LtiPlatformRow).where(LtiPlatformRow.name == name))
    if row is None:
        raise NotFound(f"There is no platform named {name[:100]}.")
    session.delete(row)


def platform(session: Session, platform_id: str) -> Platform:
    """The platform with this id. Raises NotAllowed where it was taken away."""
    row = session.get(LtiPlatformRow, platform_id)
    if row is None:
        raise NotAllowed("This platform is not registered here any more.")
    return _platform(row)


def platform_that_asks(session: Session, issuer: str, client_id: str) -> Platform:
    """The platform a launch begins on; the client id may be missing where the issuer has only one.

    Raises NotAllowed, saying how a platform is registered.
    """
    query = select(LtiPlatformRow).where(LtiPlatformRow.issuer == issuer)
    rows = session.scalars(query.where(LtiPlatformRow.client_id == client_id) if client_id else query).all()
    if not rows:
        named = f"{issuer[:200]} with the client id {client_id[:100]}" if client_id else issuer[:200]
        raise NotAllowed(f"The platform {named} is not registered here. Whoever runs this registry can add it.")
    if len(rows) > 1:
        raise NotAllowed(f"{issuer[:200]} is registered here more than once; the launch must name its client_id.")
    return _platform(rows[0])


def _platform(row: LtiPlatformRow) -> Platform:
    return Platform(
        issuer=row.issuer,
        client_id=row.client_id,
        auth_url=row.auth_url,
        token_url=row.token_url,
        jwks_url=row.jwks_url,
        deployments=row.deployments,
        id=row.id,
        name=row.name,
        created_at=row.created_at,
    )


def _web(stated: Registration, field: str, secure: bool) -> bool:
    return is_web(getattr(stated, field), secure)


def host_of(address: str) -> str:
    """The host of an address, with its port; empty for what is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def is_web(address: str, secure: bool) -> bool:
    """Whether this is a web address; with `secure` only https is one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    known = parts.scheme == "https" or (parts.scheme == "http" and not secure)
    plain = "@" not in parts.netloc and address.isprintable() and " " not in address
    return known and plain and bool(parts.hostname) and len(address) < _LONGEST


def _plain(text: str) -> bool:
    return bool(text.strip()) and len(text) <= 255 and text.isprintable()
