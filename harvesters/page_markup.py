"""Learning resources in a page's microdata or RDFa, as the JSON-LD that says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import msgspec
from lxml import etree

from harvesters.failures import ANSWER, list_problem
from harvesters.odd_addresses import drop_odd_addresses
from vocab.crosswalks.jsonld import Node
from vocab.crosswalks.rdf import nodes_of
from vocab.crosswalks.schemaorg import resources_in
from vocab.namespaces import RDF
from vocab.rdf import Graph, Value
from vocab.resource import Problem

_MOST_BYTES = {"microdata": 4_000_000, "RDFa": 1_500_000}
_MOST_ITEMS = 2_000
_VOCABULARIES = (b"schema.org", b"lrmi", b"oerschema.org", b"schema:")
_TYPE = re.compile(r"https?://(?:www\.)?(?:schema\.org|oerschema\.org)/")

Told = tuple[list[bytes], list[Problem]]


def in_microdata(body: bytes, encoding: str | None, url: str) -> Told:
    """The resources in a page's microdata, each as JSON-LD, and why some could not be read."""
    if b"itemscope" not in body or not _speaks(body):
        return [], []
    if body.count(b"itemscope") > _MOST_ITEMS or len(body) > _MOST_BYTES["microdata"]:
        return [], [_too_large("microdata", url)]
    from harvesters.microdata import items_in  # imported here: few pages need extruct

    try:
        nodes = [_item(each, url) for each in items_in(body, encoding, url)]
    except (etree.LxmlError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return [], [_unread("microdata", url, error)]
    return resources_in(msgspec.json.encode(nodes)), []


def in_rdfa(body: bytes, encoding: str | None, url: str) -> Told:
    """The resources in a page's RDFa, each as JSON-LD, and why some could not be read."""
    if b"typeof" not in body or not _speaks(body):
        return [], []
    if len(body) > _MOST_BYTES["RDFa"]:
        return [], [_too_large("RDFa", url)]
    from extruct.rdfa import RDFaExtractor  # imported here: it takes half a second, and few pages need it
    from extruct.utils import parse_xmldom_html

    try:
        document = parse_xmldom_html(body, encoding)
        drop_odd_addresses(document, url)
        found = RDFaExtractor().extract_items(document, base_url=url)
        nodes = nodes_of(_graph(found))
    # The reader of RDFa answers odd pages with whatever its parts raise; one page never ends a harvest.
    except Exception as error:
        return [], [_unread("RDFa", url, error)]
    return resources_in(msgspec.json.encode(nodes)), []


def _speaks(body: bytes) -> bool:
    return any(name in body for name in _VOCABULARIES)


def _item(item: Any, url: str) -> Any:
    """One item of microdata as a node; what is no item stays as it is."""
    if not isinstance(item, Mapping):
        return [_item(each, url) for each in item] if isinstance(item, list) else item
    types = item.get("type", [])
    node: Node = {"@type": [_TYPE.sub("", kind) for kind in ([types] if isinstance(types, str) else types)]}
    if item.get("id"):
        node["@id"] = urljoin(url, item["id"])
    return node | {_TYPE.sub("", name): _item(value, url) for name, value in item.get("properties", {}).items()}


def _graph(document: list[dict[str, Any]]) -> Graph:
    """Expanded JSON-LD as a graph."""
    graph: Graph = {}
    for node in document:
        properties = graph.setdefault(node["@id"], {})
        for name, values in node.items():
            if name == "@type":
                properties[f"{RDF}type"] = [Value(kind, is_uri=True) for kind in values]
            elif not name.startswith("@"):
                properties[name] = [
                    Value(each["@id"], is_uri=True)
                    if "@id" in each
                    else Value(str(each.get("@value", "")), each.get("@language", ""))
                    for each in values
                ]
    return graph


def _too_large(kind: str, url: str) -> Problem:
    return list_problem(
        "page-too-large",
        ANSWER,
        f"The page is too large for its {kind} to be read.",
        "Describe the resource in JSON-LD, in a script of type application/ld+json.",
        url,
    )


def _unread(kind: str, url: str, error: Exception) -> Problem:
    return list_problem(
        "markup-unreadable",
        ANSWER,
        f"The {kind} on the page could not be read.",
        "Describe the resource in JSON-LD, in a script of type application/ld+json.",
        f"{url}: {type(error).__name__} {error}",
    )
