"""Who may do what: the one place that answers, denying by default."""

from __future__ import annotations

from msgspec import Struct

from registry.errors import NotAllowed, NotSignedIn

ADMIN = "admin"
"""May do everything. Roles for teachers and districts will stand beside it."""
CURATOR = "curator"
"""Keeps the frameworks: imports, versions, what is aligned with which statement."""


class Person(Struct, frozen=True):
    """Somebody known, and what they may do."""

    id: str
    name: str
    scopes: tuple[str, ...]


_NEEDED = {
    "learners": (ADMIN,),
    "sources": (ADMIN,),
    "operate": (ADMIN,),
    "standards": (ADMIN, CURATOR),
}


def require(person: Person | None, action: str) -> Person:
    """The person, if they may; raises NotSignedIn for nobody and NotAllowed for somebody who may not.

    Actions: `learners` (anything about learners and classes), `sources` (sources, runs and their problems),
    `operate` (the operator's page), `standards` (frameworks, their versions that wait, re-tags). An action nobody has
    named is allowed to nobody.
    """
    if person is None:
        raise NotSignedIn("Sign in, or send a key as “Authorization: Bearer …”.")
    if not may(person, action):
        raise NotAllowed("Your account may not do this.")
    return person


def may(person: Person | None, action: str) -> bool:
    """Whether the person may; for what is shown to some in a page that is open to all."""
    return person is not None and bool(set(person.scopes) & set(_NEEDED.get(action, ())))
