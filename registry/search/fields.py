"""A resource as an index sees it: which of its words count, and the tokens and facets it is filtered by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from registry.catalog.card import Card
from registry.catalog.ratings import standing
from registry.ports import Document
from vocab import schemes
from vocab.resource import Resource

LONGEST_TEXT = 100_000
"""Characters of full text that are indexed; whole books are found by their beginning."""

DURATIONS = (("up-to-15", 15), ("16-30", 30), ("31-60", 60), ("61-120", 120), ("over-120", None))
"""The buckets of the `duration` facet and the last minute of each."""

OPEN = "open"
"""The value the `license` facet holds, beside its key, for every open license."""

ANY = "*"
_MOST_MINUTES = 1_000_000
_OLD, _NEW = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2005, 2035))


class AlignedConcept(Struct, frozen=True):
    """One alignment: the concept (None where no framework held knows it), and the words it brings to the search."""

    concept: int | None
    relation: str
    level: str | None
    wording: tuple[str, ...] = ()


def document(
    resource: Resource,
    card: Card,
    alignments: Sequence[AlignedConcept],
    revision: int,
    created_at: datetime,
    rating: float = standing(),
) -> Document:
    """The document of a resource, under the id of its card; `created_at` dates one whose publisher gives no date."""
    minutes = min(max(card.minutes or 0, 0), _MOST_MINUTES)
    return Document(
        id=card.id,
        title=resource.title,
        keywords=" ".join(
            (
                *resource.keywords,
                *(whole.name for whole in resource.part_of),
                *_labels("subjects", card.subjects),
                *_labels("types", card.types),
            )
        ),
        wording=" ".join(dict.fromkeys(part for each in alignments for part in each.wording)),
        summary=resource.summary,
        text=resource.text[:LONGEST_TEXT],
        identifiers=tuple(dict.fromkeys((card.id, resource.url, *card.identifiers, *resource.identifiers))),
        aligned=tuple(dict.fromkeys(token for each in alignments for token in _tokens(each))),
        standard=tuple(dict.fromkeys(str(each.concept) for each in alignments if each.concept is not None)),
        level=tuple(dict.fromkeys(each.level for each in alignments if each.level)),
        grade=card.grades,
        subject=tuple(dict.fromkeys(_with_broader("subjects", card.subjects))),
        type=tuple(dict.fromkeys(_with_broader("types", card.types))),
        license=((card.license.key, OPEN) if card.license.open else (card.license.key,)) if card.license.key else (),
        language=card.languages,
        duration=(duration(minutes),) if minutes else (),
        provider=card.providers,
        access=card.access,
        minutes=minutes,
        modified=_seconds(resource, created_at),
        rating=rating,
        revision=revision,
        arrived=int(created_at.timestamp()),
        part_of=tuple(whole.name for whole in resource.part_of),
        prior=_prior(card, rating, _seconds(resource, created_at)),
    )


def token(concept: int | str, relation: str = "", level: str = "") -> str:
    """The `aligned` token to ask for; `concept` is an id or ANY, an empty relation or level means any."""
    if level:
        return f"{concept}|{relation or ANY}|{level}"
    return f"{concept}|{relation}" if relation else str(concept)


def duration(minutes: int) -> str:
    """The bucket these minutes fall into."""
    return next(key for key, last in DURATIONS if last is None or minutes <= last)


def _tokens(each: AlignedConcept) -> Iterator[str]:
    for concept in (each.concept, ANY):
        if concept is None:
            continue
        if concept != ANY:
            yield token(concept)
        yield token(concept, each.relation)
        if each.level:
            yield token(concept, "", each.level)
            yield token(concept, each.relation, each.level)


def _with_broader(scheme: str, keys: Iterable[str]) -> Iterator[str]:
    terms = schemes.scheme(scheme)
    for key in keys:
        while key:
            yield key
            try:
                key = terms.term(key).broader
            except KeyError:
                break


def _labels(scheme: str, keys: Iterable[str]) -> Iterator[str]:
    terms = schemes.scheme(scheme)
    for key in keys:
        try:
            yield terms.term(key).label
        except KeyError:
            yield key


def _prior(card: Card, rating: float, modified: int) -> float:
    """Half of it is what people gave it, a third whether a curator has said what it teaches, the rest how new it is."""
    curated = any(each.origin in ("accepted", "added") for each in card.alignments)
    fresh = min(max((modified - _OLD) / (_NEW - _OLD), 0.0), 1.0)
    return 0.5 * (rating - 1) / 4 + 0.3 * curated + 0.2 * fresh


def _seconds(resource: Resource, created_at: datetime) -> int:
    """When the publisher last changed it, as far as that is stated and has come to pass; else when it came here."""
    for stated in (resource.modified, resource.created):
        try:
            moment = datetime.fromisoformat(stated)
        except ValueError:
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if datetime(1970, 1, 1, tzinfo=UTC) <= moment <= created_at:
            return int(moment.timestamp())
    return int(created_at.timestamp())
