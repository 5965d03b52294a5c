"""What an IndexQuery means to Meilisearch: filters, the queries of one multi-search, and its answers put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from registry.ports import Hit, IndexPage, IndexQuery
from registry.search.words import Wanted

UNKNOWN_LENGTH = 2**31
_SORTS = {"newest": "modified:desc", "arrived": "arrived:desc", "rating": "rating:desc", "shortest": "length:asc"}
_UNSAFE = str.maketrans({"%": "%25", '"': "%22", "\\": "%5C"})


def kept(value: str) -> str:
    """A facet value as the engine holds it: its filter language cannot express a quote or backslash everywhere."""
    return value.translate(_UNSAFE)


def words(parts: Sequence[tuple[str, ...]]) -> str:
    """The words as a query in which nothing is syntax but our own quotes around a phrase."""
    return " ".join(f'"{" ".join(part)}"' if len(part) > 1 else part[0] for part in parts)


def filters(query: IndexQuery, lifting: str = "") -> list[str]:
    """The conditions, all of which must hold, but for those on the field `lifting`."""
    found = [
        f"{each.field} IN [{', '.join(_quoted(value) for value in each.any_of)}]"
        for each in query.filters
        if each.field != lifting
    ]
    if query.minutes_max is not None and lifting != "duration":
        found.append(f"minutes 1 TO {max(query.minutes_max, 1)}" if query.minutes_max > 0 else "minutes < 0")
    return found


def queries(
    uid: str, query: IndexQuery, text: str, also: tuple[str, ...] = (), strategy: str = "all"
) -> list[dict[str, Any]]:
    """The query itself, one without hits for each filtered facet, one for the total where pages do not align."""
    lifted = _lifted(query)
    page = {
        **_asked(uid, text, [*filters(query), *also], strategy),
        "facets": [field for field in query.facets if field not in lifted],
        "attributesToRetrieve": ["id"],
        "showRankingScore": True,
    }
    if sort := _SORTS.get(query.sort if query.sort != "relevance" or query.text.strip() else "newest"):
        page["sort"] = [sort]
    aligned = query.limit > 0 and query.offset % query.limit == 0
    if aligned:
        page |= {"page": query.offset // query.limit + 1, "hitsPerPage": query.limit}
    elif query.limit > 0:
        page |= {"offset": query.offset, "limit": query.limit}
    else:
        page |= {"page": 1, "hitsPerPage": 0}
    asked = [page]
    asked += [
        {**_asked(uid, text, [*filters(query, field), *also], strategy), "facets": [field], "hitsPerPage": 0, "page": 1}
        for field in lifted
    ]
    if query.limit > 0 and not aligned:
        asked.append(_asked(uid, text, [*filters(query), *also], strategy) | {"hitsPerPage": 0, "page": 1})
    return asked


def count(uid: str, text: str, conditions: tuple[str, ...], strategy: str = "all") -> dict[str, Any]:
    """A query for nothing but how many there are."""
    return _asked(uid, text, list(conditions), strategy) | {"hitsPerPage": 0, "page": 1}


def strategy(asked: Wanted) -> str:
    """Which words may be missing: of three and more the commonest, for nobody's words are all in what they seek."""
    return "frequency" if len(asked.words) > 2 and not asked.phrases else "all"


def page(query: IndexQuery, answers: Sequence[dict[str, Any]]) -> IndexPage:
    """One page from the answers to `queries`."""
    first = answers[0]
    lifted = _lifted(query)
    found = dict(first.get("facetDistribution") or {})
    for answer in answers[1 : 1 + len(lifted)]:
        found |= answer.get("facetDistribution") or {}
    by_relevance = query.sort == "relevance" and bool(query.text.strip())
    scores = [float(hit["_rankingScore"]) if by_relevance else 1.0 for hit in first["hits"]]
    hits = tuple(Hit(str(hit["id"]), score, score) for hit, score in zip(first["hits"], scores, strict=True))
    total = first["totalHits"] if "totalHits" in first else answers[-1]["totalHits"]
    facets = {
        field: {unquote(value): int(number) for value, number in found.get(field, {}).items() if number}
        for field in query.facets
    }
    return IndexPage(int(total), hits, facets)


def _quoted(value: str) -> str:
    return f'"{kept(value)}"'


def _asked(uid: str, text: str, conditions: list[str], strategy: str) -> dict[str, Any]:
    return {"indexUid": uid, "q": text, "filter": conditions, "matchingStrategy": strategy}


def _lifted(query: IndexQuery) -> list[str]:
    """The facets to count as if they were not filtered."""
    filtered = {each.field for each in query.filters}
    if query.minutes_max is not None:
        filtered.add("duration")
    return [field for field in query.facets if field in filtered]
