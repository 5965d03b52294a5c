"""A framework into the store: all or nothing, the same bytes twice change nothing, what refers to it keeps its hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import Conflict, FieldError, Rejected
from registry.models import AliasRow, AlignmentRow, AssociationRow, ConceptRow, FrameworkRow, StampRow
from registry.standards import lookup
from vocab import codes
from vocab.frameworks.model import Association, Framework, Item
from vocab.resource import Problem, Severity

_MOST_PER_SELECT = 500


class LoadReport(Struct, frozen=True):
    """What an import did; `touched` are the resources whose standards changed and that must be put together again."""

    code: str
    unchanged: bool = False
    added: int = 0
    changed: int = 0
    gone: int = 0
    associations: int = 0
    problems: tuple[Problem, ...] = ()
    touched: tuple[str, ...] = ()


def store_framework(session: Session, framework: Framework, digest: str) -> LoadReport:
    """Store a framework as its file has it now; `digest` identifies the bytes it was read from.

    A statement is recognized by its URI. One that is no longer in the file stays, marked as gone, because
    resources and learners refer to it. Raises Rejected, naming items, where the framework has errors, and
    Conflict where its code belongs to another framework. O(items + links).
    """
    _refuse_errors(framework.problems)
    row = session.scalar(select(FrameworkRow).where(FrameworkRow.uri == framework.uri))
    if row is None and session.scalar(select(FrameworkRow.id).where(FrameworkRow.code == framework.code)):
        raise Conflict(f"Another framework is stored as {framework.code}. Import this one under another code (--as).")
    if row is not None and row.hash == digest and row.code == framework.code:
        return LoadReport(code=row.code, unchanged=True, problems=row.problems)
    row = row or FrameworkRow(uri=framework.uri, code=framework.code, title="", hash="", imported_at=now())
    for name in ("code", "title", "version", "publisher", "language", "license_url", "rights", "subjects", "problems"):
        setattr(row, name, getattr(framework, name))
    row.hash, row.imported_at, row.concepts = digest, now(), len(framework.items)
    session.add(row)
    session.flush()
    added, changed, gone = _store_concepts(session, row.id, framework.items)
    ids = _concept_ids(session, row.id)
    _store_parents(session, framework.items, ids)
    _store_aliases(session, framework.items, ids)
    links = [*_child_links(framework.items), *framework.associations]
    count = _store_links(session, links, origin=f"framework:{framework.code}")
    _tie_loose_ends(session, row.id)
    raise_stamp(session)
    touched = {*_resources_of(session, changed | gone), *_resources_unresolved(session)}
    return LoadReport(
        code=row.code,
        added=added,
        changed=len(changed),
        gone=len(gone),
        associations=count,
        problems=framework.problems,
        touched=tuple(sorted(touched)),
    )


def store_links(session: Session, links: Sequence[Association], origin: str, problems: Sequence[Problem]) -> LoadReport:
    """Store a progression or an equivalence table in place of what the same origin said before.

    An end that no framework has yet is kept and tied when it arrives.
    """
    _refuse_errors(problems)
    count = _store_links(session, links, origin=f"table:{origin}")
    raise_stamp(session)
    return LoadReport(code=origin, associations=count, problems=tuple(problems))


def raise_stamp(session: Session) -> None:
    """Say that the standards have changed, so that every process reads its graph again."""
    raised = session.execute(update(StampRow).where(StampRow.name == "standards").values(value=StampRow.value + 1))
    if not raised.rowcount:  # type: ignore[attr-defined]
        session.add(StampRow(name="standards", value=1))
        session.flush()


def _refuse_errors(problems: Iterable[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise Rejected(
            f"Nothing was imported: {errors[0].message}",
            [FieldError(problem.field, f"{problem.message} {problem.hint}".strip()) for problem in errors],
        )


_CONTENT = ("code", "statement", "kind", "label", "notes", "language", "labels", "codes", "grades", "subjects")


def _store_concepts(session: Session, framework_id: int, items: Sequence[Item]) -> tuple[int, set[int], set[int]]:
    """Insert what is new, update what differs, mark what is gone: how many added, which ids changed, which gone."""
    columns = (ConceptRow.id, ConceptRow.uri, ConceptRow.gone, ConceptRow.position)
    rows = session.execute(
        select(*columns, *(getattr(ConceptRow, name) for name in _CONTENT)).where(
            ConceptRow.framework_id == framework_id
        )
    )
    held = {row.uri: row for row in rows}
    fresh, changed = [], []
    for item in items:
        content = _content(item)
        known = held.pop(item.uri, None)
        if known is None:
            fresh.append({**content, "uri": item.uri, "framework_id": framework_id, "position": item.position})
        elif known.gone or known.position != item.position or any(getattr(known, k) != v for k, v in content.items()):
            changed.append({**content, "id": known.id, "position": item.position, "gone": False})
    gone = {row.id for row in held.values() if not row.gone}
    if fresh:
        session.execute(insert(ConceptRow), fresh)
    if changed:
        session.execute(update(ConceptRow), changed)
    for chunk in _chunks(sorted(gone)):
        session.execute(update(ConceptRow).where(ConceptRow.id.in_(chunk)).values(gone=True))
    return len(fresh), {int(row["id"]) for row in changed}, gone


def _content(item: Item) -> dict[str, object]:
    content: dict[str, object] = {name: getattr(item, name) for name in _CONTENT if name != "code"}
    content["code"] = item.codes[0] if item.codes else ""
    return content


def _concept_ids(session: Session, framework_id: int) -> dict[str, int]:
    rows = session.execute(select(ConceptRow.uri, ConceptRow.id).where(ConceptRow.framework_id == framework_id))
    return dict(rows.all())


def _store_parents(session: Session, items: Sequence[Item], ids: Mapping[str, int]) -> None:
    rows = [{"id": ids[item.uri], "parent_id": ids.get(item.parents[0]) if item.parents else None} for item in items]
    if rows:
        session.execute(update(ConceptRow), rows)


def _store_aliases(session: Session, items: Sequence[Item], ids: Mapping[str, int]) -> None:
    # What is gone keeps its spellings: a code that has died still says what it meant.
    for chunk in _chunks([ids[item.uri] for item in items]):
        session.execute(delete(AliasRow).where(AliasRow.concept_id.in_(chunk)))
    rows = [
        {"key": key, "concept_id": ids[item.uri], "printed": printed}
        for item in items
        for key, printed in _aliases(item).items()
    ]
    if rows:
        session.execute(insert(AliasRow), rows)


def _aliases(item: Item) -> dict[str, bool]:
    """Every key a statement is found by, and whether its publisher prints it."""
    found = dict.fromkeys(codes.spellings(item.codes), False)
    found.update((codes.key(code), True) for code in item.codes)
    found.update((codes.uri_key(uri), True) for uri in (item.uri, *item.aliases))
    found.pop("", None)
    return found


def _child_links(items: Sequence[Item]) -> list[Association]:
    return [Association(item.uri, "isChildOf", parent) for item in items for parent in item.parents]


def _store_links(session: Session, links: Sequence[Association], origin: str) -> int:
    session.execute(delete(AssociationRow).where(AssociationRow.origin == origin))
    meant = lookup.resolve(session, {end for link in links for end in (link.source, link.target)})
    rows: dict[tuple[str, str, str], dict[str, object]] = {}
    for link in links:
        source, target = meant.get(link.source, ()), meant.get(link.target, ())
        source_uri = source[0].uri if source else link.source
        target_uri = target[0].uri if target else link.target
        if source_uri == target_uri:
            continue
        rows[link.kind, source_uri, target_uri] = {
            "kind": link.kind,
            "source_uri": source_uri,
            "target_uri": target_uri,
            "source_id": source[0].id if source else None,
            "target_id": target[0].id if target else None,
            "origin": origin,
        }
    if rows:
        session.execute(insert(AssociationRow), list(rows.values()))
    return len(rows)


def _tie_loose_ends(session: Session, framework_id: int) -> None:
    """Tie the links of other frameworks and tables whose missing end has just arrived, by URI or by code."""
    loose = session.execute(
        select(AssociationRow.id, AssociationRow.source_uri, AssociationRow.target_uri).where(
            or_(AssociationRow.source_id.is_(None), AssociationRow.target_id.is_(None))
        )
    ).all()
    meant = lookup.resolve(session, {end for _, source, target in loose for end in (source, target)})
    rows = [
        {
            "id": link,
            "source_id": meant[source][0].id if source in meant else None,
            "target_id": meant[target][0].id if target in meant else None,
        }
        for link, source, target in loose
        if source in meant or target in meant
    ]
    if rows:
        session.execute(update(AssociationRow), rows)


def _resources_of(session: Session, concept_ids: set[int]) -> set[str]:
    found: set[str] = set()
    for chunk in _chunks(sorted(concept_ids)):
        found.update(session.scalars(select(AlignmentRow.resource_id).where(AlignmentRow.concept_id.in_(chunk))))
    return found


def _resources_unresolved(session: Session) -> set[str]:
    """Resources with a declared standard that was unknown until now."""
    unknown = list(session.scalars(select(AlignmentRow.stated).where(AlignmentRow.concept_id.is_(None)).distinct()))
    known = list(lookup.resolve(session, unknown))
    found: set[str] = set()
    for chunk in _chunks(known):
        found.update(
            session.scalars(
                select(AlignmentRow.resource_id).where(
                    AlignmentRow.concept_id.is_(None), AlignmentRow.stated.in_(chunk)
                )
            )
        )
    return found


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _MOST_PER_SELECT] for start in range(0, len(values), _MOST_PER_SELECT))
