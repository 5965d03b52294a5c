"""Addresses in a page's markup that are none, for which the libraries that read markup give up the whole page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

_ADDRESSES = ("href", "src", "data", "itemid", "resource", "about")


def drop_odd_addresses(document: Any, url: str) -> None:
    """Take out of an lxml tree every address that cannot be joined with that of the page."""
    for element in document.iter():
        for name in _ADDRESSES:
            if (stated := element.get(name)) is not None and not _is_address(stated, url):
                del element.attrib[name]


def _is_address(stated: str, url: str) -> bool:
    try:
        urljoin(url, stated.strip())
    except ValueError:
        return False
    return True
