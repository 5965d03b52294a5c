"""What speaks for one statement having become another, and how surely: words, order of words, code, place, children."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from vocab.frameworks.matching import Matches, Version, code_key
from vocab.frameworks.wording import Weights, content


class Signs(Struct, frozen=True):
    """What speaks for a proposal, each from 0 to 1.

    `text`: the mean of what both sides have in common of their content words, by weight, and of the pairs of words that
    stand side by side. `place`: under the same parent. `code`: the same, or one goes on from the other. `margin`: how
    much nearer it is than the next candidate (a replacement only). `alone`: nothing else came or went there.
    `several`: whether it is a split or a merger.
    """

    text: float
    place: float
    code: float
    margin: float
    alone: float
    several: bool


def confidence(signs: Signs) -> float:
    """How often a proposal with these signs is right: a logistic curve over them.

    Fitted to some 2,000 right and wrong proposals for eight published frameworks, of which statements were replaced,
    divided and joined by script, three in ten put elsewhere, four in ten recoded, and one in eight of all others was
    taken out of either version, so that much has gone and come that belongs to nothing. `benchmarks/changes.py` prints
    how many of the proposals of each confidence were right.
    """
    told = -8.1 + 14 * signs.text + 0.2 * signs.place + 3.2 * signs.code + 6.4 * signs.margin
    told += 1.7 * signs.alone * signs.place + 0.9 * signs.several
    return round(1 / (1 + math.exp(-told)), 2)


class Pool:
    """The statements of one version that are to be explained, and the ways to find them."""

    def __init__(self, version: Version, uris: Iterable[str], weights: Weights) -> None:
        self.version = version
        self.left = dict.fromkeys(uris)
        items = version.items
        self.words = {uri: frozenset(content(items[uri].statement)) for uri in self.left}
        self.weight = {uri: weights.of(words) for uri, words in self.words.items()}
        self.codes = {uri: code_key(items[uri]) for uri in self.left}
        self.order = {uri: number for number, uri in enumerate(self.left)}
        self.by_mark: dict[object, list[str]] = defaultdict(list)
        self.by_code: dict[str, list[str]] = defaultdict(list)
        self.by_parent: dict[str, list[str]] = defaultdict(list)
        for uri in self.left:
            for mark in marks(items[uri].statement):
                self.by_mark[mark].append(uri)
            self.by_parent[version.parent(uri)].append(uri)
            if code := self.codes[uri]:
                self.by_code[code].append(uri)
                self.by_code[f"{code.rpartition('.')[0]}.*"].append(uri)


def marks(statement: str) -> set[object]:
    """What a statement may be found by: its content words, and the pairs of them that stand side by side."""
    words = content(statement)
    return {*words, *pairwise(words)}


def place(old: Version, new: Version, found: Matches, ours: str, theirs: str) -> float:
    """1 under the same parent; a half one step higher or lower, or where both parents have changed, too; else 0."""
    above, over = old.parent(ours), new.parent(theirs)
    mapped = found.forth.get(above) if above else ""
    if mapped == over:
        return 1.0
    if mapped is not None and over and new.parent(over) == mapped:
        return 0.5
    if above:
        higher = old.parent(above)
        if (found.forth.get(higher) if higher else "") == over:
            return 0.5
    return 0.5 if mapped is None and over and over not in found.back else 0.0


def code(one: str, other: str) -> float:
    """Of two comparison keys: 1 where they are the same or one goes on from the other (3, 3.a), less side by side."""
    if not one or not other:
        return 0.0
    if one == other or other.startswith(f"{one}.") or one.startswith(f"{other}."):
        return 1.0
    return 0.4 if one.rpartition(".")[0] == other.rpartition(".")[0] else 0.0


class Children:
    """What stood under statements that are gone and stands under some that have come: headings are known by it."""

    def __init__(self, old: Version, new: Version, found: Matches) -> None:
        self._shared: Counter[tuple[str, str]] = Counter()
        self.others: dict[str, list[str]] = defaultdict(list)
        """The statements of the other version that share children with one."""
        for parent, children in old.children.items():
            if parent and parent not in found.forth:
                for child in children:
                    same = found.forth.get(child)
                    if same and (above := new.parent(same)) and above not in found.back:
                        self._shared[parent, above] += 1
        for one, other in self._shared:
            self.others[one].append(other)
            self.others[other].append(one)
        self._kept = _kept(old, found.forth) | _kept(new, found.back)

    def shared(self, one: str, other: str) -> int:
        """How many they share, whichever is the old one."""
        return self._shared.get((one, other), 0) or self._shared.get((other, one), 0)

    def share(self, single: str, parts: Iterable[str]) -> float:
        """The share of what stands under either side that stands under both, of those that both versions hold."""
        together = kept = 0
        for part in parts:
            together += self.shared(single, part)
            kept += self._kept.get(part, 0)
        most = max(kept, self._kept.get(single, 0))
        return together / most if together > 1 else 0.0


def _kept(version: Version, matched: Mapping[str, str]) -> dict[str, int]:
    """How many statements under each one that the other version lacks are still to be found in it."""
    return {
        parent: count
        for parent, children in version.children.items()
        if parent and parent not in matched and (count := sum(child in matched for child in children))
    }
