"""The shapes a canonical resource must have, checked fast from the same SHACL file that any validator can read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from msgspec import Struct

from vocab.resource import Problem, Resource
from vocab.shacl import Shape, broken, graph_of, read_shapes

if TYPE_CHECKING:
    from rdflib import Graph


def validate(resource: Resource) -> tuple[Problem, ...]:
    """What breaks the shapes in `vocab/data/shapes.ttl`, a problem for each value and shape."""
    shapes = _shapes()
    return tuple(problem for part in _parts(resource) for problem in broken(part, shapes[type(part).__name__]))


def to_graph(resource: Resource) -> Graph:
    """The resource as the graph that the shapes speak of: each attribute a `terms:` property, empty ones left out."""
    return graph_of(_parts(resource))


def shapes_turtle() -> bytes:
    """The shapes file itself, for other validators."""
    return files("vocab").joinpath("data/shapes.ttl").read_bytes()


def _parts(resource: Resource) -> tuple[Struct, ...]:
    return (resource, *resource.alignments, *resource.part_of, *filter(None, (resource.group_size,)))


@cache
def _shapes() -> dict[str, tuple[Shape, ...]]:
    return read_shapes(shapes_turtle())
