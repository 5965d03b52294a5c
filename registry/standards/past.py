"""How statements stood in the versions of their framework: one statement's past, and one version's tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.models import ConceptRow, FrameworkRow, PastConceptRow
from registry.standards.refs import ConceptRef, refs
from registry.standards.versions import VersionView, framework_row, read_content, version_view
from vocab.frameworks.model import Framework, Item

_DEEPEST = 40


class PastReading(Struct, frozen=True):
    """How a statement stood in the versions from `since` up to, not including, `until`."""

    since: int
    until: int
    codes: tuple[str, ...]
    statement: str
    kind: str
    grades: tuple[str, ...]
    parent: ConceptRef | None
    deprecated: bool
    gone: bool


class VersionLine(Struct, frozen=True):
    """One statement as a version has it: `children` under it there; `here` is whether it has a page of its own now."""

    uri: str
    code: str
    statement: str
    kind: str
    grades: tuple[str, ...]
    deprecated: bool
    children: int
    here: bool

    @property
    def name(self) -> str:
        """What a person calls it: its code, or its wording where it has none."""
        return self.code or self.statement


class VersionPage(Struct, frozen=True):
    """Statements that stand under one (or at the top) in a version; `trail` leads from the top down to that one."""

    framework: str
    title: str
    live: int
    version: VersionView
    trail: tuple[VersionLine, ...]
    lines: tuple[VersionLine, ...]
    more: int = 0
    """The number of the line from which the list goes on, 0 at its end."""


class _Stood(Struct, frozen=True):
    """A statement's row at a version: its id, its parent's, and its content."""

    id: int
    parent_id: int | None
    position: int
    item: Item


def readings(session: Session, concept_id: int) -> tuple[PastReading, ...]:
    """How a statement stood before it stood as it does, the latest first."""
    rows = session.execute(
        select(
            PastConceptRow.since,
            PastConceptRow.until,
            PastConceptRow.parent_id,
            PastConceptRow.gone,
            PastConceptRow.content,
        )
        .where(PastConceptRow.concept_id == concept_id)
        .order_by(PastConceptRow.until.desc())
    ).all()
    parents = refs(session, {row.parent_id for row in rows if row.parent_id is not None})
    return tuple(
        PastReading(
            since=row.since,
            until=row.until,
            codes=row.content.codes,
            statement=row.content.statement,
            kind=row.content.kind,
            grades=row.content.grades,
            parent=parents.get(row.parent_id) if row.parent_id is not None else None,
            deprecated=row.content.deprecated,
            gone=row.gone,
        )
        for row in rows
    )


def version_page(
    session: Session, code: str, number: int, under: str = "", start: int = 0, limit: int = 100
) -> VersionPage:
    """The tree of a version, one level at a time: what stands under the statement with the URI `under` in it.

    A live or past version is read from the tables and costs what is shown and its siblings; one that waits is read
    from its content, whole. Raises NotFound.
    """
    row = framework_row(session, code)
    version = version_view(session, code, number)
    if version.state == "waiting":
        trail, lines = _waiting_lines(session, read_content(session, code, number), under, start, limit + 1)
    else:
        trail, lines = _kept_lines(session, row, number, under, start, limit + 1)
    more = start + limit if len(lines) > limit else 0
    return VersionPage(row.code, row.title, row.live, version, trail, lines[:limit], more)


def _kept_lines(
    session: Session, row: FrameworkRow, number: int, under: str, start: int, limit: int
) -> tuple[tuple[VersionLine, ...], tuple[VersionLine, ...]]:
    trail: list[_Stood] = []
    place: int | None = None
    if under:
        place = session.scalar(select(ConceptRow.id).where(ConceptRow.uri == under, ConceptRow.framework_id == row.id))
        above = place
        while above is not None and len(trail) < _DEEPEST and all(above != each.id for each in trail):
            found = _stood(session, row.id, number, ConceptRow.id == above, PastConceptRow.concept_id == above)
            if not found:
                break
            trail.append(found[0])
            above = found[0].parent_id
        if not trail:
            raise NotFound(f"Version {number} of {row.code} has no statement {under[:200]}.")
    of_now = ConceptRow.parent_id == place if place else ConceptRow.parent_id.is_(None)
    of_then = PastConceptRow.parent_id == place if place else PastConceptRow.parent_id.is_(None)
    shown = _stood(session, row.id, number, of_now, of_then)[start : start + limit]
    below = _counted(session, row.id, number, [each.id for each in (*trail, *shown)])
    uris = {each.id: each.uri for each in refs(session, (each.id for each in (*trail, *shown))).values()}

    def lines(several: Iterable[_Stood]) -> tuple[VersionLine, ...]:
        return tuple(_line(each.item, uris[each.id], below.get(each.id, 0), True) for each in several)

    return lines(trail[::-1]), lines(shown)


def _stood(
    session: Session, framework_id: int, number: int, of_now: ColumnElement[bool], of_then: ColumnElement[bool]
) -> list[_Stood]:
    """Statements as they stood in a version, in its order: those that have stood so since, and those that changed."""
    now = session.execute(
        select(
            ConceptRow.id,
            ConceptRow.parent_id,
            ConceptRow.position,
            ConceptRow.uri,
            ConceptRow.codes,
            ConceptRow.statement,
            ConceptRow.kind,
            ConceptRow.grades,
            ConceptRow.deprecated,
        ).where(_stands(framework_id, number), of_now)
    )
    found = [
        _Stood(
            *row[:3], Item(uri=row[3], codes=row[4], statement=row[5], kind=row[6], grades=row[7], deprecated=row[8])
        )
        for row in now
    ]
    then = session.execute(
        select(
            PastConceptRow.concept_id, PastConceptRow.parent_id, PastConceptRow.position, PastConceptRow.content
        ).where(_stood_then(framework_id, number), of_then)
    )
    found += [_Stood(*row) for row in then]
    return sorted(found, key=lambda each: (each.position, each.id))


def _counted(session: Session, framework_id: int, number: int, ids: Sequence[int]) -> dict[int | None, int]:
    """How many statements stood directly under each."""
    found: dict[int | None, int] = {}
    for parent, condition in (
        (ConceptRow.parent_id, _stands(framework_id, number)),
        (PastConceptRow.parent_id, _stood_then(framework_id, number)),
    ):
        for key, count in session.execute(
            select(parent, func.count()).where(condition, parent.in_(ids)).group_by(parent)
        ):
            found[key] = found.get(key, 0) + count
    return found


def _stands(framework_id: int, number: int) -> ColumnElement[bool]:
    return and_(ConceptRow.framework_id == framework_id, ConceptRow.changed_in <= number, ConceptRow.gone.is_(False))


def _stood_then(framework_id: int, number: int) -> ColumnElement[bool]:
    return and_(
        PastConceptRow.framework_id == framework_id,
        PastConceptRow.since <= number,
        PastConceptRow.until > number,
        PastConceptRow.gone.is_(False),
    )


def _waiting_lines(
    session: Session, content: Framework, under: str, start: int, limit: int
) -> tuple[tuple[VersionLine, ...], tuple[VersionLine, ...]]:
    items = {item.uri: item for item in content.items}
    if under and under not in items:
        raise NotFound(f"This version has no statement {under[:200]}.")
    below: dict[str, int] = {}
    for item in content.items:
        parent = item.parents[0] if item.parents and item.parents[0] in items else ""
        below[parent] = below.get(parent, 0) + 1
    children = [
        item
        for item in content.items
        if (item.parents[0] if item.parents and item.parents[0] in items else "") == under
    ]
    shown = sorted(children, key=lambda item: item.position)[start : start + limit]
    trail: list[Item] = []
    above = under
    while above in items and len(trail) < _DEEPEST and items[above] not in trail:
        trail.append(items[above])
        above = items[above].parents[0] if items[above].parents else ""
    wanted = [item.uri for item in (*shown, *trail)]
    here = set(session.scalars(select(ConceptRow.uri).where(ConceptRow.uri.in_(wanted))))

    def lines(several: Iterable[Item]) -> tuple[VersionLine, ...]:
        return tuple(_line(item, item.uri, below.get(item.uri, 0), item.uri in here) for item in several)

    return lines(trail[::-1]), lines(shown)


def _line(item: Item, uri: str, below: int, here: bool) -> VersionLine:
    return VersionLine(
        uri=uri,
        code=item.codes[0] if item.codes else "",
        statement=item.statement,
        kind=item.kind,
        grades=item.grades,
        deprecated=item.deprecated,
        children=below,
        here=here,
    )
