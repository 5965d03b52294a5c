"""The catalog's own words: what a mistyped one is held against."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class WordRow(Table):
    """One word as `search.lexicon` folds it, and in how many resources it was met when they were first indexed.

    Counted once a resource and not taken back before a rebuild: that tells a common word from a rare one.
    """

    __tablename__ = "word"

    term: Mapped[str] = mapped_column(primary_key=True)
    resources: Mapped[int]
