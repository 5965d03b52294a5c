"""SHACL Core, as far as our shapes files use it: read once, then checked over many parts at a time without a graph."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from msgspec import Struct

from vocab.namespaces import RDF as RDF_URI
from vocab.namespaces import TERMS
from vocab.resource import Problem, Severity

if TYPE_CHECKING:
    from rdflib import Graph

_SH = "http://www.w3.org/ns/shacl#"
_DATATYPES: dict[str, type] = {"integer": int, "string": str, "boolean": bool}
_NO_LIMIT = 1_000_000
_Test = Callable[[Any], object]
_Graph = dict[str, dict[str, list[str]]]


class Shape(Struct, frozen=True):
    """One property shape: how many values the attribute may have, and what each must pass."""

    attribute: str
    least: int
    most: int
    tests: tuple[_Test, ...]
    problem: Problem


def read_shapes(turtle: bytes) -> dict[str, tuple[Shape, ...]]:
    """The property shapes of each class of a shapes file, by the class's name.

    Read are minCount maxCount in datatype minInclusive maxInclusive, and for texts minLength maxLength pattern.
    sh:name is the code of the problem, sh:message its sentence, sh:description the hint, sh:Violation an error.
    """
    graph: _Graph = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE):
        value = quad.object.value if isinstance(quad.object, ox.NamedNode | ox.Literal) else f"_:{quad.object}"
        subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else f"_:{quad.subject}"
        graph[subject][quad.predicate.value].append(value)
    targeted = {node[f"{_SH}targetClass"][0]: node for node in list(graph.values()) if f"{_SH}targetClass" in node}
    return {
        target.removeprefix(TERMS): tuple(_compiled(graph, graph[name]) for name in node[f"{_SH}property"])
        for target, node in targeted.items()
    }


def broken(part: Struct, shapes: Iterable[Shape]) -> Iterator[Problem]:
    """What of one part breaks the shapes, a problem for each value and shape."""
    for shape in shapes:
        yield from _broken(getattr(part, shape.attribute), shape)


def broken_among(parts: Sequence[Struct], shapes: Iterable[Shape]) -> Iterator[tuple[int, Problem]]:
    """What of many parts breaks the shapes, each with the number of its part; as `broken` says it, shape by shape.

    Every distinct value is tested once, so that many sound parts cost little.
    """
    seen: dict[str, tuple[list[Any], _Column]] = {}
    for shape in shapes if parts else ():
        if shape.attribute not in seen:
            values = list(map(attrgetter(shape.attribute), parts))
            seen[shape.attribute] = values, _column(values)
        values, column = seen[shape.attribute]
        if not _sound(column, shape):
            for number, value in enumerate(values):
                for problem in _broken(value, shape):
                    yield number, problem


def graph_of(parts: Iterable[Struct]) -> Graph:
    """The parts as the graph that the shapes speak of, the first as `urn:part:0`, for any SHACL validator.

    Each attribute of text or numbers is a `terms:` property, empty ones left out.
    """
    from rdflib import RDF, Graph, Literal, URIRef  # imported here: 0.2 s that no harvest needs

    graph = Graph()
    for number, part in enumerate(parts):
        subject = URIRef(f"urn:part:{number}")
        graph.add((subject, RDF.type, URIRef(TERMS + type(part).__name__)))
        for attribute in part.__struct_fields__:
            value = getattr(part, attribute)
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, str | int) and each != "":
                    graph.add((subject, URIRef(TERMS + attribute), Literal(each)))
    return graph


class _Column(Struct, frozen=True):
    """The values of one attribute over all parts: which there are, how many of them a part has."""

    values: Collection[Any]
    some_missing: bool
    counts: frozenset[int]


def _column(values: list[Any]) -> _Column:
    types = set(map(type, values))
    if tuple not in types:
        missing = "" in values or None in values
        return _Column(_distinct(values), missing, frozenset((1,)))
    if types == {tuple}:
        flat = list(chain.from_iterable(values))
        return _Column(_distinct(flat), "" in flat or () in values, frozenset(map(len, values)))
    return _Column(values, True, frozenset())


def _distinct(values: list[Any]) -> Collection[Any]:
    if not set(map(type, values)) <= {str, int, type(None)}:
        return [value for value in values if value is not None and value != ""]
    return set(values) - {"", None}


def _sound(column: _Column, shape: Shape) -> bool:
    """Whether surely no part breaks the shape; where it is not sure, each is looked at."""
    if shape.least and (column.some_missing or not all(shape.least <= count for count in column.counts)):
        return False
    if not all(count <= shape.most for count in column.counts):
        return False
    return all(all(map(test, column.values)) for test in shape.tests)


def _broken(value: Any, shape: Shape) -> Iterator[Problem]:
    if value is None or value == "" or value == ():
        if shape.least:
            yield shape.problem
    elif isinstance(value, tuple):
        kept = [each for each in value if each != ""]
        if not shape.least <= len(kept) <= shape.most:
            yield shape.problem
        for each in kept:
            yield from _failing(each, shape)
    else:
        yield from _failing(value, shape)


def _failing(value: str | int, shape: Shape) -> Iterator[Problem]:
    for test in shape.tests:
        if not test(value):
            yield _with_value(shape.problem, value)
            return


def _with_value(problem: Problem, value: str | int) -> Problem:
    return Problem(problem.code, problem.field, problem.message, problem.hint, str(value)[:300], problem.severity)


def _compiled(graph: _Graph, node: dict[str, list[str]]) -> Shape:
    stated = {name.removeprefix(_SH): values[0] for name, values in node.items()}
    attribute = stated["path"].removeprefix(TERMS)
    severity = Severity.ERROR if stated["severity"] == f"{_SH}Violation" else Severity.WARNING
    return Shape(
        attribute=attribute,
        least=int(stated.get("minCount", 0)),
        most=int(stated.get("maxCount", _NO_LIMIT)),
        tests=tuple(_tests(graph, stated)),
        problem=Problem(stated["name"], attribute, stated["message"], stated["description"], "", severity),
    )


def _tests(graph: _Graph, stated: dict[str, str]) -> Iterator[_Test]:
    if "datatype" in stated:
        kind = _DATATYPES[stated["datatype"].rpartition("#")[2]]
        yield lambda value: type(value) is kind
    if "in" in stated:
        yield frozenset(_listed(graph, stated["in"])).__contains__
    if "pattern" in stated:
        yield re.compile(stated["pattern"]).search
    if "minLength" in stated:
        shortest = int(stated["minLength"])
        yield lambda value: len(value) >= shortest
    if "maxLength" in stated:
        longest = int(stated["maxLength"])
        yield lambda value: len(value) <= longest
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
