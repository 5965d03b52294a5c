"""A stretch of a text that means something, as the rules of reading hand it on."""

from __future__ import annotations

from msgspec import Struct

READ = "\x02"
"""Stands for every character that was read already or is quoted, so that no rule reads it again or across it."""


class Span(Struct, frozen=True):
    """From `start` to `end` a text says `value` (any of them) for the search parameter `kind`."""

    kind: str
    value: tuple[str, ...]
    label: str
    start: int
    end: int
