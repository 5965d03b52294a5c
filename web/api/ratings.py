"""Rating a resource by key."""

from __future__ import annotations

from litestar import Response, delete, put
from litestar.params import FromPath, RawBody
from msgspec import Struct

from registry.accounts.policy import Person
from registry.catalog import ratings
from registry.catalog.ratings import Rating
from web.api.describing import KEY_NEEDED, answer, asking, described
from web.api.sending import sent_as
from web.site import Request

_STARS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["stars"],
    "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
}


class SentRating(Struct, frozen=True, forbid_unknown_fields=True):
    """A rating as it is sent."""

    stars: int


@put(
    "/api/v1/resources/{resource_id:str}/rating",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    operation_class=asking(body=_STARS),
    responses=described(Rating, 400, 401, 403, 404, 422),
    summary="Rate a resource",
)
def put_rating(request: Request, resource_id: FromPath[str], body: RawBody) -> Response[bytes]:
    """In place of the rating given before; `mean` is null until three people have rated it."""
    stars, person = sent_as(body, SentRating).stars, _person(request)
    with request.site.registry.sessions.begin() as session:
        rated = ratings.rate(session, person.id, resource_id, stars)
    request.site.registry.send("index-stale")
    return answer(rated)


@delete(
    "/api/v1/resources/{resource_id:str}/rating",
    sync_to_thread=True,
    action="keep",
    security=KEY_NEEDED,
    status_code=204,
    responses=described(None, 401, 403, 404, success=204),
    summary="Take one's rating back",
)
def delete_rating(request: Request, resource_id: FromPath[str]) -> None:
    """Nothing happens where there is none."""
    with request.site.registry.sessions.begin() as session:
        ratings.take_back(session, _person(request).id, resource_id)
    request.site.registry.send("index-stale")


def _person(request: Request) -> Person:
    person: Person = request.user
    return person
