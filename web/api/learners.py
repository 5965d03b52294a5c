"""Learners for machines: a random id, wishes, evidence in; profile, path and recommendations out."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post, put
from litestar.params import FromPath, RawBody
from msgspec import Struct

from registry.db import now
from registry.learners import evidence
from registry.learners.evidence import Added
from registry.learners.profile import create_learner, put_profile
from registry.learners.views import Path, Profile, Recommendations, Wishes
from web.api.describing import KEY_NEEDED, answer, asking, described, number, sent, sent_object, text
from web.forms import number_of, text_of
from web.learning import asking as asked
from web.learning import path_of, profile_of, recommended_to
from web.site import Request


def _texts(longest: int, least: int = 0) -> dict[str, Any]:
    items = {"type": "string", "minLength": 1, "maxLength": longest}
    return {"type": "array", "items": items, "minItems": least, "maxItems": 20}


_SCHOOL = {"type": "string", "minLength": 1, "maxLength": 100}
_WISHES = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"grade": {"type": ["string", "null"], "minLength": 1}, "goals": _texts(500)}
    | dict.fromkeys(("languages", "interests", "aspirations", "needs"), _texts(40)),
}
_EVIDENCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["learner", "standards", "kind"],
    "properties": {
        "learner": {"type": "string", "minLength": 1, "maxLength": 64},
        "standards": _texts(500, least=1),
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "kind": {"type": "string", "enum": ["task", "judgement", "quiz", "self-report", "opened"]},
        "at": {"type": "string", "format": "date-time"},
        "easiness": {"type": "number", "minimum": -5, "maximum": 5},
        "source": {"type": "string", "minLength": 1, "maxLength": 200},
    },
}
_TO = text("to", "The standard to reach, by code or URI; the learner's goals where none is given")


class NewLearner(Struct, frozen=True):
    """A learner that was made."""

    id: str


class Taken(Struct, frozen=True):
    """What became of each evidence, in the order it was sent."""

    items: tuple[Added, ...]


@post(
    "/api/v1/learners",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    status_code=201,
    operation_class=asking(
        body={"type": "object", "additionalProperties": False, "properties": {"school": _SCHOOL}}, needed=False
    ),
    responses=described(NewLearner, 400, 401, 403, 422, success=201),
    summary="Make a learner",
)
def create(request: Request, body: RawBody) -> Response[bytes]:
    """A random id in a school's namespace; no name, mail or birth date is taken."""
    school = sent_object(body, "school").get("school", "default")
    with request.site.learners.sessions.begin() as session:
        return answer(NewLearner(create_learner(session, school)), 201)


@put(
    "/api/v1/learners/{learner_id:str}/profile",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    operation_class=asking(body=_WISHES),
    responses=described(Wishes, 400, 401, 403, 404, 422),
    summary="What a learner wishes and needs",
)
def put_wishes(request: Request, learner_id: FromPath[str], body: RawBody) -> Response[bytes]:
    """Replaces it; a field that is left out becomes empty."""
    stated = sent(body)
    with asked(request, "profile changed by API") as ask:
        return answer(put_profile(ask.learners, ask.catalog, ask.reader, learner_id, stated))


@post(
    "/api/v1/evidence",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    status_code=201,
    operation_class=asking(body={"anyOf": [_EVIDENCE, {"type": "array", "items": _EVIDENCE, "maxItems": 1000}]}),
    responses=described(Taken, 400, 401, 403, 409, 413, 422, success=201),
    summary="Add evidence",
)
def add_evidence(request: Request, body: RawBody) -> Response[bytes]:
    """One or a list of them, all or nothing; the same `source` twice is stored once."""
    stated: Any = sent(body)
    with asked(request, "evidence by API") as ask:
        return answer(Taken(evidence.add(ask.learners, ask.catalog, stated, now())), 201)


@get(
    "/api/v1/learners/{learner_id:str}/profile",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    responses=described(Profile, 401, 403, 404),
    summary="What is known of a learner",
)
def profile(request: Request, learner_id: FromPath[str]) -> Response[bytes]:
    """For each standard its state, probability, interval, count, last date, and the evidence behind it."""
    with asked(request, "profile by API") as ask:
        return answer(profile_of(ask, learner_id))


@get(
    "/api/v1/learners/{learner_id:str}/path",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    operation_class=asking(_TO),
    responses=described(Path, 400, 401, 403, 404, 409),
    summary="A learner's steps to a goal",
)
def path(request: Request, learner_id: FromPath[str]) -> Response[bytes]:
    """In an order that can be walked, each with its reason."""
    to = text_of(request.query_params, "to")
    with asked(request, "path by API") as ask:
        return answer(path_of(ask, learner_id, to))


@get(
    "/api/v1/learners/{learner_id:str}/recommendations",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    operation_class=asking(_TO, number("limit", "At most", 1, 50, 5), number("minutes", "Time there is", 1, 1000)),
    responses=described(Recommendations, 400, 401, 403, 404, 409, 503),
    summary="What a learner should use next",
)
def recommendations(request: Request, learner_id: FromPath[str]) -> Response[bytes]:
    """Resources with reasons whose factors multiply to the score, and what the catalog lacks."""
    to = text_of(request.query_params, "to")
    limit = number_of(request.query_params, "limit", 5, 1, 50)
    minutes = number_of(request.query_params, "minutes", 0, 1, 1000) or None
    with asked(request, "recommendations by API") as ask:
        return answer(recommended_to(request, ask, learner_id, to, limit, minutes))
