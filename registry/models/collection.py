"""What a person keeps: lists of resources, searches to come back to, and what they think of a resource."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.table import Table


class CollectionRow(Table):
    """A list somebody keeps.

    `visibility` is private, link (whoever has the link, which holds `share_key`) or public. A copy says whose list it
    came from first: `copied_from` is its id while it is there, `credit` its words for good.
    """

    __tablename__ = "collection"

    id: Mapped[str] = mapped_column(primary_key=True)
    share_key: Mapped[str]
    owner_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    visibility: Mapped[str] = mapped_column(default="private")
    copied_from: Mapped[str | None] = mapped_column(ForeignKey("collection.id", ondelete="SET NULL"), index=True)
    credit: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_collection_owner_id_updated_at", "owner_id", "updated_at"),
        Index("ix_collection_visibility_updated_at", "visibility", "updated_at", "id"),
    )


class CollectionItemRow(Table):
    """A resource in a list, at its place, with what the owner says of it."""

    __tablename__ = "collection_item"

    collection_id: Mapped[str] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]


class SavedSearchRow(Table):
    """A search a person comes back to; `query` is its query string as the registry spells it."""

    __tablename__ = "saved_search"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime]
    seen: Mapped[datetime]
    """When the newest that its owner has seen arrived: what arrived after that is new to them."""

    __table_args__ = (UniqueConstraint("person_id", "query"),)


class RatingRow(Table):
    """What one person thinks of one resource: 1 to 5 stars. It stays with the resource that was rated."""

    __tablename__ = "rating"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    stars: Mapped[int]
    at: Mapped[datetime]


class RatingTallyRow(Table):
    """The ratings of a resource, and of those that were merged into it, added up; each person counts once."""

    __tablename__ = "rating_tally"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    stars: Mapped[int]
    """Of all of them together."""
