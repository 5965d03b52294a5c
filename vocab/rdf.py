"""RDF from strangers, read into plain dictionaries: by bytes, capped, and never fetching what it refers to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import quote

import pyoxigraph as ox
from lxml import etree
from msgspec import Struct

MOST_BYTES = 64 * 1024 * 1024
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".n3": ox.RdfFormat.N3,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
}
_XML = re.compile(rb"\s*(?:<\?xml|<!--|<!DOCTYPE|<[A-Za-z][\w.-]*:RDF\b|<RDF\b)")
_TURTLE = re.compile(rb"(?:\s|#[^\n]*\n)*(?:@prefix\b|@base\b|PREFIX\s|BASE\s|<[^<>\s]*>\s|_:)", re.IGNORECASE)


class Value(Struct, frozen=True):
    """An object of a statement: a URI (or `_:` blank node), or a text with its language tag."""

    text: str
    language: str = ""
    is_uri: bool = False


Properties = dict[str, list[Value]]
Graph = dict[str, Properties]  # subject -> predicate -> objects, each in the order of the file


def node(uri: str) -> ox.NamedNode:
    """The URI as a node of a graph we write; one that is no IRI stands whole, percent-encoded, in a `urn:x-stated:`."""
    try:
        return ox.NamedNode(uri)
    except ValueError:
        return ox.NamedNode(f"urn:x-stated:{quote(uri, safe='', errors='replace')}")


def format_of(name: str, content: bytes) -> ox.RdfFormat | None:
    """The RDF syntax of a file, by what it holds and then by its name; None where it is none."""
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if _XML.match(head) and b":RDF" in content[:65536]:
        return ox.RdfFormat.RDF_XML
    if head.lstrip()[:1] in (b"{", b"["):
        return ox.RdfFormat.JSON_LD if re.search(rb'"@(?:context|id|graph|type)"', content) else None
    suffix = re.search(r"\.\w+$", name.lower())
    if suffix and suffix[0] in _FORMATS:
        return _FORMATS[suffix[0]]
    return ox.RdfFormat.TURTLE if _TURTLE.match(head) else None


def parse(content: bytes, format: ox.RdfFormat, name: str) -> Graph:
    """All statements of a document, named graphs folded into one.

    Raises ValueError, naming the file and where it can the line, for a document that is not well formed, too large,
    declares XML entities or needs a context from elsewhere.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"{name} holds more than {MOST_BYTES // 2**20} MB. Split it into files of a folder.")
    content = content.removeprefix(b"\xef\xbb\xbf")
    if format == ox.RdfFormat.RDF_XML:
        _refuse_hostile_xml(content, name)
    graph: Graph = {}
    try:
        for quad in ox.parse(content, format=format, base_iri="urn:x-document:", rename_blank_nodes=True):
            value = _value(quad.object)
            subject = _name(quad.subject)
            if value is not None and subject is not None:
                graph.setdefault(subject, {}).setdefault(quad.predicate.value, []).append(value)
    except (SyntaxError, ValueError) as error:
        raise ValueError(_in_words(name, error)) from error
    return graph


def merge(graphs: Iterable[Graph]) -> Graph:
    """One graph of several, each statement once, in the order they come."""
    merged: dict[str, dict[str, dict[Value, None]]] = defaultdict(lambda: defaultdict(dict))
    for graph in graphs:
        for subject, properties in graph.items():
            for predicate, values in properties.items():
                merged[subject][predicate].update(dict.fromkeys(values))
    return {subject: {p: list(values) for p, values in found.items()} for subject, found in merged.items()}


def texts(properties: Properties, *predicates: str, language: str = "") -> list[str]:
    """The literals of the first of the predicates that has any; those in `language` only, where there are some."""
    for predicate in predicates:
        found = [value for value in properties.get(predicate, ()) if not value.is_uri and value.text.strip()]
        wanted = [value for value in found if language and value.language.lower().partition("-")[0] == language]
        if found:
            return [value.text.strip() for value in wanted or found]
    return []


def text(properties: Properties, *predicates: str, language: str = "") -> str:
    """The first literal of the first of the predicates that has any, or an empty string."""
    return next(iter(texts(properties, *predicates, language=language)), "")


def uris(properties: Properties, *predicates: str) -> list[str]:
    """The URIs that all of the predicates lead to, in order, each once; blank nodes are left out."""
    found = [value.text for predicate in predicates for value in properties.get(predicate, ()) if value.is_uri]
    return [uri for uri in dict.fromkeys(found) if not uri.startswith("_:")]


def _name(node: object) -> str | None:
    if isinstance(node, ox.NamedNode):
        return node.value
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else None


def _value(node: object) -> Value | None:
    if isinstance(node, ox.Literal):
        return Value(node.value, node.language or "")
    uri = _name(node)
    return Value(uri, is_uri=True) if uri is not None else None


def _refuse_hostile_xml(content: bytes, name: str) -> None:
    """Entities multiply and depth makes the RDF parser quadratic (both measured), so strict lxml reads first."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(content, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"{name} is not well-formed XML: {error}.") from error
    if tree.docinfo.doctype:
        raise ValueError(f"{name} declares a DOCTYPE, which may carry entities. Save it without one.")


def _in_words(name: str, error: Exception) -> str:
    if "LoadDocumentCallback" in str(error):
        return (
            f"{name} refers to a JSON-LD context elsewhere, and contexts are not fetched. Put the context in the file."
        )
    return f"{name} is not well-formed RDF: {error}."
