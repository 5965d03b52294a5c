"""Long lists cut into what one statement takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")
_MOST_PER_SELECT = 500


def portions(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The values in order, 500 at a time."""
    return (values[start : start + _MOST_PER_SELECT] for start in range(0, len(values), _MOST_PER_SELECT))
