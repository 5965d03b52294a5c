"""What the pages and the API ask about learners: both databases opened together, and who asks written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct
from sqlalchemy.orm import Session

from registry.db import now
from registry.learners import classes, recommend, steps
from registry.learners.access import Reader
from registry.learners.profile import read_profile
from registry.learners.views import Grid, Path, Profile, Recommendations
from registry.standards.graph import Graph
from web.site import Request


class Asking(Struct, frozen=True):
    """The two units of work of one question, and who asks it."""

    learners: Session
    catalog: Session
    graph: Graph
    reader: Reader


@contextmanager
def asking(request: Request, why: str) -> Iterator[Asking]:
    """Both databases for one question; reading a learner's record writes its access log, so that one can be written."""
    registry, learners = request.site.registry, request.site.learners
    with learners.sessions.begin() as session, registry.reading.begin() as catalog:
        yield Asking(session, catalog, registry.graphs.current(catalog), Reader(request.user.id, why))


def profile_of(ask: Asking, learner_id: str) -> Profile:
    """What is known of a learner now."""
    return read_profile(ask.learners, ask.catalog, ask.graph, ask.reader, learner_id, now())


def path_of(ask: Asking, learner_id: str, to: str = "") -> Path:
    """A learner's steps to a standard, or to their goals."""
    return steps.read_path(ask.learners, ask.catalog, ask.graph, ask.reader, learner_id, to or None, now())


def recommended_to(
    request: Request, ask: Asking, learner_id: str, to: str = "", limit: int = 5, minutes: int | None = None
) -> Recommendations:
    """What a learner should use next, with the reasons."""
    index = request.site.registry.index
    return recommend.recommend(
        ask.learners, ask.catalog, index, ask.graph, ask.reader, learner_id, now(), to or None, limit, minutes
    )


def grid_of(ask: Asking, class_id: str, within: tuple[str, ...] = ()) -> Grid:
    """A class by standard."""
    return classes.grid(ask.learners, ask.catalog, ask.graph, ask.reader, class_id, now(), within)
