"""The records of one ListRecords page, each as its repository gave it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from lxml import etree
from msgspec import structs

from harvesters.failures import list_problem
from harvesters.oai_answer import OAI
from registry.ports import Harvested
from vocab.resource import Problem

JSONLD = "https://w3id.org/open-resource-registry/oai/jsonld"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"

_FORMATS = {
    JSONLD: "schema.org",
    "http://schema.org/": "rdf",
    "https://schema.org/": "rdf",
    "http://purl.org/dcx/lrmi-terms/": "rdf",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://ltsc.ieee.org/xsd/LOM": "lom",
    "http://ltsc.ieee.org/xsd/LOMv1p0": "lom",
    "http://www.imsglobal.org/xsd/imsmd_v1p2": "lom",
    "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1": "lom",
    "http://www.imsproject.org/xsd/imsmd_rootv1p2p1": "lom",
    "http://www.imsproject.org/metadata": "lom",
    "http://ns.nsdl.org/nsdl_dc_v1.02": "oai_dc",
    "http://ns.nsdl.org/nsdl_dc_v1.01": "oai_dc",
    "http://ns.nsdl.org/nsdl_dc_v1.00": "oai_dc",
    "http://purl.org/dc/terms/": "oai_dc",
    "http://dspace.org/qualifieddc": "oai_dc",
    "http://epubs.cclrc.ac.uk/xmlns/qdc": "oai_dc",
    "http://purl.org/dc/elements/1.1/": "oai_dc",
    OAI_DC: "oai_dc",
}
"""Namespaces we can read, richest first, and the crosswalk of each; a "/" or "#" at their end does not matter."""
_CROSSWALKS = {namespace.rstrip("/#"): format for namespace, format in _FORMATS.items()}


def best_prefix(formats: list[tuple[str, str]]) -> str | None:
    """The prefix of the richest format we can read; formats are (prefix, namespace)."""
    for namespace in _FORMATS:
        for prefix, offered in formats:
            if offered.strip().rstrip("/#") == namespace.rstrip("/#"):
                return prefix
    return next((prefix for prefix, _ in formats if prefix == "oai_dc"), None)


def records_in(element: etree._Element, seen: set[int]) -> Iterator[Harvested]:
    """Each record of a ListRecords element.

    One that cannot be taken apart comes with its problems. `seen` holds the identifiers met in this list, hashed;
    one met again gets a problem too.
    """
    for record in element.iterchildren(f"{OAI}record"):
        harvested = _record(record)
        key = hash(harvested.identifier)
        if key in seen:
            repeated = duplicate(harvested.identifier, "identifier")
            harvested = structs.replace(harvested, problems=(*harvested.problems, repeated))
        seen.add(key)
        yield harvested


def duplicate(identifier: str, field: str) -> Problem:
    """The problem of an identifier that a list has twice."""
    return list_problem(
        "identifier-duplicate",
        field,
        "This identifier stands in the list more than once; the first record was taken.",
        "Give every record an identifier of its own.",
        identifier,
        error=True,
    )


def _record(record: etree._Element) -> Harvested:
    header = record.find(f"{OAI}header")
    identifier = datestamp = ""
    deleted = False
    if header is not None:
        identifier = (header.findtext(f"{OAI}identifier") or "").strip()
        datestamp = (header.findtext(f"{OAI}datestamp") or "").strip()
        deleted = header.get("status") == "deleted"
    if not identifier:
        text = etree.tostring(record, with_tail=False)
        return Harvested(
            identifier=f"no-identifier-{sha256(text).hexdigest()[:24]}",
            datestamp=datestamp,
            problems=(
                list_problem(
                    "identifier-missing",
                    "identifier",
                    "A record of the list has no identifier, so it cannot be told from others.",
                    "Give every record an identifier in its header.",
                    text[:300].decode("utf-8", "replace"),
                    error=True,
                ),
            ),
        )
    if deleted:
        return Harvested(identifier=identifier, datestamp=datestamp, deleted=True)
    content = _content(record)
    if content is None:
        return _unusable(
            identifier,
            datestamp,
            list_problem(
                "metadata-missing",
                "metadata",
                "The record has a header but no metadata.",
                "Send its metadata, or mark the record as deleted.",
                error=True,
            ),
        )
    namespace = etree.QName(content).namespace or ""
    format = _format_of(content, namespace)
    if format is None:
        return _unusable(
            identifier,
            datestamp,
            list_problem(
                "format-unknown",
                "metadata",
                "The record's metadata are in a format we cannot read.",
                "Set the source's option `prefix` to oai_dc, lom, nsdl_dc, or a format with schema.org in JSON or RDF.",
                str(content.tag),
                error=True,
            ),
        )
    payload = (
        "".join(content.itertext()).encode()
        if namespace == JSONLD
        else etree.tostring(content, encoding="utf-8", with_tail=False)
    )
    return Harvested(identifier=identifier, format=format, payload=payload, datestamp=datestamp)


def _content(record: etree._Element) -> etree._Element | None:
    metadata = record.find(f"{OAI}metadata")
    return None if metadata is None else next(metadata.iterchildren("*"), None)


def _format_of(content: etree._Element, namespace: str) -> str | None:
    """The crosswalk for a record's metadata: by its namespace, or because a `lom` is a `lom` in all of them."""
    known = _CROSSWALKS.get(namespace.rstrip("/#"))
    return known or ("lom" if etree.QName(content).localname == "lom" else None)


def _unusable(identifier: str, datestamp: str, problem: Problem) -> Harvested:
    return Harvested(identifier=identifier, datestamp=datestamp, problems=(problem,))
