"""What an IndexQuery means to Meilisearch: filters, the queries of one multi-search, and its answers put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from math import prod
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from registry.ports import Hit, IndexPage, IndexQuery
from registry.search.matching import NEEDED, Stems, Terms, Word

UNKNOWN_LENGTH = 2**31
_SORTS = {"newest": "modified:desc", "arrived": "arrived:desc", "rating": "rating:desc", "shortest": "length:asc"}
_UNSAFE = str.maketrans({"%": "%25", '"': "%22", "\\": "%5C"})


_HIT: dict[str, Any] = {"attributesToRetrieve": ["id"], "showRankingScore": True}
_MOST_TEXTS = 12
_MOST_BESIDE = 4
"""How many words that are not needed order what is found; the engine reads ten at most."""


class Part(Struct, frozen=True):
    """A text, conditions beside those of the query, and which of the words that stand in no quotes may be missing."""

    text: str = ""
    conditions: tuple[str, ...] = ()
    strategy: str = "last"


def kept(value: str) -> str:
    """A facet value as the engine holds it: its filter language cannot express a quote or backslash everywhere."""
    return value.translate(_UNSAFE)


def said(stems: Iterable[str]) -> str:
    """Stems as the engine holds them: it must not take one of another alphabet apart by rules of its own."""
    return " ".join(map(_coded, stems))


@lru_cache(maxsize=200_000)
def _coded(stem: str) -> str:
    return stem if stem.isascii() else f"x{blake2b(stem.encode(), digest_size=8).hexdigest()}"


def loosely(parts: Iterable[Stems]) -> str:
    """The words, each with a typing mistake and the last maybe only begun."""
    return typed(said(part).split() for part in parts)


def typed(parts: Iterable[Sequence[str]]) -> str:
    """The words as a query in which nothing is syntax but our own quotes around a phrase."""
    return " ".join(f'"{" ".join(part)}"' if len(part) > 1 else part[0] for part in parts)


def strictly(asked: Terms, needed: Sequence[Word]) -> tuple[str, ...]:
    """Texts that no document fits two of: together they find what holds every phrase and enough of the words needed.

    The engine knows no "two of these three" and no "this word or that", but what to leave out.
    """
    words = _trimmed(needed)
    others = [said(word.forms[0]) for word in asked.words if word not in needed and len(word.forms[0]) == 1]
    found = []
    for chosen, without in _choices(words):
        for forms in product(*(range(len(word.forms)) for word in chosen)):
            holds = [word.forms[place] for word, place in zip(chosen, forms, strict=True)]
            lacks = [form for word, place in zip(chosen, forms, strict=True) for form in word.forms[:place]]
            lacks += [form for word in without for form in word.forms]
            quoted = [f'-"{said(form)}"' for form in lacks] + [f'"{said(form)}"' for form in (*asked.phrases, *holds)]
            # The space at the end says that the last word is whole.
            found.append(" ".join((*quoted, *others[:_MOST_BESIDE])) + " ")
    return tuple(found)


def _choices(words: Sequence[Word]) -> list[tuple[Sequence[Word], Sequence[Word]]]:
    """The words to hold, and those not to hold because they were chosen before."""
    if len(words) <= NEEDED:
        return [(words, ())]
    first, second, third = words
    return [((first, second), ()), ((first, third), (second,)), ((second, third), (first,))]


def _trimmed(words: Sequence[Word]) -> list[Word]:
    """The words with so few other words that not too many texts come of them."""
    kept = list(words)
    while sum(prod(len(word.forms) for word in chosen) for chosen, _ in _choices(kept)) > _MOST_TEXTS:
        place = max(range(len(kept)), key=lambda place: len(kept[place].forms))
        kept[place] = Word(kept[place].forms[:-1])
    return kept


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


def queries(uid: str, query: IndexQuery, part: Part) -> list[dict[str, Any]]:
    """The query for one part, one without hits for each filtered facet, one for the total where pages do not align."""
    lifted = _lifted(query)
    page = {
        **_asked(uid, part, filters(query)),
        "facets": [field for field in query.facets if field not in lifted],
        **_HIT,
    }
    if sort := order(query):
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
        {**_asked(uid, part, filters(query, field)), "facets": [field], "hitsPerPage": 0, "page": 1} for field in lifted
    ]
    if query.limit > 0 and not aligned:
        asked.append(_asked(uid, part, filters(query)) | {"hitsPerPage": 0, "page": 1})
    return asked


def order(query: IndexQuery) -> str | None:
    """What the engine sorts by; None for its own order. Without a text the newest come first."""
    return _SORTS.get(query.sort if query.sort != "relevance" or query.text.strip() else "newest")


def count(uid: str, part: Part, query: IndexQuery | None = None) -> dict[str, Any]:
    """A query for nothing but how many there are, under the conditions of `query` if any."""
    return _asked(uid, part, filters(query) if query else []) | {"hitsPerPage": 0, "page": 1}


def sorted_hits(uid: str, query: IndexQuery, parts: Sequence[Part]) -> dict[str, Any]:
    """One request for the hits of several parts in one order."""
    asked = [_asked(uid, part, filters(query)) | _HIT | {"sort": [order(query)]} for part in parts]
    return {"federation": {"offset": query.offset, "limit": query.limit}, "queries": asked}


def window(uid: str, query: IndexQuery, part: Part, offset: int, limit: int) -> dict[str, Any]:
    """A query for some hits of one part."""
    return _asked(uid, part, filters(query)) | _HIT | {"offset": offset, "limit": limit}


def page(query: IndexQuery, answers: Sequence[dict[str, Any]]) -> IndexPage:
    """One page from the answers to `queries`."""
    first = answers[0]
    lifted = _lifted(query)
    found = dict(first.get("facetDistribution") or {})
    for answer in answers[1 : 1 + len(lifted)]:
        found |= answer.get("facetDistribution") or {}
    total = first["totalHits"] if "totalHits" in first else answers[-1]["totalHits"]
    facets = {
        field: {unquote(value): int(number) for value, number in found.get(field, {}).items() if number}
        for field in query.facets
    }
    return IndexPage(int(total), hits(first), facets)


def joined(query: IndexQuery, pages: Sequence[IndexPage]) -> IndexPage:
    """The pages of parts that share no document as one: counts added up, hits one after the other."""
    counts = {field: Counter[str]() for field in query.facets}
    for each in pages:
        for field in query.facets:
            counts[field].update(each.facets[field])
    found = [hit for each in pages for hit in each.hits][: query.limit]
    return IndexPage(
        sum(each.total for each in pages), falling(found), {field: dict(count) for field, count in counts.items()}
    )


def hits(answer: dict[str, Any]) -> tuple[Hit, ...]:
    """The hits of one answer; those that were sorted by something else all fit as well."""
    return tuple(Hit(str(hit["id"]), float(hit.get("_rankingScore", 1.0))) for hit in answer["hits"])


def falling(found: Sequence[Hit], before: int = 0) -> tuple[Hit, ...]:
    """The hits with scores that fall from one to the next: those of several queries are on no common scale."""
    return tuple(Hit(hit.id, 20 / (20 + place)) for place, hit in enumerate(found, before))


def _quoted(value: str) -> str:
    return f'"{kept(value)}"'


def _asked(uid: str, part: Part, conditions: list[str]) -> dict[str, Any]:
    asked = {
        "indexUid": uid,
        "q": part.text,
        "filter": [*conditions, *part.conditions],
        "matchingStrategy": part.strategy,
    }
    return asked | {"attributesToSearchOn": ["said"]} if part.text else asked


def _lifted(query: IndexQuery) -> list[str]:
    """The facets to count as if they were not filtered."""
    filtered = {each.field for each in query.filters}
    if query.minutes_max is not None:
        filtered.add("duration")
    return [field for field in query.facets if field in filtered]
