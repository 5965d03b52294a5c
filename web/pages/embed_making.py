"""Where a district gets the lines that put a search box on its own site, with the box as it will look."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec
from litestar import Response, get
from msgspec import Struct

from registry.errors import BadRequest, FieldError
from registry.search.level_table import levels
from registry.search.query import Query, search
from vocab import schemes
from vocab.grades import GRADES
from web.addresses import address_of
from web.auth import visitor
from web.forms import number_of, pairs_of, query_of, text_of
from web.framing import policy
from web.pages.layout import page
from web.site import Request

SANDBOX = "allow-forms allow-popups allow-popups-to-escape-sandbox"
"""What a frame of ours needs: no script, no cookie, links that open a tab of their own."""
_TITLE = "Search of learning resources"
_HEIGHT, _LEAST_HEIGHT, _MOST_HEIGHT = 640, 200, 4_000


class Frame(Struct, frozen=True):
    """A frame to put on a page: its address, its title for those who do not see it, its height in pixels."""

    src: str
    title: str
    height: int = _HEIGHT

    def as_html(self, width: str = "100%") -> str:
        """The element as somebody pastes it."""
        return (
            f'<iframe src="{escape(self.src)}" title="{escape(self.title)}" width="{width}" height="{self.height}" '
            f'sandbox="{SANDBOX}" loading="lazy" style="border:0"></iframe>'
        )


@get("/embed", sync_to_thread=True)
def embed_page(request: Request) -> Response[bytes]:
    """The form and what it makes; a filter that cannot be read is said above the form, with status 400."""
    frame, query, errors = _asked(request)
    status = 400 if errors else 200
    answer = page(request, "embed.html", visitor(request), _context(request, frame, query, errors), status)
    answer.headers["Content-Security-Policy"] = policy("/embed", frames="'self'")
    return answer


def _asked(request: Request) -> tuple[Frame | None, Query, tuple[FieldError, ...]]:
    try:
        return *_frame(request), ()
    except BadRequest as error:
        return None, Query(), error.errors or (FieldError("", error.detail),)


def _frame(request: Request) -> tuple[Frame, Query]:
    """The frame that was asked for. Raises BadRequest naming what cannot be read."""
    query = query_of(request.query_params)
    title = text_of(request.query_params, "title") or _TITLE
    height = number_of(request.query_params, "height", _HEIGHT, _LEAST_HEIGHT, _MOST_HEIGHT)
    registry = request.site.registry
    with registry.reading.begin() as session:
        search(session, registry, msgspec.structs.replace(query, limit=1, cursor="", facets=False))
    return Frame(f"{request.site.base_url}{address_of('/embed/search', pairs_of(query))}", title, height), query


def _context(request: Request, frame: Frame | None, query: Query, errors: tuple[FieldError, ...]) -> dict[str, Any]:
    asked = request.query_params
    return {
        "frame": frame,
        "snippet": frame.as_html() if frame else "",
        "preview": address_of("/embed/search", pairs_of(query)),
        "sandbox": SANDBOX,
        "errors": errors,
        "asked": {name: asked.get(name, "") for name in ("q", "provider", "subject", "standard", "level", "grade")},
        "open": asked.get("open") == "1",
        "title": asked.get("title", "") or _TITLE,
        "height": asked.get("height", "") or _HEIGHT,
        "subjects": [(term.key, term.label) for term in schemes.scheme("subjects").terms],
        "levels": levels(),
        "all_grades": GRADES,
    }


OPEN = [embed_page]
