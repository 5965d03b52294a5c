"""The form by which a person rates a resource, changes that, and takes it back."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, post
from litestar.params import FromPath

from registry.accounts.policy import Person
from registry.catalog import ratings
from web.auth import require_own_form
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request
from web.trying import Stated

_TAKE_BACK = "none"


@post("/resources/{resource_id:str}/rating", sync_to_thread=True, status_code=303, action="keep")
def rate(request: Request, resource_id: FromPath[str], data: Form) -> Response[bytes]:
    """Give stars, or none any more; back to the resource."""
    require_own_form(request, data)
    person: Person = request.user
    stated = Stated(data)["stars"]
    with request.site.registry.sessions.begin() as session:
        if stated == _TAKE_BACK:
            ratings.take_back(session, person.id, resource_id)
        else:
            ratings.rate(session, person.id, resource_id, int(stated) if stated in "12345" and stated else 0)
    request.site.registry.send("index-stale")
    return html(b"", 303, {"Location": f"/resources/{quote(resource_id, safe='')}#ratings"})
