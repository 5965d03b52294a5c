"""SKOS concept schemes, from one graph or the union of many files' graphs, as a Framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from vocab import rdf
from vocab.frameworks import rdf_details, skos_own
from vocab.frameworks.hierarchy import Place, places
from vocab.frameworks.model import Association, Framework, Item
from vocab.grades import GRADES, grades_of
from vocab.languages import language_of
from vocab.namespaces import ASN, CC, CEASN, DC, DCTERMS, OWL, RDF, RDFS, SCHEMA, SKOS, TERMS
from vocab.rdf import Graph, Properties
from vocab.schemes import scheme

_RELATIONS = (
    (f"{SKOS}exactMatch", "exactMatch", False),
    (f"{SKOS}closeMatch", "closeMatch", False),
    (f"{SKOS}broadMatch", "broadMatch", False),
    (f"{SKOS}narrowMatch", "narrowMatch", False),
    (f"{SKOS}related", "related", False),
    (f"{SKOS}relatedMatch", "related", False),
    (f"{DCTERMS}isReplacedBy", "replacedBy", False),
    (f"{DCTERMS}replaces", "replacedBy", True),
    (f"{TERMS}precedes", "precedes", False),
    (f"{CEASN}prerequisiteAlignment", "precedes", True),
)
_TITLES = (f"{DCTERMS}title", f"{DC}title", f"{SKOS}prefLabel", f"{RDFS}label")
_DESCRIPTIONS = (f"{DCTERMS}description", f"{DC}description", f"{SKOS}definition", f"{RDFS}comment")
_LEVELS = (f"{DCTERMS}educationLevel", f"{ASN}educationLevel", f"{SCHEMA}educationalLevel")
_NOTES = (f"{SKOS}definition", f"{SKOS}scopeNote", f"{DCTERMS}description")
_PUBLISHERS = (f"{DCTERMS}publisher", f"{DC}publisher", f"{DCTERMS}creator", f"{DC}creator")
_NOTATION = f"{SKOS}notation"
_PLACED = tuple(f"{SKOS}{name}" for name in ("inScheme", "topConceptOf", "hasTopConcept", "broader", "narrower"))
_OF_A_CONCEPT = frozenset(
    (
        *(f"{RDF}type", f"{SKOS}prefLabel", f"{OWL}deprecated", _NOTATION, *_LEVELS, *_PLACED),
        *(predicate for predicate, _, _ in _RELATIONS),
    )
)
_OF_A_SCHEME = frozenset((f"{RDF}type", *_PLACED, f"{DCTERMS}language", f"{DC}language"))
_THINGS = frozenset((f"{RDFS}Class", f"{RDF}Property", f"{OWL}Class", f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty"))
_MOST_ANCESTORS = 100


def read_graph(graph: Graph, name: str, code: str) -> Framework:
    """The vocabulary of a graph: concepts of skos:Concept and its subclasses, placed by broader and narrower alike.

    One without concepts but with links is a table of links. What `skos_write` wrote is read as it was. The graph is
    used up. Raises ValueError where it holds neither.
    """
    if uri := skos_own.written_by_us(graph):
        return skos_own.read_graph(graph, uri, code)
    classes = _subclasses(graph, f"{SKOS}Concept")
    concepts = [uri for uri, found in graph.items() if not uri.startswith("_:") and classes & set(_types(found))]
    things = [uri for uri, found in graph.items() if _THINGS & set(_types(found))]
    subjects = concepts or [uri for uri in graph if not uri.startswith("_:") and uri not in things]
    associations = tuple(dict.fromkeys(_associations(graph, subjects)))
    if not concepts and not associations:
        hint = " It defines classes and properties, which are no statements of a framework." if things else ""
        raise ValueError(f"{name} holds no skos:Concept and no asn:Statement, so there is nothing to import.{hint}")
    uri, about, others = _scheme(graph, concepts, f"urn:x-vocabulary:{code}" if concepts else f"urn:x-links:{code}")
    language = _language(graph, about, concepts)
    placed, problems = places(concepts, _edges(graph), frozenset(others | {uri}))
    lent = _lent_grades(graph, set(concepts))
    topics = _subjects(graph, concepts, placed)
    documents = [found for found in graph.values() if f"{OWL}Ontology" in _types(found)]
    kinds = {each: _kind(graph, each) for each in classes if each != f"{SKOS}Concept"}
    framework = Framework(
        uri=uri,
        code=code,
        title=rdf.text(about, *_TITLES, language=language) or code,
        version=rdf.text(about, f"{OWL}versionInfo", f"{DCTERMS}issued") or _common(documents, f"{OWL}versionInfo"),
        publisher=_publisher(about) or _common(documents, f"{DC}creator") or _common(documents, f"{DCTERMS}creator"),
        description=rdf.text(about, *_DESCRIPTIONS, language=language),
        language=language,
        license_url=next(iter(rdf.uris(about, f"{DCTERMS}license", f"{CC}license")), "")
        or _common(documents, f"{DCTERMS}license"),
        rights=rdf.text(about, f"{DCTERMS}rights", f"{DC}rights") or _common(documents, f"{DCTERMS}rights"),
        associations=associations,
        items=tuple(_item(each, graph.pop(each), kinds, placed, lent, topics, language) for each in concepts),
        problems=problems,
    )
    said = (framework.title, framework.description, framework.version, framework.publisher, framework.license_url)
    return replace(framework, details=_details_of_scheme(about, (*said, framework.rights)))


def _item(
    uri: str,
    found: Properties,
    kinds: dict[str, str],
    placed: dict[str, Place],
    lent: dict[str, set[str]],
    subjects: dict[str, str],
    language: str,
) -> Item:
    labels = [v for v in found.get(f"{SKOS}prefLabel", found.get(f"{RDFS}label", ())) if not v.is_uri]
    chosen = next((v for v in labels if language_of(v.language) == language), labels[0] if labels else None)
    kind = next((kinds[each] for each in _types(found) if each in kinds), "")
    levels = tuple(dict.fromkeys(v.text for p in _LEVELS for v in found.get(p, ())))
    own, unknown = _grades(levels) if levels else (frozenset(), ())
    grades = own or _inherited_grades(uri, placed, lent)
    codes = tuple(dict.fromkeys(rdf.texts(found, _NOTATION)))
    replaced = any(v.is_uri for v in found.get(f"{DCTERMS}isReplacedBy", ()))
    return Item(
        uri=uri,
        statement=chosen.text if chosen else "",
        codes=codes,
        parents=placed[uri].parents,
        position=placed[uri].position,
        kind=kind,
        notes="\n".join(dict.fromkeys(rdf.texts(found, *_NOTES, language=language))),
        grades=tuple(grade for grade in GRADES if grade in grades) if grades else (),
        subjects=(subjects[uri],) if uri in subjects else (),
        language=(language_of(chosen.language) if chosen else None) or language,
        labels={tag: v.text for v in labels if v != chosen and (tag := language_of(v.language)) and tag != language},
        deprecated=replaced or any(v.text in ("true", "1") for v in found.get(f"{OWL}deprecated", ())),
        details=_details(found, unknown),
    )


def _details(found: Properties, unknown_levels: Sequence[str]) -> dict[str, Any]:
    """What is said besides; all notes with their languages, types of notations, levels that are no grades."""
    kept = rdf_details.rest(found, _OF_A_CONCEPT)
    if f"{SKOS}prefLabel" not in found:
        kept.pop("rdfs:label", None)
    if unknown_levels:
        kept["educationLevel"] = list(unknown_levels)
    if types := {v.text: v.datatype for v in found.get(_NOTATION, ()) if v.datatype}:
        kept["notationTypes"] = types
    return kept


def _details_of_scheme(about: Properties, fields: Collection[str]) -> dict[str, Any]:
    """What is said of the scheme besides what became one of the framework's fields, whole."""
    whole = {name for name, values in about.items() if len(values) == 1 and values[0].text.strip() in fields}
    return rdf_details.rest(about, _OF_A_SCHEME | whole)


@lru_cache(maxsize=1024)
def _grades(levels: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The grades that the levels name, and the levels that name none."""
    named = {level: grades_of(level) for level in levels}
    return frozenset(g for grades in named.values() for g in grades), tuple(
        n for n, grades in named.items() if not grades
    )


def _types(found: Properties) -> list[str]:
    return [value.text for value in found.get(f"{RDF}type", ())]


def _kind(graph: Graph, uri: str) -> str:
    return rdf.text(graph.get(uri, {}), f"{RDFS}label", language="en") or uri.replace("#", "/").rpartition("/")[2]


def _subclasses(graph: Graph, top: str) -> set[str]:
    found = {top}
    waiting = [top]
    below: dict[str, list[str]] = {}
    for uri, properties in graph.items():
        for above in rdf.uris(properties, f"{RDFS}subClassOf"):
            below.setdefault(above, []).append(uri)
    while waiting:
        fresh = [each for each in below.get(waiting.pop(), ()) if each not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _scheme(graph: Graph, concepts: list[str], otherwise: str) -> tuple[str, Properties, set[str]]:
    """The scheme that most concepts are in, what is said of it, and the other schemes of the graph."""
    counted = Counter(
        uri for each in concepts for uri in rdf.uris(graph[each], f"{SKOS}inScheme", f"{SKOS}topConceptOf")
    )
    declared = [uri for uri, found in graph.items() if f"{SKOS}ConceptScheme" in _types(found)]
    ontologies = [uri for uri, found in graph.items() if f"{OWL}Ontology" in _types(found)]
    ranked = [uri for uri, _ in counted.most_common()]
    uri = next((each for each in (*ranked, *declared, *ontologies) if not each.startswith("_:")), otherwise)
    return uri, graph.get(uri, {}), {*ranked, *declared, *ontologies}


def _edges(graph: Graph) -> Iterator[tuple[str, str]]:
    for uri, found in graph.items():
        for child in rdf.uris(found, f"{SKOS}hasTopConcept", f"{SKOS}narrower"):
            yield uri, child
    for uri, found in graph.items():
        for parent in rdf.uris(found, f"{SKOS}broader", f"{SKOS}topConceptOf"):
            yield parent, uri


def _language(graph: Graph, about: Properties, concepts: list[str]) -> str:
    """The stated language, else English where most concepts have an English label, else the commonest."""
    said = rdf.uris(about, f"{DCTERMS}language") + rdf.texts(about, f"{DCTERMS}language", f"{DC}language")
    known = [tag for value in said if (tag := language_of(value))]
    tags = Counter(
        tag for uri in concepts for tag in {v.language for v in graph[uri].get(f"{SKOS}prefLabel", ()) if v.language}
    )
    counted: Counter[str] = Counter()
    for tag, times in tags.items():
        counted[language_of(tag) or ""] += times
    del counted[""]
    if counted["en"] * 2 >= len(concepts) or not (known or counted):
        return known[0] if known and not concepts else "en"
    return known[0] if known else counted.most_common(1)[0][0]


def _lent_grades(graph: Graph, concepts: set[str]) -> dict[str, set[str]]:
    """Grades from around: a node that is no concept, whose label names grades, lends them to concepts it points to.

    So a national curriculum's "History Key Stage 2" says for which years its content is meant.
    """
    lent: dict[str, set[str]] = {}
    for uri, found in graph.items():
        if uri in concepts or not (grades := set(grades_of(rdf.text(found, f"{RDFS}label", language="en")))):
            continue
        for values in found.values():
            for value in values:
                if value.is_uri and value.text in concepts:
                    lent.setdefault(value.text, set()).update(grades)
    return lent


def _inherited_grades(uri: str, placed: dict[str, Place], lent: dict[str, set[str]]) -> set[str]:
    for each in _upwards(uri, placed) if lent else ():
        if each in lent:
            return lent[each]
    return set()


def _subjects(graph: Graph, concepts: list[str], placed: dict[str, Place]) -> dict[str, str]:
    """The subject that the topmost ancestor with a school subject's name stands for."""
    known = scheme("subjects")
    tops = {
        uri: key
        for uri in concepts
        if not placed[uri].parents and (key := known.key_of(rdf.text(graph[uri], f"{SKOS}prefLabel", language="en")))
    }
    found = {}
    for uri in concepts if tops else ():
        for each in _upwards(uri, placed):
            if each in tops:
                found[uri] = tops[each]
    return found


def _upwards(uri: str, placed: dict[str, Place]) -> Iterator[str]:
    """The item and its primary ancestors; cut short, because a cycle is found later."""
    for _ in range(_MOST_ANCESTORS):
        yield uri
        if uri not in placed or not placed[uri].parents:
            return
        uri = placed[uri].parents[0]


def _associations(graph: Graph, subjects: Sequence[str]) -> Iterator[Association]:
    for uri in subjects:
        found = graph[uri]
        for predicate, kind, reverse in _RELATIONS:
            for other in rdf.uris(found, predicate) if predicate in found else ():
                yield Association(other, kind, uri) if reverse else Association(uri, kind, other)


def _publisher(about: Properties) -> str:
    return "; ".join(rdf.texts(about, *_PUBLISHERS)) or next(iter(rdf.uris(about, *_PUBLISHERS)), "")


def _common(documents: list[Properties], predicate: str) -> str:
    """What most of the files say of themselves, where the scheme itself says nothing."""
    counted = Counter(value.text for found in documents for value in found.get(predicate, ()))
    return counted.most_common(1)[0][0] if counted else ""
