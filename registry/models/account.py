"""Who may do what: people, their sign-ins and keys. Roles have their place in `scopes`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json
from registry.models.table import Table


class PersonRow(Table):
    """A person who works here (never a learner)."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    scopes: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    created_at: Mapped[datetime]


class SignInRow(Table):
    """A signed-in browser, known by the hash of the token in its cookie."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(index=True)


class ApiKeyRow(Table):
    """A key for scripts: a prefix to recognize it by, and the hash of the rest."""

    __tablename__ = "api_key"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    created_at: Mapped[datetime]
