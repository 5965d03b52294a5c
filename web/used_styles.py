"""The part of a style sheet that our pages use: a phone on a slow line waits for it before it shows anything.

The U.S. Web Design System comes whole, 527 KB of which we use a twentieth. A rule stays if every class it asks for
stands somewhere in our templates, scripts or code; rules on elements alone stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_WEB = Path(__file__).resolve().parent
_SOURCES = ("templates/**/*.html", "static/*.js", "**/*.py")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
_NOT = re.compile(r":not\([^()]*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NESTING = ("@media", "@supports", "@layer", "@container")
_OWN_FONTS = "@font-face"
"""Our own style sheet names the fonts that are used."""


@lru_cache(maxsize=4)
def used_part(sheet: Path) -> bytes:
    """The rules of this style sheet that our pages use, in their order."""
    words = {word for pattern in _SOURCES for path in _WEB.glob(pattern) for word in _WORD.findall(path.read_text())}
    begun = tuple(word for word in words if word.endswith("--"))
    return "".join(_kept(_COMMENT.sub("", sheet.read_text()), words, begun)).encode()


def _kept(css: str, words: set[str], begun: tuple[str, ...]) -> Iterator[str]:
    for head, body in _rules(css):
        if head.startswith(_NESTING):
            if inner := "".join(_kept(body, words, begun)):
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            if not head.startswith(_OWN_FONTS):
                yield f"{head}{{{body}}}" if body else f"{head};"
        elif selectors := [each for each in _apart(head) if _is_used(each, words, begun)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _is_used(selector: str, words: set[str], begun: tuple[str, ...]) -> bool:
    asked = _CLASS.findall(_NOT.sub("", selector))
    return all(each.replace("\\", "") in words or each.startswith(begun) for each in asked)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The head and the body of each rule of a sheet or of a nested block; a statement without a body has none."""
    depth, start, opened = 0, 0, 0
    for sign in re.finditer(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|url\([^)]*\)|[{};]", css):
        if sign[0] == "{":
            depth += 1
            if depth == 1:
                opened = sign.start()
        elif sign[0] == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : sign.start()]
                start = sign.end()
        elif sign[0] == ";" and depth == 0:
            if statement := css[start : sign.start()].strip():
                yield statement, ""
            start = sign.end()


def _apart(head: str) -> list[str]:
    """The selectors of a list; a comma in parentheses or brackets ends none."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(head):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            found.append(head[start:place].strip())
            start = place + 1
    return [*found, head[start:].strip()]
