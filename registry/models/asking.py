"""What teachers looked for and did not find: counts a day, of nobody in particular."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class ResourceRequestRow(Table):
    """What was asked for on one day (UTC), and how often. No word about who asked.

    `standard` is the URI of a statement, "" where none was meant; `level` "" where none was; `text` what was written.
    """

    __tablename__ = "resource_request"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    standard: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
