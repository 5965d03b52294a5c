"""What is given up of what was read in a question where all of it together finds nothing: the softest first."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from registry.ports import SearchIndex
from registry.search.filters import Asked
from registry.search.grade_words import grades_label
from registry.search.understanding import Read, changed
from vocab.grades import GRADES

_SOFTEST_FIRST = ("type", "grade", "minutes_max", "level", "language")


def loosened(index: SearchIndex, asked: Asked) -> Asked | None:
    """The question with as little given up as makes it find something; None where nothing may be given up or helps.

    Given up is only what was read in the text, never a parameter: first a type (its word is text again, then passed
    over), then the grade (one more on each side, then all), the length, the level, the language (its words are text
    again); alone, then together. A standard and a license stand. Asks the index once.
    """
    tries = list(_tries(asked))
    if not tries:
        return None
    totals = index.totals([each.counting() for each in tries])
    return next((each for each, total in zip(tries, totals, strict=True) if total), None)


def _tries(asked: Asked) -> Iterator[Asked]:
    softest: list[tuple[str, Asked]] = []
    for kind in _SOFTEST_FIRST:
        for read in asked.read:
            if read.kind == kind:
                softest += [(kind, each) for each in _without(asked, read)]
    for _, each in softest:
        yield each
    together = asked
    for kind in _SOFTEST_FIRST:
        for read in together.read:
            if read.kind == kind:
                several = list(_without(together, read))
                if together is not asked:
                    yield from several
                together = several[-1]


def _without(asked: Asked, read: Read) -> Iterator[Asked]:
    """The question without one thing that was read: in part where that can be, then wholly."""
    if read.kind in ("type", "language"):
        is_type = read.kind == "type"
        nothing = f"Nothing here is {f'of the kind “{read.label}”' if is_type else _in_sentence(read.label)}"
        yield _told(
            asked,
            f"{nothing}; “{read.words}” was searched for as {'words' if ' ' in read.words else 'a word'}.",
            reading=changed(asked.reading, read.kind, (), ""),
            mended=f"{asked.mended} {read.words}" if asked.mended else "",
        )
        told = f"{nothing}; shown are all {'kinds' if is_type else 'languages'}."
    elif read.kind == "grade":
        wider = _wider(read.value)
        label = grades_label(wider)
        yield _told(
            asked,
            f"Nothing for {_in_sentence(read.label)}; shown for {_in_sentence(label)}.",
            reading=changed(asked.reading, "grade", wider, label),
        )
        told = f"Nothing for {_in_sentence(read.label)} or next to it; shown for all grades."
    elif read.kind == "minutes_max":
        told = f"Nothing takes {read.value[0]} minutes or less; shown whatever it takes."
    else:
        told = f"Nothing at the level “{read.value[0]}”; shown for all levels."
    yield _told(asked, told, ignored=asked.ignored | {read.kind})


def _told(asked: Asked, told: str, **changes: object) -> Asked:
    return msgspec.structs.replace(asked, told=(*asked.told, told), **changes)


def _wider(grades: tuple[str, ...]) -> tuple[str, ...]:
    places = [GRADES.index(grade) for grade in grades]
    return GRADES[max(min(places) - 1, 0) : max(places) + 2]


def _in_sentence(label: str) -> str:
    return label[0].lower() + label[1:]
