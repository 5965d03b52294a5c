"""A layered picture of a progression: boxes in columns, and between them curves that keep clear of the boxes.

After Sugiyama, Tagawa and Toda (1981): a line that passes a column holds a place in it, the order inside the columns is
improved by barycenters until fewer lines cross, and the heights are the least squares that keep the order and the gaps.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

Edge = tuple[int, int]
_GAP = 20.0
_LINE_GAP = 12.0
_SWEEPS = 10
_MOST_PASSES = 1500
_PORT = 11.0
_HEAD = 9.0


class Node(Struct, frozen=True):
    """A box to be placed: its column from 0, and its height."""

    id: int
    column: int
    height: float


class Box(Struct, frozen=True):
    """Where a box stands; `x` and `y` are its upper left corner."""

    id: int
    x: float
    y: float
    width: float
    height: float


class Curve(Struct, frozen=True):
    """A link as an SVG path and its arrowhead; `back` says that it points to the left."""

    source: int
    target: int
    path: str
    head: str
    back: bool


class Picture(Struct, frozen=True):
    """Boxes in the order they were given, curves between them, the left side of each column, and the size of all."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    columns: tuple[float, ...]


def layout(nodes: Sequence[Node], edges: Sequence[Edge], width: float = 208.0, between: float = 84.0) -> Picture:
    """Places for all boxes, and curves for the links between two different columns.

    The same input gives the same picture. No two boxes overlap; no curve runs over a box, unless there are thousands of
    long ones. Lines from one box run together as far as they go the same way.
    """
    grid = _Grid(nodes, edges)
    grid.order()
    grid.set_heights()
    columns = tuple(place * (width + between) for place in range(len(grid.columns)))
    boxes = {
        node.id: Box(node.id, columns[node.column], grid.top(place), width, node.height)
        for place, node in enumerate(nodes)
    }
    return Picture(
        width=columns[-1] + width if columns else 0.0,
        height=max((box.y + box.height for box in boxes.values()), default=0.0),
        boxes=tuple(boxes.values()),
        curves=tuple(_curves(grid, boxes, columns, width, between)),
        columns=columns,
    )


class _Grid:
    """All that needs a place: the boxes by their number among the nodes, after them the places where lines pass."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        number = {node.id: place for place, node in enumerate(nodes)}
        self.boxes = len(nodes)
        self.sizes = [node.height for node in nodes]
        self.columns: list[list[int]] = [[] for _ in range(max((node.column for node in nodes), default=-1) + 1)]
        for place, node in enumerate(nodes):
            self.columns[node.column].append(place)
        self.left: list[list[int]] = [[] for _ in nodes]
        self.right: list[list[int]] = [[] for _ in nodes]
        self.routes: dict[Edge, list[int]] = {}
        passes: dict[Edge, int] = {}
        for source, target in edges:
            ends = sorted((number[source], number[target]), key=lambda place: nodes[place].column)
            first, last = (nodes[place].column for place in ends)
            route = [ends[0]]
            # Lines over a great distance do without a place of their own where there would be too many of them.
            for column in range(first + 1, last if len(passes) < _MOST_PASSES else first):
                if (ends[0], column) not in passes:
                    passes[ends[0], column] = self._pass(column)
                route.append(passes[ends[0], column])
            route.append(ends[1])
            self.routes[source, target] = route
            for one, other in pairwise(route):
                if other not in self.right[one]:
                    self.right[one].append(other)
                    self.left[other].append(one)
        self.y = [0.0] * len(self.sizes)

    def _pass(self, column: int) -> int:
        self.sizes.append(0.0)
        self.left.append([])
        self.right.append([])
        self.columns[column].append(len(self.sizes) - 1)
        return len(self.sizes) - 1

    def top(self, place: int) -> float:
        """The upper side of a box."""
        return self.y[place] - self.sizes[place] / 2

    def order(self) -> None:
        """Put each column in the order of what its members are linked with, and keep the best of several sweeps."""
        best, fewest = [list(column) for column in self.columns], self._crossings()
        for sweep in range(_SWEEPS):
            onward = sweep % 2 == 0
            beside = self.left if onward else self.right
            for column in self.columns if onward else reversed(self.columns):
                place = self._shares()
                column.sort(key=lambda each: _mean([place[other] for other in beside[each]], place[each]))
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(column) for column in self.columns], crossings
        self.columns = best

    def _shares(self) -> list[float]:
        place = [0.0] * len(self.sizes)
        for column in self.columns:
            for index, each in enumerate(column):
                place[each] = (index + 0.5) / len(column)
        return place

    def _crossings(self) -> int:
        place = {each: index for column in self.columns for index, each in enumerate(column)}
        crossings = 0
        for column in self.columns:
            ends: list[int] = []
            for each in column:
                targets = sorted(place[other] for other in self.right[each])
                crossings += sum(len(ends) - bisect_right(ends, target) for target in targets)
                for target in targets:
                    insort(ends, target)
        return crossings

    def set_heights(self) -> None:
        """Bring each as near to what it is linked with as the order and the gaps allow."""
        for column in self.columns:
            self._settle(column, [0.0] * len(column), [1.0] * len(column))
        for sweep in range(_SWEEPS):
            for column in self.columns if sweep % 2 == 0 else reversed(self.columns):
                wanted, weights = [], []
                for each in column:
                    beside = [*self.left[each], *self.right[each]]
                    wanted.append(_mean([self.y[other] for other in beside], self.y[each]))
                    weights.append(1.0 + len(beside) + (4.0 if each >= self.boxes else 0.0))
                self._settle(column, wanted, weights)
        highest = min((y - size / 2 for y, size in zip(self.y, self.sizes, strict=True)), default=0.0)
        self.y = [round(y - highest, 1) for y in self.y]

    def _settle(self, column: Sequence[int], wanted: Sequence[float], weights: Sequence[float]) -> None:
        """The nearest heights to those wanted that keep order and gaps: isotonic regression by pooling neighbors."""
        offsets = [0.0]
        for one, other in pairwise(column):
            gap = _GAP if one < self.boxes and other < self.boxes else _LINE_GAP
            offsets.append(offsets[-1] + (self.sizes[one] + self.sizes[other]) / 2 + gap)
        pools: list[tuple[float, float, int]] = []
        for want, offset, weight in zip(wanted, offsets, weights, strict=False):
            mean, total, count = want - offset, weight, 1
            while pools and pools[-1][0] > mean:
                other_mean, other_total, other_count = pools.pop()
                mean = (mean * total + other_mean * other_total) / (total + other_total)
                total, count = total + other_total, count + other_count
            pools.append((mean, total, count))
        settled = [mean for mean, _, count in pools for _ in range(count)]
        for each, mean, offset in zip(column, settled, offsets, strict=False):
            self.y[each] = mean + offset


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _curves(grid: _Grid, boxes: dict[int, Box], columns: Sequence[float], width: float, between: float) -> list[Curve]:
    ports = _ports(grid)
    curves = []
    for (source, target), route in grid.routes.items():
        back = boxes[source].x > boxes[target].x
        first = boxes[target if back else source]
        last = boxes[source if back else target]
        x, y = first.x + width, grid.y[route[0]]
        end = last.x, ports[route[-2], route[-1]]
        points = [(x + (_HEAD if back else 0.0), y)]
        for passing in route[1:-1]:
            x += between
            points += [(x, grid.y[passing]), (x + width, grid.y[passing])]
            x += width
        points.append((end[0] - (0.0 if back else _HEAD), end[1]))
        tip, side = ((first.x + width, y), 1.0) if back else (end, -1.0)
        curves.append(Curve(source, target, _path(points), _head(*tip, side), back))
    return curves


def _ports(grid: _Grid) -> dict[Edge, float]:
    """Where on the left side of its box each line ends: side by side, in the order they come from."""
    ports: dict[Edge, float] = {}
    for box in range(grid.boxes):
        coming = sorted(grid.left[box], key=lambda other: (grid.y[other], other))
        step = min(_PORT, grid.sizes[box] * 0.7 / len(coming)) if coming else 0.0
        for index, other in enumerate(coming):
            ports[other, box] = grid.y[box] + (index - (len(coming) - 1) / 2) * step
    return ports


def _path(points: Sequence[tuple[float, float]]) -> str:
    """A curve through points that leaves and enters each level; every second stretch crosses a column straight."""
    (x, y), *rest = points
    parts = [f"M{x:g} {y:.1f}"]
    for index, (to_x, to_y) in enumerate(rest):
        if index % 2:
            parts.append(f"H{to_x:g}")
        else:
            bend = (to_x - x) / 2
            parts.append(f"C{x + bend:g} {y:.1f} {to_x - bend:g} {to_y:.1f} {to_x:g} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


def _head(x: float, y: float, side: float) -> str:
    return f"M{x:g} {y:.1f}l{side * _HEAD:g} {-_HEAD / 2:g}v{_HEAD:g}z"
