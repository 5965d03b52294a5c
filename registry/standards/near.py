"""The standards whose codes are nearest to one that no framework has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, String, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from registry.models import AliasRow, ConceptRow
from registry.standards.refs import ConceptRef, refs
from vocab.codes import meant_key

_MOST_TOKENS = 8
_MOST_BESIDE = 60
_MOST_SWAPS = 6
_MOST_SWAPPED = 20
_MOST_SLIPS = 480
_LONGEST_MISTYPED = 4
"""Letters in a token of which every slip of one key is tried; longer ones are words."""
_TOO_FAR = 1.5
_AFTER_DOT = "/"
"""The character after the dot, so that the keys under `4.nf` are those from `4.nf.` to before `4.nf/`."""
_GRADES = ("k", *(str(grade) for grade in range(1, 13)))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def near(session: Session, stated: str, limit: int = 5) -> tuple[ConceptRef, ...]:
    """The statements whose codes are nearest to what was stated, nearest first, one for each code; none for a URI.

    Reads some hundred keys through the index of `alias`, never the table: those beside it that begin alike, those
    with two neighboring tokens or letters swapped, and those one slip of the finger away.
    """
    tokens = meant_key(stated).split(".") if "://" not in stated and len(stated) <= 80 else []
    if not 2 <= len(tokens) <= _MOST_TOKENS:
        return ()
    ranked = sorted((distance(tokens, key.split(".")), key) for key in _candidates(session, tokens))
    # Two keys at most name one statement: with its cluster and without.
    return _first_of(session, [key for far, key in ranked if far < _TOO_FAR][: 3 * limit], limit)


def distance(one: Sequence[str], other: Sequence[str]) -> float:
    """How far apart two codes are: optimal string alignment over their tokens.

    A token too many or another in its place costs about 1, half as much where it is but a letter (a cluster, a part)
    or a number one digit off, half as much again where it is the first: the grade is what people know best.
    """
    start = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        start += 1
    apart = _alignment(one[start:], other[start:], _replaced, _missing)
    return apart * 1.5 if start == 0 else apart


def _alignment(
    one: Sequence[str], other: Sequence[str], replaced: Callable[[str, str], float], missing: Callable[[str], float]
) -> float:
    """Optimal string alignment: the cheapest way from one to the other, two swapped neighbors counting 0.6."""
    above: list[float] = []
    row = [0.0]
    for theirs in other:
        row.append(row[-1] + missing(theirs))
    for i, mine in enumerate(one):
        before, above, row = above, row, [row[0] + missing(mine)]
        for j, theirs in enumerate(other):
            best = min(above[j] + replaced(mine, theirs), above[j + 1] + missing(mine), row[j] + missing(theirs))
            if i and j and mine == other[j - 1] and theirs == one[i - 1]:
                best = min(best, before[j - 1] + 0.6)
            row.append(best)
    return row[-1]


@lru_cache(4096)
def _replaced(one: str, other: str) -> float:
    """What it costs to read a token as another."""
    if one == other:
        return 0.0
    if one.isdecimal() != other.isdecimal():
        return 1.1
    slips = _alignment(one, other, lambda mine, theirs: float(mine != theirs), lambda _: 1.0)
    if one.isdecimal():
        return 0.4 * slips + 0.01 * min(abs(int(one[:9]) - int(other[:9])), 20)
    if len(one) == len(other) == 1:
        return 0.35 + 0.001 * abs(ord(one) - ord(other))
    return 0.3 + 0.7 * slips / max(len(one), len(other))


def _missing(token: str) -> float:
    return 0.6 if len(token) == 1 and token.isalpha() else 1.0


def _candidates(session: Session, tokens: Sequence[str]) -> set[str]:
    """Keys that may be near, from the index: they need not be ordered, nor all be near."""
    asked: dict[str, object] = {"key": ".".join(tokens), "low": f"{tokens[0]}.", "high": tokens[0] + _AFTER_DOT}
    swapped = [".".join(each[:-1] if len(each) > 2 else each) for each in _swapped(tokens)][:_MOST_SWAPS]
    for place in range(_MOST_SWAPS):
        beginning = swapped[place] if place < len(swapped) else ""
        asked |= {f"low{place}": beginning, f"high{place}": beginning and beginning + _AFTER_DOT}
    asked["slips"] = list(dict.fromkeys(_slips(tokens)))[:_MOST_SLIPS]
    return {key for key in session.scalars(_NEAR, asked) if "/" not in key and ":" not in key}


def _near() -> CompoundSelect[Any]:
    """One statement of bounded ranges of the index, built once: building it costs as much as asking it."""
    keys = select(AliasRow.key).distinct()
    key, low, high = (bindparam(name, type_=String) for name in ("key", "low", "high"))
    ranges = [
        keys.where(AliasRow.key > low, AliasRow.key < key).order_by(AliasRow.key.desc()).limit(_MOST_BESIDE),
        keys.where(AliasRow.key > key, AliasRow.key < high).order_by(AliasRow.key).limit(_MOST_BESIDE),
    ]
    for place in range(_MOST_SWAPS):
        low, high = bindparam(f"low{place}", type_=String), bindparam(f"high{place}", type_=String)
        ranges.append(keys.where(AliasRow.key >= low, AliasRow.key < high).order_by(AliasRow.key).limit(_MOST_SWAPPED))
    slips = keys.where(AliasRow.key.in_(bindparam("slips", expanding=True)))
    return union_all(*(select(each.subquery().c.key) for each in ranges), slips)


_NEAR = _near()


def _swapped(tokens: Sequence[str]) -> Iterator[list[str]]:
    """The code with two neighboring tokens swapped, or two neighboring letters of a short token."""
    for place in range(len(tokens) - 1):
        if tokens[place] != tokens[place + 1]:
            yield [*tokens[:place], tokens[place + 1], tokens[place], *tokens[place + 2 :]]
    for place, token in enumerate(tokens[:-1]):
        if token.isalpha() and len(token) <= _LONGEST_MISTYPED:
            for other in _transposed(token):
                yield [*tokens[:place], other, *tokens[place + 1 :]]


def _slips(tokens: Sequence[str]) -> Iterator[str]:
    """The keys one slip away: another grade, a token left out, or a character swapped, left out, put in or another."""
    if len(tokens[0]) <= 2:
        yield from (".".join((grade, *tokens[1:])) for grade in _GRADES)
    for place in range(len(tokens)):
        before, after = tokens[:place], tokens[place + 1 :]
        yield ".".join((*before, *after))
        for other in _mistyped(tokens[place]):
            yield ".".join((*before, other, *after))


def _mistyped(token: str) -> Iterator[str]:
    yield from _transposed(token)
    if len(token) > 1:
        yield from (token[:i] + token[i + 1 :] for i in range(len(token)))
    if token.isdecimal():
        yield from (str(abs(int(token[:9]) + step)) for step in (-1, 1))
    elif len(token) <= _LONGEST_MISTYPED:
        for i in range(len(token)):
            yield from (f"{token[:i]}{letter}{token[i + 1 :]}" for letter in _LETTERS)
        for i in range(len(token) + 1):
            yield from (f"{token[:i]}{letter}{token[i:]}" for letter in _LETTERS)


def _transposed(token: str) -> Iterator[str]:
    for i in range(len(token) - 1):
        if token[i] != token[i + 1]:
            yield f"{token[:i]}{token[i + 1]}{token[i]}{token[i + 2 :]}"


def _first_of(session: Session, keys: Sequence[str], limit: int) -> tuple[ConceptRef, ...]:
    """The living statement of each key that came first into the registry, in the order of the keys, no code twice."""
    rows = session.execute(
        select(AliasRow.key, func.min(AliasRow.concept_id))
        .join(ConceptRow, ConceptRow.id == AliasRow.concept_id)
        .where(AliasRow.key.in_(keys), ConceptRow.gone.is_(False))
        .group_by(AliasRow.key)
    )
    of_key = dict(rows.all())
    found = refs(session, of_key.values())
    nearest: dict[str, ConceptRef] = {}
    for key in keys:
        if ref := found.get(of_key.get(key, 0)):
            nearest.setdefault(ref.code, ref)
    return tuple(nearest.values())[:limit]
