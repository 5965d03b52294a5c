"""A resource in simple Dublin Core, as OAI-PMH asks of every repository (oai_dc)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vocab import licenses
from vocab.codes import looks_like_code
from vocab.crosswalks.xml_write import content, label
from vocab.namespaces import DC
from vocab.resource import Resource

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"


def to_oai_dc(resource: Resource) -> bytes:
    """The resource as an `oai_dc:dc` element, without an XML declaration, so that it can stand in another document.

    Read by `from_oai_dc` it is the same again, but for what these fifteen elements have no place for: grades, level
    and relation of an alignment, minutes, access. What is required to know beforehand is said in words, so that nobody
    takes it for what is taught.
    """
    return document(_elements(resource)).encode()


def document(elements: Iterable[tuple[str, str]]) -> str:
    """An `oai_dc:dc` element of pairs (`title`, text)."""
    inner = "".join(f"<dc:{name}>{content(value)}</dc:{name}>" for name, value in elements)
    return (
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{OAI_DC} {OAI_DC_SCHEMA}">{inner}</oai_dc:dc>'
    )


def _elements(resource: Resource) -> Iterator[tuple[str, str]]:
    yield "title", resource.title
    yield from (("creator", name) for name in resource.creators)
    yield from (("subject", label("subjects", key)) for key in resource.subjects)
    yield from (("subject", word) for word in resource.keywords)
    yield from (("description", text) for text in (resource.summary, resource.text) if text)
    if resource.publisher:
        yield "publisher", resource.publisher
    if resource.created:
        yield "date", resource.created
    yield from (("type", label("types", key)) for key in resource.types)
    yield "identifier", resource.url
    yield from (("identifier", value) for value in resource.identifiers if value != resource.url)
    yield from (("language", tag) for tag in resource.languages)
    yield from (("relation", text) for text in _relations(resource))
    if rights := resource.license_url or (licenses.license(resource.license).label if resource.license else ""):
        yield "rights", rights


def _relations(resource: Resource) -> Iterator[str]:
    for collection in resource.part_of:
        yield f"Is part of: {collection.name or collection.url}"
    for url in resource.based_on:
        yield f"Is based on: {url}"
    told: dict[str, None] = {}
    for alignment in resource.alignments:
        standard = alignment.standard
        if alignment.relation == "requires":
            told[f"Requires knowledge of: {standard}"] = None
        elif "://" in standard or standard.startswith("urn:") or looks_like_code(standard):
            told[standard] = None
    yield from told
