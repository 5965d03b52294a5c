"""The shapes a framework must have, checked fast from the same SHACL file that any validator can read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from msgspec import Struct

from vocab.frameworks.model import Framework
from vocab.resource import Problem
from vocab.shacl import Shape, broken, broken_among, graph_of, read_shapes

if TYPE_CHECKING:
    from rdflib import Graph


class Label(Struct, frozen=True):
    """One entry of `Item.labels`, as the shapes speak of it."""

    tag: str
    text: str


class Broken(Struct, frozen=True):
    """A broken shape: of which class, and of the item or association with which number (a label's: its item's)."""

    shape_of: str
    number: int
    problem: Problem


def broken_shapes(framework: Framework) -> Iterator[Broken]:
    """What breaks the shapes in `vocab/data/framework_shapes.ttl`, one for each value and shape."""
    shapes = _shapes()
    for problem in broken(framework, shapes["Framework"]):
        yield Broken("Framework", 0, problem)
    for number, problem in broken_among(framework.items, shapes["Item"]):
        yield Broken("Item", number, problem)
    labels = list(_labels(framework))
    for number, problem in broken_among([label for _, label in labels], shapes["Label"]):
        yield Broken("Label", labels[number][0], problem)
    for number, problem in broken_among(framework.associations, shapes["Association"]):
        yield Broken("Association", number, problem)


@lru_cache(maxsize=1024)
def is_language_tag(text: str) -> bool:
    """Whether the shapes take the text for a well-formed BCP 47 tag."""
    return not any(broken(Label(text, "text"), _shapes()["Label"]))


def to_graph(framework: Framework) -> Graph:
    """The framework as the graph that the shapes speak of: itself, its items, their labels, its associations."""
    labels = (label for _, label in _labels(framework))
    return graph_of((framework, *framework.items, *labels, *framework.associations))


def shapes_turtle() -> bytes:
    """The shapes file itself, for other validators."""
    return files("vocab").joinpath("data/framework_shapes.ttl").read_bytes()


def _labels(framework: Framework) -> Iterator[tuple[int, Label]]:
    for number, item in enumerate(framework.items):
        if item.labels:
            for tag, text in item.labels.items():
                yield number, Label(tag, text)


@cache
def _shapes() -> dict[str, tuple[Shape, ...]]:
    return read_shapes(shapes_turtle())
