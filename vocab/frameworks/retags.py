"""Where what is aligned with a statement that a new version takes away may be aligned instead."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from vocab.frameworks.changes import NEED_RETAGGING, Change


class Retag(Struct, frozen=True):
    """A proposal for a curator: from the old statement to the new ones, maybe none; `confidence` as in `Change`."""

    old_uri: str
    new_uris: tuple[str, ...]
    confidence: float
    why: str


def retags(changes: Iterable[Change]) -> tuple[Retag, ...]:
    """A proposal for every old statement that these changes take away or deprecate, the surest change first."""
    found: dict[str, Retag] = {}
    for change in changes:
        if change.kind not in NEED_RETAGGING:
            continue
        for side in change.old:
            targets = tuple(new.uri for new in change.new if new.uri != side.uri)
            held = found.get(side.uri)
            if held is None or (targets and change.confidence > held.confidence):
                found[side.uri] = Retag(side.uri, targets, change.confidence if targets else 0.0, change.why)
    return tuple(found.values())
