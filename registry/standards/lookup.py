"""From what somebody wrote (a code in any spelling, a URI) to the statements it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.models import AliasRow, ConceptRow, FrameworkRow
from vocab import codes

_MOST_PER_SELECT = 500


class ConceptRef(Struct, frozen=True):
    """One statement, enough to name and link it. `code` is the preferred printed code, maybe empty."""

    id: int
    uri: str
    code: str
    statement: str
    framework: str

    @property
    def name(self) -> str:
        """What a person calls it: its code, or its wording where it has none."""
        return self.code or self.statement


def resolve(session: Session, stated: Iterable[str]) -> dict[str, tuple[ConceptRef, ...]]:
    """For each spelling or URI the statements it means, the likeliest first; nothing for one that no framework knows.

    Several are an ambiguity for the caller to show: one code printed in two frameworks. A spelling that a publisher
    prints wins over one made by rule. Costs one select for 500 spellings.
    """
    keys = {text: lookup_keys(text) for text in stated}
    found: dict[str, list[tuple[bool, bool, ConceptRef]]] = {}
    wanted = sorted({key for several in keys.values() for key in several})
    for start in range(0, len(wanted), _MOST_PER_SELECT):
        rows = session.execute(
            select(AliasRow.key, AliasRow.printed, ConceptRow.gone, *_REF_COLUMNS)
            .join(ConceptRow, ConceptRow.id == AliasRow.concept_id)
            .join(FrameworkRow, FrameworkRow.id == ConceptRow.framework_id)
            .where(AliasRow.key.in_(wanted[start : start + _MOST_PER_SELECT]))
            .order_by(AliasRow.printed.desc(), ConceptRow.gone, FrameworkRow.id, ConceptRow.id)
        )
        for key, printed, gone, concept_id, uri, code, statement, framework in rows:
            ref = ConceptRef(concept_id, uri, code, statement, framework)
            found.setdefault(key, []).append((printed, gone, ref))
    meant = {text: next((found[key] for key in several if key in found), None) for text, several in keys.items()}
    return {text: _best(candidates) for text, candidates in meant.items() if candidates}


def resolve_one(session: Session, stated: str) -> ConceptRef:
    """The statement that a code or URI means.

    Raises NotFound, saying what it might have meant where it is ambiguous.
    """
    meant = resolve(session, [stated]).get(stated, ())
    if not meant:
        raise NotFound(f"No framework here has the standard “{stated[:200]}”. Search the standards by their wording.")
    return meant[0]


def refs(session: Session, concept_ids: Iterable[int]) -> dict[int, ConceptRef]:
    """The statements with these ids; ids nobody has are left out."""
    wanted = sorted(set(concept_ids))
    found: dict[int, ConceptRef] = {}
    for start in range(0, len(wanted), _MOST_PER_SELECT):
        rows = session.execute(
            select(*_REF_COLUMNS)
            .join(FrameworkRow, FrameworkRow.id == ConceptRow.framework_id)
            .where(ConceptRow.id.in_(wanted[start : start + _MOST_PER_SELECT]))
        )
        found.update((row[0], ConceptRef(*row)) for row in rows)
    return found


def lookup_keys(stated: str) -> tuple[str, ...]:
    """The keys of `alias` under which a spelling or URI is looked for, the closest first."""
    text = stated.strip()
    if text.lower().startswith(("http://", "https://", "urn:")):
        return (codes.uri_key(text),)
    return codes.spellings([text])


_REF_COLUMNS = (ConceptRow.id, ConceptRow.uri, ConceptRow.code, ConceptRow.statement, FrameworkRow.code)


def _best(candidates: Sequence[tuple[bool, bool, ConceptRef]]) -> tuple[ConceptRef, ...]:
    """Printed before made by rule, and what is gone only where nothing else is meant."""
    for wanted in ((True, False), (False, False), (True, True), (False, True)):
        found = tuple(ref for printed, gone, ref in candidates if (printed, gone) == wanted)
        if found:
            return found
    return ()
