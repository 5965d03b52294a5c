"""How many evidences a second the mastery filter folds."""

from __future__ import annotations

import random
import time

from registry.learners.mastery import Evidence, LearnerState, fold, update


def run() -> list[str]:
    """A line for each figure: folding a whole log, and adding to a state one by one."""
    chance = random.Random(7)
    log = [
        Evidence(
            at=1_760_000_000.0 + number * 30,
            standards=tuple(sorted({f"urn:s:{chance.randrange(60)}" for _ in range(1 + (number % 5 == 0))})),
            kind="quiz",
            score=float(chance.random() < 0.7),
            easiness=chance.gauss(0, 1),
            subject="mathematics",
            id=f"{number:026d}",
        )
        for number in range(100_000)
    ]
    shuffled = chance.sample(log, len(log))
    return [
        f"fold, in order: {_rate(lambda: fold(log), len(log)):,.0f} evidences/s",
        f"fold, shuffled: {_rate(lambda: fold(shuffled), len(log)):,.0f} evidences/s",
        f"update, one by one: {_rate(lambda: _updates(log), len(log)):,.0f} evidences/s",
    ]


def _updates(log: list[Evidence]) -> None:
    state = LearnerState()
    for evidence in log:
        update(state, evidence)


def _rate(work, count: int) -> float:  # type: ignore[no-untyped-def]
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return count / best


if __name__ == "__main__":
    print("\n".join(run()))
