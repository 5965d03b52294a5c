"""What a card of the results opens to: the beginning of a resource's text and what its standards say."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.catalog.attribution import attribution
from registry.catalog.read import resource_view
from web.rendering import html
from web.site import Request


@get("/resources/{resource_id:str}/preview", sync_to_thread=True)
def preview_part(request: Request, resource_id: FromPath[str]) -> Response[bytes]:
    """The preview for htmx, nothing of which is loaded from elsewhere; others are sent to the resource's page."""
    if not request.htmx:
        return html(b"", 303, {"Location": f"/resources/{resource_id}"})
    with request.site.registry.reading.begin() as session:
        view = resource_view(session, resource_id)
        if view.merged_into:
            view = resource_view(session, view.merged_into)
    credit = attribution(view.resource, view.card.providers, f"{request.site.base_url}/resources/{view.id}")
    context = {"view": view, "credit": credit}
    return html(request.site.templates.render("partials/preview.html", context), 410 if view.withdrawn_at else 200)
