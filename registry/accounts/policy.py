"""Who may do what: the one place that answers, denying by default."""

from __future__ import annotations

from msgspec import Struct

from registry.errors import NotAllowed, NotSignedIn

ADMIN = "admin"
"""May do everything."""
CURATOR = "curator"
"""Keeps the frameworks: imports, versions, what is aligned with which statement."""
TEACHER = "teacher"
"""Keeps lists and searches, and rates resources, as everybody with an account does; no more than that."""
_DISTRICT = "district:"
"""With a provider's slug behind it: sees and sets to work the sources of that district, and of no other."""


class Person(Struct, frozen=True):
    """Somebody known, and what they may do."""

    id: str
    name: str
    scopes: tuple[str, ...]

    @property
    def districts(self) -> tuple[str, ...]:
        """The slugs of the districts this person publishes for."""
        return tuple(scope.removeprefix(_DISTRICT) for scope in self.scopes if scope.startswith(_DISTRICT))


_NEEDED = {
    "learners": (ADMIN,),
    "sources": (ADMIN,),
    "operate": (ADMIN,),
    "standards": (ADMIN, CURATOR),
    "district": (ADMIN,),
    "review": (ADMIN, CURATOR),
    "requests": (ADMIN, CURATOR),
    "keep": (ADMIN, CURATOR, TEACHER),
    "moderate": (ADMIN, CURATOR),
}


def district_scope(slug: str) -> str:
    """The scope of somebody who publishes for this district."""
    return _DISTRICT + slug


def require(person: Person | None, action: str, district: str = "") -> Person:
    """The person, if they may; raises NotSignedIn for nobody and NotAllowed for somebody who may not.

    Actions: `learners` (anything about learners and classes), `sources` (sources, runs and their problems),
    `operate` (the operator's page), `standards` (frameworks, their versions that wait, re-tags), `district` (the
    pages and sources of the district with this slug), `review` (what may be one resource, and what was merged),
    `requests` (what teachers looked for and did not find: every district too), `keep` (lists, searches and ratings of
    one's own: every district too), `moderate` (what others show to everybody). An action nobody has named is allowed
    to nobody.
    """
    if person is None:
        raise NotSignedIn("Sign in, or send a key as “Authorization: Bearer …”.")
    if not may(person, action, district):
        raise NotAllowed("Your account may not do this.")
    return person


def may(person: Person | None, action: str, district: str = "") -> bool:
    """Whether the person may; for what is shown to some in a page that is open to all."""
    if person is None:
        return False
    if action == "district" and district and district in person.districts:
        return True
    if action in ("requests", "keep") and person.districts:
        return True
    return bool(set(person.scopes) & set(_NEEDED.get(action, ())))
