"""SKOS concept schemes, from one graph or the union of many files' graphs, as a Framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vocab import rdf
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
    (f"{TERMS}precedes", "precedes", False),
    (f"{CEASN}prerequisiteAlignment", "precedes", True),
)
_TITLES = (f"{DCTERMS}title", f"{DC}title", f"{SKOS}prefLabel", f"{RDFS}label")
_LEVELS = (f"{DCTERMS}educationLevel", f"{ASN}educationLevel", f"{SCHEMA}educationalLevel")
_MOST_ANCESTORS = 100


def read_graph(graph: Graph, name: str, code: str) -> Framework:
    """The vocabulary of a graph: concepts of skos:Concept and its subclasses, placed by broader and narrower alike.

    Raises ValueError where the graph holds no concept.
    """
    classes = _subclasses(graph, f"{SKOS}Concept")
    concepts = [uri for uri, found in graph.items() if not uri.startswith("_:") and classes & set(_types(found))]
    if not concepts:
        raise ValueError(f"{name} holds no skos:Concept and no asn:Statement, so there is nothing to import.")
    uri, about, others = _scheme(graph, concepts, code)
    language = _language(graph, about, concepts)
    placed, problems = places(concepts, _edges(graph), frozenset(others | {uri}))
    lent = _lent_grades(graph, set(concepts))
    subjects = _subjects(graph, concepts, placed)
    documents = [found for found in graph.values() if f"{OWL}Ontology" in _types(found)]
    return Framework(
        uri=uri,
        code=code,
        title=rdf.text(about, *_TITLES, language=language) or code,
        items=tuple(_item(each, graph, classes, placed, lent, subjects, language) for each in concepts),
        associations=tuple(_associations(graph, concepts)),
        version=rdf.text(about, f"{OWL}versionInfo", f"{DCTERMS}issued") or _common(documents, f"{OWL}versionInfo"),
        publisher=_publisher(about) or _common(documents, f"{DC}creator") or _common(documents, f"{DCTERMS}creator"),
        language=language,
        license_url=next(iter(rdf.uris(about, f"{DCTERMS}license", f"{CC}license")), "")
        or _common(documents, f"{DCTERMS}license"),
        rights=rdf.text(about, f"{DCTERMS}rights", f"{DC}rights") or _common(documents, f"{DCTERMS}rights"),
        problems=problems,
    )


def _item(
    uri: str,
    graph: Graph,
    classes: set[str],
    placed: dict[str, Place],
    lent: dict[str, set[str]],
    subjects: dict[str, str],
    language: str,
) -> Item:
    found = graph[uri]
    labels = [v for v in found.get(f"{SKOS}prefLabel", found.get(f"{RDFS}label", ())) if not v.is_uri]
    chosen = next((v for v in labels if language_of(v.language) == language), labels[0] if labels else None)
    others = rdf.texts(found, f"{SKOS}altLabel", language=language)
    notes = rdf.texts(found, f"{SKOS}definition", f"{SKOS}scopeNote", f"{DCTERMS}description", language=language)
    kind = next((each for each in _types(found) if each in classes and each != f"{SKOS}Concept"), "")
    stated = {g for p in _LEVELS for v in found.get(p, ()) for g in grades_of(v.text)}
    grades = stated or _inherited_grades(uri, placed, lent)
    return Item(
        uri=uri,
        statement=chosen.text if chosen else "",
        codes=tuple(dict.fromkeys(rdf.texts(found, f"{SKOS}notation"))),
        parents=placed[uri].parents,
        position=placed[uri].position,
        kind=rdf.text(graph.get(kind, {}), f"{RDFS}label", language="en") or kind.replace("#", "/").rpartition("/")[2],
        notes="\n".join((*notes, *(f"Also: {other}" for other in others))),
        grades=tuple(grade for grade in GRADES if grade in grades),
        subjects=(subjects[uri],) if uri in subjects else (),
        language=(language_of(chosen.language) if chosen else None) or language,
        labels={tag: v.text for v in labels if v != chosen and (tag := language_of(v.language)) and tag != language},
        deprecated=any(v.text in ("true", "1") for v in found.get(f"{OWL}deprecated", ())),
    )


def _types(found: Properties) -> list[str]:
    return rdf.uris(found, f"{RDF}type")


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


def _scheme(graph: Graph, concepts: list[str], code: str) -> tuple[str, Properties, set[str]]:
    """The scheme that most concepts are in, what is said of it, and the other schemes of the graph."""
    counted = Counter(
        uri for each in concepts for uri in rdf.uris(graph[each], f"{SKOS}inScheme", f"{SKOS}topConceptOf")
    )
    declared = [uri for uri, found in graph.items() if f"{SKOS}ConceptScheme" in _types(found)]
    ontologies = [uri for uri, found in graph.items() if f"{OWL}Ontology" in _types(found)]
    ranked = [uri for uri, _ in counted.most_common()]
    uri = next(iter((*ranked, *declared, *ontologies)), f"urn:x-vocabulary:{code}")
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
    stated = rdf.uris(about, f"{DCTERMS}language") + rdf.texts(about, f"{DCTERMS}language", f"{DC}language")
    known = [tag for value in stated if (tag := language_of(value))]
    counted = Counter(
        tag
        for uri in concepts
        for tag in {language_of(v.language) for v in graph[uri].get(f"{SKOS}prefLabel", ()) if v.language}
        if tag
    )
    if counted["en"] * 2 >= len(concepts) or not (known or counted):
        return "en"
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
    for each in _upwards(uri, placed):
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
    for uri in concepts:
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


def _associations(graph: Graph, concepts: list[str]) -> Iterator[Association]:
    for uri in concepts:
        for predicate, kind, reverse in _RELATIONS:
            for other in rdf.uris(graph[uri], predicate):
                yield Association(other, kind, uri) if reverse else Association(uri, kind, other)


def _publisher(about: Properties) -> str:
    predicates = (f"{DCTERMS}publisher", f"{DC}publisher", f"{DCTERMS}creator", f"{DC}creator")
    return "; ".join(rdf.texts(about, *predicates)) or next(iter(rdf.uris(about, *predicates)), "")


def _common(documents: list[Properties], predicate: str) -> str:
    """What most of the files say of themselves, where the scheme itself says nothing."""
    counted = Counter(value.text for found in documents for value in found.get(predicate, ()))
    return counted.most_common(1)[0][0] if counted else ""
