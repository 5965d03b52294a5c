"""A progression made ready for the page: each standard's box with its lines of text, and the rows of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from registry.standards.lookup import ConceptRef
from registry.standards.progression import Place, Progression
from vocab import languages
from web.progression_map import Box, Curve, Node, layout
from web.rendering import grade_span
from web.wrapping import width_of, wrapped

WIDTH = 212.0
INSET = 13.0
_BETWEEN = 88.0
_MARGIN = 18.0
_BAND = 36.0
_CODE, _WORDING, _SMALL = 15.0, 13.0, 12.0
_LIGHTER = 0.93
_FIRST_LINE, _ALONE, _LINE = 45.0, 24.0, 17.0
_WORDS = {"gone": "No longer in its framework", "deprecated": "Deprecated"}


class DrawnBox(Struct, frozen=True):
    """One standard in the picture: lines of its wording and notes under them, each with its y; `foot` is the last y."""

    place: Place
    box: Box
    code: str
    corner: str
    lines: tuple[tuple[float, str], ...]
    notes: tuple[tuple[float, str], ...]
    foot: float
    rtl: bool


class DrawnBand(Struct, frozen=True):
    """The columns of one grade, as a field behind the boxes."""

    label: str
    x: float
    width: float


class Row(Struct, frozen=True):
    """What the table says of one standard: the standards shown that come before it and that it leads to."""

    place: Place
    before: tuple[ConceptRef, ...]
    after: tuple[ConceptRef, ...]


class Drawing(Struct, frozen=True):
    """The picture, and the same as groups of rows under the words for their columns."""

    width: float
    height: float
    boxes: tuple[DrawnBox, ...]
    curves: tuple[Curve, ...]
    bands: tuple[DrawnBand, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]


def draw(found: Progression) -> Drawing:
    """The picture and the table of a progression. Sizes are CSS pixels at the scale 1."""
    several = len({place.ref.framework for place in found.nodes}) > 1
    texts = {place.ref.id: _texts(place, several, not found.heading and place.center) for place in found.nodes}
    picture = layout(
        [Node(place.ref.id, place.column, texts[place.ref.id].foot + INSET) for place in found.nodes],
        found.edges,
        WIDTH,
        _BETWEEN,
    )
    boxes = zip(found.nodes, picture.boxes, strict=True)
    labels = [grade_span(band.grades) for band in found.bands]
    return Drawing(
        width=picture.width,
        height=picture.height,
        boxes=tuple(_drawn(place, box, texts[place.ref.id]) for place, box in boxes),
        curves=picture.curves,
        bands=tuple(
            DrawnBand(
                label, picture.columns[band.first], picture.columns[band.last] + WIDTH - picture.columns[band.first]
            )
            for label, band in zip(labels, found.bands, strict=True)
            if label
        ),
        groups=tuple(_groups(found)),
    )


class _Texts(Struct, frozen=True):
    code: str
    corner: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    first: float
    foot: float
    """`first` and `foot` are from the top of the box to its first and last line."""


def _texts(place: Place, several_frameworks: bool, here: bool) -> _Texts:
    room = WIDTH - 2 * INSET
    code = "".join(wrapped(place.ref.code, room, _CODE, 1))
    free = room - width_of(code, _CODE) - 6
    long = grade_span(place.grades)
    corner = next((each for each in (long, long.split(" ")[-1]) if width_of(each, _SMALL) <= free), "")
    lines = wrapped(place.ref.statement, room, _WORDING * _LIGHTER, 3 if code else 4)
    notes = [
        *(["You are here"] if here else []),
        *([_WORDS[place.status]] if place.status else []),
        *(wrapped(place.ref.framework, room, _SMALL, 1) if several_frameworks else []),
    ]
    count = len(lines) + len(notes) + (1 if place.before or place.after else 0)
    first = _FIRST_LINE if code or corner else _ALONE
    return _Texts(code, corner, lines, tuple(notes), first, first + _LINE * (count - 1))


def _drawn(place: Place, box: Box, texts: _Texts) -> DrawnBox:
    rows = [round(box.y + texts.first + _LINE * index, 1) for index in range(len(texts.lines) + len(texts.notes))]
    return DrawnBox(
        place=place,
        box=box,
        code=texts.code,
        corner=texts.corner,
        lines=tuple(zip(rows, texts.lines, strict=False)),
        notes=tuple(zip(rows[len(texts.lines) :], texts.notes, strict=True)),
        foot=round(box.y + texts.foot, 1),
        rtl=languages.is_rtl(place.language),
    )


def _groups(found: Progression) -> Sequence[tuple[str, tuple[Row, ...]]]:
    refs = {place.ref.id: place.ref for place in found.nodes}
    before: dict[int, list[ConceptRef]] = {}
    after: dict[int, list[ConceptRef]] = {}
    for source, target in found.edges:
        before.setdefault(target, []).append(refs[source])
        after.setdefault(source, []).append(refs[target])
    groups: dict[str, list[Row]] = {}
    words = _words_for_columns(found)
    for place in found.nodes:
        row = Row(place, tuple(before.get(place.ref.id, ())), tuple(after.get(place.ref.id, ())))
        groups.setdefault(words[place.column], []).append(row)
    return [(word, tuple(rows)) for word, rows in groups.items()]


def _words_for_columns(found: Progression) -> Mapping[int, str]:
    """The grade over each column, or where no grades order them its number from the left."""
    last = found.bands[-1].last if found.bands else -1
    graded = {column: grade_span(band.grades) for band in found.bands for column in range(band.first, band.last + 1)}
    return {column: graded[column] or f"Column {column + 1} of {last + 1}" for column in range(last + 1)}
