"""What a new version of a framework changes, as it is found, stored, shown and decided on."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """The ways a framework changes, in the order they are told."""

    REMOVED = "removed"
    SPLIT = "split"
    MERGED = "merged"
    REPLACED = "replaced"
    DEPRECATED = "deprecated"
    REIDENTIFIED = "reidentified"
    RECODED = "recoded"
    REWORDED = "reworded"
    MOVED = "moved"
    REORDERED = "reordered"
    AMENDED = "amended"
    ADDED = "added"
    LINKED = "linked"
    UNLINKED = "unlinked"


NEED_RETAGGING = (Kind.REMOVED, Kind.SPLIT, Kind.MERGED, Kind.REPLACED, Kind.DEPRECATED)
"""Changes after which a resource aligned with the old statement may have to be aligned with another."""


class Side(Struct, frozen=True, omit_defaults=True):
    """A statement as one of the two versions has it, as far as the change needs it told."""

    uri: str
    name: str
    statement: str = ""
    where: str = ""
    """The name of what it stands under; empty at the top."""


class Change(Struct, frozen=True, omit_defaults=True):
    """One change: the statements of the old version it takes, those of the new one it gives.

    - removed: one old, no new. added: no old, one new.
    - split: one old, two or more new. merged: two or more old, one new. replaced: one old, one new with another URI.
      In all three the old ones are no longer in the framework, or stand there as deprecated.
    - deprecated: one old still there, marked; the new ones are its stated replacements, maybe none.
    - reidentified: one and one, the same code and wording under another URI.
    - recoded, reworded, moved, reordered, amended (anything else about it): one and one with the same URI. Several of
      them may be said of one statement, a change each.
    - linked, unlinked: a link that is new or gone; `fields` is its kind, the sides are its ends.

    `fields` names what differs for amended. `confidence` (0 to 1) says how sure a split, merge or replacement is:
    1 where the publisher says so itself, less where it was found by comparing wordings; `why` says how it was found.
    """

    kind: Kind
    old: tuple[Side, ...] = ()
    new: tuple[Side, ...] = ()
    fields: tuple[str, ...] = ()
    confidence: float = 1.0
    why: str = ""
