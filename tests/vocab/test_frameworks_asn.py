"""Achievement Standards Network documents, written here in the three shapes districts have."""

import json
from pathlib import Path

import pytest

from vocab.frameworks.model import Association, Framework
from vocab.frameworks.read import read_framework

ROOT = "http://asn.example/resources"
XML = f"""<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:asn="http://purl.org/ASN/schema/core/" xmlns:cc="http://creativecommons.org/ns#"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
  xmlns:gemq="http://purl.org/gem/qualifiers/" xmlns:skos="http://www.w3.org/2004/02/skos/core#"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="{ROOT}/D1.xml">
    <cc:license rdf:resource="http://creativecommons.org/licenses/by/3.0/us/"/>
  </rdf:Description>
  <asn:StandardDocument rdf:about="{ROOT}/D1">
    <dc:title xml:lang="en-US">State Mathematics</dc:title>
    <asn:jurisdiction rdf:resource="http://purl.org/ASN/scheme/ASNJurisdiction/XX"/>
    <dcterms:subject rdf:resource="http://purl.org/ASN/scheme/ASNTopic/math"/>
    <dcterms:valid>2020</dcterms:valid>
    <dcterms:description xml:lang="en-US">What is learned.</dcterms:description>
    <dcterms:source rdf:resource="http://state.example/math.pdf"/>
    <gemq:hasChild rdf:resource="{ROOT}/S1"/>
  </asn:StandardDocument>
  <asn:Statement rdf:about="{ROOT}/S3">
    <asn:statementNotation>CCSS.Math.Content.4.NF.B.4</asn:statementNotation>
    <dcterms:description xml:lang="en-US">Multiply a fraction.</dcterms:description>
    <asn:prerequisiteAlignment rdf:resource="{ROOT}/S2"/>
    <gemq:isChildOf rdf:resource="{ROOT}/S1"/>
  </asn:Statement>
  <asn:Statement rdf:about="{ROOT}/S1">
    <dcterms:description xml:lang="en-US">Fractions</dcterms:description>
    <asn:statementLabel>Domain</asn:statementLabel>
    <gemq:hasChild rdf:resource="{ROOT}/S2"/>
    <gemq:hasChild rdf:resource="{ROOT}/S3"/>
    <gemq:isChildOf rdf:resource="{ROOT}/D1"/>
  </asn:Statement>
  <asn:Statement rdf:about="{ROOT}/S2">
    <asn:statementNotation>CCSS.Math.Content.4.NF.B.3</asn:statementNotation>
    <asn:altStatementNotation>4.NF.3</asn:altStatementNotation>
    <dcterms:educationLevel rdf:resource="http://purl.org/ASN/scheme/ASNEducationLevel/4"/>
    <dcterms:subject rdf:resource="http://purl.org/ASN/scheme/ASNTopic/math"/>
    <dcterms:description xml:lang="en-US">Add fractions &lt;b&gt;with care&lt;/b&gt;.</dcterms:description>
    <dcterms:description xml:lang="es">Sumar fracciones.</dcterms:description>
    <asn:comment>Like denominators.</asn:comment>
    <asn:listID>3.</asn:listID>
    <asn:conceptTerm rdf:resource="http://purl.org/ASN/scheme/Topics/fractions"/>
    <asn:authorityStatus rdf:resource="http://purl.org/ASN/scheme/ASNAuthorityStatus/Original"/>
    <dcterms:educationLevel rdf:resource="http://purl.org/ASN/scheme/ASNEducationLevel/Pre-K"/>
    <asn:localSubject xml:lang="en-US">Number Sense</asn:localSubject>
    <asn:identifier rdf:resource="http://purl.org/ASN/resources/S2"/>
    <skos:exactMatch rdf:resource="http://state.example/4/NF/B/3"/>
    <skos:exactMatch rdf:resource="urn:guid:4F4106218F834258BCDDB7EB39806880"/>
    <skos:exactMatch rdf:resource="http://asn.example/resources/S99"/>
  </asn:Statement>
</rdf:RDF>"""


@pytest.fixture
def found(tmp_path: Path) -> Framework:
    path = tmp_path / "State Math.asn.rdf.xml"
    path.write_text(XML, encoding="utf-8")
    return read_framework(path)


def test_the_document_is_the_framework(found: Framework) -> None:
    assert (found.uri, found.code, found.title) == (f"{ROOT}/D1", "state-math", "State Mathematics")
    assert (found.publisher, found.version, found.subjects) == ("XX", "2020", ("mathematics",))
    assert found.license_url == "http://creativecommons.org/licenses/by/3.0/us/"


def test_a_statement_keeps_every_code_and_every_other_name(found: Framework) -> None:
    standard = next(item for item in found.items if item.uri == f"{ROOT}/S2")
    assert standard.codes == ("4.NF.B.3", "CCSS.Math.Content.4.NF.B.3", "4.NF.3")
    assert standard.aliases == (
        *("http://purl.org/ASN/resources/S2", "http://state.example/4/NF/B/3"),
        "urn:guid:4F4106218F834258BCDDB7EB39806880",
    )
    assert (standard.grades, standard.subjects, standard.notes) == (("4",), ("mathematics",), "Like denominators.")
    assert standard.labels == {"es": "Sumar fracciones."}


def test_what_asn_says_besides_is_kept_under_the_names_of_case(found: Framework) -> None:
    standard = next(item for item in found.items if item.uri == f"{ROOT}/S2")
    assert standard.details == {
        "listEnumeration": "3.",
        "conceptKeywords": ["http://purl.org/ASN/scheme/Topics/fractions"],
        "educationLevel": ["Pre-K"],
        "subject": ["Number Sense"],
        "asn:authorityStatus": {"@id": "http://purl.org/ASN/scheme/ASNAuthorityStatus/Original"},
    }
    assert found.description == "What is learned."
    assert found.details == {
        "asn:jurisdiction": {"@id": "http://purl.org/ASN/scheme/ASNJurisdiction/XX"},
        "officialSourceURL": "http://state.example/math.pdf",
    }


def test_parents_come_from_either_end_and_children_in_the_parents_order(found: Framework) -> None:
    assert {item.uri[-2:]: item.parents for item in found.items} == {
        "S1": (),
        "S2": (f"{ROOT}/S1",),
        "S3": (f"{ROOT}/S1",),
    }
    below = [item for item in found.items if item.parents]
    assert [item.uri[-2:] for item in sorted(below, key=lambda item: item.position)] == ["S2", "S3"]


def test_a_match_in_another_document_is_a_link_and_a_prerequisite_comes_first(found: Framework) -> None:
    assert set(found.associations) == {
        Association(f"{ROOT}/S2", "exactMatch", f"{ROOT}/S99"),
        Association(f"{ROOT}/S2", "precedes", f"{ROOT}/S3"),
    }


def test_markup_in_a_statement_is_taken_out_and_told_of(found: Framework) -> None:
    assert next(item for item in found.items if item.uri == f"{ROOT}/S2").statement == "Add fractions with care."
    assert [problem.code for problem in found.problems] == ["statement-markup"]


def test_rdf_json_reads_the_same(tmp_path: Path) -> None:
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    statement = {
        kind: [{"value": "http://purl.org/ASN/schema/core/Statement", "type": "uri"}],
        "http://purl.org/dc/terms/description": [{"value": "Count to ten.", "type": "literal", "lang": "en-US"}],
        "http://purl.org/ASN/schema/core/statementNotation": [{"value": "K.NSO.1.", "type": "literal"}],
        "http://purl.org/dc/terms/educationLevel": [
            {"value": f"http://purl.org/ASN/scheme/ASNEducationLevel/{level}", "type": "uri"} for level in ("1", "K")
        ],
    }
    document = {
        kind: [{"value": "http://purl.org/ASN/schema/core/StandardDocument", "type": "uri"}],
        "http://purl.org/dc/elements/1.1/title": [{"value": "Numbers", "type": "literal"}],
        "http://purl.org/gem/qualifiers/hasChild": [{"value": f"{ROOT}/S1", "type": "uri"}],
    }
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps({f"{ROOT}/D1": document, f"{ROOT}/S1": statement}))
    found = read_framework(path, code="XX-MATH")
    assert (found.code, found.title) == ("XX-MATH", "Numbers")
    (item,) = found.items
    assert (item.statement, item.codes, item.grades) == ("Count to ten.", ("K.NSO.1.",), ("K", "1"))


def test_a_manifest_nests_by_children(tmp_path: Path) -> None:
    def statement(number: int, *children: object) -> dict[str, object]:
        return {
            "id": f"{ROOT}/S{number}",
            "dcterms_description": {"literal": f"Statement {number}", "language": "en-US"},
            "asn_statementNotation": f"N.{number}",
            "dcterms_educationLevel": [{"uri": "http://purl.org/ASN/scheme/ASNEducationLevel/2", "prefLabel": "2"}],
            "children": list(children),
        }

    path = tmp_path / "manifest.json"
    path.write_text(json.dumps([statement(1, statement(2), statement(3, statement(4)))]))
    found = read_framework(path)
    assert {item.codes[0]: item.parents for item in found.items} == {
        "N.1": (),
        "N.2": (f"{ROOT}/S1",),
        "N.3": (f"{ROOT}/S1",),
        "N.4": (f"{ROOT}/S3",),
    }
    assert {item.grades for item in found.items} == {("2",)}


def test_a_document_without_statements_cannot_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "empty.rdf"
    path.write_text(XML.partition("<asn:Statement")[0] + "</rdf:RDF>", encoding="utf-8")
    found = read_framework(path)
    assert ("no-items", "error") in [(problem.code, problem.severity) for problem in found.problems]


def test_a_manifest_whose_children_are_no_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps([{"id": "S1", "dcterms_description": "x", "children": 5}]))
    with pytest.raises(ValueError, match="children of S1 should be a list"):
        read_framework(path)
