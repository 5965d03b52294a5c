"""The formats of the OAI-PMH provider: each a way from a resource to one XML element."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from msgspec import structs

from registry.catalog.export import to_jsonld, to_rdf_xml
from registry.catalog.outgoing import Described
from registry.catalog.read import AlignmentView
from vocab.crosswalks.dc_write import to_oai_dc
from vocab.crosswalks.lom_write import LOM, LOM_SCHEMA, to_lom
from vocab.namespaces import RDF
from vocab.resource import Alignment, Resource
from web.oai_protocol import DUBLIN_CORE, JSONLD, Format, json_element

RDF_SCHEMA = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
SCHEMA_PATH = "/oai/lrmi.xsd"
SCHEMA_OF_JSON = f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{JSONLD}" elementFormDefault="qualified">
  <xs:element name="jsonld" type="xs:string">
    <xs:annotation>
      <xs:documentation>One schema.org LearningResource with LRMI properties, as JSON-LD text.</xs:documentation>
    </xs:annotation>
  </xs:element>
</xs:schema>
"""

Writer = Callable[[Described, str], bytes]

WRITERS: Mapping[str, Writer] = {
    "oai_dc": lambda told, _: to_oai_dc(harvestable(told)),
    "lom": lambda told, _: to_lom(harvestable(told)),
    "lrmi": lambda told, base_url: json_element(msgspec.json.encode(to_jsonld(told, base_url)).decode()),
    "rdf": lambda told, base_url: to_rdf_xml(told, base_url).encode(),
}
"""Prefix to what writes it; the second argument is this site's address."""


def formats(base_url: str) -> dict[str, Format]:
    """Prefix to format; the schema of `lrmi` is served here."""
    return {
        "oai_dc": DUBLIN_CORE,
        "lom": Format(LOM_SCHEMA, LOM),
        "lrmi": Format(f"{base_url}{SCHEMA_PATH}", JSONLD),
        "rdf": Format(RDF_SCHEMA, RDF),
    }


def harvestable(told: Described) -> Resource:
    """The resource with what this registry knows better than its records: its standards, and all its identifiers."""
    return structs.replace(
        told.resource,
        identifiers=told.card.identifiers,
        license_url=told.card.license.url,
        alignments=tuple(map(_alignment, told.alignments)),
    )


def _alignment(view: AlignmentView) -> Alignment:
    if not view.resolved:
        return Alignment(view.stated, view.relation, view.level, view.level_stated)
    name = view.code if view.code == view.statement else f"{view.code} {view.statement}"
    return Alignment(view.uri, view.relation, view.level, view.level_stated, name, view.framework)
