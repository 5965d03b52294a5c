"""Which statement of the old version is which of the new one: one to one, by URI, alias, code and wording."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Set

from msgspec import Struct

from vocab.codes import key, uri_key
from vocab.frameworks.model import Framework, Item
from vocab.frameworks.wording import content, near, typographic

RESPELLED = "The same URI in another spelling."

_MOST_TRIED = 20  # statements with one code under one parent that are compared with one another
_FEWEST_WORDS = 3  # of a wording that tells a statement from others by itself


class Version(Struct, frozen=True):
    """A framework with its items by URI, and the URIs under each parent in order ("" at the top)."""

    framework: Framework
    items: dict[str, Item]
    children: dict[str, list[str]]

    def parent(self, uri: str) -> str:
        """The URI of its primary parent; empty at the top, and where the framework does not hold its parent."""
        parents = self.items[uri].parents
        return parents[0] if parents and parents[0] in self.items else ""


class Matches(Struct, frozen=True):
    """The URIs that belong together in both directions, and how those under another URI were found."""

    forth: dict[str, str]
    back: dict[str, str]
    whys: dict[str, str]
    """By the old URI."""
    claims: dict[str, str]
    """The new statement that names an old URI among its aliases, where it cannot be that statement alone."""

    def add(self, old: str, new: str, why: str = "") -> None:
        """Remember that these two are one."""
        self.forth[old] = new
        self.back[new] = old
        if why:
            self.whys[old] = why


def version(framework: Framework) -> Version:
    """The framework, ready to be looked up; of two items with one URI the first counts."""
    items: dict[str, Item] = {}
    for item in framework.items:
        items.setdefault(item.uri, item)
    children: dict[str, list[str]] = defaultdict(list)
    for item in items.values():
        parents = item.parents
        children[parents[0] if parents and parents[0] in items else ""].append(item.uri)
    for siblings in children.values():
        siblings.sort(key=lambda uri: items[uri].position)
    return Version(framework, items, dict(children))


def match(old: Version, new: Version) -> Matches:
    """Every statement that both versions hold, the surest way of knowing it first, each once."""
    found = Matches({}, {}, {}, {})
    for uri in old.items:
        if uri in new.items:
            found.add(uri, uri)
    if len(found.forth) == len(old.items) or len(found.back) == len(new.items):
        return found
    _by_address(old, new, found)
    coded = _both(old, new, found, lambda item: code_key(item) or None)
    worded = "The same code and wording under another URI."
    _one_and_one(
        old, new, found, lambda item: (code_key(item), typographic(item.statement)) if item.codes else None, worded
    )
    _by_place(old, new, found)
    for ours, theirs in _pairs(coded, found):
        if near(old.items[ours].statement, new.items[theirs].statement):
            found.add(ours, theirs, "The same code and nearly the same wording under another URI.")
    _by_wording(old, new, found)
    return found


def code_key(item: Item) -> str:
    """The comparison key of its preferred code; empty without one."""
    return key(item.codes[0]) if item.codes else ""


def _by_address(old: Version, new: Version, found: Matches) -> None:
    """Those whose URIs are two spellings of one, or where an alias of one is the URI or an alias of the other.

    An address that several statements of a version share (the page they all stand on) tells none of them apart.
    """
    ours, theirs = _left(old, found.forth), _left(new, found.back)
    if not ours or not theirs:
        return
    spelled: dict[str, list[str]] = defaultdict(list)
    for item in theirs:
        spelled[uri_key(item.uri)].append(item.uri)
    for item in ours:
        others = spelled.get(uri_key(item.uri), [])
        if len(others) == 1 and others[0] not in found.back:
            found.add(item.uri, others[0], RESPELLED)
    wanted = {address for item in (*ours, *theirs) for address in (item.uri, *item.aliases)}
    before, after = _owners(old, wanted), _owners(new, wanted)
    claimed: dict[str, list[str]] = defaultdict(list)
    for item in _left(old, found.forth):
        for folded in map(uri_key, (item.uri, *item.aliases)):
            if (other := after.get(folded)) and before.get(folded) == item.uri:
                claimed[other].append(item.uri)
                break
    for other, items in claimed.items():
        if len(items) == 1 and other not in found.back:
            found.add(items[0], other, "Both versions know it by one address.")
        else:
            found.claims.update((uri, other) for uri in items if after.get(uri_key(uri)) == other)


def _owners(version: Version, wanted: Set[str]) -> dict[str, str | None]:
    """Whose each of the wanted addresses is, by its comparison key; None where it is that of several."""
    owners: dict[str, str | None] = {}
    for item in version.items.values():
        for address in (item.uri, *item.aliases):
            if address in wanted and owners.setdefault(uri_key(address), item.uri) != item.uri:
                owners[uri_key(address)] = None
    return owners


def _one_and_one(old: Version, new: Version, found: Matches, of: Callable[[Item], Hashable | None], why: str) -> None:
    for ours, theirs in _pairs(_both(old, new, found, of), found):
        found.add(ours, theirs, why)


def _both(
    old: Version, new: Version, found: Matches, of: Callable[[Item], Hashable | None]
) -> dict[Hashable, tuple[list[str], list[str]]]:
    """Those left over in both versions, under what is told of them."""
    told: dict[Hashable, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((_left(old, found.forth), _left(new, found.back))):
        for item in items:
            if (value := of(item)) is not None:
                told[value][side].append(item.uri)
    return told


def _pairs(told: Mapping[Hashable, tuple[list[str], list[str]]], found: Matches) -> Iterable[tuple[str, str]]:
    """The one and the other where exactly one of each is still left."""
    for ours, theirs in told.values():
        ours = [uri for uri in ours if uri not in found.forth]
        theirs = [uri for uri in theirs if uri not in found.back]
        if len(ours) == len(theirs) == 1:
            yield ours[0], theirs[0]


def _by_place(old: Version, new: Version, found: Matches) -> None:
    """Those with one code (or none) under one parent: equal wordings in their order, then the nearly equal.

    From the top down, so that a heading that was found helps to find what stands under it.
    """
    equal: dict[tuple[str, str, str], deque[str]] = defaultdict(deque)
    coded: dict[tuple[str, str], list[str]] = defaultdict(list)
    for uri in _downward(old):
        if uri not in found.forth:
            item, parent, code = old.items[uri], old.parent(uri), code_key(old.items[uri])
            equal[parent, code, typographic(item.statement)].append(uri)
            if code:
                coded[parent, code].append(uri)
    if not equal:
        return
    for uri in _downward(new):
        if uri in found.back:
            continue
        above = new.parent(uri)
        if above and above not in found.back:
            continue
        parent = found.back[above] if above else ""
        item, code = new.items[uri], code_key(new.items[uri])
        waiting = equal.get((parent, code, typographic(item.statement)), deque())
        while waiting and waiting[0] in found.forth:
            waiting.popleft()
        if waiting:
            found.add(waiting.popleft(), uri, "The same wording at the same place under another URI.")
            continue
        for other in coded.get((parent, code), ())[:_MOST_TRIED]:
            if other not in found.forth and near(old.items[other].statement, item.statement):
                found.add(other, uri, "The same code and nearly the same wording under another URI.")
                break


def _by_wording(old: Version, new: Version, found: Matches) -> None:
    """Those without a code whose wording stands once in each version, where no place speaks against it."""

    def wording(item: Item) -> str | None:
        return None if item.codes or len(content(item.statement)) < _FEWEST_WORDS else typographic(item.statement)

    for ours, theirs in _pairs(_both(old, new, found, wording), found):
        if found.forth.get(old.parent(ours)) is None and found.back.get(new.parent(theirs)) is None:
            found.add(ours, theirs, "The same wording under another URI, below a heading that has changed.")


def _left(version: Version, matched: Mapping[str, str]) -> list[Item]:
    return [item for uri, item in version.items.items() if uri not in matched]


def _downward(version: Version) -> Iterable[str]:
    """Every URI, each after its parent; those in a circle not at all."""
    waiting = deque(version.children.get("", ()))
    while waiting:
        uri = waiting.popleft()
        yield uri
        waiting.extend(version.children.get(uri, ()))
