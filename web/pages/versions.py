"""The versions of a framework as pages: its tree as a version had it."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.orm import Session

from registry.accounts import policy
from registry.errors import NotFound
from registry.standards import versions
from registry.standards.past import version_page
from registry.standards.versions import VersionView
from web.auth import person_of, visitor
from web.forms import LARGEST_ID, number_of, text_of
from web.pages.layout import page
from web.site import AnyRequest, Request

_FARTHEST = 1_000_000


@get("/frameworks/{code:str}/versions/{number:int}", sync_to_thread=True)
def version_tree(request: Request, code: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """A framework as a version of it was: what stood at the top, or under the statement `under`."""
    under = text_of(request.query_params, "under")
    start = number_of(request.query_params, "start", 0, 0, _FARTHEST)
    with request.site.registry.reading.begin() as session:
        may_see(request, session, code, number)
        found = version_page(session, code, number, under, start)
    return page(request, "version.html", visitor(request), {"view": found, "start": start, "under": under})


def visible_versions(request: AnyRequest, session: Session, code: str) -> tuple[VersionView, ...]:
    """The versions that whoever asks may see: one that waits is for those who keep the standards."""
    found = versions.versions(session, code)
    if all(each.state != "waiting" for each in found) or policy.may(person_of(request, session), "standards"):
        return found
    return tuple(each for each in found if each.state != "waiting")


def may_see(request: AnyRequest, session: Session, code: str, number: int | None) -> None:
    """Refuse a version that waits to whoever does not keep the standards. Raises NotFound, NotSignedIn, NotAllowed."""
    if number is None:
        return
    if not 0 < number <= LARGEST_ID:
        raise NotFound(f"{code[:200]} has no version {str(number)[:20]}.")
    if versions.version_view(session, code, number).state == "waiting":
        policy.require(person_of(request, session), "standards")
