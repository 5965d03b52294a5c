"""Two wordings with the words that differ told apart."""

from __future__ import annotations

from difflib import SequenceMatcher

from msgspec import Struct

_LONGEST = 2_000
"""Words beyond which two texts are shown whole: comparing them would cost more than it tells."""


class Piece(Struct, frozen=True):
    """A run of words; `mark` is same, gone or new."""

    mark: str
    text: str


def worded(old: str, new: str) -> tuple[Piece, ...]:
    """What stays, what goes and what comes, in reading order."""
    before, after = old.split(), new.split()
    if old == new or max(len(before), len(after)) > _LONGEST:
        same = (Piece("same", new),)
        return same if old == new else (Piece("gone", old), Piece("new", new))
    found: list[Piece] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", " ".join(before[i1:i2])))
            continue
        if i2 > i1:
            found.append(Piece("gone", " ".join(before[i1:i2])))
        if j2 > j1:
            found.append(Piece("new", " ".join(after[j1:j2])))
    return tuple(found)
