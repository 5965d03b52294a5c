"""The shapes a canonical resource must have, checked fast from the same SHACL file that any validator can read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import pyoxigraph as ox
from msgspec import Struct

from vocab.namespaces import RDF as RDF_URI
from vocab.namespaces import TERMS
from vocab.resource import Problem, Resource, Severity

if TYPE_CHECKING:
    from rdflib import Graph

_SH = "http://www.w3.org/ns/shacl#"
_DATATYPES: dict[str, type] = {"integer": int, "string": str, "boolean": bool}
_Test = Callable[[str | int], bool]
_Graph = dict[str, dict[str, list[str]]]


class _Shape(Struct, frozen=True):
    """One property shape: how many values the attribute may have, and what each must pass."""

    attribute: str
    least: int
    most: int
    tests: tuple[_Test, ...]
    problem: Problem


def validate(resource: Resource) -> tuple[Problem, ...]:
    """What breaks the shapes in `vocab/data/shapes.ttl`, a problem for each value and shape."""
    shapes = _shapes()
    found = list(_broken(resource, shapes["Resource"]))
    for alignment in resource.alignments:
        found += _broken(alignment, shapes["Alignment"])
    for collection in resource.part_of:
        found += _broken(collection, shapes["Collection"])
    if resource.group_size is not None:
        found += _broken(resource.group_size, shapes["GroupSize"])
    return tuple(found)


def to_graph(resource: Resource) -> Graph:
    """The resource as the graph that the shapes speak of: each attribute a `terms:` property, empty ones left out."""
    from rdflib import RDF, BNode, Graph, Literal, URIRef  # imported here: 0.2 s that no harvest needs

    graph = Graph()
    subject: URIRef | BNode = URIRef("urn:resource")
    for part in (resource, *resource.alignments, *resource.part_of, *filter(None, (resource.group_size,))):
        graph.add((subject, RDF.type, URIRef(TERMS + type(part).__name__)))
        for attribute in part.__struct_fields__:
            value = getattr(part, attribute)
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, str | int) and each != "":
                    graph.add((subject, URIRef(TERMS + attribute), Literal(each)))
        subject = BNode()
    return graph


def shapes_turtle() -> bytes:
    """The shapes file itself, for other validators."""
    return files("vocab").joinpath("data/shapes.ttl").read_bytes()


def _broken(part: Struct, shapes: tuple[_Shape, ...]) -> Iterator[Problem]:
    for shape in shapes:
        value = getattr(part, shape.attribute)
        if value is None or value == "" or value == ():
            if shape.least:
                yield shape.problem
        elif isinstance(value, tuple):
            if not shape.least <= len(value) <= shape.most:
                yield shape.problem
            for each in value:
                yield from _failing(each, shape)
        else:
            yield from _failing(value, shape)


def _failing(value: str | int, shape: _Shape) -> Iterator[Problem]:
    for test in shape.tests:
        if not test(value):
            yield _with_value(shape.problem, value)
            return


def _with_value(problem: Problem, value: str | int) -> Problem:
    return Problem(problem.code, problem.field, problem.message, problem.hint, str(value)[:300], problem.severity)


@cache
def _shapes() -> dict[str, tuple[_Shape, ...]]:
    """The property shapes of each class, compiled from the shapes file."""
    graph: _Graph = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(shapes_turtle(), format=ox.RdfFormat.TURTLE):
        value = quad.object.value if isinstance(quad.object, ox.NamedNode | ox.Literal) else f"_:{quad.object}"
        subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else f"_:{quad.subject}"
        graph[subject][quad.predicate.value].append(value)
    targeted = {node[f"{_SH}targetClass"][0]: node for node in list(graph.values()) if f"{_SH}targetClass" in node}
    return {
        target.removeprefix(TERMS): tuple(_compiled(graph, graph[name]) for name in node[f"{_SH}property"])
        for target, node in targeted.items()
    }


def _compiled(graph: _Graph, node: dict[str, list[str]]) -> _Shape:
    stated = {name.removeprefix(_SH): values[0] for name, values in node.items()}
    attribute = stated["path"].removeprefix(TERMS)
    severity = Severity.ERROR if stated["severity"] == f"{_SH}Violation" else Severity.WARNING
    return _Shape(
        attribute=attribute,
        least=int(stated.get("minCount", 0)),
        most=int(stated.get("maxCount", 1_000_000)),
        tests=tuple(_tests(graph, stated)),
        problem=Problem(stated["name"], attribute, stated["message"], stated["description"], "", severity),
    )


def _tests(graph: _Graph, stated: dict[str, str]) -> Iterator[_Test]:
    if "datatype" in stated:
        kind = _DATATYPES[stated["datatype"].rpartition("#")[2]]
        yield lambda value: type(value) is kind
    if "in" in stated:
        allowed = frozenset(_listed(graph, stated["in"]))
        yield lambda value: value in allowed
    if "pattern" in stated:
        search = re.compile(stated["pattern"]).search
        yield lambda value: search(str(value)) is not None
    if "minLength" in stated:
        shortest = int(stated["minLength"])
        yield lambda value: len(str(value)) >= shortest
    if "maxLength" in stated:
        longest = int(stated["maxLength"])
        yield lambda value: len(str(value)) <= longest
    if "minInclusive" in stated:
        lowest = int(stated["minInclusive"])
        yield lambda value: isinstance(value, int) and value >= lowest
    if "maxInclusive" in stated:
        highest = int(stated["maxInclusive"])
        yield lambda value: isinstance(value, int) and value <= highest


def _listed(graph: _Graph, head: str) -> Iterator[str]:
    while head != f"{RDF_URI}nil":
        yield graph[head][f"{RDF_URI}first"][0]
        head = graph[head][f"{RDF_URI}rest"][0]
