"""A framework as SKOS: what other people's software finds in it."""

import json

import pyoxigraph as ox
import pytest

from vocab import rdf
from vocab.frameworks import skos_write
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.rdf_details import PREFIXES
from vocab.namespaces import DCTERMS, OWL, SKOS, TERMS

F, A, B = "http://a.example/f", "http://a.example/a", "http://a.example/b"
FRAMEWORK = Framework(
    F,
    "f",
    "Mathematics",
    items=(
        Item(A, "Numbers", kind="Domain", notes="All of them."),
        Item(
            B,
            'Add "fractions".',
            codes=("4.NF.B.3", "4.NF.3"),
            parents=(A,),
            labels={"es": "Sumar fracciones."},
            deprecated=True,
            details={"altLabel": {"en": ["Sums"]}, "listEnumeration": "3."},
        ),
    ),
    associations=(
        Association(B, "exactMatch", "http://b.example/b"),
        Association(B, "precedes", "5.NF.A.1", identifier="00000000-0000-4000-8000-000000000001"),
        Association(B, "replacedBy", A),
    ),
    license_url="https://creativecommons.org/licenses/by/4.0/",
    publisher="A state",
)
SYNTAX = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}


def graph(format: str, framework: Framework = FRAMEWORK) -> rdf.Graph:
    return rdf.parse(b"".join(skos_write.write(framework, format)), SYNTAX[format], f"f.{format}")


@pytest.mark.parametrize("format", SYNTAX)
def test_standard_properties_say_what_they_can(format: str) -> None:
    found = graph(format)
    assert rdf.uris(found[F], f"{SKOS}hasTopConcept") == [A]
    assert rdf.texts(found[F], f"{DCTERMS}title") == ["Mathematics"]
    assert rdf.uris(found[F], f"{DCTERMS}license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert rdf.texts(found[B], f"{SKOS}notation") == ["4.NF.B.3", "4.NF.3"]
    assert {(v.text, v.language) for v in found[B][f"{SKOS}prefLabel"]} == {
        ('Add "fractions".', "en"),
        ("Sumar fracciones.", "es"),
    }
    assert rdf.uris(found[B], f"{SKOS}broader", f"{DCTERMS}isReplacedBy") == [A]
    assert rdf.uris(found[B], f"{SKOS}exactMatch") == ["http://b.example/b"]
    assert rdf.texts(found[B], f"{SKOS}altLabel") == ["Sums"]
    assert rdf.text(found[B], f"{OWL}deprecated") == "true"
    assert rdf.texts(found[A], f"{SKOS}note") == ["All of them."]
    assert rdf.uris(found[A], f"{SKOS}topConceptOf") == [F]


@pytest.mark.parametrize("format", SYNTAX)
def test_every_format_says_the_same(format: str) -> None:
    assert graph(format) == graph("nt")


def test_what_has_no_property_is_json_under_our_terms() -> None:
    found = graph("ttl")[B]
    assert json.loads(rdf.text(found, f"{TERMS}details")) == {"listEnumeration": "3."}
    (link,) = json.loads(rdf.text(found, f"{TERMS}links"))
    assert link == {"kind": "precedes", "target": "5.NF.A.1", "identifier": "00000000-0000-4000-8000-000000000001"}
    assert rdf.uris(found, f"{TERMS}precedes") == ["urn:x-stated:5.NF.A.1"]


def test_json_ld_has_its_context_inside_and_turtle_its_prefixes_first() -> None:
    document = json.loads(b"".join(skos_write.write(FRAMEWORK, "jsonld")))
    assert document["@context"] == PREFIXES
    assert [node["@id"] for node in document["@graph"]] == [F, A, B]
    assert b"".join(skos_write.write(FRAMEWORK, "ttl")).startswith(b"@prefix ")


def test_a_control_character_that_xml_cannot_hold_breaks_no_document() -> None:
    framework = Framework(F, "f", "F", items=(Item(A, "Numbers", kind="a\x00b\rc"),))
    assert rdf.text(graph("rdf", framework)[A], f"{TERMS}kind") == "a\ufffdb\rc"
    assert rdf.text(graph("ttl", framework)[A], f"{TERMS}kind") == "a\x00b\rc"


def test_a_large_framework_is_written_in_pieces() -> None:
    items = tuple(Item(f"http://a.example/{n}", "word " * 20) for n in range(2000))
    pieces = list(skos_write.write(Framework(F, "f", "F", items=items)))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 300_000
