"""The frameworks as CASE's REST binding asks for them: documents, items, links and definitions by UUID."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.models import AliasRow, AssociationRow, ConceptRow, DefinitionRow, FrameworkRow
from registry.standards.concepts import item_of
from registry.standards.portions import portions
from vocab.frameworks.guid import guid
from vocab.frameworks.model import Association, Framework, Item

_MOST_LINKS = 10_000
_ORDERED = ("CFConcepts", "CFSubjects", "CFItemTypes")


class Document(Struct, frozen=True):
    """A framework without its items and links; `changed` is when its live version came, `digest` names its content."""

    id: int
    head: Framework
    changed: datetime
    digest: str


class Held(Struct, frozen=True):
    """Something of a framework, and the items its links lead to, by URI."""

    document: Document
    item: Item | None = None
    parents: tuple[str, ...] = ()
    links: tuple[Association, ...] = ()
    ends: dict[str, Item] = {}


def documents(session: Session) -> tuple[Document, ...]:
    """Every framework, by title; there are hundreds at most."""
    rows = session.scalars(select(FrameworkRow).order_by(FrameworkRow.title, FrameworkRow.id)).all()
    return tuple(_document(row, {}) for row in rows)


def document(session: Session, identifier: str) -> Document:
    """The framework whose document has this UUID, with its definitions. Raises NotFound."""
    wanted = identifier.lower()
    for framework_id, uri in session.execute(select(FrameworkRow.id, FrameworkRow.uri)):
        if guid(uri) == wanted:
            return _with_definitions(session, framework_id)
    raise NotFound(f"No framework has the identifier {identifier[:100]}.")


def item(session: Session, identifier: str, linked: bool = False) -> Held:
    """The statement with this UUID; `linked`, with all links that lead from or to it. Raises NotFound."""
    rows = session.scalars(
        select(ConceptRow)
        .join(AliasRow, AliasRow.concept_id == ConceptRow.id)
        .where(AliasRow.key == f"uuid:{identifier.lower()}")
    ).all()
    row = next((each for each in rows if guid(each.uri) == identifier.lower()), None)
    if row is None:
        raise NotFound(f"No statement has the identifier {identifier[:100]}.")
    parents = _parents(session, row.id)
    found = item_of(row, parents)
    about = _with_definitions(session, row.framework_id)
    if not linked:
        return Held(about, found, parents)
    links = _links(
        session.scalars(
            select(AssociationRow)
            .where(
                or_(AssociationRow.source_id == row.id, AssociationRow.target_id == row.id),
                AssociationRow.kind != "isChildOf",
            )
            .order_by(AssociationRow.id)
            .limit(_MOST_LINKS)
        )
    )
    children = session.scalars(
        select(ConceptRow.uri)
        .join(AssociationRow, AssociationRow.source_id == ConceptRow.id)
        .where(AssociationRow.target_id == row.id, AssociationRow.kind == "isChildOf")
        .order_by(AssociationRow.id)
        .limit(_MOST_LINKS)
    ).all()
    below = tuple(Association(child, "isChildOf", row.uri) for child in children)
    above = tuple(Association(row.uri, "isChildOf", parent) for parent in parents)
    ends = _items(session, {end for link in (*links, *above, *below) for end in (link.source, link.target)})
    return Held(about, found, parents, (*above, *below, *links), ends)


def association(session: Session, identifier: str) -> Held:
    """The link with this UUID. Raises NotFound."""
    row = session.scalars(select(AssociationRow).where(AssociationRow.guid == identifier.lower())).first()
    framework_id = _origin(session, row) if row is not None else None
    if row is None or framework_id is None:
        raise NotFound(f"No link of a framework has the identifier {identifier[:100]}.")
    (link,) = _links([row])
    return Held(
        _with_definitions(session, framework_id), links=(link,), ends=_items(session, {link.source, link.target})
    )


def definitions(session: Session, kind: str, identifier: str) -> tuple[Document, tuple[dict[str, Any], ...]]:
    """The definition or rubric with this UUID and, where the kind has a hierarchy, those under it. Raises NotFound."""
    wanted = select(DefinitionRow).where(DefinitionRow.kind == kind, DefinitionRow.guid == identifier.lower())
    row = session.scalars(wanted).first()
    if row is None:
        raise NotFound(f"{kind} has nothing with the identifier {identifier[:100]}.")
    about = _with_definitions(session, row.framework_id)
    place = str(row.content.get("hierarchyCode") or "")
    if kind not in _ORDERED or not place:
        return about, (row.content,)
    listed = about.head.definitions.get(kind, ())
    below = (each for each in listed if str(each.get("hierarchyCode") or "").startswith(f"{place}."))
    return about, (row.content, *below)


def _document(row: FrameworkRow, lists: Mapping[str, tuple[dict[str, Any], ...]]) -> Document:
    head = Framework(
        uri=row.uri,
        code=row.code,
        title=row.title,
        aliases=row.aliases,
        version=row.version,
        publisher=row.publisher,
        description=row.description,
        language=row.language,
        license_url=row.license_url,
        rights=row.rights,
        subjects=row.subjects,
        details=row.details,
        definitions={kind: several for kind, several in lists.items() if kind != "CFRubrics"},
        rubrics=lists.get("CFRubrics", ()),
    )
    return Document(row.id, head, row.imported_at, row.hash)


def _with_definitions(session: Session, framework_id: int) -> Document:
    rows = session.scalars(
        select(DefinitionRow)
        .where(DefinitionRow.framework_id == framework_id)
        .order_by(DefinitionRow.kind, DefinitionRow.position)
    )
    lists: dict[str, tuple[dict[str, Any], ...]] = {}
    for row in rows:
        lists[row.kind] = (*lists.get(row.kind, ()), row.content)
    return _document(session.get_one(FrameworkRow, framework_id), lists)


def _parents(session: Session, concept: int) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(AssociationRow.target_uri)
            .where(AssociationRow.source_id == concept, AssociationRow.kind == "isChildOf")
            .order_by(AssociationRow.id)
        )
    )


def _items(session: Session, uris: Iterable[str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for some in portions(sorted(uris)):
        for row in session.scalars(select(ConceptRow).where(ConceptRow.uri.in_(some))):
            found[row.uri] = item_of(row, ())
    return found


def _links(rows: Iterable[AssociationRow]) -> tuple[Association, ...]:
    return tuple(
        Association(row.source_uri, row.kind, row.target_uri, row.guid, row.sequence, row.grouping, row.notes)
        for row in rows
    )


def _origin(session: Session, row: AssociationRow) -> int | None:
    """The framework that states a link, or of which the statement is that it leads from."""
    origin, _, code = row.origin.partition(":")
    if origin == "framework":
        return session.scalar(select(FrameworkRow.id).where(FrameworkRow.code == code))
    return session.scalar(select(ConceptRow.framework_id).where(ConceptRow.id.in_([row.source_id, row.target_id])))


def in_order(found: Sequence[Document], field: str, descending: bool) -> list[Document]:
    """Documents by one member of CASE's CFDocument, as text."""
    return sorted(found, key=lambda each: _member(each, field).casefold(), reverse=descending)


def _member(each: Document, field: str) -> str:
    own = {"identifier": guid(each.head.uri), "lastChangeDateTime": each.changed.isoformat(), "notes": each.head.rights}
    value = own.get(field) or each.head.details.get(field) or getattr(each.head, field, "")
    return value if isinstance(value, str) else ""
