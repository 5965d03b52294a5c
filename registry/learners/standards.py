"""The catalog's standards as learners need them: each with its subject, headings spread into their leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.errors import FieldError, NotFound
from registry.models import ConceptRow, FrameworkRow
from registry.standards.graph import Graph
from registry.standards.lookup import resolve
from vocab.schemes import scheme

_MOST_PER_SELECT = 500


class Standard(Struct, frozen=True):
    """One standard; `subject` is a key of the subjects list, the framework's own word, or empty."""

    id: int
    uri: str
    code: str
    statement: str
    framework: str
    subject: str
    grades: tuple[str, ...]

    @property
    def name(self) -> str:
        """What a person calls it: its code, or its wording where it has none."""
        return self.code or self.statement


def by_uri(catalog: Session, uris: Iterable[str]) -> dict[str, Standard]:
    """The standards with these URIs; those the catalog does not hold are left out."""
    return {found.uri: found for found in _select(catalog, ConceptRow.uri, sorted(set(uris)))}


def by_id(catalog: Session, ids: Iterable[int]) -> dict[int, Standard]:
    """The standards with these ids; those the catalog does not hold are left out."""
    return {found.id: found for found in _select(catalog, ConceptRow.id, sorted(set(ids)))}


def resolved(catalog: Session, stated: Iterable[str]) -> dict[str, Standard]:
    """For each code or URI the likeliest standard it means; those that nobody knows are left out."""
    likeliest = {text: refs[0].id for text, refs in resolve(catalog, stated).items()}
    found = by_id(catalog, likeliest.values())
    return {text: found[concept] for text, concept in likeliest.items()}


def unknown(stated: Sequence[str], known: Mapping[str, Standard], field: str) -> list[FieldError]:
    """An error for each code or URI that is not among those known, naming its place."""
    return [
        FieldError(f"{field}[{index}]", f"no framework here has the standard “{text[:100]}”; search /standards for it")
        for index, text in enumerate(stated)
        if text not in known
    ]


def meant_one(catalog: Session, stated: str) -> Standard:
    """The standard a code or URI means; raises NotFound."""
    found = resolved(catalog, [stated])
    if not found:
        raise NotFound(f"No framework here has the standard “{stated[:100]}”. Search the standards by their wording.")
    return found[stated]


def leaves(graph: Graph, concepts: Iterable[int]) -> list[int]:
    """The standards without parts of their own among these and all under them: what can be learned and shown."""
    return sorted(concept for concept in graph.descendants(concepts) if not graph.children(concept))


def _select(catalog: Session, column: Any, wanted: Sequence[Any]) -> Iterable[Standard]:
    for start in range(0, len(wanted), _MOST_PER_SELECT):
        yield from _rows(catalog, column.in_(wanted[start : start + _MOST_PER_SELECT]))


def _rows(catalog: Session, where: ColumnElement[bool]) -> Iterable[Standard]:
    rows = catalog.execute(
        select(
            ConceptRow.id,
            ConceptRow.uri,
            ConceptRow.code,
            ConceptRow.statement,
            FrameworkRow.code,
            ConceptRow.subjects,
            FrameworkRow.subjects,
            ConceptRow.grades,
        )
        .join(FrameworkRow, FrameworkRow.id == ConceptRow.framework_id)
        .where(where)
    )
    for concept, uri, code, statement, framework, own, shared, grades in rows:
        subject = next(iter((*own, *shared)), "")
        yield Standard(concept, uri, code, statement, framework, _subject(subject), grades)


@lru_cache(maxsize=1024)
def _subject(stated: str) -> str:
    return scheme("subjects").key_of(stated) or stated.strip().casefold()
