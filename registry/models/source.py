"""Where records come from: providers, their sources, the runs, every record as it came, and what was wrong with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json
from registry.models.table import Table


class ProviderRow(Table):
    """A district or other publisher."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)


class LevelWordRow(Table):
    """A provider's own word or number for a competency level (folded: trimmed, lower case), and our key for it."""

    __tablename__ = "level_word"

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class SourceRow(Table):
    """One place to harvest. A running harvest holds the lease; a lease that has expired is nobody's."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    url: Mapped[str]
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    options: Mapped[dict[str, str]] = mapped_column(Json(dict[str, str]), default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    every_minutes: Mapped[int] = mapped_column(default=1440)
    due_at: Mapped[datetime] = mapped_column(index=True)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    clean_since: Mapped[datetime | None]
    """The start of the last clean run: the next one asks for changes since then, less an hour."""
    checkpoint: Mapped[dict[str, str] | None] = mapped_column(Json(dict[str, str] | None))
    """Where an interrupted run stood, in its adapter's words; None when the last run ended."""
    state: Mapped[dict[str, str]] = mapped_column(Json(dict[str, str]), default=dict)
    """What the last clean run left for the next, in its adapter's words (the validators of a file)."""
    deletions_accepted: Mapped[bool] = mapped_column(default=False)
    """Whether somebody has agreed to what the last run held back; the next run uses it up."""


class CensusRow(Table):
    """Whom one page of a list named, as packed hashes (`harvesters.missing`), so that a killed run still knows."""

    __tablename__ = "census"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    given: Mapped[bytes] = mapped_column(LargeBinary)
    named: Mapped[bytes] = mapped_column(LargeBinary)
    listed: Mapped[bytes] = mapped_column(LargeBinary)


class HeldRow(Table):
    """A record that the last list no longer named and that was not withdrawn, because so many were missing."""

    __tablename__ = "held"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, index=True)


class RunRow(Table):
    """One harvest of one source; its status is computed from its counts."""

    __tablename__ = "run"

    id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    status: Mapped[str]
    """running, paused (others have their turn), success, partial, failed, interrupted, held."""
    full: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(default="")
    """Why it failed or was held, in one plain sentence."""
    measures: Mapped[dict[str, int]] = mapped_column(Json(dict[str, int]), default=dict)
    """What alarms compare with earlier runs: problems by code, alignments resolved and not."""

    __table_args__ = (Index("ix_run_source_started", "source_id", "started_at"),)


class RecordRow(Table):
    """One record as its source gave it. `outcome` is stored, rejected or withdrawn.

    Its id is made of its source and identifier (`catalog.records.record_id`), so that a page of a list is found by
    primary key: by (source, identifier) PostgreSQL read a source's every record until it had statistics.
    """

    __tablename__ = "record"

    id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    identifier: Mapped[str]
    resource_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id", ondelete="SET NULL"), index=True)
    outcome: Mapped[str]
    datestamp: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    format: Mapped[str] = mapped_column(default="")
    hash: Mapped[str] = mapped_column(default="")
    run_id: Mapped[str] = mapped_column(default="")
    """The run that last changed it."""
    first_seen: Mapped[datetime]
    changed_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(default="")
    """For a record that came through another registry: the address it has where it was first harvested."""
    path: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    """The registries it came through, the first one first; empty for a district's own record."""
    recognized: Mapped[str] = mapped_column(default="")
    """By what it was found to be a resource that was here already; empty where it made its own."""

    __table_args__ = (
        Index("ix_record_source_outcome", "source_id", "outcome"),
        Index("ix_record_changed", "changed_at", "id"),
        Index(
            "ix_record_origin",
            "origin",
            sqlite_where=text("origin <> ''"),
            postgresql_where=text("origin <> ''"),
        ),
    )


class PayloadRow(Table):
    """The payload of a record, zlib-compressed: a mended crosswalk is replayed over what is already here."""

    __tablename__ = "payload"

    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProblemRow(Table):
    """One problem of one record (`record_id`), or of a run as a whole (only `run_id`)."""

    __tablename__ = "problem"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    record_id: Mapped[str | None] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[str] = mapped_column(default="")
    code: Mapped[str]
    field: Mapped[str]
    message: Mapped[str]
    hint: Mapped[str]
    value: Mapped[str] = mapped_column(default="")
    severity: Mapped[str]
    from_list: Mapped[bool] = mapped_column(default=False)
    """Whether the adapter met it in the list: a replay of the payload would not meet it again."""

    __table_args__ = (Index("ix_problem_source_code", "source_id", "code"),)
