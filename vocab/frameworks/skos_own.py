"""What `skos_write` wrote, read back as the same framework: SKOS, and our terms for what SKOS has no words for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from vocab import rdf
from vocab.frameworks import rdf_details
from vocab.frameworks.hierarchy import Place, places
from vocab.frameworks.model import Association, Framework, Item
from vocab.languages import language_of
from vocab.namespaces import DCTERMS, OWL, RDF, SKOS, TERMS, VOCAB
from vocab.rdf import Graph, Properties, Value
from vocab.resource import Problem
from vocab.terms import FRAMEWORK, PRECEDES

LINKS = {
    "precedes": PRECEDES,
    "related": f"{SKOS}related",
    "exactMatch": f"{SKOS}exactMatch",
    "closeMatch": f"{SKOS}closeMatch",
    "broadMatch": f"{SKOS}broadMatch",
    "narrowMatch": f"{SKOS}narrowMatch",
    "isPartOf": f"{DCTERMS}isPartOf",
    "isPeerOf": f"{TERMS}isPeerOf",
    "isTranslationOf": f"{TERMS}isTranslationOf",
    "replacedBy": f"{DCTERMS}isReplacedBy",
    "exemplar": f"{TERMS}exemplar",
    "hasSkillLevel": f"{TERMS}hasSkillLevel",
}
"""The predicate of each kind of link; one of another kind (`ext:…`) stands in `LINKS_SAID` only."""
LINKS_SAID = f"{TERMS}links"
"""rdf:JSON on the source: its links that say more than source, kind and target, as objects of our model."""
LINK_ORDER = f"{TERMS}linkOrder"
"""rdf:JSON on the scheme: the place among all links of each link, in the order in which this module meets them."""
POSITION, KIND, LABEL, LABELS = f"{TERMS}position", f"{TERMS}kind", f"{TERMS}label", f"{TERMS}labels"
PRIMARY, ALIAS, NOTES = f"{TERMS}primaryParent", f"{TERMS}alias", f"{TERMS}notes"
DETAILS, DEFINITIONS, RUBRICS = f"{TERMS}details", f"{TERMS}definitions", f"{TERMS}rubrics"
GRADE, SUBJECT, LANGUAGE = f"{DCTERMS}educationLevel", f"{DCTERMS}subject", f"{DCTERMS}language"
MODIFIED = f"{DCTERMS}modified"
FIELDS = {
    "title": f"{DCTERMS}title",
    "version": f"{OWL}versionInfo",
    "publisher": f"{DCTERMS}publisher",
    "description": f"{DCTERMS}description",
    "license_url": f"{DCTERMS}license",
    "rights": f"{DCTERMS}rights",
}
SUBJECTS = f"{VOCAB}subjects/"
_SKOS = ("prefLabel", "notation", "inScheme", "topConceptOf", "hasTopConcept", "broader", "narrower")
_READ = {f"{RDF}type", *(f"{SKOS}{name}" for name in _SKOS), *LINKS.values(), LINKS_SAID, ALIAS, SUBJECT, LANGUAGE}
OF_AN_ITEM = frozenset(
    (*_READ, f"{OWL}deprecated", POSITION, KIND, LABEL, LABELS, PRIMARY, NOTES, DETAILS, GRADE, MODIFIED)
)
OF_A_FRAMEWORK = frozenset((*_READ, *FIELDS.values(), LINK_ORDER, DETAILS, DEFINITIONS, RUBRICS, MODIFIED))
"""The predicates that are read as fields, so that no member of `details` may be written with them."""
DEFINED = (f"{SKOS}definition", f"{SKOS}scopeNote", f"{DCTERMS}description")
"""Where the notes of a concept are taken from: the first of them that there is."""


def written_by_us(graph: Graph) -> str:
    """The URI of the framework that `skos_write` wrote; empty where the graph is someone else's."""
    scheme = f"{SKOS}ConceptScheme"
    for uri, found in graph.items():
        if FRAMEWORK in (types := rdf.uris(found, f"{RDF}type")) and scheme in types:
            return uri
    return ""


def read_graph(graph: Graph, uri: str, code: str) -> Framework:
    """The framework at this URI. A concept added by hand, with no more than SKOS says, is read too."""
    about = graph[uri]
    language = _first(about, LANGUAGE) or "en"
    concepts = [each for each, found in graph.items() if f"{SKOS}Concept" in rdf.uris(found, f"{RDF}type")]
    order = {each: position for each in concepts if (position := _position(graph[each])) is not None}
    placed, problems = places(concepts, _edges(graph, concepts), frozenset((uri,)), order)
    associations = _associations(graph, uri, concepts, _json(about, LINK_ORDER))
    return Framework(
        uri=rdf.stated(uri),
        code=code,
        title=_first(about, FIELDS["title"]) or code,
        items=tuple(_item(each, graph.pop(each), placed[each], language) for each in concepts),
        associations=associations,
        aliases=_links(about, ALIAS),
        version=_first(about, FIELDS["version"]),
        publisher=_first(about, FIELDS["publisher"]),
        description=_first(about, FIELDS["description"]),
        language=language,
        license_url=_first(about, FIELDS["license_url"]),
        rights=_first(about, FIELDS["rights"]),
        subjects=_subjects(about),
        definitions={name: tuple(each) for name, each in (_json(about, DEFINITIONS) or {}).items()},
        rubrics=tuple(_json(about, RUBRICS) or ()),
        details={**rdf_details.rest(about, OF_A_FRAMEWORK), **(_json(about, DETAILS) or {})},
        problems=(*problems, *_several(graph, uri)),
    )


def notes_of(found: Properties, language: str) -> str:
    """The notes that the definitions and scope notes of a concept make."""
    return "\n".join(dict.fromkeys(rdf.texts(found, *DEFINED, language=language)))


def _item(uri: str, found: Properties, place: Place, inherited: str) -> Item:
    language = _first(found, LANGUAGE) or inherited
    labels = [value for value in found.get(f"{SKOS}prefLabel", ()) if not value.is_uri]
    own = language.lower()
    chosen = next((v for v in labels if v.language.lower() == own), next((v for v in labels if not v.language), None))
    chosen = chosen or (labels[0] if labels else Value(""))
    details = rdf_details.rest(found, OF_AN_ITEM)
    notes = notes_of(found, inherited)
    if NOTES in found:
        notes = _first(found, NOTES)
    elif not notes and f"{SKOS}note" in found:
        notes = "\n".join(value.text for value in found[f"{SKOS}note"])
        details.pop("note", None)
    details |= _json(found, DETAILS) or {}
    if types := {v.text: v.datatype for v in found.get(f"{SKOS}notation", ()) if v.datatype}:
        details["notationTypes"] = types
    return Item(
        uri=rdf.stated(uri),
        statement=chosen.text,
        codes=tuple(dict.fromkeys(value.text for value in found.get(f"{SKOS}notation", ()))),
        aliases=_links(found, ALIAS),
        parents=tuple(rdf.stated(each) for each in _primary_first(found, place.parents)),
        position=place.position,
        kind=_first(found, KIND),
        label=_first(found, LABEL),
        notes=notes,
        grades=tuple(value.text for value in found.get(GRADE, ())),
        subjects=_subjects(found),
        language=language,
        labels={
            **{language_of(v.language) or v.language: v.text for v in labels if v is not chosen and v.language},
            **(_json(found, LABELS) or {}),
        },
        deprecated=_first(found, f"{OWL}deprecated") in ("true", "1"),
        details=details,
    )


def _first(found: Properties, predicate: str) -> str:
    return found[predicate][0].text if predicate in found else ""


def _links(found: Properties, predicate: str) -> tuple[str, ...]:
    return tuple(rdf.stated(uri) for uri in rdf.uris(found, predicate))


def _subjects(found: Properties) -> tuple[str, ...]:
    return tuple(value.text.removeprefix(SUBJECTS) for value in found.get(SUBJECT, ()))


def _position(found: Properties) -> int | None:
    text = _first(found, POSITION)
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else None


def _primary_first(found: Properties, parents: tuple[str, ...]) -> tuple[str, ...]:
    primary = _first(found, PRIMARY)
    return (primary, *(each for each in parents if each != primary)) if primary in parents else parents


def _edges(graph: Graph, concepts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for uri in concepts:
        for parent in rdf.uris(graph[uri], f"{SKOS}broader"):
            yield parent, uri


def _associations(graph: Graph, uri: str, concepts: Sequence[str], order: Any) -> tuple[Association, ...]:
    known = {uri, *concepts}
    sources = (uri, *concepts, *(each for each in graph if each not in known and not each.startswith("_:")))
    found = [link for source in sources for link in _of_source(rdf.stated(source), graph[source])]
    if isinstance(order, list) and Counter(order) == Counter(range(len(found))):
        sorted_ = dict(zip(order, found, strict=True))
        return tuple(sorted_[place] for place in range(len(found)))
    return tuple(found)


def _of_source(source: str, found: Properties) -> Iterator[Association]:
    """The links of a subject: those with nothing more to say, by kind, then the others."""
    said = [
        msgspec.convert({**each, "source": source}, Association, strict=False)
        for each in (_json(found, LINKS_SAID) if LINKS_SAID in found else ())
    ]
    fuller = {(each.kind, each.target) for each in said}
    for kind, predicate in LINKS.items():
        if predicate in found:
            for uri in rdf.uris(found, predicate):
                if (kind, target := rdf.stated(uri)) not in fuller:
                    yield Association(source, kind, target)
    yield from said


def _json(found: Properties, predicate: str) -> Any:
    """What an rdf:JSON literal holds. Raises ValueError, naming the term, where it is broken."""
    if predicate not in found:
        return None
    try:
        return msgspec.json.decode(_first(found, predicate))
    except msgspec.DecodeError as error:
        raise ValueError(
            f"The JSON of {rdf_details.short(predicate)} is broken: {error}. Export the file again."
        ) from error


def _several(graph: Graph, uri: str) -> tuple[Problem, ...]:
    others = [each for each, found in graph.items() if each != uri and FRAMEWORK in rdf.uris(found, f"{RDF}type")]
    if not others:
        return ()
    hint = "Give each framework a file of its own."
    return (Problem("several-documents", "terms:Framework", f"There are {len(others) + 1} frameworks here.", hint),)
