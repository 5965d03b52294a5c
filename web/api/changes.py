"""What a version of a framework changes, for machines."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.standards.change_page import ChangePage, change_page
from web.api.describing import answer, asking, described, number, text
from web.forms import LARGEST_ID, number_of
from web.pages.changes import KINDS, asked_changes
from web.pages.versions import may_see
from web.site import Request


@get(
    "/api/v1/frameworks/{code:str}/changes/{version:int}",
    sync_to_thread=True,
    operation_class=asking(
        text("kind", "Only changes of this kind", KINDS),
        number("after", "`next` of the page before", 0, LARGEST_ID),
        number("limit", "At most", 1, 500, 50),
    ),
    responses=described(ChangePage, 400, 401, 403, 404),
    summary="What a version of a framework changes",
)
def read_changes(request: Request, code: FromPath[str], version: FromPath[int]) -> Response[bytes]:
    """Each change with the statements of both versions, how sure it is and why, the re-tags proposed and decided.

    A version that waits is for those who keep the standards.
    """
    kind, after = asked_changes(request)
    limit = number_of(request.query_params, "limit", 50, 1, 500)
    with request.site.registry.reading.begin() as session:
        may_see(request, session, code, version)
        return answer(change_page(session, code, version, kind, after, limit))
