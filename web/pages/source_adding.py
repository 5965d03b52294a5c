"""A new source added from a page: its link is tried out first, then it is saved."""

from __future__ import annotations

from litestar import Response, get, post

from harvesters.kinds import check_options
from registry.catalog.sources import add_source
from registry.errors import Conflict, FieldError, Rejected
from web.auth import require_own_form
from web.forms import text_of
from web.pages.district_check import trial_context, tried
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request
from web.trying import Stated, options_in


@get("/admin/add-source", sync_to_thread=True, action="sources")
def adding_page(request: Request) -> Response[bytes]:
    """The form, with the provider filled in where the address names one."""
    stated = Stated({"provider": text_of(request.query_params, "provider")})
    return page(request, "source_adding.html", request.user, trial_context(stated))


@post("/admin/add-source", sync_to_thread=True, status_code=200, action="sources")
def add(request: Request, data: Form) -> Response[bytes]:
    """The link tried out, or where the form says `save` the source added and its page. Status 422 for a bad form."""
    require_own_form(request, data)
    stated = Stated(data)
    if stated["do"] != "save":
        context, status = tried(request, request.user, stated, stated["provider"])
        return page(request, "source_adding.html", request.user, context, status)
    try:
        _save(request, stated)
    except Rejected as refused:
        return page(request, "source_adding.html", request.user, trial_context(stated, refused=refused), 422)
    request.site.registry.send("harvest", source=stated["name"], due="yes")
    return html(b"", 303, {"Location": f"/admin/sources/{stated['name']}"})


def _save(request: Request, stated: Stated) -> None:
    """The source written down. Raises Rejected naming what cannot be used."""
    options = options_in(stated["options"])
    check_options(stated["kind"], options)
    try:
        with request.site.registry.sessions.begin() as session:
            add_source(session, stated["name"], stated["kind"], stated["url"], stated["provider"], options)
    except Conflict as taken:
        raise Rejected("The source cannot be added as it is.", [FieldError("name", taken.detail)]) from None
