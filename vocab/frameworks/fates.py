"""What the publisher itself says became of a statement: replacedBy links, and old URIs that a new statement claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from vocab.codes import key, spellings, uri_key
from vocab.frameworks.changes import Kind
from vocab.frameworks.matching import Matches, Version
from vocab.frameworks.successors import Found

_MOST_FOLLOWED = (
    200  # replacements of replacements, which keeps a chain through a whole framework from costing its square
)
_SAID = "The publisher says so itself (replacedBy)."
_CLAIMED = "The new statement bears its URI as another of its own."
_MARKED = "It is marked as deprecated now; the publisher names no replacement."


class Ends:
    """The items of a version by what a link calls them: URI first, then alias and code, printed or respelled."""

    def __init__(self, version: Version) -> None:
        self._items = version.items
        self._named: dict[str, str] | None = None
        self._coded: dict[str, str] | None = None

    def item(self, end: str) -> str | None:
        """The URI of the item at this end; None where the version has none such, or a code means several."""
        if end in self._items:
            return end
        if self._named is None:
            self._named = self._names()
        folded = uri_key(end)
        urn = f"urn:{folded}"
        if found := urn if urn in self._items else self._named.get(end) or self._named.get(folded):
            return found
        if ":" in end or not (wanted := key(end)):
            return None
        if self._coded is None:
            self._coded = self._codes()
        return self._coded.get(wanted) or None

    def _names(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for item in self._items.values():
            for code in item.codes:
                named[code] = "" if named.get(code, item.uri) != item.uri else item.uri
        for item in self._items.values():
            for address in item.aliases:
                named[address] = item.uri
        return named

    def _codes(self) -> dict[str, str]:
        coded: dict[str, str] = {}
        for item in self._items.values():
            for code in spellings(item.codes):
                coded[code] = "" if coded.get(code, item.uri) != item.uri else item.uri
        return coded


def stated(old: Version, new: Version, found: Matches) -> list[Found]:
    """The fate of every old statement that is gone or newly deprecated and of which the publisher says what follows it.

    Several successors are a split. One successor that several share is a merger; one of its own is a replacement where
    the old statement is gone, a deprecation where it still stands. A deprecated one without a successor is told, too.
    Successors are followed to those that are not replaced themselves.
    """
    earlier, links = _links(old, old, new, found), _links(new, old, new, found)
    for source, targets in earlier.items():
        if source not in new.items:
            links.setdefault(source, targets)
    fates: dict[str, tuple[str, ...]] = {}
    for uri, item in old.items.items():
        same = found.forth.get(uri)
        if same is None:
            claimed = (found.claims[uri],) if uri in found.claims else ()
            if last := _last(uri, links, old, new) or claimed:
                fates[uri] = last
        elif new.items[same].deprecated and (not item.deprecated or (same in links and same not in earlier)):
            fates[uri] = _last(same, links, old, new)
    return _told(fates, found)


def _links(stating: Version, old: Version, new: Version, found: Matches) -> dict[str, list[str]]:
    """Who is said to be replaced by whom: URIs of the new version, those of the old one for what is gone."""
    said = [each for each in stating.framework.associations if each.kind == "replacedBy"]
    before, after = Ends(old), Ends(new)
    first, second = (before, after) if stating is old else (after, before)

    def known(end: str) -> str:
        if end in new.items:
            return end
        uri = end if end in old.items else first.item(end) or second.item(end) or end
        return uri if uri in new.items else found.forth.get(uri, uri)

    links: dict[str, list[str]] = defaultdict(list)
    for each in said:
        source, target = known(each.source), known(each.target)
        if source != target and target not in links[source]:
            links[source].append(target)
    return links


def _last(uri: str, links: Mapping[str, list[str]], old: Version, new: Version) -> tuple[str, ...]:
    """The ends of every chain of replacements from here; a circle ends where it would come round, a long one is cut."""
    seen, ends, waiting = {uri}, dict[str, None](), list(reversed(links.get(uri, ())))
    while waiting and len(seen) < _MOST_FOLLOWED:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        stands = node in new.items and not new.items[node].deprecated
        further = [] if stands else [each for each in links.get(node, ()) if each not in seen]
        waiting += reversed(further)
        if not further and (node in new.items or node not in old.items):
            ends[node] = None
    return tuple(ends)


def _told(fates: Mapping[str, tuple[str, ...]], found: Matches) -> list[Found]:
    sharing: dict[str, list[str]] = defaultdict(list)
    for uri, targets in fates.items():
        if len(targets) == 1:
            sharing[targets[0]].append(uri)
    told: list[Found] = []
    for uri, targets in fates.items():
        why = _CLAIMED if targets and targets[0] == found.claims.get(uri) else _SAID if targets else _MARKED
        if len(targets) > 1:
            told.append(Found(Kind.SPLIT, (uri,), targets, 1.0, why))
        elif not targets or len(sharing[targets[0]]) == 1:
            kind = Kind.DEPRECATED if uri in found.forth else Kind.REPLACED
            told.append(Found(kind, (uri,), targets, 1.0, why))
        elif sharing[targets[0]][0] == uri:
            told.append(Found(Kind.MERGED, tuple(sharing[targets[0]]), targets, 1.0, why))
    return told
