"""Search and suggestions for machines."""

from __future__ import annotations

from litestar import Response, get

from registry.search.query import SORTS, SearchPage, Suggestions, search, suggest
from web.api.describing import answer, asking, described, number, text, texts
from web.forms import number_of, query_of, text_of
from web.site import Request

_ASKING = asking(
    text("q", "Words, a title, or a standard's code"),
    texts("standard", "Code or URI; matches its descendants and exact equivalents unless exact=1"),
    text("literal", "1: nothing is read out of q, all of it is words", ("0", "1")),
    text("exact", "1: only exactly these standards", ("0", "1")),
    text("relation", "What the resource does for the standard", ("teaches", "assesses", "requires")),
    texts("level", "Competency level: beginning, developing, proficient or extending"),
    texts("grade", "K or 1 to 12"),
    texts("subject", "Key of a subject"),
    texts("type", "Key of a resource type"),
    texts("license", "Key of a license, or open"),
    text("open", "1: only open licenses", ("0", "1")),
    texts("language", "BCP 47 tag"),
    number("minutes_max", "At most this long", 1, 100_000),
    texts("provider", "Name or slug of a provider"),
    texts("access", "Key of an accessibility feature"),
    text("sort", "Order of the results", SORTS, "relevance"),
    number("limit", "Results on a page", 1, 100, 20),
    text("cursor", "`next` of the page before"),
    text("facets", "0: without counts", ("0", "1"), "1"),
)


@get(
    "/api/v1/search",
    sync_to_thread=True,
    operation_class=_ASKING,
    responses=described(SearchPage, 400, 503),
    summary="Search the catalog",
)
def search_catalog(request: Request) -> Response[bytes]:
    """One page of what fits, with the counts of each filter."""
    query = query_of(request.query_params)
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = search(session, registry, query)
    request.site.usage.found(item.id for item in found.items)
    return answer(found)


@get(
    "/api/v1/suggest",
    sync_to_thread=True,
    operation_class=asking(text("q", "What has been typed so far"), number("limit", "Of each kind", 1, 20, 8)),
    responses=described(Suggestions, 400, 503),
    summary="Complete what is being typed",
)
def suggest_completions(request: Request) -> Response[bytes]:
    """Standards, titles and subjects that may be meant."""
    typed = text_of(request.query_params, "q")
    limit = number_of(request.query_params, "limit", 8, 1, 20)
    registry = request.site.registry
    with registry.reading.begin() as session:
        return answer(suggest(session, registry.index, typed, limit))
