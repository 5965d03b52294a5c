"""From the values people and scripts give to what an index is asked: checked, put into our keys, widened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.errors import BadRequest, FieldError
from registry.models import ProviderRow
from registry.ports import Filter, IndexQuery
from registry.search.fields import ANY, OPEN, token
from registry.search.question import SORTS, Query
from registry.search.understanding import Read, Reading, understand, without_quoted
from registry.standards import lookup
from registry.standards.graph import Graphs
from registry.standards.lookup import ConceptRef
from vocab import codes, languages, licenses, schemes
from vocab.grades import GRADES

_LISTS = {
    "level": "levels",
    "relation": "relations",
    "subject": "subjects",
    "type": "types",
    "access": "access_features",
}


class Asked(Struct, frozen=True):
    """What an index is asked: the text left of the question, its filters, and how the question was read.

    `stated` are the plain filters that parameters gave, `by_hand` the names of the parameters that were given: what
    was read in the text says nothing where a parameter does. What is read of the kinds in `ignored` filters nothing.
    `standards` holds a set of concepts for each condition on them; they, `relation` and `levels` make up the filters
    on `aligned` that `aligned_filters` gives. `mended` is the text searched for where it is another than was typed,
    `told` says what had to be given up so that anything is found, `near` are resources that mean what was asked.
    """

    stated: tuple[Filter, ...]
    by_hand: frozenset[str]
    standards: tuple[frozenset[int], ...]
    relation: str
    stated_levels: tuple[str, ...]
    stated_minutes: int | None
    stated_open: bool
    reading: Reading
    refs: tuple[ConceptRef, ...] = ()
    ignored: frozenset[str] = frozenset()
    mended: str = ""
    told: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is searched for as words."""
        return self.mended or self.reading.text

    @property
    def understood(self) -> tuple[str, ...]:
        """The codes of the standards asked for."""
        return tuple(dict.fromkeys(ref.name for ref in self.refs))

    @property
    def read(self) -> tuple[Read, ...]:
        """What was read in the text and counts."""
        gone = self.by_hand | self.ignored
        return tuple(each for each in self.reading.read if each.kind == "standard" or each.kind not in gone)

    @property
    def plain(self) -> tuple[Filter, ...]:
        """The conditions that are not about alignments."""
        read = [Filter(each.kind, each.value) for each in self.read if each.kind in ("grade", "type", "language")]
        read += [Filter("license", _versions(each.value)) for each in self.read if each.kind == "license"]
        if any(each.kind == "open" for each in self.read):
            read.append(Filter("license", (OPEN,)))
        return (*self.stated, *read)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels asked for."""
        return self.stated_levels or self._value("level")

    @property
    def minutes_max(self) -> int | None:
        """How long it may take at most, None for any length."""
        read = self._value("minutes_max")
        return int(read[0]) if read else self.stated_minutes

    @property
    def only_open(self) -> bool:
        """Whether all licenses but the open ones are out of the question."""
        return self.stated_open or any(each.kind == "open" for each in self.read)

    @property
    def tied(self) -> bool:
        """Whether levels are asked of certain alignments, not of the resource as a whole."""
        return bool(self.standards or self.relation)

    def aligned_filters(self, levels: Sequence[str]) -> tuple[Filter, ...]:
        """The conditions on alignments if these levels were asked for."""
        if not self.tied:
            return (Filter("level", tuple(levels)),) if levels else ()
        groups: Sequence[Iterable[int | str]] = self.standards or ((ANY,),)
        wanted = levels or ("",)
        return tuple(
            Filter("aligned", tuple(token(concept, self.relation, level) for concept in group for level in wanted))
            for group in groups
        )

    def filters(self) -> tuple[Filter, ...]:
        """All conditions."""
        return (*self.plain, *self.aligned_filters(self.levels))

    def counting(self, filters: tuple[Filter, ...] | None = None) -> IndexQuery:
        """What an index is asked for the total alone, under these conditions or all."""
        return IndexQuery(
            text=self.text,
            also=self.near if self.text else (),
            filters=self.filters() if filters is None else filters,
            minutes_max=self.minutes_max,
            limit=0,
        )

    def _value(self, kind: str) -> tuple[str, ...]:
        return next((each.value for each in self.read if each.kind == kind), ())


class _Listed(Struct, frozen=True):
    """What is read by the closed lists alone, without asking a store."""

    plain: dict[str, tuple[str, ...]]
    levels: tuple[str, ...]
    relation: tuple[str, ...]
    licensed: tuple[Filter, ...]


def unreadable(query: Query) -> tuple[FieldError, ...]:
    """What cannot be read of the query whatever is in the catalog, and how to mend it."""
    checked = _Checked()
    _listed(query, checked)
    return tuple(checked.errors)


def asked(session: Session, graphs: Graphs, query: Query) -> Asked:
    """What the query means. Raises BadRequest naming every parameter that cannot be read and how to mend it."""
    checked = _Checked()
    listed = _listed(query, checked)
    in_text = () if query.literal else _codes_in(query.q)
    meant = lookup.resolve(session, (*query.standard, *in_text))
    for stated in query.standard:
        if stated not in meant:
            checked.wrong("standard", f"No framework here has “{stated[:200]}”. Search the standards at /standards.")
    typed = sorted(_whole(code for code in in_text if code in meant), key=query.q.find)
    groups = [[ref for stated in group for ref in meant.get(stated, ())] for group in (query.standard, typed)]
    plain = listed.plain | {"provider": _providers(session, query.provider, checked)}
    checked.finish()
    return Asked(
        stated=(*(Filter(field, values) for field, values in plain.items() if values), *listed.licensed),
        by_hand=_by_hand(query),
        standards=tuple(_concepts(session, graphs, group, query.exact) for group in groups if group),
        relation=listed.relation[0] if listed.relation else "",
        stated_levels=listed.levels,
        stated_minutes=query.minutes_max,
        stated_open=query.open,
        reading=_reading(query, {code: meant[code] for code in typed}),
        refs=tuple({ref.id: ref for group in groups for ref in group}.values()),
    )


def _by_hand(query: Query) -> frozenset[str]:
    given = {name for name in ("level", "grade", "type", "language", "minutes_max") if getattr(query, name)}
    return frozenset(given | ({"open", "license"} if query.open or query.license else set()))


def _reading(query: Query, codes: Mapping[str, Sequence[ConceptRef]]) -> Reading:
    if query.literal:
        return Reading(query.q, (), query.q.strip())
    named = {code: (several[0].code or several[0].uri, several[0].name) for code, several in codes.items()}
    return understand(query.q, named)


def _versions(keys: Sequence[str]) -> tuple[str, ...]:
    """A license named without its version stands for all of them."""
    return tuple(each.key for each in licenses.licenses() if each.key in keys or _family(each.key) in keys)


def only_open(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts of those licenses that are open."""
    keys = {OPEN, *(each.key for each in licenses.licenses() if each.open)}
    return {key: count for key, count in counts.items() if key in keys}


class _Checked:
    """Keeps what was wrong, so that all of it can be told at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def wrong(self, field: str, message: str) -> None:
        self.errors.append(FieldError(field, message))

    def keys(self, field: str, stated: Iterable[str]) -> tuple[str, ...]:
        scheme = schemes.scheme(_LISTS[field])
        shown = ", ".join(term.key for term in scheme.terms[:12])
        more = " and more" if len(scheme.terms) > 12 else ""
        return self.values(field, stated, scheme.key_of, f"one of {shown}{more}")

    def values(
        self, field: str, stated: Iterable[str], read: Callable[[str], str | None], choices: str
    ) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for value in stated:
            key = read(value)
            if key is None:
                self.wrong(field, f"“{value[:100]}” is not known. Use {choices}.")
            else:
                found[key] = None
        return tuple(found)

    def finish(self) -> None:
        if self.errors:
            raise BadRequest("The search cannot be read as it is.", self.errors)


def _listed(query: Query, checked: _Checked) -> _Listed:
    _check_numbers(query, checked)
    plain = {field: checked.keys(field, getattr(query, field)) for field in ("subject", "type", "access")}
    plain["grade"] = checked.values("grade", query.grade, _grade, f"one of {', '.join(GRADES)}")
    plain["language"] = checked.values("language", query.language, languages.language_of, "a tag like en or es")
    relation = checked.keys("relation", (query.relation,) if query.relation else ())
    return _Listed(plain, checked.keys("level", query.level), relation, _licensed(query, checked))


def _check_numbers(query: Query, checked: _Checked) -> None:
    if not 1 <= query.limit <= 100:
        checked.wrong("limit", "Use a whole number from 1 to 100.")
    if query.minutes_max is not None and query.minutes_max < 1:
        checked.wrong("minutes_max", "Use a whole number of minutes, 1 or more.")
    if query.sort not in SORTS:
        checked.wrong("sort", f"“{query.sort[:100]}” is not known. Use one of {', '.join(SORTS)}.")


def _codes_in(text: str) -> tuple[str, ...]:
    stated = text.strip()
    return (stated,) if codes.looks_like_code(stated) else codes.codes_asked(without_quoted(text))


def _whole(found: Iterable[str]) -> list[str]:
    """Those, the longest first, that are not a part of another: NJ.4.NF.B.3 is not 4.NF.B.3 as well."""
    kept: list[str] = []
    for code in found:
        if not any(code in longer for longer in kept):
            kept.append(code)
    return kept


def _concepts(session: Session, graphs: Graphs, refs: Iterable[ConceptRef], exact: bool) -> frozenset[int]:
    ids = [ref.id for ref in refs]
    return frozenset(ids if exact else graphs.current(session).widened(ids))


def _grade(stated: str) -> str | None:
    return stated.strip().upper() if stated.strip().upper() in GRADES else None


def _providers(session: Session, stated: Sequence[str], checked: _Checked) -> tuple[str, ...]:
    if not stated:
        return ()
    rows = session.execute(
        select(ProviderRow.slug, ProviderRow.name).where(
            or_(ProviderRow.name.in_(stated), ProviderRow.slug.in_(stated))
        )
    ).all()
    names = {spelling: row.name for row in rows for spelling in (row.slug, row.name)}
    return checked.values("provider", stated, names.get, "the name of a publisher as search results give it")


def _licensed(query: Query, checked: _Checked) -> tuple[Filter, ...]:
    """At most one condition; it has no value, and nothing fits, where open ones are asked for among closed ones."""
    keys = checked.values(
        "license", [value for value in query.license if value != OPEN], _license_key, "cc-by-4.0 or open"
    )
    named = [licenses.license(key) for key in _versions(keys)]
    any_open = OPEN in query.license
    if query.open and (any_open or not query.license):
        return (Filter("license", (OPEN,)),)
    if query.open:
        return (Filter("license", tuple(each.key for each in named if each.open)),)
    chosen = (*(each.key for each in named), *((OPEN,) if any_open else ()))
    return (Filter("license", chosen),) if chosen else ()


def _license_key(stated: str) -> str | None:
    found = licenses.license_of(stated)
    return found.key if found else None


def _family(key: str) -> str:
    head, _, version = key.rpartition("-")
    return head if version[:1].isdigit() else key
