"""Stated values put into the words of the closed lists; what no list knows is noted and kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from vocab.codes import find_codes, looks_like_code
from vocab.crosswalks.notes import Notes
from vocab.crosswalks.stated import Claim, Said
from vocab.grades import grades_of, grades_of_ages
from vocab.languages import language_of
from vocab.licenses import License, license_of
from vocab.resource import Alignment, Context, GroupSize
from vocab.schemes import scheme
from vocab.text import minutes_of, plain

MOST_VALUES = 300

_NOTHING = frozenset(
    ("", "-", "--", "?", "n/a", "na", "none", "null", "nil", "nan", "undefined", "unknown", "other", "not specified",
     "unspecified", "tbd", "to be determined", "not applicable", "any", "und", "zxx", "mul")
)  # fmt: skip
_PIECES = re.compile(r"\s*(?:[,/>]|&gt;| and )\s*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:\S+$")
_YEARS = re.compile(r"\s+(?:-\s+)?(?:year(?:\s+group)?s?|grades?|key stage|ks\d)\b", re.IGNORECASE)


def some(values: Iterable[Said], notes: Notes, limit: int = 500) -> Iterator[Said]:
    """The values as plain text without the empty ones and placeholders, at most 300 of them."""
    for index, said in enumerate(values):
        if index >= MOST_VALUES:
            notes.note("too-many-values", said.field)
            return
        text = plain(said.value, limit)
        if text.casefold() not in _NOTHING:
            yield Said(said.field, text, said.also)


def keys(name: str, values: Iterable[Said], notes: Notes, code: str) -> tuple[str, ...]:
    """The keys of a closed list that the values state, in order; one that is not in it is noted under `code`."""
    found: dict[str, None] = {}
    for said in some(values, notes):
        known, unknown = _keys(name, said)
        found.update(dict.fromkeys(known))
        for each in unknown:
            notes.unknown(code, each)
    return tuple(found)


def known_type(word: str) -> bool:
    """Whether the word is a resource type of ours, as schema.org's Quiz and VideoObject are."""
    return _key("types", word) is not None


def uses(values: Iterable[Said], notes: Notes) -> tuple[list[str], list[str]]:
    """The types and the settings that educational uses state."""
    types: list[str] = []
    settings: list[str] = []
    for said in some(values, notes):
        as_type, as_setting = _keys("types", said)[0], _keys("settings", said)[0]
        types += as_type
        settings += as_setting
        if not as_type and not as_setting:
            notes.unknown("use-unknown", said)
    return types, settings


def subjects(strict: Iterable[Said], loose: Iterable[Said], notes: Notes) -> tuple[list[str], list[str], list[Claim]]:
    """Subject keys, the rest as keywords, and what may be standards among the loose topics."""
    found: list[str] = []
    keywords: list[str] = []
    claims: list[Claim] = []
    for said in some(strict, notes):
        known, unknown = _keys("subjects", said)
        found += known
        for each in unknown:
            keywords.append(each.value)
            notes.unknown("subject-unknown", each)
    for said in some(loose, notes):
        known, unknown = _keys("subjects", said)
        found += known
        if known:
            keywords += [each.value for each in unknown]
        elif link := next((text for text in (said.value, *said.also) if _is_uri(text) or looks_like_code(text)), ""):
            name = said.value if said.value != link else ""
            claims.append(Claim(said.field, link, name=name, tentative=True))
            keywords += [name] if name else []
        else:
            keywords.append(said.value)
    return found, keywords, claims


def levels(values: Iterable[Said], context: Context, notes: Notes) -> tuple[list[str], list[str], list[Said]]:
    """Grades, subjects and competency levels (as said) in a field that may hold any of the three."""
    grades: list[str] = []
    found: list[str] = []
    competency: list[Said] = []
    for said in some(values, notes):
        texts = (said.value, *said.also)
        if any(_level(text, context) for text in texts):
            competency.append(said)
        elif years := next((years for text in texts if (years := _grades(text))), ()):
            grades += years
            found += _subject_before_year(said.value)
        else:
            notes.unknown("grade-unknown", said)
    return grades, found, competency


def claimed_grades(claims: Iterable[Claim], context: Context) -> list[str]:
    """The grades that stand where a claim's competency level would."""
    stated = {claim.level for claim in claims if claim.level and not _level(claim.level, context)}
    return [grade for word in sorted(stated) for grade in _grades(word)]


def ages(values: Iterable[Said], notes: Notes) -> list[str]:
    """The grades whose pupils are of the ages stated (`7-9`, `10+`, `12`)."""
    found: list[str] = []
    for said in some(values, notes):
        if match := re.fullmatch(r"\D{0,20}(\d{1,2})\s*(?:(?:-|–|—|to|bis)\s*(\d{1,2})?|(\+))?\D{0,20}", said.value):
            low = int(match[1])
            open_ended = match[3] or said.value.rstrip().endswith(("-", "–"))
            high = int(match[2]) if match[2] else 18 if open_ended and low < 18 else low
            found += grades_of_ages(low, high)
        else:
            notes.unknown("grade-unknown", said)
    return found


def languages(values: Iterable[Said], context: Context, notes: Notes) -> tuple[str, ...]:
    """The language tags stated, or the source's own where none is."""
    found: dict[str, None] = {}
    stated = False
    for said in some(values, notes):
        stated = True
        listed = [_language(part.strip()) for part in re.split("[,;|]", said.value)]
        if len(listed) > 1 and all(listed):
            found.update(dict.fromkeys(tag for tag in listed if tag))
        elif tag := next((tag for text in (*said.also, said.value) if (tag := _language(text))), None):
            found[tag] = None
        else:
            notes.unknown("language-unknown", said)
    if not stated:
        default = context.defaults.get("language", "")
        if tag := _language(default):
            return (tag,)
        notes.note("language-missing", "language", default)
    return tuple(found)


def rights(values: Iterable[Said], context: Context, notes: Notes) -> License | None:
    """The license stated, or the source's own where none is; of two that differ the stricter one."""
    known: list[tuple[Said, License]] = []
    unknown: list[Said] = []
    for said in some(values, notes, 2000):
        if license := next((found for text in (said.value, *said.also) if (found := _license(text))), None):
            known.append((said, license))
        elif "accessright" in said.field.lower() or "openaccess" in said.value.replace(" ", "").lower():
            notes.keep(said)
        else:
            unknown.append(said)
    if known:
        for said in unknown:
            notes.keep(said)
        return _strictest(known, notes)
    for said in unknown:
        notes.unknown("license-unknown", said)
    if unknown:
        return None
    default = context.defaults.get("license", "")
    license = _license(default)
    if license is None:
        notes.note("license-unknown" if default else "license-missing", "license", default)
    return license


def alignments(claims: Iterable[Claim], overall: list[Said], context: Context, notes: Notes) -> tuple[Alignment, ...]:
    """The alignments claimed; those without a level take the record's own, one alignment for each level of it."""
    found: dict[Alignment, None] = {}
    defaults = [(_first_level(said, context), said.value) for said in overall] or [(None, "")]
    taken = False
    for index, claim in enumerate(claims):
        if index >= MOST_VALUES:
            notes.note("too-many-values", claim.field)
            break
        standard, relation = plain(claim.standard, 2000), "teaches"
        if not standard:
            continue
        if claim.relation:
            known = _key("relations", claim.relation)
            if known is None:
                notes.unknown("relation-unknown", Said(claim.field, claim.relation))
            relation = known or relation
        stated = [(_level(claim.level, context), plain(claim.level, 200))] if claim.level else defaults
        taken = taken or (not claim.level and not claim.tentative)
        for level, word in stated:
            if word and level is None and not _grades(word):
                notes.unknown("level-unknown", Said(claim.level_field or claim.field, word))
            name, framework = plain(claim.name, 500), plain(claim.framework, 200)
            found[Alignment(standard, relation, level, word, name, framework, claim.tentative)] = None
    if overall and not taken and not any(alignment.level_stated for alignment in found):
        for said in overall:
            notes.unknown("level-without-standard", said)
    return tuple(found)


def standards(said: Said, notes: Notes) -> list[str]:
    """The codes and URIs of standards in a text that was given as a standard; one with none in it is noted and kept."""
    if _is_uri(said.value) or looks_like_code(said.value):
        return [said.value]
    if codes := find_codes(said.value[:2000]):
        return list(codes)
    notes.unknown("standard-unknown", said)
    return []


def minutes(values: Iterable[Said], notes: Notes) -> int | None:
    """The first length stated that is one, in whole minutes."""
    found = None
    for said in some(values, notes):
        length = minutes_of(said.value)
        if length is None:
            notes.unknown("minutes-unknown", said)
        found = found or length
    return found


def group_size(values: Iterable[Said], notes: Notes) -> GroupSize | None:
    """The number of learners working together (`4`, `3-5`, `pairs`, `individual`)."""
    for said in some(values, notes):
        word = said.value.casefold()
        if size := {"individual": 1, "alone": 1, "pair": 2, "pairs": 2, "partners": 2}.get(word):
            return GroupSize(size, size)
        match = re.search(r"(?<![\d.])([1-9]\d{0,2})(?:\s*(?:-|–|—|to)\s*([1-9]\d{0,2}))?(?![\d.])", word)
        if match and int(match[1]) <= int(match[2] or match[1]):
            return GroupSize(int(match[1]), int(match[2] or match[1]))
        notes.unknown("group-size-unknown", said)
    return None


def _keys(name: str, said: Said) -> tuple[list[str], list[Said]]:
    """The keys a value states, as a whole or in its pieces, and what of it is unknown."""
    for text in (said.value, *said.also):
        if known := _key(name, text):
            return [known], []
    if _SCHEME.match(said.value):  # the last word of info:eu-repo/semantics/lecture or of an address no list holds
        last = _key(name, re.split("[/#:]", said.value.rstrip("/"))[-1])
        return ([last], []) if last else ([], [said])
    pieces = [piece for piece in _PIECES.split(said.value) if piece] if len(said.value) <= 200 else []
    found = {piece: _key(name, piece) for piece in pieces}
    if len(found) < 2 or not any(found.values()):
        return [], [said]
    return [known for known in found.values() if known], [Said(said.field, p) for p in found if not found[p]]


def _first_level(said: Said, context: Context) -> str | None:
    return next((level for text in (said.value, *said.also) if (level := _level(text, context))), None)


def _level(word: str, context: Context) -> str | None:
    own = context.levels.get(word.strip().casefold()) if context.levels else None
    return _key("levels", own or word)


def _subject_before_year(text: str) -> list[str]:
    match = _YEARS.search(text)
    known = _key("subjects", text[: match.start()]) if match and match.start() else None
    return [known] if known else []


def _strictest(known: list[tuple[Said, License]], notes: Notes) -> License:
    taken = known[0][1]
    for said, other in known[1:]:
        if other.key.startswith(taken.key):
            taken = other  # the same license with its version
        elif not taken.key.startswith(other.key):
            notes.note("license-conflict", said.field, said.value)
            if (other.open, other.adaptable) < (taken.open, taken.adaptable):
                taken = other
    return taken


def _is_uri(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:")) and " " not in text


def _key(name: str, value: str) -> str | None:
    return _cached_key(name, value) if 0 < len(value) <= 300 else None


def _grades(text: str) -> tuple[str, ...]:
    return _cached_grades(text) if len(text) <= 200 else ()


def _language(text: str) -> str | None:
    return _cached_language(text) if 0 < len(text) <= 100 else None


def _license(text: str) -> License | None:
    return _cached_license(text) if text else None


@lru_cache(maxsize=16_384)
def _cached_key(name: str, value: str) -> str | None:
    return scheme(name).key_of(value)


_cached_grades = lru_cache(maxsize=4096)(grades_of)
_cached_language = lru_cache(maxsize=1024)(language_of)
_cached_license = lru_cache(maxsize=1024)(license_of)
