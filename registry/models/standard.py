"""The frameworks: their statements, the links between them, and every spelling a statement is found by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json
from registry.models.table import Table
from vocab.resource import Problem


class FrameworkRow(Table):
    """A framework of standards or competencies, as last imported."""

    __tablename__ = "framework"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    uri: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    version: Mapped[str] = mapped_column(default="")
    publisher: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    license_url: Mapped[str] = mapped_column(default="")
    rights: Mapped[str] = mapped_column(default="")
    subjects: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    problems: Mapped[tuple[Problem, ...]] = mapped_column(Json(tuple[Problem, ...]), default=())
    hash: Mapped[str]
    imported_at: Mapped[datetime]
    concepts: Mapped[int] = mapped_column(default=0)


class ConceptRow(Table):
    """One statement of a framework."""

    __tablename__ = "concept"

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    uri: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(default="")
    statement: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    labels: Mapped[dict[str, str]] = mapped_column(Json(dict[str, str]), default=dict)
    codes: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    grades: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    subjects: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id", ondelete="SET NULL"), index=True)
    """The primary parent, None at the top. All parents are `isChildOf` associations."""
    position: Mapped[int] = mapped_column(default=0)
    deprecated: Mapped[bool] = mapped_column(default=False)
    gone: Mapped[bool] = mapped_column(default=False)
    """No longer in its framework's file; kept because resources and learners refer to it."""

    __table_args__ = (Index("ix_concept_framework_parent", "framework_id", "parent_id", "position"),)


class AssociationRow(Table):
    """A link from one statement to another; an end outside what is held is kept as a URI until it arrives.

    `kind` is isChildOf, precedes (from the prerequisite to what follows), related, exactMatch, closeMatch,
    broadMatch or narrowMatch; `origin` names the file or framework that said so.
    """

    __tablename__ = "association"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source_uri: Mapped[str]
    target_uri: Mapped[str]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), index=True)
    origin: Mapped[str]

    __table_args__ = (UniqueConstraint("kind", "source_uri", "target_uri", "origin"),)


class AliasRow(Table):
    """One spelling, folded by `vocab.codes.key` or `uri_key`, under which a statement is found."""

    __tablename__ = "alias"

    key: Mapped[str] = mapped_column(primary_key=True)
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True, index=True)
    printed: Mapped[bool] = mapped_column(default=False)
    """Whether the publisher prints this spelling; one made by rule yields to it."""
