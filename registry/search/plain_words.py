"""Minutes, languages, licenses and levels that stand in a question, each only where it is plainly meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.search.spans import READ, Span
from vocab import languages, licenses, schemes

_FLAGS = re.IGNORECASE
_LONGEST = 600
_NUMBER = r"(\d{1,3}|ten|fifteen|twenty|thirty|forty|forty[- ]five|sixty)"
_WORDS = {"ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fortyfive": 45, "sixty": 60}
_UNIT = r"(minutes?|mins?\.?|hours?|hrs?\.?)"
_UNDER = (
    r"(?:under|less\s+than|fewer\s+than|max(?:imum|\.)?(?:\s+of)?|up\s+to|at\s+most|no\s+(?:more"
    r"|longer)\s+than|within|below"
    r"|not\s+more\s+than|shorter\s+than|not\s+over|<=?|≤)"
)
_HOURS = (
    r"(half\s+an\s+hour|half[- ]hour|a\s+quarter\s+of\s+an\s+hour|quarter\s+of\s+an\s+hour|an\s+hour"
    r"|one\s+hour|two\s+hours)"
)
_HOUR_MINUTES = {"hal": 30, "a q": 15, "qua": 15, "an ": 60, "one": 60, "two": 120}
_KINDS = (
    r"(?:lessons?|videos?|activit(?:y|ies)|class(?:es)?|sessions?|tasks?|starters?|quiz(?:zes)?"
    r"|games?|films?|warm[- ]?ups?"
    r"|plenar(?:y|ies)|periods?|workshops?|worksheets?|experiments?|projects?|exercises?|podcasts?|mini[- ]lessons?)"
)
_AT_MOST = re.compile(rf"(?<!\w){_UNDER}\s*{_NUMBER}[\s-]*{_UNIT}(?!\w)", _FLAGS)
_OR_LESS = re.compile(
    rf"(?<![\w.]){_NUMBER}[\s-]*{_UNIT}\s*(?:or\s+(?:less|under|shorter|fewer)|max(?:imum)?|at\s+most|tops)(?!\w)",
    _FLAGS,
)
_UNDER_HOURS = re.compile(rf"(?<!\w){_UNDER}\s+{_HOURS}\b", _FLAGS)
_BEFORE_KIND = re.compile(rf"(?<![\w.])(?:{_NUMBER}[\s-]*{_UNIT}|{_HOURS})[\s-]+(?:long\s+)?(?={_KINDS}\b)", _FLAGS)
_BARE = re.compile(rf"(?<![\w.:])(?:{_NUMBER}[\s-]*{_UNIT}|{_HOURS})(?:\s+long)?(?=\s*(?:[,;.!?\x02]|$))", _FLAGS)
_OF_TIME = re.compile(
    r"convert|\bseconds?\b|clock|elapsed|tell(?:ing)?\s+(?:the\s+)?time|nearest|speed|\brates?\b"
    r"|distance|\bkm\b|\bmiles?\b"
    r"|\bper\b|how\s+(?:many|much|long|far)|\btimes?\b|interval|journey|timetable|half\s+past"
    r"|marathon|\b5k\b|\brun|sprint"
    r"|\btrain\b|\bturn\b|\bhand\b|minutes\s+of",
    _FLAGS,
)
_AFTER_TIME = re.compile(r"\s+(?:past|to|after|before|per|later|ago|run|walk|miles?|early|late|king|glass)\b", _FLAGS)

_IN = {"in": "en", "en": "", "auf": "de", "em": "pt", "på": "sv"}
_LANGUAGE = re.compile(r"(?<!\w)(in|en|auf|em|på)\s+([^\W\d_]{4,})(?:\s+language)?(?!\w)", _FLAGS)
_VERSION = re.compile(
    r"(?<!\w)([^\W\d_]{4,})[\s-](?:language[\s-]version|version|translation|language\s+edition)(?!\w)", _FLAGS
)
_AFTER_LANGUAGE = re.compile(
    r"\s*(?:[,;.!?\x02]|$|(?:for|with|about|on|at|to|by|please|under|that|videos?|worksheets?"
    r"|lessons?|and\s+english)\b)",
    _FLAGS,
)
_ABOUT_LANGUAGE = re.compile(
    r"\b(?:verbs?|tenses?|conjugat\w+|vocabulary|alphabet|pronunciation|pronouns?|grammar|adjectives?"
    r"|adverbs?|nouns?|articles?"
    r"|greetings?|conversations?|phrases?|idioms?|how\s+to\s+say|say\w*|(?:i|you|he|she|we"
    r"|they)\s+(?:did|do|will|like|am|are|have|was|were|went|want|would|can)|introduc\w+"
    r"|days\s+of\s+the\s+week|gender|colou?rs\s+in"
    r"|(?:numbers|counting|spelling)\s+in|speak\w*|accents?|sentences?|subjunctive|preterite"
    r"|imperfect|words\s+in|letters\s+in"
    r"|hello|talk\w*|describ\w+|punctuation|essays?\s+in|loan\s?words|borrowed|degree|gcse)\b",
    _FLAGS,
)
_NOT_LANGUAGES = frozenset(("even", "dari", "karen", "male", "swat", "lakota", "dakota", "nauru"))

_OPEN = re.compile(
    r"\b(?:free\s+to\s+(?:(?:use|share|copy|reuse|download)(?:\s*(?:,|and|&|or)\s*)+)*(?:adapt|modify"
    r"|remix|edit|change|share|reuse)"
    r"|openly[\s-]licen[sc]ed|open(?:ly)?[\s-]licen[sc](?:e[ds]?|ing)|(?:can|may|ok)\s+(?:be\s+"
    r"|to\s+)?(?:adapt|remix|modif)(?:y|ied|ed)?"
    r"|creative[\s-]commons[\s-]licen[sc]e[ds]?|under\s+(?:an?\s+)?(?:open|creative\s+commons)\s+licen[sc]e)\b",
    _FLAGS,
)
_OPEN_ALONE = re.compile(
    rf"\bopen\s+educational\s+resources?\b|\bopen(?=\s+(?:resources?|materials?|lessons?|textbooks?|worksheets?|activit(?:y|ies)|videos?)\b)"
    rf"|\bopen(?=[\s,;]*{READ})|(?<={READ}[\s,;])open(?![\w-])|(?<!\w)oers?(?!\w)",
    _FLAGS,
)
"""`open` before what may be open, beside a standard's code, and the field's own short word for it."""
_CC = re.compile(
    r"(?<![\w-])(?:cc[\s-]by(?:[\s-](?:nc|sa|nd))*(?:[\s-][1-4]\.[05])?|cc[\s-]?0)(?:[\s-]licen[sc]ed?)?(?![\w.-])",
    _FLAGS,
)
_ABOUT_LICENSES = re.compile(
    rf"\b(?:what\s+(?:is|are|does)|explain\w*|how\s+(?:do|does|to)|history\s+of|understand\w*|teach\w*(?!\s*{READ}))\b",
    _FLAGS,
)

_LEVELS = "beginning|developing|proficient|extending"
_LEVEL = re.compile(
    rf"\bat\s+(?:the\s+|a\s+)?({_LEVELS})\b(?:\s+level\b)?|\b(?:level\s*[:=]\s*)({_LEVELS})\b"
    rf"|\b({_LEVELS})[\s-](?:competency\s+|mastery\s+)?level\b",
    _FLAGS,
)
_BESIDE = re.compile(rf"{READ}[\s,;:(\-–—]*({_LEVELS})\b|\b({_LEVELS})[\s,;:\-–—]*{READ}", _FLAGS)
_NOT_LEVEL = re.compile(r"\s+(?:of|a|an|the|to|with|countr\w+|nations?|world|fluency|skills?|understanding)\b", _FLAGS)


def minutes_read(masked: str) -> Iterator[Span]:
    """How long something may take; a question about time itself asks for no length."""
    for pattern in (_AT_MOST, _OR_LESS, _UNDER_HOURS):
        for match in pattern.finditer(masked):
            if not re.search(r"\b(?:run|swim|mile|marathon|sprint|5k)\b", masked, _FLAGS):
                yield from _minutes(match)
    about_time = _OF_TIME.search(masked)
    for pattern in (_BEFORE_KIND, _BARE):
        for match in pattern.finditer(masked):
            if pattern is _BEFORE_KIND or not (about_time or _AFTER_TIME.match(masked, match.end())):
                yield from _minutes(match)


def languages_read(masked: str) -> Iterator[Span]:
    """The language something shall be in; `verbs in Spanish` and `in French history` name a subject, not a language."""
    if _ABOUT_LANGUAGE.search(masked):
        return
    for match in _LANGUAGE.finditer(masked):
        tag = _language(match[2])
        own = _IN[match[1].lower()]
        # `in` goes before English names, the others before names in their own language.
        fits = _AFTER_LANGUAGE.match(masked, match.end()) if own == "en" else not own or tag == own
        if fits and tag:
            yield Span("language", (tag,), f"In {languages.label(tag)}", match.start(), match.end())
    for match in _VERSION.finditer(masked):
        if tag := _language(match[1]):
            yield Span("language", (tag,), f"In {languages.label(tag)}", match.start(), match.end())


def licenses_read(masked: str) -> Iterator[Span]:
    """An open license, or a Creative Commons one by name; `free` alone is none."""
    if _ABOUT_LICENSES.search(masked):
        return
    for match in _CC.finditer(masked):
        stated = re.sub(r"[\s-]licen[sc]ed?$", "", match[0], flags=_FLAGS)
        if found := licenses.license_of(stated):
            yield Span("license", (found.key,), found.label, match.start(), match.end())
    for pattern in (_OPEN, _OPEN_ALONE):
        for match in pattern.finditer(masked):
            yield Span("open", ("1",), "Open licenses only", match.start(), match.end())


def levels_read(masked: str, with_code: bool) -> Iterator[Span]:
    """A competency level: `at developing`, `developing level`, or right beside a standard's code."""
    terms = schemes.scheme("levels")
    patterns = (_LEVEL, _BESIDE) if with_code else (_LEVEL,)
    for pattern in patterns:
        for match in pattern.finditer(masked):
            group = next(number for number, found in enumerate(match.groups(), 1) if found)
            if _NOT_LEVEL.match(masked, match.end()):
                continue
            start, end = (match.start(group), match.end(group)) if pattern is _BESIDE else match.span()
            term = terms.term(match[group].lower())
            yield Span("level", (term.key,), f"Level: {term.label}", start, end)


def _minutes(match: re.Match[str]) -> Iterator[Span]:
    found = [each.lower() for each in match.groups() if each]
    if found[0][:3] in _HOUR_MINUTES:
        minutes = _HOUR_MINUTES[found[0][:3]]
    else:
        number = re.sub(r"[\s-]", "", found[0])
        minutes = (int(number) if number.isdigit() else _WORDS[number]) * (60 if found[1].startswith("h") else 1)
    if 1 <= minutes <= _LONGEST:
        end = match.end() - (len(match[0]) - len(match[0].rstrip(" -")))
        yield Span("minutes_max", (str(minutes),), f"Up to {minutes} minutes", match.start(), end)


def _language(name: str) -> str | None:
    if name.lower() in _NOT_LANGUAGES:
        return None
    return languages.language_of(name)
