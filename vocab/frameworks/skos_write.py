"""A framework as a SKOS concept scheme: standard properties first, our terms for the rest, nothing lost.

What `skos_own` reads back: links are plain statements on their source, and those that say more (an identifier, a
sequence number, notes) stand once again in `terms:links` there; what has no property is in `terms:details` as rdf:JSON.
A URI that is no IRI, and an end of a link that is a code, is written as `urn:x-stated:…` (`vocab.rdf.node`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from vocab import rdf
from vocab.frameworks import rdf_details
from vocab.frameworks import skos_own as own
from vocab.frameworks.model import Association, Framework, Item
from vocab.languages import language_of
from vocab.namespaces import OWL, RDF, SKOS, VOCAB
from vocab.rdf import Properties, Value
from vocab.rdf_write import Node, written
from vocab.schemes import scheme
from vocab.terms import FRAMEWORK
from vocab.text import plain

_MOST_TEXT = 20_000  # of notes, as `checks.checked` cuts them
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z]{2})?")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE, _JSON = f"{RDF}type", f"{RDF}JSON"
Said = list[tuple[str, Value]]


def write(framework: Framework, format: str = "ttl") -> Iterator[bytes]:
    """The framework in `ttl`, `nt`, `jsonld` (its context inside) or `rdf` (RDF/XML), in UTF-8, in chunks."""
    return written(_nodes(framework), format, rdf_details.PREFIXES)


def _nodes(framework: Framework) -> Iterator[Node]:
    by_source: dict[str, list[int]] = {}
    for index, link in enumerate(framework.associations):
        by_source.setdefault(link.source, []).append(index)
    sources = dict.fromkeys((framework.uri, *(item.uri for item in framework.items), *by_source))
    links: dict[str, Said] = {}
    order: list[int] = []
    for source in sources:
        if source in by_source:
            links[source], met = _links(framework.associations, by_source[source])
            order += met
    about = _scheme(framework) + links.pop(framework.uri, [])
    if order != list(range(len(order))):
        about.append((own.LINK_ORDER, _json_literal(order)))
    yield rdf.node(framework.uri).value, about
    address = _link(framework.uri)
    for item in framework.items:
        yield rdf.node(item.uri).value, _item(item, framework, address) + links.pop(item.uri, [])
    for source, said in links.items():
        yield rdf.node(source).value, said


def _scheme(framework: Framework) -> Said:
    language = framework.language
    about: Said = [(_TYPE, Value(f"{SKOS}ConceptScheme", is_uri=True)), (_TYPE, Value(FRAMEWORK, is_uri=True))]
    for field, predicate in own.FIELDS.items():
        text = getattr(framework, field)
        if text and field == "license_url":
            about.append((predicate, Value(text, is_uri=True) if rdf.is_iri(text) else Value(text)))
        elif text:
            about.append((predicate, _text(text, language if field in ("title", "description") else "")))
    about.append((f"{SKOS}prefLabel", _text(framework.title, language)))
    about.append((own.LANGUAGE, Value(language)))
    about += _subjects(framework.subjects)
    about += [(own.ALIAS, _link(uri)) for uri in framework.aliases]
    about += _details(framework.details, own.OF_A_FRAMEWORK)
    if framework.definitions:
        about.append((own.DEFINITIONS, _json_literal(framework.definitions)))
    if framework.rubrics:
        about.append((own.RUBRICS, _json_literal(framework.rubrics)))
    about += [(f"{SKOS}hasTopConcept", _link(item.uri)) for item in framework.items if not item.parents]
    return about


def _item(item: Item, framework: Framework, address: Value) -> Said:
    said: Said = [(_TYPE, Value(f"{SKOS}Concept", is_uri=True))]
    types = _notation_types(item)
    said += [(f"{SKOS}notation", Value(code, datatype=types.get(code, ""))) for code in item.codes]
    said += _labels(item)
    said.append((f"{SKOS}inScheme", address))
    if item.parents:
        said += [(f"{SKOS}broader", _link(uri)) for uri in item.parents]
        said += [(own.PRIMARY, _link(item.parents[0]))] if len(item.parents) > 1 else []
    else:
        said.append((f"{SKOS}topConceptOf", address))
    said += [(own.GRADE, Value(grade)) for grade in item.grades]
    said += _subjects(item.subjects)
    if item.language != framework.language:
        said.append((own.LANGUAGE, Value(item.language)))
    if item.deprecated:
        said.append((f"{OWL}deprecated", Value("true", datatype=f"{_XSD}boolean")))
    said += _words(item, framework.language, types)
    said.append((own.POSITION, Value(str(item.position), datatype=f"{_XSD}integer")))
    said += [(name, Value(text)) for name, text in ((own.KIND, item.kind), (own.LABEL, item.label)) if text]
    return said + [(own.ALIAS, _link(uri)) for uri in item.aliases]


def _labels(item: Item) -> Said:
    """The statement and its translations; one under a tag that comes back as another goes into a JSON object."""
    label = f"{SKOS}prefLabel"
    said: Said = [(label, _text(item.statement, item.language))] if item.statement else []
    odd = dict(item.labels)
    if item.statement:
        for tag, text in item.labels.items():
            if _TAG.fullmatch(tag) and language_of(tag.lower()) == tag and tag.lower() != item.language.lower():
                said.append((label, Value(text, tag)))
                del odd[tag]
    return [*said, (own.LABELS, _json_literal(odd))] if odd else said


def _words(item: Item, language: str, types: dict[str, str]) -> Said:
    """Notes and details, so that the notes come back whether they are a definition or stand for themselves."""
    details = {name: value for name, value in item.details.items() if not (types and name == "notationTypes")}
    said = _details(details, own.OF_AN_ITEM)
    found: Properties = {}
    for predicate, value in said:
        found[predicate] = [*found.get(predicate, ()), value]
    defined = own.notes_of(found, language)
    if plain(defined, _MOST_TEXT) == item.notes and (item.notes or f"{SKOS}note" not in found):
        return said
    if item.notes and not defined and f"{SKOS}note" not in found:
        return [(f"{SKOS}note", _text(item.notes, item.language)), *said]
    return [*said, (own.NOTES, Value(item.notes))]


def _details(details: dict[str, Any], fields: frozenset[str]) -> Said:
    said: Said = []
    others = {}
    for name, value in details.items():
        found = rdf_details.values_of(name, value)
        if found and found[0] not in fields:
            said += [(found[0], each) for each in found[1]]
        else:
            others[name] = value
    changed = others.get("lastChangeDateTime")
    if isinstance(changed, str):
        said.append((own.MODIFIED, Value(changed, datatype=f"{_XSD}dateTime")))
    return [*said, (own.DETAILS, _json_literal(others))] if others else said


def _links(associations: tuple[Association, ...], indexes: list[int]) -> tuple[Said, list[int]]:
    """What is said of one source, and the indexes of its links in the order in which they are read back."""
    kinds = {kind: number for number, kind in enumerate(own.LINKS)}
    plain_ones: dict[tuple[int, str], int] = {}
    fuller: list[int] = []
    ends = [(associations[index].kind, associations[index].target) for index in indexes]
    several = len(set(ends)) < len(ends)
    for index, end in zip(indexes, ends, strict=True):
        link = associations[index]
        if link != Association(link.source, *end) or link.kind not in kinds or several:
            fuller.append(index)
        else:
            plain_ones[kinds[link.kind], link.target] = index
    in_full = {(associations[index].kind, associations[index].target) for index in fuller}
    met = [index for _, index in sorted(plain_ones.items(), key=lambda each: (each[0][0], each[1]))]
    said: Said = [(own.LINKS[associations[i].kind], _link(associations[i].target)) for i in met]
    said += [
        (own.LINKS[kind], _link(target))
        for kind, target in dict.fromkeys(ends)
        if (kind, target) in in_full and kind in kinds
    ]
    if fuller:
        objects = [msgspec.to_builtins(associations[index]) for index in fuller]
        said.append(
            (own.LINKS_SAID, _json_literal([{k: v for k, v in each.items() if k != "source"} for each in objects]))
        )
    return sorted(said, key=lambda each: each[0] == own.LINKS_SAID), [*met, *fuller]


def _notation_types(item: Item) -> dict[str, str]:
    types = item.details.get("notationTypes")
    if not isinstance(types, dict) or not types:
        return {}
    usual = all(code in item.codes and isinstance(kind, str) and rdf.is_iri(kind) for code, kind in types.items())
    return types if usual and not {f"{_XSD}string", f"{RDF}langString"} & set(types.values()) else {}


def _subjects(keys: tuple[str, ...]) -> Said:
    known = {term.key for term in scheme("subjects").terms} if keys else set()
    return [(own.SUBJECT, Value(f"{VOCAB}subjects/{key}", is_uri=True) if key in known else Value(key)) for key in keys]


def _text(text: str, language: str) -> Value:
    return Value(text, language if _TAG.fullmatch(language) else "")


def _link(uri: str) -> Value:
    return Value(rdf.node(uri).value, is_uri=True)


def _json_literal(value: Any) -> Value:
    return Value(msgspec.json.encode(value).decode(), datatype=_JSON)
