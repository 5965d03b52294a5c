"""Records over OAI-PMH in every format we read, and which of several is asked for."""

from __future__ import annotations

import pytest
from lxml import etree

from harvesters.oai_records import JSONLD, OAI_DC, best_prefix, records_in
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context

LOM = "http://ltsc.ieee.org/xsd/LOM"
NSDL = "http://ns.nsdl.org/nsdl_dc_v1.02/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def record(metadata: str) -> tuple[str, str]:
    """(crosswalk, title or problem) of a record with this metadata."""
    listing = etree.fromstring(
        '<ListRecords xmlns="http://www.openarchives.org/OAI/2.0/"><record><header><identifier>oai:m:1</identifier>'
        f"<datestamp>2026-01-01</datestamp></header><metadata>{metadata}</metadata></record></ListRecords>"
    )
    (found,) = records_in(listing, set())
    if found.problems:
        return found.format, found.problems[0].code
    read = crosswalk(found.format, found.payload, Context(found.identifier, "https://maple.example/1")).resource
    return found.format, read.title if read else ""


@pytest.mark.parametrize(
    ("metadata", "format"),
    [
        (f'<lom xmlns="{LOM}"><general><title><string>T</string></title></general></lom>', "lom"),
        (
            '<lom xmlns="http://www.imsglobal.org/xsd/imsmd_v1p2"><general><title><langstring>T</langstring></title>'
            "</general></lom>",
            "lom",
        ),
        ('<m:lom xmlns:m="http://profile.example/lom"><m:general><m:title>T</m:title></m:general></m:lom>', "lom"),
        (
            f'<n:nsdl_dc xmlns:n="{NSDL}" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title></n:nsdl_dc>',
            "oai_dc",
        ),
        (
            f'<r:RDF xmlns:r="{RDF}" xmlns:s="https://schema.org/"><s:Lesson><s:name>T</s:name></s:Lesson></r:RDF>',
            "rdf",
        ),
        (f'<s:Lesson xmlns:r="{RDF}" xmlns:s="http://schema.org/"><s:name>T</s:name></s:Lesson>', "rdf"),
        (f'<j xmlns="{JSONLD}">{{"@type": "LearningResource", "name": "T"}}</j>', "schema.org"),
        (f'<d xmlns="{OAI_DC}"><title xmlns="http://purl.org/dc/elements/1.1/">T</title></d>', "oai_dc"),
    ],
)
def test_a_record_is_read_by_the_crosswalk_of_its_namespace(metadata: str, format: str) -> None:
    assert record(metadata) == (format, "T")


def test_a_format_that_is_none_of_ours_is_named() -> None:
    assert record('<marc xmlns="http://www.loc.gov/MARC21/slim"/>') == ("", "format-unknown")


@pytest.mark.parametrize(
    ("offered", "asked"),
    [
        ([("oai_dc", OAI_DC), ("lom", LOM)], "lom"),
        ([("oai_dc", OAI_DC), ("nsdl_dc", NSDL), ("oai_lom", LOM + "/")], "oai_lom"),
        ([("oai_dc", OAI_DC), ("nsdl_dc", "http://ns.nsdl.org/nsdl_dc_v1.02")], "nsdl_dc"),
        ([("lom", LOM), ("rdf", RDF)], "rdf"),
        ([("rdf", RDF), ("lrmi", JSONLD)], "lrmi"),
        ([("marc21", "http://www.loc.gov/MARC21/slim"), ("oai_dc", "")], "oai_dc"),
        ([("marc21", "http://www.loc.gov/MARC21/slim")], None),
    ],
)
def test_the_richest_format_is_asked_for(offered: list[tuple[str, str]], asked: str | None) -> None:
    assert best_prefix(offered) == asked
