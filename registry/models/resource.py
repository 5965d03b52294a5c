"""What the catalog holds: resources, the identifiers they are known by, and what they do for which standard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json, JsonBytes
from registry.models.table import Table
from vocab.resource import Resource


class ResourceRow(Table):
    """One resource, whoever provided it.

    `body` is the merged canonical resource, `card` what a result list shows (JSON of `catalog.card.Card`),
    derived whenever the resource is stored. A write raises `revision`; the indexer takes what it has not seen.
    """

    __tablename__ = "resource"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[Resource] = mapped_column(Json(Resource))
    card: Mapped[bytes] = mapped_column(JsonBytes)
    revision: Mapped[int] = mapped_column(default=1)
    indexed_revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    tallied: Mapped[tuple[int, ...]] = mapped_column(Json(tuple[int, ...]), default=())
    """Where it is counted in `tally`, as `standards.tally` packs it."""

    __table_args__ = (
        # Partial: holds only the stale rows, so that looking for work costs nothing when there is none.
        Index(
            "ix_resource_stale",
            "id",
            sqlite_where=text("indexed_revision < revision"),
            postgresql_where=text("indexed_revision < revision"),
        ),
        Index("ix_resource_updated_at_id", "updated_at", "id"),
    )


class IdentifierRow(Table):
    """One identifier of a resource; `scope` is empty for worldwide ones (URLs, DOIs), else a source's name."""

    __tablename__ = "identifier"

    value: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)


class AlignmentRow(Table):
    """What a resource does for one standard.

    `concept_id` is None where no framework held knows what was stated; the statement is kept and resolved when
    one arrives. `origin` is declared, suggested, accepted or added.
    """

    __tablename__ = "alignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    concept_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id", ondelete="SET NULL"))
    stated: Mapped[str]
    relation: Mapped[str]
    level: Mapped[str | None]
    level_stated: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="declared")
    confidence: Mapped[float] = mapped_column(default=1.0)
    retagged: Mapped[bool] = mapped_column(default=False)
    """Whether it stands in place of a declared one by an accepted re-tag of a framework's new version."""

    __table_args__ = (
        Index("ix_alignment_concept", "concept_id", "relation", "level"),
        Index(
            "ix_alignment_unresolved",
            "stated",
            sqlite_where=text("concept_id IS NULL"),
            postgresql_where=text("concept_id IS NULL"),
        ),
    )
