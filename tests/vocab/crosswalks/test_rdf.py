"""schema.org and LRMI in RDF/XML, and nsdl_dc."""

from __future__ import annotations

import pytest

from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Alignment, Collection, Context, Resource

SPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:sdo="{schema}" '
    'xmlns:lrmi="http://purl.org/dcx/lrmi-terms/" xmlns:dct="http://purl.org/dc/terms/"'
)


def read(inner: str, schema: str = "http://schema.org/", format: str = "rdf") -> Resource:
    payload = f"<rdf:RDF {SPACES.format(schema=schema)}>{inner}</rdf:RDF>".encode()
    found = crosswalk(format, payload, Context("oai:x:1"))
    assert found.resource is not None, found.problems
    return found.resource


LESSON = """<sdo:LearningResource rdf:about="https://maple.example/l/1">
 <sdo:name xml:lang="es">Fracciones</sdo:name><sdo:name xml:lang="en">Fractions</sdo:name>
 <sdo:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>
 <sdo:inLanguage>en</sdo:inLanguage>
 <sdo:author><sdo:Person rdf:nodeID="a"><sdo:name>Ann Reed</sdo:name></sdo:Person></sdo:author>
 <sdo:isPartOf><sdo:Course rdf:about="https://maple.example/c"><sdo:name>Course</sdo:name></sdo:Course></sdo:isPartOf>
 <lrmi:learningResourceType>lesson</lrmi:learningResourceType>
 <dct:subject>Mathematics</dct:subject>
 <sdo:educationalAlignment><sdo:AlignmentObject>
   <sdo:alignmentType>assesses</sdo:alignmentType><sdo:targetName>4.NF.B.3</sdo:targetName>
 </sdo:AlignmentObject></sdo:educationalAlignment>
</sdo:LearningResource>"""


@pytest.mark.parametrize("schema", ["http://schema.org/", "https://schema.org/"])
def test_statements_in_schema_org_s_words_become_a_resource(schema: str) -> None:
    found = read(LESSON, schema)
    assert (found.title, found.url, found.license) == ("Fractions", "https://maple.example/l/1", "cc-by-4.0")
    assert (found.creators, found.types, found.subjects) == (("Ann Reed",), ("lesson",), ("mathematics",))
    assert found.part_of == (Collection("Course", "https://maple.example/c"),)
    assert found.alignments == (Alignment("4.NF.B.3", "assesses"),)


def test_the_resource_is_taken_and_not_what_it_refers_to() -> None:
    about = '<sdo:Organization rdf:about="https://maple.example/"><sdo:name>Maple</sdo:name></sdo:Organization>'
    found = read(about + LESSON + about.replace("maple", "pine"))
    assert found.title == "Fractions"


def test_a_circle_of_references_ends() -> None:
    found = read(
        '<sdo:Lesson rdf:about="https://a.example/1"><sdo:name>A</sdo:name><sdo:isPartOf>'
        '<sdo:Course rdf:about="https://a.example/c"><sdo:name>C</sdo:name>'
        '<sdo:hasPart rdf:resource="https://a.example/1"/></sdo:Course></sdo:isPartOf></sdo:Lesson>'
    )
    assert found.part_of == (Collection("C", "https://a.example/c"),)


def test_rdf_that_speaks_dublin_core_only_gives_the_work_and_not_its_files() -> None:
    found = read(
        '<rdf:Description rdf:about="https://a.example/1.pdf"><dct:title>File 1</dct:title></rdf:Description>'
        '<rdf:Description rdf:about="https://a.example/1"><dct:title>Old</dct:title><dct:abstract>Text</dct:abstract>'
        '<dct:creator rdf:resource="https://a.example/ann"/><dct:language>en</dct:language></rdf:Description>'
        '<rdf:Description rdf:about="https://a.example/ann"><name xmlns="http://xmlns.com/foaf/0.1/">Ann Reed</name>'
        "</rdf:Description>"
    )
    assert (found.title, found.url, found.summary) == ("Old", "https://a.example/1", "Text")
    assert (found.creators, found.languages) == (("Ann Reed",), ("en",))


@pytest.mark.parametrize(
    "payload",
    [
        b"<rdf",
        b"",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ],
)
def test_what_is_no_rdf_is_refused(payload: bytes) -> None:
    found = crosswalk("rdf", payload, Context())
    assert found.resource is None
    assert found.problems


def test_nsdl_dc_gives_its_standard_its_level_and_its_time() -> None:
    payload = b"""<nsdl_dc:nsdl_dc xmlns:nsdl_dc="http://ns.nsdl.org/nsdl_dc_v1.02/" schemaVersion="1.02.020"
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/"
      xmlns:ieee="http://www.ieee.org/xsd/LOMv1p0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
      <dc:identifier xsi:type="dct:URI">https://maple.example/tides</dc:identifier>
      <dc:title>Tides</dc:title><dc:language xsi:type="dct:ISO639-2">eng</dc:language>
      <dc:subject xsi:type="nsdl_dc:NSDLSubject">Earth science</dc:subject>
      <dct:educationLevel xsi:type="nsdl_dc:NSDLEdLevel">Middle School</dct:educationLevel>
      <dct:conformsTo xsi:type="dct:URI">http://purl.org/ASN/resources/S2366906</dct:conformsTo>
      <dc:type xsi:type="nsdl_dc:NSDLType">Lesson Plan</dc:type>
      <dct:license xsi:type="dct:URI">https://creativecommons.org/licenses/by/4.0/</dct:license>
      <ieee:typicalLearningTime>PT50M</ieee:typicalLearningTime><ieee:interactivityType>Active</ieee:interactivityType>
    </nsdl_dc:nsdl_dc>"""
    found = crosswalk("oai_dc", payload, Context("oai:n:1"))
    assert found.problems == ()
    assert found.resource is not None
    assert (found.resource.grades, found.resource.minutes) == (("6", "7", "8"), 50)
    assert (found.resource.types, found.resource.subjects) == (("lesson-plan",), ("earth-science",))
    assert [each.standard for each in found.resource.alignments] == ["http://purl.org/ASN/resources/S2366906"]
    assert "ieee:interactivityType: Active" in found.resource.stated


def test_open_content_exchange_terms_stand_beside_schema_org_s() -> None:
    payload = b"""{"@context": ["http://schema.org", {"oer": "http://oerschema.org/", "ocx": "https://ocx.example/terms/"}],
      "@type": ["oer:Unit"], "@id": "https://maple.example/unit", "name": "Ratios", "inLanguage": "en",
      "oer:forCourse": {"@type": "oer:Course", "name": "Grade 6 mathematics", "@id": "https://maple.example/course"},
      "license": "https://creativecommons.org/licenses/by/4.0/", "ocx:afterword": "Go on to percent."}"""
    found = crosswalk("schema.org", payload, Context("unit"))
    assert found.resource is not None
    assert (found.problems, found.resource.types) == ((), ("unit",))
    assert found.resource.part_of == (Collection("Grade 6 mathematics", "https://maple.example/course"),)
    assert "ocx:afterword: Go on to percent." in found.resource.stated
