"""What a new version of a framework changes: every statement and every link compared, one `Change` for each finding."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vocab.codes import key
from vocab.frameworks.changes import Change, Kind, Side
from vocab.frameworks.fates import Ends, stated
from vocab.frameworks.matching import RESPELLED, Matches, Version, match, version
from vocab.frameworks.model import Framework, Item
from vocab.frameworks.successors import Found, successors
from vocab.frameworks.wording import typographic

_NOT_TOLD = frozenset(("lastChangeDateTime",))
_OF_AN_ITEM = ("kind", "label", "notes", "language", "labels")
_OF_A_FRAMEWORK = (
    "uri",
    "title",
    "version",
    "publisher",
    "description",
    "language",
    "license_url",
    "rights",
    "subjects",
    "aliases",
    "definitions",
    "rubrics",
)
_ORDER = {kind: number for number, kind in enumerate(Kind)}
_BY_OLD = frozenset((Kind.REMOVED, Kind.SPLIT, Kind.MERGED, Kind.REPLACED, Kind.DEPRECATED))

Link = tuple[str, str, str]
"""Source, kind and target."""


def compare(old: Framework, new: Framework) -> tuple[Change, ...]:
    """Everything that differs between two versions of a framework, in the order of `Kind`, then of the framework.

    An old statement that is not in the new version, or newly deprecated there, is told in exactly one of removed,
    split, merged, replaced and deprecated; a new one in one of these, added and reidentified. Only where the publisher
    itself names one successor for several fates (one statement splits into A and B, another becomes B) is it
    told of each. A replacement that was there before is told as what it replaces is, and not as added.

    What the publisher says (`replacedBy`, in the new version, or in the old one for what is gone since) comes before
    what the wording tells. One still there but deprecated is told as deprecated with one successor or none, as split
    with several, as merged where others have the same one.
    """
    before, after = version(old), version(new)
    found = match(before, after)
    fates = stated(before, after, found)
    told = {uri for fate in fates for uri in fate.old}
    given = {uri for fate in fates for uri in fate.new}
    gone = [uri for uri in before.items if uri not in found.forth and uri not in told]
    come = [uri for uri in after.items if uri not in found.back and uri not in given]
    fates += successors(before, after, found, gone, come)
    changes = [
        *_fates(before, after, fates, gone, come),
        *_same(before, after, found, fates),
        *_reordered(before, after, found),
    ]
    places = _Places(before), _Places(after)
    changes.sort(key=lambda each: _sort_key(each, *places))
    return (*changes, *_links(before, after, found))


def about(old: Framework, new: Framework) -> tuple[str, ...]:
    """The names of what differs in what is said of the framework itself: its title, version, license, definitions, …"""
    return (
        *(name for name in _OF_A_FRAMEWORK if getattr(old, name) != getattr(new, name)),
        *_details(old.details, new.details),
    )


def _fates(
    before: Version, after: Version, fates: Iterable[Found], gone: Iterable[str], come: Iterable[str]
) -> Iterator[Change]:
    told: set[str] = set()
    for fate in fates:
        told.update(fate.old, fate.new)
        yield Change(
            fate.kind, _sides(before, fate.old), _sides(after, fate.new), confidence=fate.confidence, why=fate.why
        )
    for uri in gone:
        if uri not in told:
            yield Change(Kind.REMOVED, old=_sides(before, (uri,)))
    for uri in come:
        if uri not in told:
            yield Change(Kind.ADDED, new=_sides(after, (uri,)))


def _same(before: Version, after: Version, found: Matches, fates: Iterable[Found]) -> Iterator[Change]:
    """What differs about the statements that both versions hold."""
    successor = {uri: set(fate.new) for fate in fates for uri in fate.old if uri not in found.forth}
    for ours, theirs in found.forth.items():
        one, other = before.items[ours], after.items[theirs]
        if one == other:
            continue
        sides = _sides(before, (ours,)), _sides(after, (theirs,))
        respelled = found.whys.get(ours) == RESPELLED
        if ours != theirs and not respelled:
            yield Change(Kind.REIDENTIFIED, *sides, why=found.whys[ours])
        if one.codes != other.codes:
            alike = one.codes and other.codes and key(one.codes[0]) == key(other.codes[0])
            yield Change(Kind.RECODED, *sides, why="The same code, printed in another way." if alike else "")
        if one.statement != other.statement and typographic(one.statement) != typographic(other.statement):
            yield Change(Kind.REWORDED, *sides)
        if _moved(before.parent(ours), after.parent(theirs), found, successor):
            yield Change(Kind.MOVED, *sides)
        if fields := (*(("uri",) if respelled else ()), *_fields(one, other, found)):
            yield Change(Kind.AMENDED, *sides, fields=fields)


def _moved(above: str, over: str, found: Matches, successor: Mapping[str, set[str]]) -> bool:
    """Whether it stands under another parent, and not just under what its old one has become."""
    if above == over or found.forth.get(above) == over:
        return False
    return over not in successor.get(above, ())


def _fields(one: Item, other: Item, found: Matches) -> tuple[str, ...]:
    """What differs besides code, wording, parent and place; `typography` is the statement in spaces, quotes, dashes."""
    differing = [name for name in _OF_AN_ITEM if getattr(one, name) != getattr(other, name)]
    if one.statement != other.statement and typographic(one.statement) == typographic(other.statement):
        differing.insert(0, "typography")
    differing += [name for name in ("grades", "subjects") if set(getattr(one, name)) != set(getattr(other, name))]
    own = {one.uri, other.uri}
    if {*one.aliases} - own != {*other.aliases} - own:
        differing.append("aliases")
    if {found.forth.get(each, each) for each in one.parents[1:]} != set(other.parents[1:]):
        differing.append("parents")
    if one.deprecated and not other.deprecated:
        differing.append("deprecated")
    return (*differing, *_details(one.details, other.details))


def _details(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    if one != other:
        for name in dict.fromkeys((*one, *other)):
            if name not in _NOT_TOLD and one.get(name) != other.get(name):
                yield name


def _reordered(before: Version, after: Version, found: Matches) -> Iterator[Change]:
    """The fewest statements that must have changed places among those that both versions have under one parent.

    Statements with one position stand in no order among themselves.
    """
    for over, children in after.children.items():
        above = found.back.get(over) if over else ""
        siblings = before.children.get(above, ()) if above is not None else ()
        if not siblings or siblings == children:
            continue
        rank = {found.forth.get(uri): before.items[uri].position for uri in siblings}
        kept = [uri for uri in children if uri in rank]
        kept.sort(key=lambda uri: (after.items[uri].position, rank[uri]))
        in_order = _longest_rise([rank[uri] for uri in kept])
        for index, uri in enumerate(kept):
            if index not in in_order:
                yield Change(Kind.REORDERED, _sides(before, (found.back[uri],)), _sides(after, (uri,)))


def _longest_rise(ranks: Sequence[int]) -> set[int]:
    """The indexes of the longest part that never falls (patience sorting)."""
    ends: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for index, rank in enumerate(ranks):
        at = bisect_right(ends, rank)
        previous.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(rank)
            last.append(index)
        else:
            ends[at], last[at] = rank, index
    found: set[int] = set()
    index = last[-1] if last else -1
    while index >= 0:
        found.add(index)
        index = previous[index]
    return found


def _links(before: Version, after: Version, found: Matches) -> list[Change]:
    """Links that have come, then those that are gone; both ends are compared as the statements they mean."""
    kept = dict.fromkeys(((each.source, each.kind, each.target) for each in before.framework.associations), False)
    won: dict[Link, None] = {}
    for each in after.framework.associations:
        link = (each.source, each.kind, each.target)
        if link in kept:
            kept[link] = True
        else:
            won[link] = None
    lost = [link for link, still in kept.items() if not still]
    if not lost and not won:
        return []
    start, end = Ends(before), Ends(after)

    def meant(link: Link, ends: Ends) -> Link:
        source, target = (ends.item(each) or each for each in (link[0], link[2]))
        if ends is start:
            source, target = found.forth.get(source, source), found.forth.get(target, target)
        return source, link[1], target

    old, new = {meant(link, start): link for link in lost}, {meant(link, end): link for link in won}
    return [
        *(_link(Kind.LINKED, after, link) for link in new if link not in old and link not in kept),
        *(_link(Kind.UNLINKED, before, old[link]) for link in old if link not in new and not kept.get(link)),
    ]


def _link(kind: Kind, version: Version, link: Link) -> Change:
    sides = _sides(version, (link[0],)), _sides(version, (link[2],))
    return Change(kind, *sides, fields=(link[1],))


def _sides(version: Version, uris: Iterable[str]) -> tuple[Side, ...]:
    return tuple(_side(version, uri) for uri in uris)


def _side(version: Version, uri: str) -> Side:
    item = version.items.get(uri)
    if item is None:
        return Side(uri, uri)
    parent = version.items.get(version.parent(uri))
    return Side(uri, item.name, item.statement, parent.name if parent else "")


class _Places:
    """Where each statement stands in the whole framework, read from the top down."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._at: dict[str, dict[str, int]] = defaultdict(dict)

    def of(self, uri: str) -> tuple[int, ...]:
        """The number of each of its ancestors among its siblings, its own last."""
        path: list[int] = []
        while uri in self._version.items and len(path) < 100:
            parent = self._version.parent(uri)
            if parent not in self._at:
                siblings = self._version.children[parent]
                self._at[parent] = {each: number for number, each in enumerate(siblings)}
            path.append(self._at[parent][uri])
            uri = parent
        return tuple(reversed(path))


def _sort_key(change: Change, before: _Places, after: _Places) -> tuple[int, tuple[int, ...]]:
    place = before.of(change.old[0].uri) if change.kind in _BY_OLD else after.of(change.new[0].uri)
    return _ORDER[change.kind], place
