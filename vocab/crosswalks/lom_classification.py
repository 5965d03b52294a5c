"""The classifications of Learning Object Metadata: by purpose a subject, a level, a standard taught or required."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from msgspec import Struct

from vocab.codes import find_codes, looks_like_code
from vocab.crosswalks.lom_elements import Texts, all_in, first_in, text_of
from vocab.crosswalks.notes import Notes
from vocab.crosswalks.stated import Claim, Said, Stated
from vocab.grades import grades_of
from vocab.schemes import scheme

_MOST_PATHS = 300
_TAUGHT = frozenset(("educationalobjective", "competency", "objective", "skill"))
_OTHER_RELATIONS = {"prerequisite": "requires", "assesses": "assesses"}
_LEVELS = frozenset(("educationallevel", "gradelevel", "skilllevel"))


class _Taxon(Struct, frozen=True):
    """The end of one path through a taxonomy; `above` are the entries on the way to it, the nearest first."""

    identifier: str
    entry: str
    above: tuple[str, ...]
    source: str


def read_classification(section: etree._Element, texts: Texts, stated: Stated, notes: Notes) -> None:
    """Add what one `classification` element says to `stated`."""
    purpose = re.sub(r"[\W_]+", "", texts.value(first_in(section, "purpose"))).lower()
    field = f"classification.{purpose or 'taxonPath'}"
    taxons = list(_taxons(section, texts))
    described = [text for each in all_in(section, "description") for text in texts.best(each)]
    if purpose in ("discipline", "subject", ""):
        for taxon in taxons:
            stated.topics.append(Said(field, taxon.entry or taxon.identifier, _other(taxon)))
            stated.topics += [Said(field, entry) for entry in taxon.above]
        for element in all_in(section, "keyword"):
            stated.topics += [Said(field, text) for text in texts.best(element)]
        stated.kept += [Said(field, text) for text in described]
    elif purpose in _LEVELS:
        _read_levels(field, purpose, taxons, described, stated)
    elif purpose in _TAUGHT or purpose in _OTHER_RELATIONS:
        level = next((text for each in all_in(section, "keyword") for text in texts.best(each) if _is_level(text)), "")
        _read_standards(field, _OTHER_RELATIONS.get(purpose, "teaches"), level, taxons, described, stated)
    else:
        stated.kept += [Said(field, taxon.entry or taxon.identifier) for taxon in taxons]
        stated.kept += [Said(field, text) for text in described]


def _taxons(section: etree._Element, texts: Texts) -> Iterator[_Taxon]:
    for number, path in enumerate(all_in(section, "taxonpath")):
        if number >= _MOST_PATHS:
            return
        source = texts.value(first_in(path, "source"))
        steps: list[tuple[str, str]] = []
        for taxon in _nested(path):
            entry = first_in(taxon, "entry")
            named = "" if entry is None else next(iter(texts.best(entry)), "")
            steps.append((text_of(first_in(taxon, "id")), named))
        steps = [step for step in steps if any(step)]
        if steps:
            identifier, last = steps[-1]
            above = tuple(entry for _, entry in reversed(steps[:-1]) if entry and entry != last)
            yield _Taxon(identifier, last, above, source)


def _nested(path: etree._Element) -> Iterator[etree._Element]:
    """The taxons of a path; IMS 1.2 puts each into the one above it."""
    pending = list(all_in(path, "taxon"))
    while pending:
        taxon = pending.pop(0)
        yield taxon
        pending += all_in(taxon, "taxon")


def _other(taxon: _Taxon) -> tuple[str, ...]:
    return (taxon.identifier,) if taxon.identifier and taxon.entry else ()


def _read_levels(field: str, purpose: str, taxons: list[_Taxon], described: list[str], stated: Stated) -> None:
    levels = [Said(field, taxon.entry or taxon.identifier, (*_other(taxon), *taxon.above)) for taxon in taxons]
    levels += [] if taxons else [Said(field, text) for text in described]
    for said in levels:
        known = purpose != "skilllevel" or any(_is_level(text) for text in (said.value, *said.also))
        (stated.levels if known else stated.kept).append(said)


def _is_level(text: str) -> bool:
    return bool(grades_of(text[:200])) or scheme("levels").key_of(text[:200]) is not None


def _read_standards(
    field: str, relation: str, level: str, taxons: list[_Taxon], described: list[str], stated: Stated
) -> None:
    """A standard by its address or code, in the taxon's id or its entry; objectives in words only are kept.

    LOM has no place for the level of one alignment: a keyword of its classification says it (`lom_write`).
    """
    for taxon in taxons:
        code = next(
            (text for text in (taxon.identifier, taxon.entry) if _is_address(text) or looks_like_code(text)), ""
        ) or next(iter(find_codes(taxon.entry[:2000])), taxon.identifier)
        name = taxon.entry if taxon.entry != code else ""
        if code:
            stated.claims.append(Claim(field, code, relation, level, name, taxon.source))
        else:
            stated.kept.append(Said(field, taxon.entry))
    for text in described:
        found = find_codes(text[:2000])
        stated.claims += [Claim(field, code, relation, tentative=True) for code in found]
        stated.kept.append(Said(field, text))


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:")) and " " not in text
