"""The statements of a framework into their table: what a version adds, changes and takes away, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from registry.db import insert_many, take_ids
from registry.errors import Conflict
from registry.models import ConceptRow, FrameworkRow, PastConceptRow, StampRow
from registry.standards.portions import portions
from registry.standards.spelled import spell_again, spell_new
from vocab.frameworks.model import Framework, Item

_CONTENT = (
    "uri", "statement", "kind", "label", "notes", "language", "labels", "codes", "grades", "subjects", "deprecated",
    "aliases", "details",
)  # fmt: skip
_DELETED = "concepts deleted"
"""The stamp that holds the highest id of a statement ever deleted."""
_COLUMNS = ("id", "framework_id", *_CONTENT, "code", "parent_id", "position", "gone", "since", "changed_in")


class Written(Struct, frozen=True):
    """What became of the statements: ids of those added, changed and gone, and the ids of every URI touched."""

    ids: dict[str, int]
    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


class _Row(Struct, frozen=True):
    """How a statement stands in its table, beside its content."""

    id: int
    parent_id: int | None
    position: int
    gone: bool
    changed_in: int


def write_items(
    session: Session, framework_id: int, old: Framework | None, new: Framework, number: int, renamed: Mapping[str, str]
) -> Written:
    """Bring the statements from the old content to the new one, which is version `number`.

    `renamed` maps the URIs of statements that go on under another one. A statement that is gone stays, marked, because
    resources and learners refer to it; how each stood before is kept in `past_concept`. Without an old content (the
    first version) whatever the framework holds is brought in line. Costs what differs, and a pass over both contents.
    Raises Conflict, naming the item, where a URI belongs to another framework.
    """
    before = {renamed.get(item.uri, item.uri): item for item in old.items} if old else {}
    missing = [item.uri for item in new.items if item.uri not in before]
    held = _ids_here(session, framework_id, missing)
    if old is None:
        held |= _all_here(session, framework_id)
    fresh = [item for item in new.items if item.uri not in before and item.uri not in held]
    changed = [item for item in new.items if item.uri in held or _differs(before.get(item.uri), item)]
    moved_up = [
        item
        for item in new.items
        if item.uri in before and before[item.uri] != item and not _differs(before[item.uri], item)
    ]
    now = {item.uri for item in new.items}
    gone = [uri for uri in (before or held) if uri not in now]
    back = {new_uri: old_uri for old_uri, new_uri in renamed.items()}
    ids = held | _ids_of(session, [back.get(item.uri, item.uri) for item in (*changed, *moved_up)] + gone)
    ids |= {new_uri: ids[old_uri] for new_uri, old_uri in back.items() if old_uri in ids}
    deleted = session.scalar(select(StampRow.value).where(StampRow.name == _DELETED)) or 0
    free = take_ids(session, ConceptRow.__table__, len(fresh), above=deleted)  # type: ignore[arg-type]
    ids |= dict(zip((item.uri for item in fresh), free, strict=True))
    ids |= _ids_of(session, [uri for item in (*fresh, *changed) for uri in item.parents[:1] if uri not in ids])
    if old:
        _remember(session, framework_id, [ids[item.uri] for item in changed] + [ids[uri] for uri in gone], number)
    _insert(session, framework_id, fresh, ids, number)
    _update(session, changed, ids, number)
    _shift(session, [(ids[item.uri], item.position) for item in moved_up])
    for some in portions([ids[uri] for uri in gone]):
        session.execute(
            update(ConceptRow).where(ConceptRow.id.in_(some), ~ConceptRow.gone).values(gone=True, changed_in=number)
        )
    spell_new(session, ((ids[item.uri], item) for item in fresh))
    spell_again(session, {ids[item.uri]: item for item in changed})
    return Written(
        ids=ids,
        added=tuple(ids[item.uri] for item in fresh),
        changed=tuple(ids[item.uri] for item in changed),
        gone=tuple(ids[uri] for uri in gone),
    )


def restore_items(session: Session, old: Framework, new: Framework, number: int, renamed: Mapping[str, str]) -> Written:
    """Undo version `number`, whose content is `new`: every statement stands again as the old content has it.

    Statements the version brought are deleted; links and tags that led to them lead nowhere again. Costs what differs.
    """
    before = {renamed.get(item.uri, item.uri): item for item in old.items}
    after = {item.uri: item for item in new.items}
    differing = [uri for uri, item in after.items() if before.get(uri) != item] + [
        uri for uri in before if uri not in after
    ]
    ids = _ids_of(session, differing)
    created = _created_in(session, [ids[uri] for uri in differing], number)
    past = _past_until(session, [ids[uri] for uri in differing], number)
    touched = [*created, *past]
    for row in past.values():
        values = _content_values(row.content)
        session.execute(
            update(ConceptRow)
            .where(ConceptRow.id == row.concept_id)
            .values(**values, parent_id=row.parent_id, position=row.position, gone=row.gone, changed_in=row.since)
        )
    kept = [uri for uri in after if uri in before and uri in ids]
    _shift(session, [(ids[uri], before[uri].position) for uri in kept if ids[uri] not in past])
    restored = {concept: row.content for concept, row in past.items()}
    for some in portions(list(past)):
        session.execute(
            delete(PastConceptRow).where(PastConceptRow.concept_id.in_(some), PastConceptRow.until == number)
        )
    spell_again(session, restored)
    ids |= {item.uri: concept for concept, item in restored.items()}
    return Written(ids=ids, added=tuple(created), changed=tuple(touched))


def delete_items(session: Session, ids: Sequence[int]) -> None:
    """Delete statements for good.

    Their ids are never given out again: resources are still counted and indexed under them until they are put together
    again, and must not be found under another statement meanwhile.
    """
    if ids:
        stamp = session.get(StampRow, _DELETED) or StampRow(name=_DELETED, value=0)
        stamp.value = max(stamp.value, *ids)
        session.add(stamp)
    for some in portions(ids):
        session.execute(delete(ConceptRow).where(ConceptRow.id.in_(some)))


def item_of(row: ConceptRow, parents: Sequence[str]) -> Item:
    """The statement of a row, its parents given by URI."""
    return Item(**{name: getattr(row, name) for name in _CONTENT}, parents=tuple(parents), position=row.position)


def _differs(before: Item | None, item: Item) -> bool:
    """Whether more than its number among its siblings has changed."""
    return before is not None and before != item and replace(before, position=item.position) != item


def _content_values(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _CONTENT} | {"code": item.codes[0] if item.codes else ""}


def _all_here(session: Session, framework_id: int) -> dict[str, int]:
    rows = session.execute(select(ConceptRow.uri, ConceptRow.id).where(ConceptRow.framework_id == framework_id))
    return dict(rows.all())


def _ids_here(session: Session, framework_id: int, uris: Sequence[str]) -> dict[str, int]:
    """Those of the URIs that this framework has had before; raises Conflict for one that another framework has."""
    found: dict[str, int] = {}
    for some in portions(uris):
        rows = session.execute(
            select(ConceptRow.uri, ConceptRow.id, ConceptRow.framework_id, FrameworkRow.code)
            .join(FrameworkRow, FrameworkRow.id == ConceptRow.framework_id)
            .where(ConceptRow.uri.in_(some))
        )
        for uri, concept, owner, code in rows:
            if owner != framework_id:
                raise Conflict(
                    f"Nothing was imported: {uri} belongs to the framework {code} already. Import the file as its next "
                    f"version (--as {code}), or give the statement an identifier of its own."
                )
            found[uri] = concept
    return found


def _ids_of(session: Session, uris: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in portions(uris):
        found |= dict(session.execute(select(ConceptRow.uri, ConceptRow.id).where(ConceptRow.uri.in_(some))).all())
    return found


def _remember(session: Session, framework_id: int, ids: Sequence[int], number: int) -> None:
    """Keep how these statements stand, as what they were until version `number`."""
    for some in portions(ids):
        rows = session.scalars(select(ConceptRow).where(ConceptRow.id.in_(some))).all()
        parents = _uris(session, [row.parent_id for row in rows if row.parent_id is not None])
        past = [
            {
                "concept_id": row.id,
                "since": row.changed_in,
                "until": number,
                "framework_id": framework_id,
                "parent_id": row.parent_id,
                "position": row.position,
                "gone": row.gone,
                "content": item_of(row, [parents[row.parent_id]] if row.parent_id in parents else []),
            }
            for row in rows
        ]
        for row in rows:
            session.expunge(row)
        session.execute(insert(PastConceptRow), past)


def _uris(session: Session, ids: Sequence[int]) -> dict[int | None, str]:
    return dict(session.execute(select(ConceptRow.id, ConceptRow.uri).where(ConceptRow.id.in_(ids))).all())


def _insert(session: Session, framework_id: int, items: Sequence[Item], ids: Mapping[str, int], number: int) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a parent may come after its children
    rows = (
        (
            ids[item.uri],
            framework_id,
            *(getattr(item, name) for name in _CONTENT),
            item.codes[0] if item.codes else "",
            ids.get(item.parents[0]) if item.parents else None,
            item.position,
            False,
            number,
            number,
        )
        for item in items
    )
    insert_many(session, ConceptRow.__table__, rows, _COLUMNS)  # type: ignore[arg-type]


def _update(session: Session, items: Sequence[Item], ids: Mapping[str, int], number: int) -> None:
    rows = [
        {
            "id": ids[item.uri],
            **_content_values(item),
            "parent_id": ids.get(item.parents[0]) if item.parents else None,
            "position": item.position,
            "gone": False,
            "changed_in": number,
        }
        for item in items
    ]
    if rows:
        session.execute(update(ConceptRow), rows)


def _shift(session: Session, positions: Iterable[tuple[int, int]]) -> None:
    rows = [{"id": concept, "position": position} for concept, position in positions]
    if rows:
        session.execute(update(ConceptRow), rows)


def _created_in(session: Session, ids: Sequence[int], number: int) -> list[int]:
    return [
        concept
        for some in portions(ids)
        for concept in session.scalars(select(ConceptRow.id).where(ConceptRow.id.in_(some), ConceptRow.since == number))
    ]


def _past_until(session: Session, ids: Sequence[int], number: int) -> dict[int, PastConceptRow]:
    found: dict[int, PastConceptRow] = {}
    for some in portions(ids):
        for row in _past_rows(session, some, number):
            session.expunge(row)
            found[row.concept_id] = row
    return found


def _past_rows(session: Session, ids: Sequence[int], number: int) -> Iterator[PastConceptRow]:
    yield from session.scalars(
        select(PastConceptRow).where(PastConceptRow.concept_id.in_(ids), PastConceptRow.until == number)
    ).all()
