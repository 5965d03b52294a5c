"""What an RDF file says that a framework has no field for: statements as JSON for `details`, and back again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from vocab import rdf
from vocab.namespaces import ASN, CC, CEASN, DC, DCTERMS, GEMQ, LOC, LRMI, OWL, RDF, RDFS, SCHEMA, SKOS, TERMS
from vocab.rdf import Properties, Value

PREFIXES = {
    "asn": ASN,
    "cc": CC,
    "ceasn": CEASN,
    "dc": DC,
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gemq": GEMQ,
    "loc": LOC,
    "lrmi": LRMI,
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "skos": SKOS,
    "terms": TERMS,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
DOCUMENTED = (
    "altLabel",
    "hiddenLabel",
    "definition",
    "scopeNote",
    "note",
    "example",
    "historyNote",
    "changeNote",
    "editorialNote",
)
"""The SKOS labels and notes, kept under their own names as texts by language: `{"altLabel": {"en": ["…"]}}`."""
_LOCAL = re.compile(r"[A-Za-z]\w*", re.ASCII)
_NAMED = re.compile(r"\w+:.*[/#][A-Za-z]\w*", re.ASCII)  # what XML can write as an element
_MODIFIED = f"{DCTERMS}modified"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?(?:-[a-z]{2})?")


def rest(properties: Properties, known: Collection[str]) -> dict[str, Any]:
    """Everything said with other predicates than the `known` ones; what stands in blank nodes is left out.

    A text is a string, a URI `{"@id": …}`, a text with a language or a datatype as in JSON-LD, several are a list.
    The time of the last change has the name that CASE gives it.
    """
    found: dict[str, Any] = {}
    for predicate, values in properties.items():
        if predicate in known:
            continue
        name, documented = _name(predicate)
        if documented:
            found[name] = by_language(values)
        elif predicate == _MODIFIED and len(values) == 1 and _MOMENT.fullmatch(values[0].text):
            found["lastChangeDateTime"] = values[0].text
        elif kept := list(dict.fromkeys(value for value in values if not value.text.startswith("_:"))):
            found[name] = _json(kept[0]) if len(kept) == 1 else [_json(value) for value in kept]
    return {name: value for name, value in found.items() if value}


def by_language(values: Iterable[Value]) -> dict[str, list[str]]:
    """Texts under their language tags (empty where they have none), each once."""
    found: dict[str, list[str]] = {}
    for value in values:
        text = value.text.strip()
        if not value.is_uri and text and text not in found.get(value.language, ()):
            found.setdefault(value.language, []).append(text)
    return found


def values_of(name: str, stated: Any) -> tuple[str, list[Value]] | None:
    """The predicate and the values that `rest` reads back as `stated` under this name; None where there are none."""
    if name in DOCUMENTED:
        values = list(_documented(stated))
        return (f"{SKOS}{name}", values) if values and by_language(values) == stated else None
    predicate = _long(name)
    if not predicate:
        return None
    several = stated if isinstance(stated, list) else [stated]
    found = [value for each in several if (value := _value(each)) is not None]
    return (predicate, found) if rest({predicate: found}, ()) == {name: stated} else None


def short(predicate: str) -> str:
    """`dcterms:source` for a predicate of a namespace that we know; any other as it is."""
    for prefix, namespace in PREFIXES.items():
        if predicate.startswith(namespace) and _LOCAL.fullmatch(local := predicate[len(namespace) :]):
            return f"{prefix}:{local}"
    return predicate


@lru_cache(maxsize=4096)
def _name(predicate: str) -> tuple[str, bool]:
    """The name a predicate has in `details`, and whether it is one of the documented ones."""
    name = short(predicate)
    documented = name.startswith("skos:") and name[5:] in DOCUMENTED
    return (name[5:] if documented else name), documented


@lru_cache(maxsize=4096)
def _long(name: str) -> str:
    prefix, _, local = name.partition(":")
    if prefix in PREFIXES:
        return PREFIXES[prefix] + local if _LOCAL.fullmatch(local) else ""
    return name if _NAMED.fullmatch(name) and rdf.is_iri(name) else ""


def _json(value: Value) -> Any:
    if value.is_uri:
        return {"@id": rdf.stated(value.text)}
    if value.language:
        return {"@language": value.language, "@value": value.text}
    return {"@type": value.datatype, "@value": value.text} if value.datatype else value.text


def _value(stated: Any) -> Value | None:
    if isinstance(stated, str):
        return Value(stated)
    if not isinstance(stated, dict) or not all(isinstance(each, str) for each in stated.values()):
        return None
    if "@id" in stated:
        return Value(stated["@id"], is_uri=True) if rdf.is_iri(stated["@id"]) else None
    if _TAG.fullmatch(stated.get("@language", "en")) and ("@type" not in stated or rdf.is_iri(stated["@type"])):
        return Value(stated.get("@value", ""), stated.get("@language", ""), datatype=stated.get("@type", ""))
    return None


def _documented(stated: Any) -> Iterable[Value]:
    for tag, texts in stated.items() if isinstance(stated, dict) else ():
        for text in texts if isinstance(texts, list) and (not tag or _TAG.fullmatch(tag)) else ():
            if isinstance(text, str):
                yield Value(text, tag)
