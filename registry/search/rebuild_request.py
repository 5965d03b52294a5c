"""A rebuild asked of the process that owns an embedded index: three counters in the store say how far each one is."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.db import insert_new
from registry.models import StampRow

_ASKED, _TAKEN, _DONE = "index rebuild asked", "index rebuild taken up", "index rebuild done"


class State(Enum):
    """How far a request is."""

    WAITING = "waiting"
    TAKEN = "taken up"
    DONE = "done"


def ask(session: Session) -> int:
    """Ask for a rebuild; the number of the request."""
    number = _value(session, _ASKED) + 1
    _set(session, _ASKED, number)
    return number


def is_waiting(session: Session) -> bool:
    """Whether somebody has asked and nobody has begun."""
    return _value(session, _ASKED) > _value(session, _TAKEN)


def take_up(session: Session) -> int:
    """Note that all that was asked so far is begun, or given up; the number of the last request."""
    number = _value(session, _ASKED)
    _set(session, _TAKEN, number)
    return number


def finish(session: Session, number: int) -> None:
    """Note that the requests up to this one are fulfilled."""
    _set(session, _DONE, number)


def state_of(session: Session, number: int) -> State:
    """How far this request is."""
    if _value(session, _DONE) >= number:
        return State.DONE
    return State.TAKEN if _value(session, _TAKEN) >= number else State.WAITING


def _value(session: Session, name: str) -> int:
    return session.scalar(select(StampRow.value).where(StampRow.name == name)) or 0


def _set(session: Session, name: str, value: int) -> None:
    session.execute(insert_new(session, StampRow).values(name=name, value=0))
    session.execute(update(StampRow).where(StampRow.name == name).values(value=value))
