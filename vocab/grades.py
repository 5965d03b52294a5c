"""Grades K to 12 read from what publishers state: grades, English years and key stages, ages, school levels."""

from __future__ import annotations

import re

GRADES = ("K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")

_ORDINALS = "kindergarten first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_CARDINALS = "zero one two three four five six seven eight nine ten eleven twelve"
_SPANS = {
    "k12": (0, 12), "allgrades": (0, 12), "elementary": (0, 5), "elementaryschool": (0, 5), "primary": (0, 5),
    "primaryschool": (0, 5), "primaryeducation": (0, 5), "lowerprimary": (0, 2), "upperprimary": (3, 5),
    "lowerelementary": (0, 2), "upperelementary": (3, 5), "middle": (6, 8), "middleschool": (6, 8),
    "juniorhigh": (7, 8), "juniorhighschool": (7, 8), "high": (9, 12), "highschool": (9, 12), "hs": (9, 12),
    "ms": (6, 8), "seniorhigh": (9, 12), "secondary": (6, 12), "secondaryschool": (6, 12),
    "secondaryeducation": (6, 12), "ks1": (0, 1), "ks2": (2, 5), "ks3": (6, 8), "ks4": (9, 10), "ks5": (11, 12),
    "keystage1": (0, 1), "keystage2": (2, 5), "keystage3": (6, 8), "keystage4": (9, 10), "keystage5": (11, 12),
    "gcse": (9, 10), "sixthform": (11, 12), "kg": (0, 0), "tk": (0, 0), "kinder": (0, 0), "kindergarten": (0, 0),
}  # fmt: skip
_DIGITS = {
    word: str(index) if index else "k" for words in (_ORDINALS, _CARDINALS) for index, word in enumerate(words.split())
}
_WORD_GRADE = re.compile(rf"(?<=grade )(?:{'|'.join(_DIGITS)})\b|\b(?:{'|'.join(_DIGITS)})(?=[ -]grade)")
_BEFORE = -1  # preschool: before the first grade of the list
_ONE = r"(?:pre-?k|pk|kindergarten|kg|tk|k|1[0-2]|0?[1-9])(?:\.0)?(?:st|nd|rd|th)?"
_JOIN = r"\s*(?:(?:[-–—,;/&+|]|to|through|thru|and|or)\s*)+"
_LIST = rf"{_ONE}(?:{_JOIN}(?:grades?\s+)?{_ONE})*"
_BARE = re.compile(_LIST)
_GRADE = re.compile(rf"\b(?:grades?|gr\.?|grade levels?)[\s:#-]*({_LIST})(?![\w.])")
_NTH = re.compile(rf"(?<![\w.])({_ONE}(?:{_JOIN}{_ONE})*)[\s-]+grade(?:s|rs?)?\b")
_YEAR = re.compile(
    r"\byears?(?:\s+groups?)?[\s-]+((?:1[0-3]|[1-9])(?:\s*(?:[-–—,&/]|to|and)+\s*(?:1[0-3]|[1-9]))*)(?![\w.])"
)
_STAGE = re.compile(r"\b(?:ks|key stage)\s*([1-5])\b")
_AGES = re.compile(r"\bages?\s*:?\s*(\d{1,2})\s*(?:(?:[-–—]|to)\s*(\d{1,2}))?(?!\w)")
_YEAR_NUMBER = r"1[0-3]|[1-9]"


def grades_of(stated: str) -> tuple[str, ...]:
    """The grades a publisher's words name, in order; empty where they name none we can be sure of.

    English year N is grade N-1 (Year 1 is K). A number alone counts only when it is the whole text.
    """
    if len(stated) > 300:
        return ()
    text = " ".join(stated.strip().lower().split())
    if text.startswith(("http://", "https://", "urn:")):
        text = re.split(r"[/#:]", text.rstrip("/"))[-1]
    text = _WORD_GRADE.sub(lambda match: _DIGITS[match[0]], text)
    if span := _SPANS.get(re.sub(r"[^a-z0-9]", "", text)):
        return GRADES[span[0] : span[1] + 1]
    if _BARE.fullmatch(text):
        return _from_list(text, shift=0)
    if match := _AGES.search(text):
        low = int(match[1])
        return grades_of_ages(low, int(match[2] or low))
    found = [index for match in _YEAR.finditer(text) for index in _indexes(match[1], shift=-1)]
    for stage in _STAGE.finditer(text):
        low, high = _SPANS[f"ks{stage[1]}"]
        found += range(low, high + 1)
    for pattern in (_GRADE, _NTH):
        found += [index for match in pattern.finditer(text) for index in _indexes(match[1], shift=0)]
    if not found:
        found = [i for name, (low, high) in _NAMED.items() if re.search(name, text) for i in range(low, high + 1)]
    return _ordered(found)


def grades_of_ages(low: int, high: int) -> tuple[str, ...]:
    """The grades whose pupils are of these ages: a pupil is 5 in kindergarten, N + 5 turning N + 6 in grade N."""
    if low == high:
        return _ordered([low - 5])
    return _ordered([age - 5 for age in range(max(low, 0), min(high, 30))])


_NAMED = {r"\bkindergarten\b": (0, 0), r"\bhigh[ -]school\b": (9, 12), r"\bmiddle[ -]school\b": (6, 8),
          r"\belementary[ -]school\b": (0, 5), r"\bk[-–— ]?12\b": (0, 12)}  # fmt: skip


def _ordered(indexes: list[int]) -> tuple[str, ...]:
    return tuple(grade for index, grade in enumerate(GRADES) if index in set(indexes))


def _from_list(text: str, shift: int) -> tuple[str, ...]:
    return _ordered(_indexes(text, shift))


def _indexes(text: str, shift: int) -> list[int]:
    """Grade numbers of `3-5`, `3, 4 and 5`, `k-2`: a dash or a `to` fills what is between."""
    found: list[int] = []
    fill = False
    position = 0
    while match := re.compile(rf"(?:grades?\s+)?({_YEAR_NUMBER if shift else _ONE})").match(text, position):
        number = _number(match[1]) + shift
        if fill and found and found[-1] < number:
            found += range(found[-1] + 1, number)
        found.append(number)
        join = re.compile(_JOIN).match(text, match.end())
        if not join:
            break
        fill = bool(re.search(r"[-–—]|to|thr", join[0]))
        position = join.end()
    return found


def _number(word: str) -> int:
    bare = re.sub(r"(?:\.0)?(?:st|nd|rd|th)?$", "", word)
    if bare.startswith("p"):
        return _BEFORE
    return int(bare) if bare.isdigit() else 0
