"""The page of one learner: what is known, the way to the goal, and what to use next with the reasons."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from web.learning import asking, path_of, profile_of, recommended_to
from web.pages.layout import page
from web.site import Request


@get("/learners/{learner_id:str}", sync_to_thread=True, action="learners")
def learner_page(request: Request, learner_id: FromPath[str]) -> Response[bytes]:
    """The same answers as the API's, for a teacher to read."""
    with asking(request, "learner page") as ask:
        context = {
            "profile": profile_of(ask, learner_id),
            "path": path_of(ask, learner_id),
            "recommendations": recommended_to(request, ask, learner_id),
        }
    return page(request, "learner.html", request.user, context)
