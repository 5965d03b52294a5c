"""The way to a goal: the smallest set of steps, in an order that can be walked. Pure, over adjacency by concept id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from math import sqrt

from msgspec import Struct

Neighbors = Callable[[int], Sequence[int]]

_BLOCK = 4096  # concepts counted at once, a bit each: 512 bytes for each concept however many there are


class Circle(Exception):
    """Prerequisites that run in a circle: each concept needs the one before it, and the first needs the last."""

    def __init__(self, concepts: tuple[int, ...]) -> None:
        super().__init__(concepts)
        self.concepts = concepts


class Step(Struct, frozen=True):
    """One step: `needs` are the steps directly before it, `unlocks` counts all steps that rest on it."""

    concept: int
    needs: tuple[int, ...]
    unlocks: int


def needed(goals: Iterable[int], prerequisites: Neighbors, mastered: Collection[int]) -> set[int]:
    """The goals and all they rest on that is not mastered: a reverse walk that stops at what is."""
    reached = {goal for goal in goals if goal not in mastered}
    waiting = list(reached)
    while waiting:
        for before in prerequisites(waiting.pop()):
            if before not in reached and before not in mastered:
                reached.add(before)
                waiting.append(before)
    return reached


def ordered(concepts: Collection[int], prerequisites: Neighbors, likely: Mapping[int, float]) -> list[Step]:
    """The concepts as steps, each after all it rests on; the likely known and much needed first.

    `likely` is the probability that a concept is known already. Raises Circle.
    """
    before = {concept: tuple(n for n in prerequisites(concept) if n in concepts) for concept in concepts}
    after: dict[int, list[int]] = {concept: [] for concept in concepts}
    for concept, needs in before.items():
        for need in needs:
            after[need].append(concept)
    sequence = _sequence(before, after)
    unlocks = _resting_on(sequence, after)
    waits = {concept: len(needs) for concept, needs in before.items()}
    heap = [(_rank(concept, likely, unlocks), concept) for concept, waiting in waits.items() if not waiting]
    heapify(heap)
    steps: list[Step] = []
    while heap:
        concept = heappop(heap)[1]
        steps.append(Step(concept, before[concept], unlocks[concept]))
        for follower in after[concept]:
            waits[follower] -= 1
            if not waits[follower]:
                heappush(heap, (_rank(follower, likely, unlocks), follower))
    return steps


def probably_known(
    concepts: Collection[int], successors: Neighbors, unknown: Collection[int], mastered: Collection[int]
) -> set[int]:
    """Those that nothing is known of but that something mastered rests on: one item each will tell."""
    found: set[int] = set()
    waiting = [
        concept
        for concept in concepts
        if concept in unknown and any(after in mastered for after in successors(concept))
    ]
    below: dict[int, list[int]] = {}
    for concept in concepts:
        for after in successors(concept):
            below.setdefault(after, []).append(concept)
    while waiting:
        concept = waiting.pop()
        if concept not in found:
            found.add(concept)
            waiting += [before for before in below.get(concept, ()) if before in unknown]
    return found


def _rank(concept: int, likely: Mapping[int, float], unlocks: Mapping[int, int]) -> float:
    return -likely[concept] * sqrt(1 + unlocks[concept])


def _sequence(before: Mapping[int, tuple[int, ...]], after: Mapping[int, Sequence[int]]) -> list[int]:
    """Some order in which each concept comes after all it rests on."""
    waits = {concept: len(needs) for concept, needs in before.items()}
    sequence = [concept for concept, waiting in waits.items() if not waiting]
    for concept in sequence:
        for follower in after[concept]:
            waits[follower] -= 1
            if not waits[follower]:
                sequence.append(follower)
    if len(sequence) < len(before):
        raise Circle(_circle(before, set(before).difference(sequence)))
    return sequence


def _circle(before: Mapping[int, tuple[int, ...]], stuck: Collection[int]) -> tuple[int, ...]:
    # Every stuck concept waits for another stuck one, so that walking back must come round.
    walked: dict[int, None] = {}
    concept = min(stuck)
    while concept not in walked:
        walked[concept] = None
        concept = min(need for need in before[concept] if need in stuck)
    round_trip = list(walked)
    return tuple(reversed(round_trip[round_trip.index(concept) :]))


def _resting_on(sequence: Sequence[int], after: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """For each concept how many others rest on it, directly or not; marks are bits, a block of concepts at a time."""
    counts = dict.fromkeys(sequence, 0)
    for start in range(0, len(sequence), _BLOCK):
        bits = {concept: 1 << place for place, concept in enumerate(sequence[start : start + _BLOCK])}
        marks: dict[int, int] = {}
        for concept in reversed(sequence):
            mark = 0
            for follower in after[concept]:
                mark |= marks[follower] | bits.get(follower, 0)
            marks[concept] = mark
            counts[concept] += mark.bit_count()
    return counts
