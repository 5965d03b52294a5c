"""A source's own words for competency levels, and what they mean here."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from registry.catalog.levels import level_words, map_level
from registry.catalog.sources import list_sources
from registry.errors import NotFound, Rejected
from vocab.schemes import scheme
from web.auth import require_own_form
from web.pages.layout import page
from web.pages.sign_in import Form
from web.rendering import html
from web.site import Request
from web.trying import Stated


@get("/admin/sources/{name:str}/levels", sync_to_thread=True, action="district")
def levels_page(request: Request, name: FromPath[str]) -> Response[bytes]:
    """The words of a source's provider: what means nothing yet, and what is mapped."""
    return _listed(request, name, Stated({}))


def _listed(request: Request, name: str, stated: Stated, refused: Rejected | None = None) -> Response[bytes]:
    with request.site.registry.reading.begin() as session:
        source = next(iter(list_sources(session, name=name)), None)
        if source is None:
            raise NotFound(f"There is no source “{name[:100]}”.")
        words = level_words(session, source.provider)
    context = {"source": source, "words": words, "levels": scheme("levels").terms}
    context |= {"stated": stated, "refused": refused}
    return page(request, "levels.html", request.user, context, 422 if refused else 200)


@post("/admin/sources/{name:str}/levels", sync_to_thread=True, status_code=303, action="district")
def map_word(request: Request, name: FromPath[str], data: Form) -> Response[bytes]:
    """Say what one word means, and go back."""
    require_own_form(request, data)
    registry, stated = request.site.registry, Stated(data)
    try:
        with registry.sessions.begin() as session:
            source = next(iter(list_sources(session, name=name)), None)
            if source is None:
                raise NotFound(f"There is no source “{name[:100]}”.")
            map_level(session, source.provider, stated["word"], stated["level"], request.user.name)
    except Rejected as refused:
        return _listed(request, name, stated, refused)
    registry.send("reassemble")
    return html(b"", 303, {"Location": f"/admin/sources/{name}/levels"})
