"""The frameworks as people read them: what there is, where a standard sits, what it needs, leads to and equals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.models import AlignmentRow, ConceptRow, FrameworkRow, ResourceRow
from registry.standards import lookup
from registry.standards.graph import Graph
from registry.standards.lookup import ConceptRef


class FrameworkView(Struct, frozen=True):
    """A framework and how many statements it holds."""

    code: str
    uri: str
    title: str
    version: str
    publisher: str
    language: str
    concepts: int
    license_url: str
    rights: str
    imported_at: datetime


class ConceptLine(Struct, frozen=True):
    """One line of a tree: a statement, how many stand under it, how many resources it and they have."""

    ref: ConceptRef
    kind: str
    children: int
    resources: int


class FrameworkPage(Struct, frozen=True):
    """A framework and its topmost statements."""

    framework: FrameworkView
    top: tuple[ConceptLine, ...]


class StandardView(Struct, frozen=True):
    """One statement with its surroundings.

    `counts` maps a level ("" where none is stated) to live resources, as a search for the standard finds them: for
    what stands under it and for exact equivalents too.
    """

    ref: ConceptRef
    framework: FrameworkView
    kind: str
    notes: str
    language: str
    grades: tuple[str, ...]
    codes: tuple[str, ...]
    gone: bool
    ancestors: tuple[ConceptRef, ...]
    children: tuple[ConceptLine, ...]
    prerequisites: tuple[ConceptRef, ...]
    next: tuple[ConceptRef, ...]
    equivalents: tuple[ConceptRef, ...]
    close_matches: tuple[ConceptRef, ...]
    counts: dict[str, int]
    also: tuple[ConceptRef, ...]


def frameworks(session: Session) -> tuple[FrameworkView, ...]:
    """All frameworks by title."""
    return tuple(map(_framework_view, session.scalars(select(FrameworkRow).order_by(FrameworkRow.title))))


def framework_tree(session: Session, graph: Graph, code_or_uri: str) -> FrameworkPage:
    """A framework by its code or URI, with the statements at its top. Raises NotFound."""
    by_code = func.lower(FrameworkRow.code) == code_or_uri.lower()
    found = session.scalars(select(FrameworkRow).where(or_(by_code, FrameworkRow.uri == code_or_uri))).all()
    if not found:
        raise NotFound(f"There is no framework “{code_or_uri[:200]}” here.")
    row = min(found, key=lambda each: each.uri == code_or_uri)
    top = session.scalars(
        select(ConceptRow.id)
        .where(ConceptRow.framework_id == row.id, ConceptRow.parent_id.is_(None), ConceptRow.gone.is_(False))
        .order_by(ConceptRow.position, ConceptRow.id)
    ).all()
    return FrameworkPage(_framework_view(row), _lines(session, graph, top))


def standard_view(session: Session, graph: Graph, code_or_uri: str) -> StandardView:
    """One statement by a code in any spelling or by a URI. Raises NotFound."""
    meant = lookup.resolve(session, [code_or_uri]).get(code_or_uri, ())
    if not meant:
        raise NotFound(f"No framework here has the standard “{code_or_uri[:200]}”. Search the standards by wording.")
    concept_id = meant[0].id
    row = session.get_one(ConceptRow, concept_id)
    framework = session.get_one(FrameworkRow, row.framework_id)
    above = _chain(graph, concept_id)
    around: dict[str, Sequence[int]] = {
        "ancestors": above,
        "prerequisites": graph.prerequisites(concept_id),
        "next": graph.successors(concept_id),
        "equivalents": sorted(graph.equivalents(concept_id)),
        "close_matches": sorted(graph.close_matches(concept_id)),
    }
    refs = lookup.refs(session, (linked for group in around.values() for linked in group))
    return StandardView(
        ref=meant[0],
        framework=_framework_view(framework),
        kind=row.kind,
        notes=row.notes,
        language=row.language,
        grades=row.grades,
        codes=row.codes,
        gone=row.gone,
        children=_lines(session, graph, graph.children(concept_id)),
        counts=_by_level(session, graph.widened([concept_id])),
        also=meant[1:],
        **{name: tuple(refs[linked] for linked in group if linked in refs) for name, group in around.items()},
    )


def find_standards(session: Session, text: str, limit: int = 20) -> tuple[ConceptRef, ...]:
    """Statements by a code in any spelling, by the beginning of a code, or by words of their wording."""
    exact = lookup.resolve(session, [text]).get(text, ())
    words = [word for word in text.split() if word][:8]
    if not words:
        return exact[:limit]
    wording = and_(*(ConceptRow.statement.icontains(word, autoescape=True) for word in words))
    by_code = ConceptRow.code.istartswith(text.strip(), autoescape=True)
    rows = session.execute(
        select(ConceptRow.id)
        .where(ConceptRow.gone.is_(False), or_(by_code, wording))
        # Those whose code begins so come first, as their framework has them; then the shortest wordings.
        .order_by(case((by_code, 0), else_=func.length(ConceptRow.statement)), ConceptRow.id)
        .limit(limit)
    )
    ids = [row[0] for row in rows]
    refs = lookup.refs(session, ids)
    found = {ref.id: ref for ref in (*exact, *(refs[concept_id] for concept_id in ids))}
    return tuple(found.values())[:limit]


def _chain(graph: Graph, concept_id: int) -> list[int]:
    """The primary line of parents, topmost first."""
    chain: list[int] = []
    while (parents := graph.parents(concept_id)) and parents[0] not in chain:
        concept_id = parents[0]
        chain.append(concept_id)
    return chain[::-1]


def _lines(session: Session, graph: Graph, concept_ids: Sequence[int]) -> tuple[ConceptLine, ...]:
    refs = lookup.refs(session, concept_ids)
    placed = {
        concept_id: (position, kind)
        for concept_id, position, kind in session.execute(
            select(ConceptRow.id, ConceptRow.position, ConceptRow.kind).where(ConceptRow.id.in_(concept_ids))
        )
    }
    resources = _resources_under(session, graph, concept_ids)
    return tuple(
        ConceptLine(
            ref=refs[concept_id],
            kind=placed[concept_id][1],
            children=len(graph.children(concept_id)),
            resources=resources[concept_id],
        )
        for concept_id in sorted(refs, key=lambda concept_id: (placed[concept_id][0], concept_id))
    )


def _resources_under(session: Session, graph: Graph, concept_ids: Sequence[int]) -> dict[int, int]:
    """Live resources that a search for each concept would find, each counted once; O(their alignments)."""
    under = {concept_id: graph.widened([concept_id]) for concept_id in concept_ids}
    aligned: dict[int, list[str]] = {}
    for chunk in _chunks(sorted(set().union(*under.values()))):
        for concept_id, resource_id in session.execute(
            select(AlignmentRow.concept_id, AlignmentRow.resource_id)
            .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
            .where(AlignmentRow.concept_id.in_(chunk), ResourceRow.withdrawn_at.is_(None))
        ):
            aligned.setdefault(concept_id or 0, []).append(resource_id)
    return {
        concept_id: len({resource for below in group for resource in aligned.get(below, ())})
        for concept_id, group in under.items()
    }


def _by_level(session: Session, concept_ids: set[int]) -> dict[str, int]:
    """Live resources by level over these concepts, each counted once a level; O(their alignments)."""
    found: dict[str, set[str]] = {}
    for chunk in _chunks(sorted(concept_ids)):
        rows = session.execute(
            select(AlignmentRow.level, AlignmentRow.resource_id)
            .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
            .where(AlignmentRow.concept_id.in_(chunk), ResourceRow.withdrawn_at.is_(None))
        )
        for level, resource_id in rows:
            found.setdefault(level or "", set()).add(resource_id)
    return {level: len(resources) for level, resources in found.items()}


def _chunks(concept_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (concept_ids[start : start + 500] for start in range(0, len(concept_ids), 500))


def _framework_view(row: FrameworkRow) -> FrameworkView:
    return FrameworkView(
        code=row.code,
        uri=row.uri,
        title=row.title,
        version=row.version,
        publisher=row.publisher,
        language=row.language,
        concepts=row.concepts,
        license_url=row.license_url,
        rights=row.rights,
        imported_at=row.imported_at,
    )
