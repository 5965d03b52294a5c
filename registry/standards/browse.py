"""The frameworks as people read them: what there is, what stands in each, and how to find a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from registry.models import AssociationRow, ConceptRow, FrameworkRow
from registry.standards import lookup, wording
from registry.standards.portions import portions
from registry.standards.refs import ConceptRef
from registry.standards.refs import refs as refs_of
from registry.standards.tally import ALL, tallies
from registry.standards.versions import framework_row
from registry.standards.wording import Within
from vocab.resource import Problem

A_PAGE = 100
_DEEPEST = 40
_PROBLEMS_SHOWN = 50
_SAMPLED = 3_000


class FrameworkView(Struct, frozen=True):
    """A framework and how many statements it holds; `live` is the number of the version that is live."""

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
    description: str = ""
    subjects: tuple[str, ...] = ()
    live: int = 1
    problems: int = 0


class ConceptLine(Struct, frozen=True):
    """One line of a tree: a statement, how many stand under it, how many resources it and they have.

    `counts` maps a level ("" where none is stated) to resources, those without any left out.
    """

    ref: ConceptRef
    kind: str
    children: int
    resources: int
    grades: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    deprecated: bool = False
    language: str = "en"


class FrameworkPage(Struct, frozen=True):
    """A framework and its topmost statements; `more` is the place from which the list goes on, "" at its end."""

    framework: FrameworkView
    top: tuple[ConceptLine, ...]
    more: str = ""
    problems: tuple[Problem, ...] = ()


class Found(Struct, frozen=True):
    """A statement that a search found, and what it stands under, topmost first."""

    ref: ConceptRef
    ancestors: tuple[ConceptRef, ...]


class Neighbor(Struct, frozen=True):
    """Another framework, and how many of the statements looked at it has an equivalent for."""

    code: str
    title: str
    shared: int


def frameworks(session: Session) -> tuple[FrameworkView, ...]:
    """All frameworks by title."""
    return tuple(map(framework_view, session.scalars(select(FrameworkRow).order_by(FrameworkRow.title))))


def framework_titles(session: Session, framework_codes: Collection[str]) -> dict[str, str]:
    """The titles of the frameworks with these codes, by code."""
    row = FrameworkRow
    return dict(session.execute(select(row.code, row.title).where(row.code.in_(framework_codes))).all())


def framework_tree(session: Session, code_or_uri: str, page: str = "", limit: int = A_PAGE) -> FrameworkPage:
    """A framework by its code or URI, with statements at its top from the place `page` on. Raises NotFound."""
    row = framework_row(session, code_or_uri)
    at_top = (ConceptRow.framework_id == row.id, ConceptRow.parent_id.is_(None), ConceptRow.gone.is_(False))
    ids, more = _page_of(session, at_top, page, limit)
    return FrameworkPage(framework_view(row), lines(session, ids), more, row.problems[:_PROBLEMS_SHOWN])


def children(
    session: Session, concept_id: int, page: str = "", limit: int = A_PAGE
) -> tuple[tuple[ConceptLine, ...], str]:
    """The statements directly under one, by any of their parents, and the place where the list goes on."""
    under = select(AssociationRow.source_id).where(
        AssociationRow.target_id == concept_id, AssociationRow.kind == "isChildOf"
    )
    ids, more = _page_of(session, (ConceptRow.id.in_(under), ConceptRow.gone.is_(False)), page, limit)
    return lines(session, ids), more


def lines(session: Session, concept_ids: Sequence[int]) -> tuple[ConceptLine, ...]:
    """The statements as lines of a tree, in the order given."""
    refs = refs_of(session, concept_ids)
    below = _counted_below(session, concept_ids)
    counts = tallies(session, concept_ids)
    found: dict[int, ConceptLine] = {}
    columns = (ConceptRow.id, ConceptRow.kind, ConceptRow.grades, ConceptRow.deprecated, ConceptRow.language)
    for some in portions(concept_ids):
        for concept, kind, grades, deprecated, language in session.execute(
            select(*columns).where(ConceptRow.id.in_(some))
        ):
            levels = dict(counts.get(concept, {}))
            found[concept] = ConceptLine(
                ref=refs[concept],
                kind=kind,
                children=below.get(concept, 0),
                resources=levels.pop(ALL, 0),
                grades=grades,
                counts=levels,
                deprecated=deprecated,
                language=language,
            )
    return tuple(found[concept] for concept in concept_ids if concept in found)


def find_standards(
    session: Session, text: str, limit: int = 20, framework: str = "", grade: str = ""
) -> tuple[ConceptRef, ...]:
    """Statements by a code in any spelling or a URI, by the beginning of a code, then by words of their wording.

    Any text is harmless. Only of one framework, given by its code, and of one grade, where that is asked.
    """
    asked = wording.plain(text)
    within = Within(framework_row(session, framework).id if framework else 0, grade)
    exact = [ref.id for ref in lookup.resolve(session, [asked]).get(asked, ())] if asked else []
    if exact and (conditions := within.conditions()):
        exact = list(session.scalars(select(ConceptRow.id).where(ConceptRow.id.in_(exact), *conditions)))
    ids = dict.fromkeys(exact)
    for search in (wording.beginning, wording.worded):
        if len(ids) < limit:
            ids.update(dict.fromkeys(search(session, asked, limit, within)))
    refs = refs_of(session, ids)
    return tuple(refs[concept] for concept in ids if concept in refs)[:limit]


def placed(session: Session, found: Sequence[ConceptRef]) -> tuple[Found, ...]:
    """The statements with what each stands under."""
    above = ancestors(session, [ref.id for ref in found])
    refs = refs_of(session, {each for chain in above.values() for each in chain})
    return tuple(Found(ref, tuple(refs[each] for each in above.get(ref.id, ()) if each in refs)) for ref in found)


def ancestors(session: Session, concept_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The primary line of parents of each statement, topmost first; it ends where it would come back to itself."""
    parents: dict[int, int | None] = {}
    waiting = set(concept_ids)
    for _ in range(_DEEPEST):
        parents |= _parents(session, waiting)
        waiting = {above for above in parents.values() if above is not None} - parents.keys()
        if not waiting:
            break
    found: dict[int, tuple[int, ...]] = {}
    for concept in concept_ids:
        chain: dict[int, None] = {}
        above = parents.get(concept)
        while above is not None and above != concept and above not in chain and len(chain) < _DEEPEST:
            chain[above] = None
            above = parents.get(above)
        found[concept] = tuple(chain)[::-1]
    return found


def neighbors(session: Session, code: str) -> tuple[Neighbor, ...]:
    """The other frameworks, those that share equivalents with the first statements of this one first.

    Looks at no more than a few thousand statements, however large the framework is. Raises NotFound.
    """
    row = framework_row(session, code)
    some = select(ConceptRow.id).where(ConceptRow.framework_id == row.id).limit(_SAMPLED).subquery()
    kinds = ("exactMatch", "closeMatch", "isTranslationOf")
    shared: dict[int, int] = {}
    for mine, other in (
        (AssociationRow.source_id, AssociationRow.target_id),
        (AssociationRow.target_id, AssociationRow.source_id),
    ):
        rows = session.execute(
            select(ConceptRow.framework_id, func.count())
            .select_from(some)
            .join(AssociationRow, and_(mine == some.c.id, AssociationRow.kind.in_(kinds)))
            .join(ConceptRow, ConceptRow.id == other)
            .where(ConceptRow.framework_id != row.id)
            .group_by(ConceptRow.framework_id)
        )
        for framework, count in rows:
            shared[framework] = shared.get(framework, 0) + count
    others = session.execute(
        select(FrameworkRow.id, FrameworkRow.code, FrameworkRow.title).where(FrameworkRow.id != row.id)
    )
    found = [Neighbor(other, title, shared.get(key, 0)) for key, other, title in others]
    return tuple(sorted(found, key=lambda each: (-each.shared, each.title)))


def framework_view(row: FrameworkRow) -> FrameworkView:
    """What people read of a framework's row."""
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
        description=row.description,
        subjects=row.subjects,
        live=row.live,
        problems=len(row.problems),
    )


def place_in(page: str) -> tuple[int, int] | None:
    """The position and the id that a place in a list stands for; None for its beginning and for what is none."""
    position, _, concept = page.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (position, concept)):
        return None
    return int(position), int(concept)


def after(page: str) -> ColumnElement[bool] | None:
    """The condition that leaves only what comes after a place in a list of statements."""
    place = place_in(page)
    if place is None:
        return None
    position, concept = place
    later = and_(ConceptRow.position == position, ConceptRow.id > concept)
    # The first part alone lets an index find the place.
    return and_(ConceptRow.position >= position, or_(ConceptRow.position > position, later))


def _page_of(session: Session, wanted: Iterable[ColumnElement[bool]], page: str, limit: int) -> tuple[list[int], str]:
    asked: Select[int, int] = select(ConceptRow.id, ConceptRow.position).where(*wanted)
    if (later := after(page)) is not None:
        asked = asked.where(later)
    rows = session.execute(asked.order_by(ConceptRow.position, ConceptRow.id).limit(limit + 1)).all()
    more = f"{rows[limit - 1].position}-{rows[limit - 1].id}" if len(rows) > limit else ""
    return [row.id for row in rows[:limit]], more


def _counted_below(session: Session, concept_ids: Sequence[int]) -> Mapping[int | None, int]:
    found: dict[int | None, int] = {}
    for some in portions(concept_ids):
        rows = session.execute(
            select(AssociationRow.target_id, func.count(AssociationRow.source_id.distinct()))
            .where(AssociationRow.target_id.in_(some), AssociationRow.kind == "isChildOf")
            .group_by(AssociationRow.target_id)
        )
        found |= dict(rows.all())
    return found


def _parents(session: Session, concept_ids: Iterable[int]) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for some in portions(sorted(concept_ids)):
        found |= dict(session.execute(select(ConceptRow.id, ConceptRow.parent_id).where(ConceptRow.id.in_(some))).all())
    return found
