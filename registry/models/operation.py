"""What processes share to work together: leases, and stamps that say something has changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class LeaseRow(Table):
    """A job only one process may do at a time; it expires by itself."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime]


class StampRow(Table):
    """A counter raised with every change of something that processes keep in memory (`standards`)."""

    __tablename__ = "stamp"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
