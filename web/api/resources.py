"""One resource for machines: the whole record as JSON, JSON-LD or Turtle."""

from __future__ import annotations

import json

from litestar import Response, get
from litestar.params import FromPath

from registry.catalog.export import to_jsonld, to_turtle
from registry.catalog.read import ResourceView, resource_view
from web.api.describing import answer, described
from web.negotiation import preferred
from web.site import Request

_JSON, _JSONLD, _TURTLE = "application/json", "application/ld+json", "text/turtle"


@get(
    "/api/v1/resources/{resource_id:str}",
    sync_to_thread=True,
    responses=described(ResourceView, 404),
    summary="One resource with its provenance",
)
def read_resource(request: Request, resource_id: FromPath[str]) -> Response[bytes]:
    """The record, withdrawn or not (status 410 then); also application/ld+json and text/turtle by Accept.

    What was merged leads with status 301 to the resource that speaks for it.
    """
    with request.site.registry.reading.begin() as session:
        view = resource_view(session, resource_id)
    if view.merged_into:
        return Response(b"", status_code=301, headers={"Location": f"/api/v1/resources/{view.merged_into}"})
    status = 410 if view.withdrawn_at else 200
    form = preferred(request.headers.get("accept", ""), (_JSON, _JSONLD, _TURTLE))
    if form == _JSONLD:
        content = json.dumps(to_jsonld(view, request.site.base_url), ensure_ascii=False)
    elif form == _TURTLE:
        content = to_turtle(view, request.site.base_url)
    else:
        return answer(view, status)
    return Response(content.encode(), media_type=form, status_code=status, headers={"Vary": "Accept"})
