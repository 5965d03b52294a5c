"""The learning resources that a web page describes in JSON-LD, else in microdata, else in RDFa."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import msgspec
from lxml import etree
from msgspec import Struct

from harvesters.failures import ANSWER, list_problem
from harvesters.page_markup import in_microdata, in_rdfa
from vocab.crosswalks.jsonld import parse
from vocab.crosswalks.schemaorg import resources_in
from vocab.resource import Problem

_MOST_RESOURCES = 500
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.I)


class OnPage(Struct, frozen=True):
    """(identifier, JSON-LD) of each resource on a page, and what of the page could not be read."""

    resources: tuple[tuple[str, bytes], ...]
    problems: tuple[Problem, ...] = ()


class _Names(Struct):
    id: object = msgspec.field(name="@id", default=None)
    url: object = None


def resources_on(body: bytes, content_type: str, url: str) -> OnPage:
    """The resources on a page; the identifier of each is its own `@id` or `url`, else the page's.

    Microdata, and then RDFa, are read only where the JSON-LD describes no learning resource.
    """
    if "json" in content_type.partition(";")[0]:
        blocks, encoding, markup = [body], None, False
    else:
        encoding, markup = _encoding(body, content_type), True
        blocks = _blocks(body, encoding)
    problems = [broken for block in blocks if (broken := _broken(block, url))]
    nodes = [node for block in blocks for node in resources_in(block)]
    for read in (in_microdata, in_rdfa):
        if not nodes and markup:
            nodes, told = read(body, encoding, url)
            problems += told
    return OnPage(tuple(_named(nodes, url)), tuple(problems))


def _named(nodes: list[bytes], url: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    used: set[str] = set()
    for node in nodes[: 2 * _MOST_RESOURCES]:
        identifier = _identifier(node, url)
        if identifier in used:
            if any(node == other for _, other in found):
                continue
            identifier = f"{url}#resource-{len(found) + 1}"
        used.add(identifier)
        found.append((identifier, node))
    return found[:_MOST_RESOURCES]


def _blocks(body: bytes, encoding: str | None) -> list[bytes]:
    """The JSON-LD on a page."""
    root = _html(body, encoding)
    if root is None:
        return []
    return [
        script.text.encode("utf-8", "replace")
        for script in root.iter("script")
        if script.text
        and script.text.strip()
        and script.get("type", "").partition(";")[0].strip().lower() == "application/ld+json"
    ]


def _html(body: bytes, encoding: str | None) -> etree._Element | None:
    """The root of a page; None where nothing in it is HTML, for which lxml has an exception and a None of its own."""
    if not body.strip():
        return None
    try:
        return etree.fromstring(body, etree.HTMLParser(encoding=encoding, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        return None


def _broken(block: bytes, url: str) -> Problem | None:
    """The problem of a block that is no JSON."""
    try:
        parse(block)
    except (ValueError, RecursionError) as error:
        return list_problem(
            "jsonld-broken",
            ANSWER,
            f"A block of JSON-LD on the page is no JSON and was left out: {str(error)[:150]}.",
            "Mend the JSON in the page's script of type application/ld+json; a JSON checker shows the place.",
            f"{url}: {block[:200].decode('utf-8', 'replace')}",
        )
    return None


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
        if isinstance(stated, dict):
            stated = stated.get("@id") or stated.get("@value")
        if isinstance(stated, str) and stated.strip() and not stated.startswith("_:"):
            try:
                return urljoin(url, stated.strip())
            except ValueError:
                continue
    return url
