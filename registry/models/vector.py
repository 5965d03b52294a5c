"""What the meaning of resources is compared by: one sentence vector each."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class VectorRow(Table):
    """The vector of a resource's words at one revision, made by `model`.

    `content` is packed as `search.quantized` says, and empty once the resource is withdrawn. `digest` is that of the
    words, so that a revision that leaves them alone costs nothing. `written` grows with every batch: a process that
    holds vectors in memory reads what is newer than what it has.
    """

    __tablename__ = "vector"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    model: Mapped[str]
    digest: Mapped[bytes]
    content: Mapped[bytes]
    written: Mapped[int]

    __table_args__ = (Index("ix_vector_written", "written"),)
