"""Classes for machines."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.learners.views import Grid
from web.api.describing import KEY_NEEDED, answer, asking, described, texts
from web.forms import texts_of
from web.learning import asking as asked
from web.learning import grid_of
from web.site import Request


@get(
    "/api/v1/classes/{class_id:str}/grid",
    sync_to_thread=True,
    action="learners",
    security=KEY_NEEDED,
    operation_class=asking(texts("standard", "Only the standards under these codes or URIs")),
    responses=described(Grid, 400, 401, 403, 404, 422),
    summary="A class by standard",
)
def grid(request: Request, class_id: FromPath[str]) -> Response[bytes]:
    """For each learner and standard: state, probability, interval, count of evidence and its last date."""
    within = texts_of(request.query_params, "standard")
    with asked(request, "class grid by API") as ask:
        return answer(grid_of(ask, class_id, within))
