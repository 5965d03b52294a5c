"""Text cut into the lines of a box: SVG does not wrap, and a server has no fonts to measure by."""

from __future__ import annotations

import unicodedata

# Hundredths of the type size, of Public Sans at its boldest and a little more, so that another font fits as well.
_WIDTHS = {
    **dict.fromkeys(" '.:`’|!,;ij", 31),
    **dict.fromkeys("()I[]l-/\\{}ft", 39),
    **dict.fromkeys('Jr1"*^z“”_?', 50),
    **dict.fromkeys("csvy", 57),
    **dict.fromkeys("+<=>Laehknoux–~", 62),
    **dict.fromkeys("0234567890#EFPTYZbdgpq$", 68),
    **dict.fromkeys("589BRSV", 72),
    **dict.fromkeys("ACDKUX", 77),
    **dict.fromkeys("&GHNOQw", 82),
    **dict.fromkeys("%@Mm…", 96),
    **dict.fromkeys("W—", 117),
}
_OTHER = 76
_WIDE = 104
_LONGEST = 400


def width_of(text: str, size: float) -> float:
    """How wide the text is at most, in the unit of the type size."""
    return sum(map(_width, text)) * size / 100


def wrapped(text: str, width: float, size: float, most: int) -> tuple[str, ...]:
    """The text in at most so many lines that are no wider than this; an ellipsis ends what had to be cut.

    Lines break between words, and inside a word that is wider than a line. No text gives no line.
    """
    lines: list[str] = []
    line = ""
    for word in _pieces(text[:_LONGEST], width, size):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size) <= width:
            line = longer
            continue
        if len(lines) == most - 1:
            return (*lines, _cut(longer, width, size))
        lines.append(line)
        line = word
    ends = len(text) <= _LONGEST
    return (*lines, line if ends else _cut(f"{line} ", width, size)) if line else tuple(lines)


def _pieces(text: str, width: float, size: float) -> list[str]:
    pieces = []
    for word in text.split():
        piece = ""
        for character in word:
            if width_of(piece + character, size) > width:
                pieces.append(piece)
                piece = ""
            piece += character
        pieces.append(piece)
    return [piece for piece in pieces if piece]


def _cut(text: str, width: float, size: float) -> str:
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,;:.–—')}…"


def _width(character: str) -> int:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER
