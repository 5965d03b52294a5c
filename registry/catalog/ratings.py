"""What people think of a resource: one to five stars each, added up beside it, so that nothing is counted twice.

A rating stays with the resource that was rated. A resource counts those of the ones that were merged into it, too, and
undoing the merge takes them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from registry.catalog.matching import end_of
from registry.db import now
from registry.errors import FieldError, NotFound, Rejected
from registry.models import MergeRow, RatingRow, RatingTallyRow, ResourceRow

STARS = (1, 2, 3, 4, 5)
ENOUGH = 3
"""So many ratings make a mean: what one or two people say is nobody's average."""
PRIOR_STARS, PRIOR_NUMBER = 3.0, 5
"""What a resource is ordered by starts as if five people had given it three stars each, so that one delighted person
does not outrank forty content ones. It is fixed: the mean of the whole catalog would change with every rating."""


class Rating(Struct, frozen=True):
    """How many rated a resource, and the mean of their stars; None while they are fewer than three."""

    number: int
    mean: float | None


def rate(session: Session, person_id: str, resource_id: str, stars: int) -> Rating:
    """Give a resource this many stars in place of those the person gave before; its rating then.

    Raises NotFound, and Rejected for any other number.
    """
    if stars not in STARS or isinstance(stars, bool):
        raise Rejected("The rating cannot be taken as it is.", [FieldError("stars", "Give 1, 2, 3, 4 or 5.")])
    resource_id = end_of(session, resource_id)
    _held(session, resource_id)
    _forget(session, person_id, _family(session, resource_id))
    session.add(RatingRow(person_id=person_id, resource_id=resource_id, stars=stars, at=now()))
    session.flush()
    recount(session, [resource_id])
    return ratings_of(session, [resource_id])[resource_id]


def take_back(session: Session, person_id: str, resource_id: str) -> None:
    """Take away the person's rating, if there is one. Raises NotFound."""
    resource_id = end_of(session, resource_id)
    _held(session, resource_id)
    if _forget(session, person_id, _family(session, resource_id)):
        recount(session, [resource_id])


def stars_of(session: Session, person_id: str, resource_id: str) -> int | None:
    """How many stars the person gave this resource, or None."""
    rows = _each_person_once(session, _family(session, resource_id), person_id)
    return rows.get(person_id)


def ratings_of(session: Session, resource_ids: Sequence[str]) -> dict[str, Rating]:
    """The ratings of those that have any, by id. One select."""
    row = RatingTallyRow
    rows = session.scalars(select(row).where(row.resource_id.in_(resource_ids), row.number > 0))
    return {row.resource_id: rating(row.number, row.stars) for row in rows}


def rating(number: int, stars: int) -> Rating:
    """The rating that so many people make with so many stars together."""
    return Rating(number, round(stars / number, 1) if number >= ENOUGH else None)


def standing(number: int = 0, stars: int = 0) -> float:
    """What resources are ordered by: the mean with the prior, 1 to 5; without any rating it is the prior's own."""
    return (PRIOR_STARS * PRIOR_NUMBER + stars) / (PRIOR_NUMBER + number)


def rated_by(session: Session, person_id: str) -> list[str]:
    """The resources this person has rated, to be counted again when the person goes."""
    ids = session.scalars(select(RatingRow.resource_id).where(RatingRow.person_id == person_id))
    return sorted({end_of(session, each) for each in ids})


def recount(session: Session, resource_ids: Iterable[str]) -> None:
    """Add up the ratings of these anew, and have them indexed where that changes anything."""
    for resource_id in sorted(set(resource_ids)):
        each = _each_person_once(session, _family(session, resource_id))
        number, stars = len(each), sum(each.values())
        row = session.get(RatingTallyRow, resource_id)
        if (row.number, row.stars) == (number, stars) if row else not number:
            continue
        if row is None:
            session.add(RatingTallyRow(resource_id=resource_id, number=number, stars=stars))
        else:
            row.number, row.stars = number, stars
        raised = update(ResourceRow).where(ResourceRow.id == resource_id).values(revision=ResourceRow.revision + 1)
        session.execute(raised.execution_options(synchronize_session=False))
    session.flush()


def _held(session: Session, resource_id: str) -> None:
    """Raise NotFound for what is not in the catalog; until the end of the transaction nobody else rates it."""
    row = session.execute(
        select(ResourceRow.withdrawn_at).where(ResourceRow.id == resource_id).with_for_update()
    ).one_or_none()
    if row is None or row.withdrawn_at is not None:
        raise NotFound("There is no such resource in the catalog.")


def _forget(session: Session, person_id: str, family: Sequence[str]) -> bool:
    gone = session.execute(delete(RatingRow).where(RatingRow.person_id == person_id, RatingRow.resource_id.in_(family)))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _family(session: Session, resource_id: str) -> list[str]:
    """The resource and all that was merged into it, however far away."""
    found, last = [resource_id], [resource_id]
    while last:
        asked = select(MergeRow.gone_id).where(MergeRow.kept_id.in_(last), MergeRow.undone_at.is_(None))
        last = [each for each in session.scalars(asked) if each not in found]
        found += last
    return found


def _each_person_once(session: Session, family: Sequence[str], person_id: str = "") -> dict[str, int]:
    """The stars each person gave, or only this one; the newest where one person has rated several of the family."""
    asked = select(RatingRow.person_id, RatingRow.stars).where(RatingRow.resource_id.in_(family))
    if person_id:
        asked = asked.where(RatingRow.person_id == person_id)
    return dict(session.execute(asked.order_by(RatingRow.at, RatingRow.resource_id)).all())
