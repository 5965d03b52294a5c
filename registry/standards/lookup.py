"""From what somebody wrote (a code in any spelling, a URI) to the statements it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import one_of
from registry.errors import NotFound
from registry.models import AliasRow, ConceptRow, FrameworkRow
from registry.standards.near import near
from registry.standards.portions import portions
from registry.standards.refs import REF_COLUMNS, ConceptRef, refs
from vocab import codes
from vocab.code_shapes import without_cluster

__all__ = ["ConceptRef", "refs", "resolve", "resolve_one"]

_Found = tuple[bool, bool, ConceptRef]
"""Whether its publisher prints this spelling, whether it is gone, and the statement."""

_WITH_KEYS = (
    select(AliasRow.key, AliasRow.printed, ConceptRow.gone, *REF_COLUMNS)
    .join(ConceptRow, ConceptRow.id == AliasRow.concept_id)
    .join(FrameworkRow, FrameworkRow.id == ConceptRow.framework_id)
    .where(one_of(AliasRow.__table__.c.key, "keys"))
    .order_by(AliasRow.printed.desc(), ConceptRow.gone, FrameworkRow.id, ConceptRow.id)
)


def resolve(session: Session, stated: Iterable[str]) -> dict[str, tuple[ConceptRef, ...]]:
    """For each spelling or URI the statements it means, the likeliest first; nothing for one that no framework knows.

    Several are an ambiguity for the caller to show: one code printed in two frameworks, or twice in one. A spelling
    that a publisher prints wins over one made by rule. Costs one select for 500 keys, a spelling has one to three.
    """
    readings = {text: codes.readings(text) for text in stated}
    wanted = {key for several in readings.values() for key in several}
    wanted.update([without_cluster(several[-1]) for several in readings.values() if several])
    found = _found(session, sorted(wanted))
    named = {text for text in readings if codes.is_prefixed(text)}
    core = _of_the_common_core(
        session, (each for text in named for key in readings[text] for each in found.get(key, ()))
    )
    meant = ((text, _meant(several, found, core if text in named else set())) for text, several in readings.items())
    return {text: several for text, several in meant if several}


def resolve_one(session: Session, stated: str) -> ConceptRef:
    """The statement that a code or URI means, the likeliest where it may mean several.

    Raises NotFound, saying which codes are near, where no framework has it.
    """
    meant = resolve(session, [stated]).get(stated, ())
    if not meant:
        close = ", ".join(ref.code for ref in near(session, stated))
        hint = f"Near it: {close}." if close else "Search the standards by their wording."
        raise NotFound(f"No framework here has “{stated[:200]}”. {hint}")
    return meant[0]


def _found(session: Session, keys: Sequence[str]) -> dict[str, list[_Found]]:
    found: dict[str, list[_Found]] = {}
    for some in portions(keys):
        rows = session.connection().execute(_WITH_KEYS, {"keys": some})
        for key, printed, gone, concept_id, uri, code, statement, framework in rows:
            ref = ConceptRef(concept_id, uri, code, statement, framework)
            found.setdefault(key, []).append((printed, gone, ref))
    return found


def _of_the_common_core(session: Session, candidates: Iterable[_Found]) -> set[int]:
    """Which statements have a code that is printed with the prefix of the Common Core."""
    wanted = sorted({ref.id for _, _, ref in candidates})
    rows = (
        row
        for some in portions(wanted)
        for row in session.execute(select(ConceptRow.id, ConceptRow.codes).where(ConceptRow.id.in_(some)))
    )
    return {concept for concept, printed in rows if any(map(codes.is_prefixed, printed))}


def _meant(readings: Sequence[str], found: Mapping[str, list[_Found]], core: set[int]) -> tuple[ConceptRef, ...]:
    """The statements of the closest reading that has any; what is gone only where nothing else is meant.

    Closest is the Common Core (`core`) where its prefix is written, then what is printed as it was written, then all
    that it may mean, and at last a code of a framework that does not print the cluster that was written.
    """
    own = [found.get(key, []) for key in readings[:1]]
    every = [found.get(key, []) for key in readings]
    with_prefix = [[each for each in candidates if each[2].id in core] for candidates in every]
    bare = [without_cluster(key) for key in readings[-1:] if without_cluster(key) != key]
    without = [[each for each in found.get(key, []) if not _in_cluster(each[2])] for key in bare]
    living, gone = ((True, False), (False, False)), ((True, True), (False, True))
    tries = (
        (with_prefix, living),
        (own, living[:1]),
        (every, living),
        (without, living),
        (with_prefix, gone),
        (every, gone),
    )
    for several, ranks in tries:
        if meant := {ref.id: ref for candidates in several for ref in _best(candidates, ranks)}:
            return tuple(meant.values())
    return ()


def _best(candidates: Sequence[_Found], ranks: Sequence[tuple[bool, bool]]) -> tuple[ConceptRef, ...]:
    """The candidates of the first rank (printed, gone) that has any."""
    for rank in ranks:
        if best := tuple(ref for printed, gone, ref in candidates if (printed, gone) == rank):
            return best
    return ()


def _in_cluster(ref: ConceptRef) -> bool:
    """Whether its publisher prints a cluster in its code: then `4.NF.C.3` is no spelling of 4.NF.B.3, but a mistake."""
    printed = codes.key(ref.code)
    return without_cluster(printed) != printed
