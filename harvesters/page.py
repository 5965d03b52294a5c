"""The learning resources that a web page describes in JSON-LD."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import msgspec
from lxml import etree
from msgspec import Struct

from vocab.crosswalks.schemaorg import resources_in

_MOST_RESOURCES = 500
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.I)


class _Names(Struct):
    id: object = msgspec.field(name="@id", default=None)
    url: object = None


def resources_on(body: bytes, content_type: str, url: str) -> list[tuple[str, bytes]]:
    """(identifier, JSON-LD) of each resource on a page; the identifier is its own `@id` or `url`, else the page's."""
    found: list[tuple[str, bytes]] = []
    used: set[str] = set()
    for block in _blocks(body, content_type):
        for node in resources_in(block):
            identifier = _identifier(node, url)
            if identifier in used:
                if any(node == other for _, other in found):
                    continue
                identifier = f"{url}#resource-{len(found) + 1}"
            used.add(identifier)
            found.append((identifier, node))
    return found[:_MOST_RESOURCES]


def _blocks(body: bytes, content_type: str) -> list[bytes]:
    """The JSON-LD on a page, or the answer itself where it is JSON-LD."""
    if "json" in content_type.partition(";")[0]:
        return [body]
    if not body.strip():
        return []
    parser = etree.HTMLParser(encoding=_encoding(body, content_type), no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:  # nothing in it is HTML
        return []
    return [
        script.text.encode()
        for script in root.iter("script")
        if script.text and script.get("type", "").partition(";")[0].strip().lower() == "application/ld+json"
    ]


def _encoding(body: bytes, content_type: str) -> str | None:
    """As the server says or as the bytes are; None leaves it to the page's own `meta`."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        stated = _CHARSET.search(content_type)
        return stated[1] if stated and stated[1].lower() in ("iso-8859-1", "windows-1252", "utf-8") else None
    return "utf-8"


def _identifier(node: bytes, url: str) -> str:
    names = msgspec.json.decode(node, type=_Names)
    for stated in (names.id, names.url):
        if isinstance(stated, list) and stated:
            stated = stated[0]
        if isinstance(stated, str) and stated.strip() and not stated.startswith("_:"):
            try:
                return urljoin(url, stated.strip())
            except ValueError:
                continue
    return url
