"""Text for XML as our writers put it: escaped, without what XML 1.0 cannot hold, keys of closed lists in words."""

from __future__ import annotations

import re
from html import escape

from vocab.schemes import scheme

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 forbids, even escaped."""
    return _ILLEGAL.sub("", text)


def content(text: str) -> str:
    """Text for an element: what XML forbids is gone, the rest is escaped."""
    return escape(legal(text), quote=False).replace("\r", "&#13;")


def attribute(text: str) -> str:
    """Text for an attribute in double quotes, which keeps its tabs and line ends."""
    return content(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def label(name: str, key: str) -> str:
    """What a person reads for a key of a closed list; a key that the list no longer has stands for itself."""
    try:
        return scheme(name).term(key).label
    except KeyError:
        return key
