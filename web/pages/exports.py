"""A whole search result as a file to take along: CSV and JSON-LD, sent page after page."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from litestar import get
from litestar.response import Stream

from registry.search import exporting
from registry.search.exporting import CSV, JSONLD, Form, Part
from web.forms import pairs_of, query_of
from web.site import Request


@get("/search/export.csv", sync_to_thread=True)
def export_table(request: Request) -> Stream:
    """The result of a search as a table, with the parameters of the search page."""
    return _file(request, CSV)


@get("/search/export.jsonld", sync_to_thread=True)
def export_graph(request: Request) -> Stream:
    """The result of a search as schema.org, with the parameters of the search page."""
    return _file(request, JSONLD)


def _file(request: Request, form: Form) -> Stream:
    """The first page is found before the answer starts, so that what is wrong with the question is told."""
    registry = request.site.registry
    query = query_of(request.query_params)
    address = f"{request.site.base_url}{request.url.path}?{urlencode([*pairs_of(query), ('cursor', '')])}"

    def page(cursor: str) -> Part:
        with registry.reading.begin() as session:
            return exporting.part(session, registry, msgspec.structs.replace(query, cursor=cursor), form)

    first = page(query.cursor)
    headers = {
        "Content-Disposition": f'attachment; filename="{form.name}"',
        "Cache-Control": "public, no-cache",
        "X-Total-Count": str(first.total),
    }
    return Stream(exporting.written(first, page, form, address), media_type=form.media_type, headers=headers)
