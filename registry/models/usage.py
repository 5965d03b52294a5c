"""How often resources were found and opened: counts a day, of nobody in particular."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class UsageRow(Table):
    """One resource on one day (UTC): how often a result page showed it, and how often its page was opened."""

    __tablename__ = "usage"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    found: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
