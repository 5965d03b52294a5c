"""What the catalog holds: resources, the identifiers they are known by, and what they do for which standard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text
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
    taken_down: Mapped[str] = mapped_column(default="")
    """Why a person here took it down; while it says so, no harvest brings it back."""
    merged_into: Mapped[str | None]
    """The resource it turned out to be the same as; its address leads there."""
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


class FingerprintRow(Table):
    """One key of a resource's content fingerprint (`catalog.fingerprint`): resources that share one may be the same."""

    __tablename__ = "fingerprint"

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PairRow(Table):
    """Two resources that look alike, the one with the smaller id first.

    `decision` is empty until a curator says same or different; a pair that is different is never proposed again.
    """

    __tablename__ = "pair"

    first_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True)
    score: Mapped[float]
    why: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_pair_decision_score", "decision", "score"),)


class MergeRow(Table):
    """Records that moved from one resource to another because both were the same; what is needed to undo that."""

    __tablename__ = "merge"

    id: Mapped[str] = mapped_column(primary_key=True)
    kept_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    records: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    alignments: Mapped[tuple[int, ...]] = mapped_column(Json(tuple[int, ...]), default=())
    """The curated alignments that moved with them."""
    by: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class MembershipRow(Table):
    """A set of the OAI-PMH provider that a resource is in: `provider:lakeside`, `subject:mathematics`,
    `framework:ccss-math`.

    `stamp` is the resource's `updated_at`, so that a set is read by keyset, as the whole catalog is.
    """

    __tablename__ = "membership"

    spec: Mapped[str] = mapped_column(primary_key=True)
    stamp: Mapped[datetime] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True
    )
