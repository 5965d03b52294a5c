"""What became of the statements that are gone, by wording: which new ones split, merge or replace them, and how surely.

A proposal takes some old statements and gives some new ones; one side of it is a single statement. Its score is the
weight of the words both sides have in common over that of all their words (Jaccard), so that a split is better than a
replacement just where its further part tells what the first did not. A heading is known by what stands under it, too.
The nearest proposal is taken first; the others are then made again of what is left.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain

from msgspec import Struct

from vocab.frameworks.changes import Kind
from vocab.frameworks.matching import Matches, Version
from vocab.frameworks.signs import Children, Pool, Signs, code, confidence, marks, place
from vocab.frameworks.wording import Weights, phrases

LEAST_CONFIDENCE = 0.4  # of the proposals between 0.4 and 0.5 six of ten were right, of those below 0.3 one of four

_MOST_SHARING = 60  # statements a word may stand in to lead from one to the other
_MOST_LOOKED_AT = 16  # candidates found by words
_MOST_NEIGHBORS = 40  # candidates found by place
_MOST_PARTS = 12
_NEARBY = 0.1  # what the same place, and the same code, count beside the score among candidates
_MOST_MARGIN = 0.3
_HEADING = 0.8  # how far what stands under two headings tells that they are one
# Shares of the words of a part, where its code goes on from the single statement's, where it stands near it, elsewhere.
_INSIDE = 0.3, 0.5, 0.65  # that stand in the single statement at all
_OWN = 0.15, 0.3, 0.3  # that stand in it and in no other part


class Found(Struct, frozen=True):
    """What became of some statements, by URI."""

    kind: Kind
    old: tuple[str, ...]
    new: tuple[str, ...]
    confidence: float = 1.0
    why: str = ""


def successors(old: Version, new: Version, found: Matches, gone: Sequence[str], come: Sequence[str]) -> list[Found]:
    """The splits, mergers and replacements among what is gone and what has come, each statement in one at most."""
    if not gone or not come:
        return []
    weights = Weights(
        chain((each.statement for each in old.items.values()), (new.items[uri].statement for uri in come))
    )
    pools = Pool(old, gone, weights), Pool(new, come, weights)
    children = Children(old, new, found)
    views = _View(*pools, found, weights, children, True), _View(*pools[::-1], found, weights, children, False)
    waiting = [
        (-near, number, uri, best)
        for number, view in enumerate(views)
        for uri in view.one.left
        for near, best in view.best(uri)
    ]
    heapq.heapify(waiting)
    taken: list[Found] = []
    while waiting:
        _, number, uri, best = heapq.heappop(waiting)
        if uri not in views[number].one.left:
            continue
        if all(each in pools[0].left for each in best.old) and all(each in pools[1].left for each in best.new):
            taken.append(best)
            for pool, uris in zip(pools, (best.old, best.new), strict=True):
                for each in uris:
                    del pool.left[each]
        else:
            for near, again in views[number].best(uri):
                heapq.heappush(waiting, (-near, number, uri, again))
    return taken


class _Candidate(Struct, frozen=True):
    """A statement that may be a part of what the single one became, or came of."""

    uri: str
    words: frozenset[str]
    weight: float
    common: float
    """The weight of its words that stand in the single statement."""
    score: float
    place: float
    code: float
    kin: bool

    @property
    def rank(self) -> float:
        """How near it is, of its own."""
        return self.score + _NEARBY * (self.place + self.code)

    @property
    def standing(self) -> int:
        """Which of the shares below it must have."""
        return 0 if self.code == 1 else 1 if self.place else 2

    @property
    def belongs(self) -> bool:
        """Whether enough of it stands in the single statement for it to be a part of that."""
        return self.kin or self.common >= _INSIDE[self.standing] * self.weight


class _View:
    """The proposals of which the single side is in the one pool, the parts in the other."""

    def __init__(
        self, one: Pool, many: Pool, found: Matches, weights: Weights, children: Children, forward: bool
    ) -> None:
        self.one, self.many = one, many
        self._found, self._of, self._children = found, weights.of, children
        self._forward = forward

    def best(self, uri: str) -> Iterator[tuple[float, Found]]:
        """The best proposal for this statement, where it is sure enough, and how near its two sides are."""
        candidates = sorted(map(self._candidate_for(uri), self._near(uri)), key=lambda each: (-each.rank, each.uri))
        if not candidates:
            return
        chosen = self._grown(uri, candidates)
        joined = _union(each.words for each in chosen)
        signs = Signs(
            (self._score(uri, chosen) + self._order(uri, chosen)) / 2,
            sum(each.place for each in chosen) / len(chosen),
            sum(each.code for each in chosen) / len(chosen),
            self._margin(chosen, candidates),
            self._alone(uri, chosen),
            len(chosen) > 1,
        )
        if (sure := confidence(signs)) >= LEAST_CONFIDENCE:
            near = signs.text + _NEARBY * (signs.place + signs.code)
            yield near, self._told(uri, chosen, joined, signs, sure)

    def _near(self, uri: str) -> Iterator[str]:
        """Those worth a closer look: they share rarer words, stand near, share children, or have a code like it."""
        votes: Counter[str] = Counter()
        for mark in marks(self.one.version.items[uri].statement):
            sharing = self.many.by_mark.get(mark, ())
            if len(sharing) <= _MOST_SHARING:
                votes.update(sharing)
        found = dict.fromkeys(other for other, _ in votes.most_common(_MOST_LOOKED_AT))
        for parent in self._places(uri):
            neighbors = self.many.by_parent.get(parent, ())
            if len(neighbors) <= _MOST_NEIGHBORS:
                found.update(dict.fromkeys(neighbors))
        found.update(dict.fromkeys(self._children.others.get(uri, ())[:_MOST_NEIGHBORS]))
        if own := self.one.codes[uri]:
            for wanted in (own, f"{own}.*", own.rpartition(".")[0]):
                found.update(dict.fromkeys(self.many.by_code.get(wanted, ())[:_MOST_NEIGHBORS]))
        return (other for other in found if other in self.many.left)

    def _places(self, uri: str) -> Iterator[str]:
        """What its parent, and the parent of that, are in the other version."""
        matched = self._found.forth if self._forward else self._found.back
        for _ in range(2):
            uri = self.one.version.parent(uri)
            if not uri:
                yield ""
                return
            if uri in matched:
                yield matched[uri]

    def _candidate_for(self, uri: str) -> Callable[[str], _Candidate]:
        old, new = (self.one, self.many) if self._forward else (self.many, self.one)
        words, whole = self.one.words[uri], self.one.weight[uri]

        def candidate(other: str) -> _Candidate:
            ours, theirs = (uri, other) if self._forward else (other, uri)
            common, both = self._of(words & self.many.words[other]), whole + self.many.weight[other]
            return _Candidate(
                other,
                self.many.words[other],
                self.many.weight[other],
                common,
                self._with_children(common / (both - common or 1), uri, (other,)),
                place(old.version, new.version, self._found, ours, theirs),
                code(old.codes[ours], new.codes[theirs]),
                uri in self._children.others and self._children.shared(uri, other) > 1,
            )

        return candidate

    def _score(self, uri: str, parts: Sequence[_Candidate]) -> float:
        if len(parts) == 1:
            return parts[0].score
        words, joined = self.one.words[uri], _union(each.words for each in parts)
        text = self._of(words & joined) / (self._of(words | joined) or 1)
        return self._with_children(text, uri, [each.uri for each in parts])

    def _with_children(self, likeness: float, uri: str, parts: Sequence[str]) -> float:
        share = self._children.share(uri, parts) if uri in self._children.others else 0.0
        return 1 - (1 - likeness) * (1 - _HEADING * share)

    def _grown(self, uri: str, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """The nearest candidate, with every other that tells of the single statement what those before it do not."""
        words, chosen = self.one.words[uri], [candidates[0]]
        reached = candidates[0].score
        open_ = [each for each in candidates[1:] if each.belongs][:_MOST_LOOKED_AT]
        while open_ and len(chosen) < _MOST_PARTS:
            gained, part = max(
                ((self._score(uri, [*chosen, each]) + each.rank - each.score, each) for each in open_),
                key=lambda pair: pair[0],
            )
            open_.remove(part)
            gained -= part.rank - part.score
            if gained > reached and self._adds(part, words, chosen):
                reached = gained
                chosen.append(part)
        for part in list(chosen):  # one found early may have become needless
            rest = [each for each in chosen if each is not part]
            if rest and not self._adds(part, words, rest):
                chosen = rest
        return chosen

    def _adds(self, part: _Candidate, words: Set[str], others: Iterable[_Candidate]) -> bool:
        own = (part.words & words) - _union(each.words for each in others)
        return part.kin or self._of(own) >= _OWN[part.standing] * part.weight

    def _order(self, uri: str, chosen: Sequence[_Candidate]) -> float:
        """What both sides have in common of the pairs of words that stand side by side."""
        mine = phrases(self.one.version.items[uri].statement)
        theirs = _union(phrases(self.many.version.items[part.uri].statement) for part in chosen)
        common = len(mine & theirs) / (len(mine | theirs) or 1)
        return self._with_children(common, uri, [part.uri for part in chosen])

    def _margin(self, chosen: Sequence[_Candidate], candidates: Sequence[_Candidate]) -> float:
        if len(chosen) > 1:
            return 0.0
        rest = max((each.score for each in candidates if each is not chosen[0]), default=0.0)
        return min(_MOST_MARGIN, max(0.0, chosen[0].score - rest))

    def _alone(self, uri: str, chosen: Sequence[_Candidate]) -> float:
        """1 where nothing else has gone or come at the places of both, less the more there is."""
        mine = self.one.by_parent[self.one.version.parent(uri)]
        theirs = self.many.by_parent[self.many.version.parent(chosen[0].uri)]
        return 1 / max(len(mine), len(theirs))

    def _told(self, uri: str, chosen: Sequence[_Candidate], joined: Set[str], signs: Signs, sure: float) -> Found:
        order = self.many.order
        parts = tuple(sorted((each.uri for each in chosen), key=order.__getitem__))
        words = self.one.words[uri]
        ours, theirs = ((uri,), parts) if self._forward else (parts, (uri,))
        if len(parts) == 1:
            share = round(100 * self._of(words & joined) / (self._of(words | joined) or 1))
            how = (
                "With the same code, they"
                if signs.code == 1
                else "At the same place, they"
                if signs.place == 1
                else "They"
            )
            return Found(Kind.REPLACED, ours, theirs, sure, f"{how} have {share} % of their words in common.")
        share = round(100 * self._of(words & joined) / (self._of(words) or 1))
        number = _NUMBERS[len(parts)]
        if not self._forward:
            return Found(
                Kind.MERGED, ours, theirs, sure, f"{number} old statements together hold {share} % of its words."
            )
        parents = {self.many.version.parent(part) for part in parts}
        parent = self.many.version.items.get(parents.pop()) if len(parents) == 1 else None
        where = f" under {parent.name}" if parent else ""
        return Found(
            Kind.SPLIT, ours, theirs, sure, f"{number} new statements{where} together carry {share} % of its words."
        )


_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def _union(sets: Iterable[Set[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)
