"""Grades that stand in a question: `4th grade`, `grades 3-5`, `year 7`, `KS2`, `7 year olds`, `middle school`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.search.spans import Span
from vocab.grades import GRADES, grades_of, grades_of_ages

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen"
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS.split(), 1)}
_ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
_JOIN = r"\s*(?:[-–—,/&+]|\bto\b|\bthrough\b|\band\b|\bor\b)+\s*"
_GRADE = r"(?:K|1[0-2]|[1-9])(?:st|nd|rd|th)?"
_NTH = rf"(?:(?:1[0-2]|[1-9])(?:st|nd|rd|th)|{_ORDINALS}|K)"
_YEAR = rf"(?:1[0-3]|[1-9]|{_NUMBERS.replace(' ', '|')})"
_PUPILS = r"(?:[\s-]+(?:students?|pupils?|learners?|kids|children|class(?:es|room)?|level)\b)?"
_END = r"(?![\w%]|[.,:]\d)"
_FLAGS = re.IGNORECASE

_GRADES = re.compile(
    rf"\b(?:grades?|gr\.?)[\s:#-]*(?:{_GRADE}(?:{_JOIN}(?:grades?\s+)?{_GRADE}{_END})*|{_NUMBERS.replace(' ', '|')})"
    rf"{_END}{_PUPILS}",
    _FLAGS,
)
_NTH_GRADE = re.compile(
    rf"(?<![\w.])(?:{_NTH}(?:{_JOIN}{_NTH})*|(?:1[0-2]|[1-9]))[\s-]+(?:grade(?:rs?)?|grades)\b{_PUPILS}", _FLAGS
)
_SPAN = re.compile(
    rf"(?<![\w.-])K\s*[-–—]\s*(?:grade\s*)?([1-8])(?:(?:st|nd|rd|th)(?:\s+grade)?)?{_END}{_PUPILS}", _FLAGS
)
_YEARS = re.compile(rf"\b(?:years?|yrs?)(?:\s+groups?)?[\s-]*{_YEAR}(?:{_JOIN}{_YEAR}{_END})*{_END}{_PUPILS}", _FLAGS)
_Y = re.compile(
    rf"(?<![\w+*/=^(,.-])Y\s?(1[0-3]|[1-9])(?:\s*[-–/&]\s*Y?(1[0-3]|[1-9]))?(?![\w%+*/=^),.-]){_PUPILS}", _FLAGS
)
_STAGE = re.compile(
    rf"\b(?:KS|key\s+stages?)\s*-?([1-5]|one|two|three|four|five)(?:{_JOIN}(?:KS)?([1-5]))?{_END}", _FLAGS
)
_AGES = re.compile(
    r"(?<![\w.])(\d{1,2})(?:\s*(?:[-–]|to)\s*(\d{1,2}))?[\s-]*(?:years?|yrs?)[\s-]*olds?\b"
    r"|(?<!bronze )(?<!iron )(?<!stone )(?<!ice )\b(?:for\s+)?age[sd]?\s+(\d{1,2})(?:\s*(?:[-–]|to"
    r"|and)\s*(\d{1,2}))?(?![\w%.])",
    _FLAGS,
)
_SCHOOL = re.compile(
    r"\bkindergart(?:en|e?ners?)\b|\bhigh[\s-]school(?:ers?)?\b|\bmiddle[\s-]school(?:ers?)?\b"
    r"|\bjunior[\s-]high(?:\s+school)?\b"
    r"|\b(?:upper|lower)[\s-](?:elementary|primary)(?:\s+school)?\b|\belementary\b(?:[\s-]+school(?:ers?)?\b)?"
    r"|\bprimary(?:[\s-]+school)?\b|\bsecondary[\s-]school\b|\bsixth[\s-]form\b|\bGCSE\b",
    _FLAGS,
)
_A_LEVEL = re.compile(r"\bA[- ]levels?\b|\ba-levels?\b")
_SCHOOLS = {"kindergar": "kindergarten", "high": "high school", "middle": "middle school", "junior": "junior high"}

_UNITS = {"".join(sorted(unit)): unit for unit in ("year", "grade")}
_SWAPPED = re.compile(r"\b(yaer|yera|eyar|rgade|garde|grdae|graed)(?=s?\s*\d)", _FLAGS)
"""A unit before a number with two letters swapped, as the quick write it; the other mistakes make other words."""

_GOT = re.compile(r"\b(?:get|gets|got|getting|achiev\w+|reach\w*|predicted|raise|expect\w*)\s+(?:an?\s+)?$", _FLAGS)
_THINGS = re.compile(
    r"\s*-?\s*(?:listed|steel|titanium|timber|lumber|wood|concrete|bolts?|bearings?|piano|violin"
    r"|guitar|flute|cello|clarinet"
    r"|saxophone|singing|trumpet|drums?|ballet|music\s+theory|theory\s+of|tumou?rs?|cancer|sprain"
    r"|boundar\w+|slope|retaining"
    r"|eggs?|oil|fuel|paper\s+stock)\b",
    _FLAGS,
)
_OTHER_YEARS = re.compile(
    r"\s*(?:of|ad|bc|bce|ce|olds?|years?|months?|plan|contract|anniversary|war|hundred|thousand"
    r"|million|later|ago|term|gap|cycle)\b",
    _FLAGS,
)
_BEFORE_YEAR = re.compile(r"\b(?:leap|light|gap|every|each|per|fiscal|tax|financial|in the)\s+$", _FLAGS)
_COORDINATES = re.compile(
    r"\b[xX]\s?_?\d|\d[a-z]\b|=|\bsolve|gradient|slope|coordinate|\bline\b|equation|formula|chromosome", _FLAGS
)
_BEFORE_SCHOOL = re.compile(
    r"\b(?:history|origins?|founder|inventor|story|invention|benefits)\s+of\s+(?:the\s+)?$", _FLAGS
)
_NOT_SCHOOL = re.compile(
    r"\s+(?:musical|sweethearts?|shootings?|cop|drama\s+series|dropouts?|diploma|graduation)\b", _FLAGS
)
_PEOPLE = r"(?:students?|pupils?|learners?|kids|children|class(?:es|rooms?)?|teachers?|grades?|level)"
_SUBJECTS = (
    r"(?:maths?|mathematics|science|reading|writing|art|music|social\s+studies|ela|english|spelling|phonics|pe|lessons?"
    r"|worksheets?|activit(?:y|ies)|games?|videos?|spanish|health|stem|coding|history|geography)"
)
_AFTER_ELEMENTARY = re.compile(rf"\s+(?:{_PEOPLE}|{_SUBJECTS})\b|\s*(?:[\x02,.;:!?]|$)", _FLAGS)
_AFTER_PRIMARY = re.compile(rf"\s+(?:{_PEOPLE}|maths?|science|lessons?)\b", _FLAGS)
_AFTER_A_LEVEL = re.compile(r"\s+(?:playing|crossing|surface|field|table|of|head|ground)\b", _FLAGS)


def grades_read(masked: str) -> Iterator[Span]:
    """The grades a question names; a grade of timber, the year 1066 and a play called high school musical are none."""
    masked = _SWAPPED.sub(lambda found: _UNITS["".join(sorted(found[1].lower()))], masked)  # as long as before
    yield from _ages(masked)
    yield from _numbered(masked)
    for match in _STAGE.finditer(masked):
        stages = [_DIGITS.get(each.lower(), each) for each in match.groups() if each]
        yield from _span(match, grades_of(" ".join(f"ks{each}" for each in stages)))
    yield from _schools(masked)


def grades_label(grades: tuple[str, ...]) -> str:
    """Grades as a person says them: `Grade 4`, `Grades 3 to 5`, `Grades K, 4`."""
    if len(grades) == 1:
        return "Kindergarten" if grades[0] == "K" else f"Grade {grades[0]}"
    places = [GRADES.index(grade) for grade in grades]
    if places == list(range(places[0], places[-1] + 1)):
        return f"Grades {grades[0]} to {grades[-1]}"
    return f"Grades {', '.join(grades)}"


def _numbered(masked: str) -> Iterator[Span]:
    exam = re.search(r"\bGCSE\b", masked, _FLAGS)
    for match in _GRADES.finditer(masked):
        if not (exam or _GOT.search(masked[: match.start()]) or _THINGS.match(masked, match.end())):
            yield from _span(match, grades_of(match[0]))
    for match in _NTH_GRADE.finditer(masked):
        # `10 grade 4 students` counts students.
        if not _THINGS.match(masked, match.end()):
            yield from _span(match, grades_of(match[0]))
    for match in _SPAN.finditer(masked):
        yield from _span(match, grades_of(f"K-{match[1]}"))
    for match in _YEARS.finditer(masked):
        if not (_OTHER_YEARS.match(masked, match.end()) or _BEFORE_YEAR.search(masked[: match.start()])):
            yield from _span(match, grades_of(_in_digits(match[0])))
    if not _COORDINATES.search(masked):
        for match in _Y.finditer(masked):
            yield from _span(match, grades_of(f"year {'-'.join(each for each in match.groups() if each)}"))


def _ages(masked: str) -> Iterator[Span]:
    for match in _AGES.finditer(masked):
        low, high = (match[1], match[2]) if match[1] else (match[3], match[4])
        yield from _span(match, grades_of_ages(int(low), int(high or low)))


def _schools(masked: str) -> Iterator[Span]:
    for match in _SCHOOL.finditer(masked):
        word = match[0].lower()
        alone = word in ("elementary", "primary")
        fits = _AFTER_ELEMENTARY if word == "elementary" else _AFTER_PRIMARY
        if alone and not fits.match(masked, match.end()):
            continue
        if _NOT_SCHOOL.match(masked, match.end()) or _BEFORE_SCHOOL.search(masked[: match.start()]):
            continue
        named = next((name for start, name in _SCHOOLS.items() if word.startswith(start)), word)
        yield from _span(match, grades_of(named.replace("schoolers", "school").replace("schooler", "school")))
    for match in _A_LEVEL.finditer(masked):
        if not _AFTER_A_LEVEL.match(masked, match.end()):
            yield from _span(match, ("11", "12"))


def _in_digits(text: str) -> str:
    spelled = re.sub(rf"\b(?:{'|'.join(_DIGITS)})\b", lambda match: _DIGITS[match[0].lower()], text, flags=_FLAGS)
    return re.sub(r"\byr", "year", spelled.lower())


def _span(match: re.Match[str], grades: tuple[str, ...]) -> Iterator[Span]:
    if grades and len(grades) < len(GRADES):
        yield Span("grade", grades, grades_label(grades), match.start(), match.end())
