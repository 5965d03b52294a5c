"""The closed lists in `vocab/data`: levels, types, audiences and their like, each a SKOS concept scheme."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.resources import files

import pyoxigraph as ox
from msgspec import Struct

from vocab.codes import uri_key
from vocab.namespaces import SKOS, TERMS, VOCAB

NAMES = (
    "levels",
    "types",
    "audiences",
    "settings",
    "relations",
    "subjects",
    "access_features",
    "access_hazards",
)


class Term(Struct, frozen=True):
    """One term of a closed list; `matches` are the URIs of terms elsewhere that mean the same or nearly so.

    `broader` is the key of the term above it, empty at the top.
    """

    key: str
    uri: str
    label: str
    definition: str = ""
    order: int = 0
    alt: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    broader: str = ""


class Scheme:
    """A closed list, looked up by anything its terms are known by."""

    def __init__(self, name: str, label: str, terms: tuple[Term, ...]) -> None:
        self.name = name
        self.label = label
        self.uri = f"{VOCAB}{name}"
        self.terms = terms
        self._by_key = {term.key: term for term in terms}
        self._known: dict[str, str] = {}
        for term in terms:
            for value in (term.key, term.uri, term.label, *term.alt, *term.matches):
                self._known.setdefault(_folded(value), term.key)

    def key_of(self, value: str) -> str | None:
        """The key of the term stated by key, label, alternative label or URI; None where the list has no such term."""
        folded = _folded(value)
        return self._known.get(folded) or self._known.get(folded.removesuffix("s"))

    def term(self, key: str) -> Term:
        """The term with this key; KeyError where there is none."""
        return self._by_key[key]

    def narrower(self, key: str) -> tuple[str, ...]:
        """This key and every key below it."""
        found = [key]
        for above in found:
            found += [term.key for term in self.terms if term.broader == above]
        return tuple(found)


@cache
def scheme(name: str) -> Scheme:
    """The closed list of this name (one of `NAMES`); KeyError where there is none."""
    if name not in NAMES:
        raise KeyError(name)
    content = files("vocab").joinpath(f"data/{name}.ttl").read_bytes()
    values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            values[quad.subject.value][quad.predicate.value].append(quad.object.value)
    uri = f"{VOCAB}{name}"
    label = values.pop(uri)[f"{SKOS}prefLabel"][0]
    terms = sorted((_term(subject, found) for subject, found in values.items()), key=lambda term: term.order)
    return Scheme(name, label, tuple(terms))


def _term(uri: str, found: dict[str, list[str]]) -> Term:
    broader = found.get(f"{SKOS}broader", [""])[0]
    return Term(
        key=found[f"{SKOS}notation"][0],
        uri=uri,
        label=found[f"{SKOS}prefLabel"][0],
        definition=found[f"{SKOS}definition"][0],
        order=int(found[f"{TERMS}order"][0]),
        alt=tuple(found.get(f"{SKOS}altLabel", ())),
        matches=tuple(
            uri for kind in ("exactMatch", "closeMatch", "narrowMatch") for uri in found.get(f"{SKOS}{kind}", ())
        ),
        broader=broader.rpartition("/")[2],
    )


def _folded(value: str) -> str:
    text = value.strip()
    if re.match(r"https?://|urn:", text, re.IGNORECASE):
        return uri_key(text)
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return re.sub(r"[\W_]+", "", text)
