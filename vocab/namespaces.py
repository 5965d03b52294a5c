"""The namespaces we write and read."""

from __future__ import annotations

BASE = "https://w3id.org/open-resource-registry/"
VOCAB = f"{BASE}vocab/"
TERMS = f"{BASE}terms#"

SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
LRMI = "http://purl.org/dcx/lrmi-terms/"
CC = "http://creativecommons.org/ns#"
ASN = "http://purl.org/ASN/schema/core/"
GEMQ = "http://purl.org/gem/qualifiers/"
LOC = "http://www.loc.gov/loc.terms/relators/"
CEASN = "https://purl.org/ctdlasn/terms/"
