"""The XML of one record, read strictly: no document type, no entities, nothing fetched, no more than 16 MB."""

from __future__ import annotations

from lxml import etree

from vocab.crosswalks.jsonld import MOST_BYTES
from vocab.crosswalks.notes import refused
from vocab.resource import Crosswalked


def root_of(payload: bytes) -> etree._Element | Crosswalked:
    """The root element without comments and processing instructions, or the refusal of a payload that has none."""
    if len(payload) > MOST_BYTES:
        return refused("payload-unreadable", "record", "larger than 16 MB")
    if b"<!DOCTYPE" in payload or b"<!ENTITY" in payload:
        return refused("doctype-refused", "record")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return refused("payload-unreadable", "record", str(error))
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that hid it above
        return refused("doctype-refused", "record")
    return root
