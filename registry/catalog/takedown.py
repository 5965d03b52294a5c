"""A resource taken down by a person here, and put back: whatever its sources say meanwhile."""

from __future__ import annotations

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from registry.catalog import sets
from registry.catalog.assemble import reassemble
from registry.db import now
from registry.errors import Conflict, FieldError, NotFound, Rejected
from registry.models import RecordRow, ResourceRow

log = structlog.get_logger()

_LONGEST = 500


def take_down(session: Session, resource_id: str, reason: str, by: str) -> None:
    """Take a resource out of the catalog, its index, the OAI-PMH provider and what is passed on to other registries.

    Its records stay, so that it can be put back as it was. Raises NotFound, Conflict where it is down already, or
    Rejected without a reason.
    """
    row = _row(session, resource_id)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= _LONGEST:
        raise Rejected("The resource was not taken down.", [FieldError("reason", "Say why, in up to 500 characters.")])
    if row.taken_down:
        raise Conflict("This resource has been taken down already.")
    moment = now()
    row.taken_down, row.withdrawn_at, row.updated_at, row.revision = reason, moment, moment, row.revision + 1
    session.flush()
    sets.restamp(session, [resource_id])
    _touch_records(session, resource_id)
    log.info("taken_down", resource=resource_id, by=by, reason=reason)


def put_back(session: Session, resource_id: str, by: str) -> None:
    """Let a resource that was taken down come back, as its records have it now. Raises NotFound or Conflict."""
    row = _row(session, resource_id)
    if not row.taken_down:
        raise Conflict("This resource was not taken down.")
    row.taken_down = ""
    session.flush()
    reassemble(session, [resource_id])
    _touch_records(session, resource_id)
    log.info("put_back", resource=resource_id, by=by)


def _row(session: Session, resource_id: str) -> ResourceRow:
    row = session.get(ResourceRow, resource_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such resource here.")
    return row


def _touch_records(session: Session, resource_id: str) -> None:
    """Other registries are told by record."""
    session.execute(update(RecordRow).where(RecordRow.resource_id == resource_id).values(changed_at=now()))
