"""The versions of frameworks for machines."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Struct

from registry.standards.versions import VersionView
from web.api.describing import answer, described
from web.pages.versions import visible_versions
from web.site import Request


class Versions(Struct, frozen=True):
    """The versions of one framework, the newest first."""

    items: tuple[VersionView, ...]


@get(
    "/api/v1/frameworks/{code:str}/versions",
    sync_to_thread=True,
    responses=described(Versions, 404),
    summary="The versions of a framework",
)
def list_versions(request: Request, code: FromPath[str]) -> Response[bytes]:
    """Number, the publisher's label, state (live, past; waiting for who may), dates, changes counted by kind."""
    with request.site.registry.reading.begin() as session:
        return answer(Versions(visible_versions(request, session, code)))
