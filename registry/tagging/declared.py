"""Alignments as a publisher declared them, resolved against the frameworks held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from registry.standards.lookup import ConceptRef
from vocab.resource import Alignment, Problem

Meanings = Mapping[str, tuple[ConceptRef, ...]]


class Tag(Struct, frozen=True):
    """One alignment ready to store; `ref` is None where no framework held knows what was stated."""

    stated: str
    relation: str
    level: str | None
    level_stated: str
    ref: ConceptRef | None
    retagged: bool = False


def tags(
    alignments: Sequence[Alignment], meanings: Meanings, replaced: Mapping[int, tuple[ConceptRef, ...]] | None = None
) -> tuple[tuple[Tag, ...], tuple[Problem, ...]]:
    """What the declared alignments mean, and what about them nobody here understands.

    `meanings` is the answer of `lookup.resolve` for all of `stated_in(alignments)`. Two spellings of one standard with
    one relation and level are one tag. `replaced` are statements in whose place a curator has put others. A code
    that no framework knows is kept, with a problem; where codes may but need not stand (`tentative`), it is no code.
    """
    kept: dict[tuple[object, ...], Tag] = {}
    problems: list[Problem] = []
    for alignment in alignments:
        meant = _fitting(alignment, meanings.get(alignment.standard, ()))
        if not meant and alignment.tentative:
            continue
        if not meant:
            problems.append(_unknown(alignment))
        elif len(meant) > 1:
            problems.append(_ambiguous(alignment, meant))
        ref = meant[0] if meant else None
        instead = (replaced or {}).get(ref.id, ()) if ref else ()
        for each in instead or (ref,):
            tag = Tag(
                alignment.standard, alignment.relation, alignment.level, alignment.level_stated, each, bool(instead)
            )
            kept.setdefault((each.id if each else alignment.standard, tag.relation, tag.level), tag)
    return tuple(_without_weaker(list(kept.values()))), tuple(problems)


def stated_in(alignments: Sequence[Alignment]) -> list[str]:
    """The spellings and URIs to resolve."""
    return [alignment.standard for alignment in alignments]


def _fitting(alignment: Alignment, meant: tuple[ConceptRef, ...]) -> tuple[ConceptRef, ...]:
    """The meanings in the framework that the publisher names, if they name one that is here."""
    if len(meant) > 1 and alignment.framework:
        named = alignment.framework.casefold()
        within = tuple(ref for ref in meant if ref.framework.casefold() == named)
        return within or meant
    return meant


def _without_weaker(found: list[Tag]) -> list[Tag]:
    """Without a tag that states no level where the same standard and relation stand with one."""
    with_level = {(tag.ref.id if tag.ref else tag.stated, tag.relation) for tag in found if tag.level}
    return [
        tag for tag in found if tag.level or (tag.ref.id if tag.ref else tag.stated, tag.relation) not in with_level
    ]


def _unknown(alignment: Alignment) -> Problem:
    return Problem(
        code="standard-unknown",
        field="standard",
        message=f"No framework in this registry has the standard “{alignment.standard[:120]}”.",
        hint="Check the code against its framework, or ask the state to import the framework. The code is kept and"
        " will be linked by itself when a framework with it arrives.",
        value=alignment.standard[:300],
    )


def _ambiguous(alignment: Alignment, meant: tuple[ConceptRef, ...]) -> Problem:
    frameworks = ", ".join(dict.fromkeys(ref.framework for ref in meant))
    return Problem(
        code="standard-ambiguous",
        field="standard",
        message=f"“{alignment.standard[:120]}” means {len(meant)} different standards ({frameworks}); "
        f"{meant[0].framework} was taken.",
        hint="Name the framework beside the code, or give the standard's URI.",
        value=alignment.standard[:300],
    )
