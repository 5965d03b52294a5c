"""What a resource says, as our own ranking reads it."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class SayingRow(Table):
    """The words of a resource that the index holds, packed as `search.sayings` says."""

    __tablename__ = "saying"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes]
