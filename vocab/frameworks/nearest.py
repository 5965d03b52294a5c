"""Where what is aligned with a removed statement may go when nothing has come of it: to the nearest that remains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from vocab.frameworks.changes import Change, Kind
from vocab.frameworks.matching import Version, version
from vocab.frameworks.model import Framework, Item
from vocab.frameworks.retags import Retag, retags
from vocab.frameworks.signs import marks
from vocab.frameworks.wording import content, typographic

_MOST_NEIGHBORS = 200
_MOST_SHARING = 60
_MOST_LOOKED_AT = 16
_HELD = 0.6  # of its words in one statement: enough to be told; of less, half is what any two neighbors share
_PARENT = 0.1
_LINKS = (Kind.LINKED, Kind.UNLINKED)


def nearest(changes: Sequence[Change], old: Framework, new: Framework) -> tuple[Retag, ...]:
    """The proposals of `retags`, where those without a target get the nearest statement that remains.

    That is one that has its wording, or one near it, or reworded, that holds six tenths of its words or more: the
    confidence is the share of its words that it holds, less a third where it held them before (then it is about a like
    thing, but need not have taken its place). As a last resort it is the nearest statement above it, with 0.1.
    """
    proposed = retags(changes)
    if all(each.new_uris for each in proposed):
        return proposed
    search = _Remaining(changes, version(old), version(new))
    return tuple(each if each.new_uris else search.proposal(each) for each in proposed)


class _Remaining:
    """The statements of the new version, and the ways from an old one to those near it."""

    def __init__(self, changes: Iterable[Change], old: Version, new: Version) -> None:
        self._old, self._new = old, new
        self._now: dict[str, str] = {}
        self._before: dict[str, str] = {}
        self._by_mark: dict[object, list[str]] = defaultdict(list)
        for change in changes:
            if change.kind in _LINKS:
                continue
            if len(change.old) == len(change.new) == 1 and change.old[0].uri not in new.items:
                self._now.setdefault(change.old[0].uri, change.new[0].uri)
            if change.kind is Kind.REWORDED:
                self._before[change.new[0].uri] = change.old[0].statement
            for side in change.new:
                for mark in marks(side.statement):
                    self._by_mark[mark].append(side.uri)
        self._by_wording: dict[str, str] = {}
        for item in new.items.values():
            self._by_wording.setdefault(typographic(item.statement), item.uri)

    def proposal(self, retag: Retag) -> Retag:
        """The proposal with the nearest remaining statement, as it is where there is none."""
        item = self._old.items.get(retag.old_uri)
        if item is None:
            return retag
        sure, other = max(
            ((self._confidence(item, self._new.items[uri]), uri) for uri in self._near(item)), default=(0.0, "")
        )
        if sure:
            share = round(100 * self._held(item, self._new.items[other]))
            return replace(
                retag,
                new_uris=(other,),
                confidence=sure,
                why=f"Nothing has come of it; this one holds {share} % of its words.",
            )
        if above := self._above(item):
            why = "Nothing has come of it and nothing near it is like it; this is what it stood under."
            return replace(retag, new_uris=(above,), confidence=_PARENT, why=why)
        return retag

    def _near(self, item: Item) -> Iterator[str]:
        found = dict.fromkeys(uri for uri in (self._by_wording.get(typographic(item.statement)),) if uri)
        above = self._same(self._old.parent(item.uri))
        found.update(dict.fromkeys(self._new.children.get(above, ())[:_MOST_NEIGHBORS] if above is not None else ()))
        votes: Counter[str] = Counter()
        for mark in marks(item.statement):
            sharing = self._by_mark.get(mark, ())
            if len(sharing) <= _MOST_SHARING:
                votes.update(sharing)
        found.update(dict.fromkeys(uri for uri, _ in votes.most_common(_MOST_LOOKED_AT)))
        for uri in found:
            other = self._new.items.get(uri)
            if other and uri != item.uri and not other.deprecated:
                yield uri

    def _same(self, uri: str) -> str | None:
        """What an old statement is in the new version; None where it is gone, "" for the top."""
        now = self._now.get(uri, uri)
        return now if not now or now in self._new.items else None

    def _above(self, item: Item) -> str:
        uri = item.uri
        for _ in range(100):
            uri = self._old.parent(uri) if uri in self._old.items else ""
            found = self._same(uri)
            if found == "" or (found and not self._new.items[found].deprecated):
                return found
        return ""

    def _confidence(self, item: Item, other: Item) -> float:
        held = self._held(item, other)
        if held < _HELD:
            return 0.0
        had = self._share(item.statement, self._before[other.uri]) if other.uri in self._before else held
        return round(held if had < _HELD else held * 2 / 3, 2)

    def _held(self, item: Item, other: Item) -> float:
        return self._share(item.statement, other.statement)

    @staticmethod
    def _share(one: str, other: str) -> float:
        words = set(content(one))
        return len(words & set(content(other))) / (len(words) or 1)
