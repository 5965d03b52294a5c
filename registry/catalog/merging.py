"""Two resources made one and one made two, so that each can be undone: nothing is deleted, records only move.

A resource that was merged keeps its row, its id, its identifiers and its own declared alignments; it is withdrawn, and
says into which one it went.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.catalog import ratings
from registry.catalog.assemble import CURATED, members_of, reassemble
from registry.catalog.identity import identifiers_of
from registry.catalog.matching import end_of
from registry.db import new_id, now
from registry.errors import Conflict, NotFound
from registry.models import AlignmentRow, IdentifierRow, MergeRow, PairRow, RecordRow, ResourceRow

SAME = "same"
DIFFERENT = "different"


def merge(session: Session, kept: str, gone: str, by: str) -> str:
    """Make two live resources one: `gone` leads to `kept` from now on; the id by which `undo` knows the merge.

    The records and what curators aligned move. Raises NotFound, and Conflict where one is not live or both are one.
    """
    if kept == gone:
        raise Conflict("These are one resource already.")
    rows = _locked(session, (kept, gone))
    for resource_id in (kept, gone):
        if rows[resource_id].merged_into is not None or rows[resource_id].withdrawn_at is not None:
            raise Conflict("One of the two is no longer here by itself. Look at them again.")
    records = tuple(session.scalars(select(RecordRow.id).where(RecordRow.resource_id == gone).order_by(RecordRow.id)))
    session.execute(update(RecordRow).where(RecordRow.id.in_(records)).values(resource_id=kept))
    row = MergeRow(
        id=new_id(),
        kept_id=kept,
        gone_id=gone,
        records=records,
        alignments=_move_alignments(session, gone, kept),
        by=by,
        at=now(),
    )
    session.add(row)
    rows[gone].merged_into = kept
    remember(session, kept, gone, SAME, by)
    session.flush()
    reassemble(session, (kept, gone))
    ratings.recount(session, (kept, gone))
    return row.id


def undo(session: Session, merge_id: str, by: str) -> str:
    """Take a merge back: the resource that went comes back under its own id, which is returned.

    What moved then and is still there moves back; the two are remembered as different. Raises NotFound, and Conflict
    where it was undone before.
    """
    row = session.get(MergeRow, merge_id)
    if row is None:
        raise NotFound("There is no such merge.")
    if row.undone_at is not None:
        raise Conflict("This merge was undone before.")
    holder = end_of(session, row.kept_id)
    gone = _locked(session, (row.gone_id, holder))[row.gone_id]
    session.execute(
        update(RecordRow)
        .where(RecordRow.id.in_(row.records), RecordRow.resource_id == holder)
        .values(resource_id=row.gone_id)
    )
    session.execute(
        update(AlignmentRow)
        .where(AlignmentRow.id.in_(row.alignments), AlignmentRow.resource_id == holder)
        .values(resource_id=row.gone_id)
    )
    gone.merged_into = None
    row.undone_at = now()
    remember(session, row.kept_id, row.gone_id, DIFFERENT, by)
    session.flush()
    reassemble(session, (holder, row.gone_id))
    ratings.recount(session, (holder, row.gone_id))
    return row.gone_id


def split(session: Session, record_id: str, by: str) -> str:
    """Give a record a resource of its own, since it is another one; the id of that resource.

    A record that came alone by a merge goes back to the resource it had. Both are remembered as different. Raises
    NotFound, and Conflict where the resource has no other live record.
    """
    record = session.get(RecordRow, record_id)
    if record is None or record.resource_id is None:
        raise NotFound("There is no such record in the catalog.")
    resource_id = record.resource_id
    row = _locked(session, (resource_id,))[resource_id]
    members = members_of(session, resource_id)
    others = [member for member in members if member.record_id != record_id]
    if len(others) == len(members) or not others:
        raise Conflict("This is the only record of its resource.")
    if came := _came_by(session, record_id, resource_id):
        return undo(session, came, by)
    own = new_id()
    moment = now()
    session.add(
        ResourceRow(
            id=own, title=row.title, body=row.body, card=row.card, revision=0, created_at=moment, updated_at=moment
        )
    )
    session.flush()
    record.resource_id = own
    record.recognized = ""
    leaving = {
        name
        for member in members
        if member.record_id == record_id
        for name in identifiers_of(member.resource, member.identifier, member.source)
    }
    staying = {name for member in others for name in identifiers_of(member.resource, member.identifier, member.source)}
    for name in sorted(leaving - staying):
        session.execute(
            update(IdentifierRow)
            .where(IdentifierRow.value == name.value, IdentifierRow.scope == name.scope)
            .values(resource_id=own)
        )
    remember(session, resource_id, own, DIFFERENT, by)
    session.flush()
    reassemble(session, (resource_id, own))
    return own


def remember(session: Session, one: str, other: str, decision: str, by: str) -> None:
    """Write down what a person decided about two resources, so that they are not asked again."""
    first, second = sorted((one, other))
    pair = session.get(PairRow, (first, second))
    if pair is None:
        pair = PairRow(first_id=first, second_id=second, score=0.0)
        session.add(pair)
    pair.decision, pair.decided_by, pair.decided_at = decision, by, now()


def _locked(session: Session, resource_ids: Iterable[str]) -> dict[str, ResourceRow]:
    """The rows, held until the end of the transaction, in one order everywhere. Raises NotFound."""
    wanted = sorted(set(resource_ids))
    rows = session.scalars(
        select(ResourceRow)
        .where(ResourceRow.id.in_(wanted))
        .order_by(ResourceRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) < len(wanted):
        raise NotFound("There is no such resource here.")
    return {row.id: row for row in rows}


def _move_alignments(session: Session, gone: str, kept: str) -> tuple[int, ...]:
    """Hand over what curators aligned; which moved. What is said of both stays where it is, so that none is doubled."""
    rows: dict[str, list[AlignmentRow]] = {gone: [], kept: []}
    for row in session.scalars(
        select(AlignmentRow)
        .where(
            AlignmentRow.resource_id.in_((gone, kept)),
            AlignmentRow.origin.in_(CURATED),
            AlignmentRow.retagged.is_(False),
        )
        .order_by(AlignmentRow.id)
    ):
        rows[row.resource_id].append(row)
    said = {(row.concept_id, row.stated, row.relation, row.level) for row in rows[kept]}
    moving = tuple(row.id for row in rows[gone] if (row.concept_id, row.stated, row.relation, row.level) not in said)
    session.execute(update(AlignmentRow).where(AlignmentRow.id.in_(moving)).values(resource_id=kept))
    return moving


def _came_by(session: Session, record_id: str, resource_id: str) -> str | None:
    """The merge by which this record, and no other that is still here, came to the resource."""
    here = set(session.scalars(select(RecordRow.id).where(RecordRow.resource_id == resource_id)))
    for merge_row in session.scalars(
        select(MergeRow)
        .where(MergeRow.kept_id == resource_id, MergeRow.undone_at.is_(None))
        .order_by(MergeRow.at.desc(), MergeRow.id.desc())
    ):
        if here & set(merge_row.records) == {record_id}:
            return merge_row.id
    return None
