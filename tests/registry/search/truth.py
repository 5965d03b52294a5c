"""What a search without text must answer, worked out from the rows of the store alone, and where an answer differs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.models import (
    AlignmentRow,
    AssociationRow,
    ConceptRow,
    ProviderRow,
    RecordRow,
    ResourceRow,
    SourceRow,
)
from registry.search.query import Query, SearchPage, search
from vocab import licenses, schemes

_MOST_STANDARDS = 50
_LAST_MINUTES = (("up-to-15", 15), ("16-30", 30), ("31-60", 60), ("61-120", 120), ("over-120", 10**9))
_Aligned = tuple[int | None, str, str | None]
_Fits = Callable[["Held"], bool]


class Held(Struct, frozen=True):
    """One live resource: by facet all the values it counts for, its minutes, and its alignments."""

    id: str
    values: dict[str, frozenset[str]]
    minutes: int
    aligned: tuple[_Aligned, ...]


class Truth:
    """The live resources, the standards and their links, as the rows have them at this moment."""

    def __init__(self, session: Session) -> None:
        self.names = {row.id: row.code or row.uri for row in session.scalars(select(ConceptRow))}
        self._known: dict[str, set[int]] = defaultdict(set)
        for row in session.scalars(select(ConceptRow)):
            self._known[row.uri].add(row.id)
            self._known[row.code].add(row.id)
        self._below: dict[int, set[int]] = defaultdict(set)
        self._same: dict[int, set[int]] = defaultdict(set)
        for link in session.scalars(select(AssociationRow)):
            if link.source_id is None or link.target_id is None:
                continue
            if link.kind == "isChildOf":
                self._below[link.target_id].add(link.source_id)
            elif link.kind in ("exactMatch", "isTranslationOf"):
                self._same[link.source_id].add(link.target_id)
                self._same[link.target_id].add(link.source_id)
        self.held = list(_held(session))

    def ids(self, query: Query) -> set[str]:
        """Who fits all conditions."""
        return {each.id for each, failed in self._judged(query) if not failed}

    def counts(self, query: Query) -> dict[str, Counter[str]]:
        """For each facet how many have each value, what is asked of the facet itself set aside.

        Standards are counted in what was found. A level counts where the standard or relation asked for has it.
        """
        tied = bool(query.standard or query.relation)
        fits_standard = self._fits_standard(query)
        found: dict[str, Counter[str]] = defaultdict(Counter)
        standards: Counter[int] = Counter()
        for each, failed in self._judged(query):
            if not failed:
                standards.update({concept for concept, _, _ in each.aligned if concept is not None})
            for facet, values in each.values.items():
                if not failed - {facet}:
                    found[facet].update(values)
            if not failed - {"level"}:
                alignments = [one for one in each.aligned if not tied or fits_standard(one)]
                found["level"].update({level for _, _, level in alignments if level})
        # Two statements may have the same code: each is counted for itself.
        commonest = sorted(standards.items(), key=lambda item: (-item[1], item[0]))[:_MOST_STANDARDS]
        found["standard"] = Counter(f"{self.names[concept]} ({count})" for concept, count in commonest)
        return found

    def _judged(self, query: Query) -> Iterator[tuple[Held, set[str]]]:
        conditions = list(self._conditions(query))
        for each in self.held:
            yield each, {facet for facet, fits in conditions if not fits(each)}

    def _conditions(self, query: Query) -> Iterator[tuple[str, _Fits]]:
        """Each condition with the facet that lifts it."""
        for facet in ("grade", "subject", "type", "language", "provider", "access"):
            if wanted := frozenset(getattr(query, facet)):
                yield facet, lambda each, facet=facet, wanted=wanted: bool(each.values[facet] & wanted)
        if query.license:
            yield "license", lambda each: any(_is_licensed(key, query.license) for key in each.values["license"])
        if query.open:
            yield "open", lambda each: "open" in each.values["license"]
        if query.minutes_max is not None:
            most = query.minutes_max
            yield "minutes", lambda each: 0 < each.minutes <= most
        fits_standard = self._fits_standard(query)
        if query.standard or query.relation:
            yield "aligned", lambda each: any(map(fits_standard, each.aligned))
        if query.level:
            yield (
                "level",
                lambda each: any(one[2] in query.level and fits_standard(one) for one in each.aligned),
            )

    def _fits_standard(self, query: Query) -> Callable[[_Aligned], bool]:
        stated = {concept for each in query.standard for concept in self._known[each]}
        group = stated if query.exact else self._widened(stated)
        return lambda one: (not query.standard or one[0] in group) and (not query.relation or one[1] == query.relation)

    def _widened(self, stated: set[int]) -> set[int]:
        under = self._under(stated)
        return under | self._under({same for each in under for same in self._same[each]})

    def _under(self, concepts: Iterable[int]) -> set[int]:
        reached: set[int] = set()
        rest = set(concepts)
        while rest:
            reached |= rest
            rest = {below for each in rest for below in self._below[each]} - reached
        return reached


class Compared(Struct, frozen=True):
    """Where an answer differs from the truth, in sentences; how many counts and ids were compared."""

    wrong: tuple[str, ...]
    total: int
    counts: int


def compared(session: Session, registry: Registry, truth: Truth, query: Query) -> Compared:
    """The answer to a question, all pages of it, beside the truth."""
    first = search(session, registry, query)
    ids, totals = _all_pages(session, registry, query, first)
    expected = truth.ids(query)
    wrong = []
    if totals != {len(expected)}:
        wrong.append(f"total {sorted(totals)} for {len(expected)}")
    if len(ids) != len(set(ids)):
        wrong.append(f"{len(ids) - len(set(ids))} ids come twice over the pages")
    if set(ids) != expected:
        wrong.append(f"pages lack {len(expected - set(ids))} ids and have {len(set(ids) - expected)} that do not fit")
    counts = truth.counts(query)
    for name, facets in first.facets.items():
        told = (
            Counter(f"{facet.value} ({facet.count})" for facet in facets)
            if name == "standard"
            else Counter({facet.value: facet.count for facet in facets})
        )
        if told != counts[name]:
            wrong.append(f"facet {name}: {dict(told - counts[name])} too much, {dict(counts[name] - told)} too little")
    return Compared(tuple(wrong), len(expected), sum(map(len, counts.values())))


def smallest(session: Session, registry: Registry, truth: Truth, query: Query) -> Query:
    """The query with everything taken away without which its answer is wrong still."""
    for name in query.__struct_fields__:
        for value in _less(query, name):
            fewer = msgspec.structs.replace(query, **{name: value})
            if fewer != query and compared(session, registry, truth, fewer).wrong:
                return smallest(session, registry, truth, fewer)
    return query


def _less(query: Query, name: str) -> Iterator[object]:
    default = getattr(Query(), name)
    yield default
    value = getattr(query, name)
    if isinstance(value, tuple):
        yield from (value[:place] + value[place + 1 :] for place in range(len(value)))


def _all_pages(session: Session, registry: Registry, query: Query, first: SearchPage) -> tuple[list[str], set[int]]:
    ids, totals, page = [item.id for item in first.items], {first.total}, first
    while page.next:
        page = search(session, registry, msgspec.structs.replace(query, cursor=page.next, facets=False))
        ids += [item.id for item in page.items]
        totals.add(page.total)
    return ids, totals


def _held(session: Session) -> Iterator[Held]:
    providers: dict[str, set[str]] = defaultdict(set)
    rows = session.execute(
        select(RecordRow.resource_id, ProviderRow.name)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
        .where(RecordRow.outcome == "stored")
    )
    for resource_id, name in rows:
        providers[resource_id or ""].add(name)
    aligned: dict[str, list[_Aligned]] = defaultdict(list)
    for row in session.scalars(select(AlignmentRow)):
        aligned[row.resource_id].append((row.concept_id, row.relation, row.level))
    for resource in session.scalars(select(ResourceRow).where(ResourceRow.withdrawn_at.is_(None))):
        body, minutes = resource.body, resource.body.minutes or 0
        values = {
            "grade": body.grades,
            "subject": _with_broader("subjects", body.subjects),
            "type": _with_broader("types", body.types),
            "license": _license_values(body.license),
            "language": body.languages,
            "minutes": [next(key for key, last in _LAST_MINUTES if minutes <= last)] if minutes else (),
            "provider": providers[resource.id],
            "access": body.access_features,
        }
        yield Held(
            resource.id, {name: frozenset(each) for name, each in values.items()}, minutes, tuple(aligned[resource.id])
        )


def _with_broader(scheme: str, keys: Iterable[str]) -> set[str]:
    return {
        each.key for each in schemes.scheme(scheme).terms if set(schemes.scheme(scheme).narrower(each.key)) & set(keys)
    }


def _license_values(key: str | None) -> tuple[str, ...]:
    if not key:
        return ()
    return (key, "open") if licenses.license(key).open else (key,)


def _is_licensed(key: str, asked: Iterable[str]) -> bool:
    return any(re.fullmatch(rf"{re.escape(each)}(-\d\.\d)?", key) for each in asked)
