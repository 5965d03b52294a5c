"""What counts once: a nonce or an invitation that has been used is remembered until it would have ended by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import NotAllowed
from registry.models import LtiUsedRow


def use_once(session: Session, token: str, until: datetime, refusal: str) -> None:
    """Count this use. Raises NotAllowed with the sentence `refusal` where it was used before."""
    session.execute(delete(LtiUsedRow).where(LtiUsedRow.until < now()))
    try:
        with session.begin_nested():
            session.add(LtiUsedRow(token=token, until=until))
    except IntegrityError:
        raise NotAllowed(refusal) from None
