"""The classes, and one class by standard."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from registry.learners.classes import classes_of
from web.learning import asking, grid_of
from web.pages.layout import page
from web.site import Request


@get("/classes", sync_to_thread=True, action="learners")
def classes_page(request: Request) -> Response[bytes]:
    """All classes by title."""
    with request.site.learners.reading.begin() as session:
        found = classes_of(session)
    return page(request, "classes.html", request.user, {"classes": found})


@get("/classes/{class_id:str}", sync_to_thread=True, action="learners")
def class_page(request: Request, class_id: FromPath[str]) -> Response[bytes]:
    """Each learner of a class and each standard there is evidence for."""
    with asking(request, "class page") as ask:
        grid = grid_of(ask, class_id)
    return page(request, "class.html", request.user, {"grid": grid})
