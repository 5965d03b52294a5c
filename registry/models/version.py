"""The versions of the frameworks: as they were imported, what each changes, and what curators made of that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Json
from registry.models.table import Table
from vocab.frameworks.changes import Change
from vocab.frameworks.model import Item
from vocab.resource import Problem


class VersionRow(Table):
    """One version of a framework. `state` is waiting (imported or taken back, not live), live or past."""

    __tablename__ = "framework_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    """What its publisher calls the version."""
    hash: Mapped[str]
    concepts: Mapped[int]
    problems: Mapped[tuple[Problem, ...]] = mapped_column(Json(tuple[Problem, ...]), default=())
    summary: Mapped[dict[str, int]] = mapped_column(Json(dict[str, int]), default=dict)
    """How many changes of each kind it makes to the version before it."""
    compared_with: Mapped[int] = mapped_column(default=0)
    """The number of the version its changes are told against; 0 for the first."""
    imported_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
    past_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("framework_id", "number"),)


class VersionPartRow(Table):
    """A piece of a version's content, compressed: part 0 is the framework's head, then items, then associations."""

    __tablename__ = "version_part"

    version_id: Mapped[int] = mapped_column(ForeignKey("framework_version.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[bytes]


class ChangeRow(Table):
    """One change that a version makes, in the order they are told."""

    __tablename__ = "version_change"

    version_id: Mapped[int] = mapped_column(ForeignKey("framework_version.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[Change] = mapped_column(Json(Change))

    __table_args__ = (Index("ix_version_change_kind", "version_id", "kind", "position"),)


class RetagRow(Table):
    """A proposal: what is aligned with a statement that a version takes away, aligned with others instead.

    `decision` is empty until a curator says accepted or rejected; `chosen` are the URIs accepted. An accepted one is in
    force while its version is live or past.
    """

    __tablename__ = "retag"

    version_id: Mapped[int] = mapped_column(ForeignKey("framework_version.id", ondelete="CASCADE"), primary_key=True)
    old_uri: Mapped[str] = mapped_column(primary_key=True, index=True)
    new_uris: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    confidence: Mapped[float]
    why: Mapped[str]
    decision: Mapped[str] = mapped_column(default="", index=True)
    chosen: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]


class PastConceptRow(Table):
    """A statement as it stood in the versions from `since` up to, not including, `until`."""

    __tablename__ = "past_concept"

    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[int]
    framework_id: Mapped[int]
    parent_id: Mapped[int | None]
    position: Mapped[int]
    gone: Mapped[bool] = mapped_column(default=False)
    content: Mapped[Item] = mapped_column(Json(Item))

    __table_args__ = (Index("ix_past_concept_place", "framework_id", "parent_id", "until"),)


class ReassemblyRow(Table):
    """A resource that must be put together again because the standards it states have changed; gone once that is done.

    Written in the transaction that changes the standards, so that no kill loses it.
    """

    __tablename__ = "reassembly"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
