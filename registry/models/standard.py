"""The frameworks: their statements, the links between them, every spelling, and the resources counted under each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json
from registry.models.table import Table
from vocab.resource import Problem

_BY_BYTE = String(collation="C")
"""Ordered as bytes are: `standards.near` reads ranges of keys, and a server's own order leaves punctuation out."""


class FrameworkRow(Table):
    """A framework of standards or competencies, as its live version has it."""

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
    description: Mapped[str] = mapped_column(default="")
    subjects: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    aliases: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    details: Mapped[dict[str, Any]] = mapped_column(Json(dict[str, Any]), default=dict)
    problems: Mapped[tuple[Problem, ...]] = mapped_column(Json(tuple[Problem, ...]), default=())
    hash: Mapped[str]
    imported_at: Mapped[datetime]
    concepts: Mapped[int] = mapped_column(default=0)
    live: Mapped[int] = mapped_column(default=1)
    """The number of the version that is live; see `models.version`."""


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
    aliases: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    details: Mapped[dict[str, Any]] = mapped_column(Json(dict[str, Any]), default=dict)
    gone: Mapped[bool] = mapped_column(default=False)
    """No longer in its framework's file; kept because resources and learners refer to it."""
    since: Mapped[int] = mapped_column(default=1)
    """The version of the framework that brought it."""
    changed_in: Mapped[int] = mapped_column(default=1)
    """The version since which it stands as it does; how it stood before is in `past_concept`."""

    __table_args__ = (Index("ix_concept_framework_parent", "framework_id", "parent_id", "position"),)


class AssociationRow(Table):
    """A link from one statement to another; an end outside what is held is kept as a URI until it arrives.

    `kind` is isChildOf or one of `vocab.frameworks.model.KINDS`; `origin` names the framework (`framework:CODE`) or
    table (`table:NAME`) that says so; `guid` is its CASE identifier.
    """

    __tablename__ = "association"

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(index=True, default="")
    kind: Mapped[str]
    source_uri: Mapped[str]
    target_uri: Mapped[str]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id", ondelete="SET NULL"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id", ondelete="SET NULL"))
    origin: Mapped[str] = mapped_column(index=True)
    sequence: Mapped[int | None]
    grouping: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("ix_association_source", "source_id", "kind"),
        Index("ix_association_target", "target_id", "kind"),
        # Partial: only the links that wait for an end, so that asking for them costs nothing when there is none.
        Index(
            "ix_association_loose",
            "id",
            sqlite_where=text("source_id IS NULL OR target_id IS NULL"),
            postgresql_where=text("source_id IS NULL OR target_id IS NULL"),
        ),
    )


class DefinitionRow(Table):
    """A definition or rubric of a framework, as a JSON object of CASE 1.1; `kind` is CFConcepts, CFRubrics, …"""

    __tablename__ = "definition"

    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(index=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json(dict[str, Any]))


class AliasRow(Table):
    """One spelling, folded by `vocab.codes.key` or `uri_key`, under which a statement is found."""

    __tablename__ = "alias"

    key: Mapped[str] = mapped_column(String().with_variant(_BY_BYTE, "postgresql"), primary_key=True)
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True, index=True)
    printed: Mapped[bool] = mapped_column(default=False)
    """Whether the publisher prints this spelling; one made by rule yields to it."""


class TallyRow(Table):
    """How many live resources a search for a statement finds at a level, "" where none is stated, "*" in all.

    Kept in step by the indexer; what each resource counts for stands in `resource.tallied`.
    """

    __tablename__ = "tally"

    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    resources: Mapped[int]
