"""Everything that can be refused or fail, as one tree, each with the HTTP status it becomes.

RegistryError
├── NotFound      404  what was asked for is not here
├── Conflict      409  it is here already, or somebody else holds it
├── NotSignedIn   401  we do not know who is asking
├── NotAllowed    403  we know, and they may not
├── BadRequest    400  the question cannot be read; `errors` names the parameters
├── Rejected      422  the content cannot be taken; `errors` names the fields
└── Unavailable   503  a store is down; `retry_after` seconds
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class FieldError(Struct, frozen=True):
    """What is wrong with one field or parameter, and how to mend it."""

    field: str
    message: str


class RegistryError(Exception):
    """The root: one plain sentence for a person, a status for a machine."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)


class NotFound(RegistryError):
    """What was asked for is not here."""

    status = 404
    title = "Not found"


class Conflict(RegistryError):
    """It is here already, or somebody else holds it."""

    status = 409
    title = "Conflict"


class NotSignedIn(RegistryError):
    """We do not know who is asking."""

    status = 401
    title = "Sign-in needed"


class NotAllowed(RegistryError):
    """We know who is asking, and they may not."""

    status = 403
    title = "Not allowed"


class BadRequest(RegistryError):
    """The question cannot be read."""

    status = 400
    title = "Bad request"


class Rejected(RegistryError):
    """The content cannot be taken as it is."""

    status = 422
    title = "Not accepted"


class Unavailable(RegistryError):
    """A store is down; trying again in `retry_after` seconds may help."""

    status = 503
    title = "Temporarily unavailable"

    def __init__(self, detail: str, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
