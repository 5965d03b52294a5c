"""Learning platforms that may launch us over LTI 1.3, launches that were used, and the keys we sign with.

Nothing here is about a person: who launched, and as what, is neither stored nor logged.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json
from registry.models.table import Table


class LtiPlatformRow(Table):
    """A platform (a Canvas, Moodle or Schoology), known by its issuer and the client id it gave us."""

    __tablename__ = "lti_platform"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str]
    token_url: Mapped[str]
    jwks_url: Mapped[str]
    deployments: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    """The deployments that may launch; `*` for any."""
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("issuer", "client_id"),)


class LtiUsedRow(Table):
    """A token that counts once and has been used; kept until it would have ended by itself."""

    __tablename__ = "lti_used"

    token: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class LtiKeyRow(Table):
    """A key pair of ours: the public half as it is published, the private one sealed with the secret key."""

    __tablename__ = "lti_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[dict[str, str]] = mapped_column(Json(dict[str, str]))
    private: Mapped[str]
    created_at: Mapped[datetime]
