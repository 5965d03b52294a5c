"""One statement among its neighbors: where it sits, what it needs, leads to and equals, and what there is for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry.models import AlignmentRow, AssociationRow, ConceptRow, FrameworkRow, ResourceRow
from registry.standards import lookup
from registry.standards.browse import A_PAGE, ConceptLine, FrameworkView, ancestors, children, framework_view
from registry.standards.past import PastReading, readings
from registry.standards.refs import ConceptRef, refs
from registry.standards.retagging import replacements
from registry.standards.tally import ALL, tallies
from vocab.frameworks.guid import guid

_MOST_LINKS = 1_000
_OUT = {
    "isChildOf": "parents",
    "precedes": "next",
    "exactMatch": "equivalents",
    "isTranslationOf": "equivalents",
    "closeMatch": "close_matches",
    "isPeerOf": "close_matches",
    "broadMatch": "broader_matches",
    "narrowMatch": "narrower_matches",
    "related": "related",
    "isPartOf": "part_of",
    "replacedBy": "replaced_by",
}
"""What the end of a link is to the statement it starts from, by the link's kind."""
_IN = {
    "precedes": "prerequisites",
    "exactMatch": "equivalents",
    "isTranslationOf": "equivalents",
    "closeMatch": "close_matches",
    "isPeerOf": "close_matches",
    "broadMatch": "narrower_matches",
    "narrowMatch": "broader_matches",
    "related": "related",
    "isPartOf": "parts",
    "replacedBy": "replaces",
}
"""What the start of a link is to the statement it ends at. Who stands under it is read page by page."""
_GROUPS = tuple(dict.fromkeys((*_OUT.values(), *_IN.values())))


class Elsewhere(Struct, frozen=True):
    """A link to something that is not held here."""

    kind: str
    uri: str


class RelationCount(Struct, frozen=True):
    """How many live resources are aligned with the statement itself in one way, at one level ("" where unstated)."""

    relation: str
    level: str
    resources: int


class StandardView(Struct, frozen=True):
    """One statement with its surroundings.

    `counts` maps a level ("" where none is stated) to live resources and `resources` counts all, as a search for the
    standard finds them: for what stands under it and for exact equivalents too. `by_relation` counts those that are
    aligned with the statement itself. `more` is the place where the list of children goes on, "" at its end. `also`
    are other statements that the code may mean. `since` and `changed_in` are versions of the framework.
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
    more: str
    resources: int
    by_relation: tuple[RelationCount, ...]
    parents: tuple[ConceptRef, ...]
    broader_matches: tuple[ConceptRef, ...]
    narrower_matches: tuple[ConceptRef, ...]
    related: tuple[ConceptRef, ...]
    part_of: tuple[ConceptRef, ...]
    parts: tuple[ConceptRef, ...]
    replaced_by: tuple[ConceptRef, ...]
    replaces: tuple[ConceptRef, ...]
    elsewhere: tuple[Elsewhere, ...]
    label: str
    translations: dict[str, str]
    subjects: tuple[str, ...]
    deprecated: bool
    details: dict[str, Any]
    aliases: tuple[str, ...]
    guid: str
    since: int
    changed_in: int
    history: tuple[PastReading, ...]


def standard_view(session: Session, code_or_uri: str, page: str = "", limit: int = A_PAGE) -> StandardView:
    """One statement by a code in any spelling or by a URI, its children from the place `page` on. Raises NotFound."""
    meant = lookup.resolve(session, [code_or_uri]).get(code_or_uri) or (lookup.resolve_one(session, code_or_uri),)
    concept_id = meant[0].id
    row = session.get_one(ConceptRow, concept_id)
    framework = session.get_one(FrameworkRow, row.framework_id)
    linked, elsewhere = _links(session, concept_id)
    above = ancestors(session, [concept_id])[concept_id]
    known = refs(session, (*above, *(each for group in linked.values() for each in group)))
    groups = {name: _refs(group, known) for name, group in linked.items()}
    groups["replaced_by"] = _each_once((*replacements(session, row.uri), *groups["replaced_by"]))
    below, more = children(session, concept_id, page, limit)
    counts = dict(tallies(session, [concept_id]).get(concept_id, {}))
    return StandardView(
        ref=meant[0],
        framework=framework_view(framework),
        kind=row.kind,
        notes=row.notes,
        language=row.language,
        grades=row.grades,
        codes=row.codes,
        gone=row.gone,
        ancestors=_refs(above, known),
        children=below,
        more=more,
        resources=counts.pop(ALL, 0),
        counts=counts,
        also=meant[1:],
        by_relation=_by_relation(session, concept_id),
        elsewhere=elsewhere,
        label=row.label,
        translations=row.labels,
        subjects=row.subjects,
        deprecated=row.deprecated,
        details=row.details,
        aliases=row.aliases,
        guid=guid(row.uri),
        since=row.since,
        changed_in=row.changed_in,
        history=readings(session, concept_id),
        **groups,
    )


def _links(session: Session, concept_id: int) -> tuple[dict[str, dict[int, None]], tuple[Elsewhere, ...]]:
    """The statements linked with one, by what they are to it, in the order that was told; and what is not held."""
    found: dict[str, dict[int, None]] = {name: {} for name in _GROUPS}
    elsewhere: dict[Elsewhere, None] = {}
    kind = AssociationRow.kind
    out = select(kind, AssociationRow.target_id, AssociationRow.target_uri).where(
        AssociationRow.source_id == concept_id
    )
    for name, target, uri in session.execute(out.order_by(AssociationRow.id).limit(_MOST_LINKS)):
        if target is None or name not in _OUT:
            elsewhere[Elsewhere(name, uri)] = None
        else:
            found[_OUT[name]][target] = None
    # Two ranges of the index: those who stand under it are left out without being read.
    into = select(kind, AssociationRow.source_id, AssociationRow.source_uri).where(
        AssociationRow.target_id == concept_id, or_(kind < "isChildOf", kind > "isChildOf")
    )
    for name, source, _ in session.execute(into.order_by(AssociationRow.id).limit(_MOST_LINKS)):
        if source is not None and name in _IN:
            found[_IN[name]][source] = None
    return found, tuple(elsewhere)


def _by_relation(session: Session, concept_id: int) -> tuple[RelationCount, ...]:
    rows = session.execute(
        select(AlignmentRow.relation, AlignmentRow.level, func.count(AlignmentRow.resource_id.distinct()))
        .join(ResourceRow, ResourceRow.id == AlignmentRow.resource_id)
        .where(AlignmentRow.concept_id == concept_id, ResourceRow.withdrawn_at.is_(None))
        .group_by(AlignmentRow.relation, AlignmentRow.level)
        .order_by(AlignmentRow.relation, AlignmentRow.level)
    )
    return tuple(RelationCount(relation, level or "", count) for relation, level, count in rows)


def _refs(ids: Iterable[int], known: Mapping[int, ConceptRef]) -> tuple[ConceptRef, ...]:
    return tuple(known[each] for each in ids if each in known)


def _each_once(several: Iterable[ConceptRef]) -> tuple[ConceptRef, ...]:
    return tuple({ref.id: ref for ref in several}.values())
