"""The layered picture of a progression, and the wording in its boxes."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.standards.columns import Edge, columns_of
from web.progression_map import Box, Curve, Node, Picture, layout
from web.wrapping import width_of, wrapped

_NUMBER = r"-?[\d.]+"


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    """Up to 25 boxes of several heights, in the columns that their links give them."""
    count = draw(st.integers(1, 25))
    ends = st.integers(0, count - 1)
    pairs = st.tuples(ends, ends).filter(lambda edge: edge[0] != edge[1])
    edges = draw(st.lists(pairs, unique=True, max_size=60))
    columns = columns_of(dict.fromkeys(range(count), ()), edges).of
    heights = draw(st.lists(st.sampled_from([40.0, 75.0, 92.0]), min_size=count, max_size=count))
    return [Node(each, columns[each], heights[each]) for each in range(count)], edges


def points(curve: Curve) -> list[tuple[float, float]]:
    """Places along a path of M, C and H."""
    found: list[tuple[float, float]] = []
    for command, rest in re.findall(r"([MCH])([^MCH]*)", curve.path):
        numbers = [float(each) for each in re.findall(_NUMBER, rest)]
        if command == "M":
            found.append((numbers[0], numbers[1]))
        elif command == "H":
            x, y = found[-1]
            found += [(x + (numbers[0] - x) * step / 10, y) for step in range(1, 11)]
        else:
            (x, y), (x1, y1, x2, y2, x3, y3) = found[-1], numbers
            for share in (step / 10 for step in range(1, 11)):
                weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
                across = (x, x1, x2, x3)
                down = (y, y1, y2, y3)
                found.append(
                    (
                        sum(weight * each for weight, each in zip(weights, across, strict=True)),
                        sum(weight * each for weight, each in zip(weights, down, strict=True)),
                    )
                )
    return found


def inside(box: Box, x: float, y: float) -> bool:
    return box.x + 0.5 < x < box.x + box.width - 0.5 and box.y + 0.5 < y < box.y + box.height - 0.5


def box_of(picture: Picture, id: int) -> Box:
    return next(box for box in picture.boxes if box.id == id)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_boxes_keep_apart_and_stay_in_the_picture(graph: tuple[list[Node], list[Edge]]) -> None:
    picture = layout(*graph)
    for box in picture.boxes:
        assert 0 <= box.x <= box.x + box.width <= picture.width
        assert -0.1 <= box.y <= box.y + box.height <= picture.height
        for other in picture.boxes:
            if other.id != box.id and other.x == box.x:
                assert box.y + box.height + 10 <= other.y or other.y + other.height + 10 <= box.y


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_curves_join_their_boxes_and_run_over_none(graph: tuple[list[Node], list[Edge]]) -> None:
    picture = layout(*graph)
    assert sorted((curve.source, curve.target) for curve in picture.curves) == sorted(graph[1])
    for curve in picture.curves:
        assert not [(box, at) for at in points(curve) for box in picture.boxes if inside(box, *at)]
        source, target = box_of(picture, curve.source), box_of(picture, curve.target)
        assert curve.back == (source.x > target.x)
        left, right = (target, source) if curve.back else (source, target)
        (first_x, first_y), (last_x, last_y) = points(curve)[0], points(curve)[-1]
        assert 0 <= first_x - (left.x + left.width) <= 10
        assert 0 <= right.x - last_x <= 10
        assert left.y <= first_y <= left.y + left.height
        assert right.y <= last_y <= right.y + right.height


@settings(max_examples=20, deadline=None)
@given(graphs())
def test_the_same_graph_gives_the_same_picture(graph: tuple[list[Node], list[Edge]]) -> None:
    assert layout(*graph) == layout(*graph)


def test_the_arrowhead_lies_at_what_follows() -> None:
    nodes = [Node(1, 0, 80), Node(2, 1, 80)]
    onward = layout(nodes, [(1, 2)]).curves[0]
    assert onward.head.startswith(f"M{box_of(layout(nodes, []), 2).x:g} ")
    back = layout(nodes, [(2, 1)]).curves[0]
    assert back.head.startswith("M208 ")
    assert back.back


def test_a_chain_is_a_straight_line() -> None:
    picture = layout([Node(each, each, 80) for each in range(5)], [(each, each + 1) for each in range(4)])
    assert len({box.y for box in picture.boxes}) == 1
    assert [box.x for box in picture.boxes] == list(picture.columns)


def test_lines_that_need_not_cross_do_not() -> None:
    nodes = [Node(each, each // 4, 80) for each in range(8)]
    picture = layout(nodes, [(0, 7), (1, 6), (2, 5), (3, 4)])
    assert [box_of(picture, 7 - each).y for each in range(4)] == [box_of(picture, each).y for each in range(4)]


def test_a_picture_of_everything_linked_with_everything_is_drawn() -> None:
    edges = [(one, other) for one in range(120) for other in range(one + 1, 120)]
    picture = layout([Node(each, each, 80) for each in range(120)], edges)
    assert len(picture.curves) == len(edges)


def test_nothing_is_a_picture_of_nothing() -> None:
    assert layout([], []) == Picture(0.0, 0.0, (), (), ())


@given(st.text(max_size=500), st.integers(30, 300), st.integers(1, 4))
def test_lines_are_as_many_and_as_wide_as_allowed(text: str, width: int, most: int) -> None:
    lines = wrapped(text, width, 13, most)
    assert len(lines) <= most
    assert all(width_of(line, 13) <= width for line in lines)
    assert bool(lines) == bool(text[:400].split())


def test_wording_breaks_between_words_and_an_ellipsis_ends_what_was_cut() -> None:
    text = "Explain why a fraction is equivalent to another"
    assert wrapped(text, 110, 13, 9) == ("Explain why a", "fraction is", "equivalent to", "another")
    assert wrapped(text, 110, 13, 2) == ("Explain why a", "fraction is equ…")
    assert wrapped("Count.", 110, 13, 2) == ("Count.",)
    assert wrapped("  ", 110, 13, 2) == ()


def test_wording_without_spaces_breaks_anywhere() -> None:
    lines = wrapped("分数の意味を理解し計算することができる", 110, 13, 9)
    assert len(lines) > 1
    assert "".join(lines) == "分数の意味を理解し計算することができる"
