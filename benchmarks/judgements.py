"""A judged set: queries as teachers put them to the real data, and how well each resource answers them (0 to 3).

Nothing of the data stands here: the queries are made from it when the set is asked for, always the same ones (each
rule draws with a seed of its own), but for those worded by hand. Judgements come from the structure the publishers
give (units, keywords, curriculum statements, years), never from an engine and never from words a query shares with a
text.

*Of a lesson* (known, natural, misspelt, spelling): the lesson 3; a lesson of the same unit that shares a keyword 2;
one of the same unit, or aligned to a statement that at most twelve lessons share with it, 1. Units of more than 25
lessons are collections, not topics: nobody's judgement is taken from them, and no query is made of their lessons.

*Of a topic* (worded, topic, year): with a unit alone, its lessons that hold one of its telling keywords (those at
least two of its lessons hold) 3, the others 2; with keywords, the lessons that hold one, or name it in their title, 3
in the unit meant, 2 elsewhere in the same subjects; the rest of that unit 1, where it is no more than 50 lessons. The
unit meant where none is named: each in which at least a third of the lessons hold the keyword; where there is none,
all that hold it 3.

Kinds:

- known: a title's words in their order, three to six of them, some of them left out; 60.
- known elsewhere: the same of OER Commons and the physics book, where nothing else is right; 25.
- worded: by hand, `judged_words.NATURAL`; all.
- precise: a keyword of a lesson and two words of its title that are not in it; 40.
- natural: what pupils are to be able to do by a lesson's description, words replaced by others that mean the same
  (`judged_words.SAME`), one of the three rarest forgotten, cut to nine words, in a teacher's phrase; 50.
- topic: the telling words of a unit's name, two to four; the name itself is in no text of the catalog; 40.
- misspelt: two mistakes in queries of `known`, `precise` and `topic`, one in those of `worded`, in their longest
  words (`judged_words.misspelt`); 60. Only queries of at most five words.
- cross-topic: two keywords of one lesson that are at home in different units. Lessons that hold both 3, lessons of
  those units that hold one 1; 40.
- code: a Common Core code as it is printed or written by hand, alone or among words. Activities aligned to it or to
  what stands below it 3, to its siblings 1; 25.
- standard: the first words of a curriculum statement, and a year. Lessons aligned to it in this year 3, in another
  year 2, those of this year aligned to another statement of a lesson so judged 0; 30.
- year: a topic of `worded` and a year, grade or key stage in words. As a topic, but two less in another year; 30.
- type: exercises for a skill. The problems that practice it 3, the others of their lessons 1; 15.
- minutes and type in words: a topic of `worded` with words on length or form that no lesson states ("under 20 min",
  "video"). They must not sink the topic; 10.
- spelling: a title's words with those spelled as in the United States; 25.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from benchmarks import judged_lessons, judged_words
from benchmarks.judged_lessons import Lesson, Shelf, words
from benchmarks.judged_words import EMPTY, Topic

Grades = dict[str, int]

ELSEWHERE = ("known elsewhere", "code", "type")
"""The kinds that are asked of more than the lessons."""

TEACHERS = ("known", "worded", "precise", "natural", "topic", "misspelt", "cross-topic")
"""The kinds that teachers' plain words for lessons are made of."""

LARGEST_UNIT = 25
RARE = 12


class Judged(Struct, frozen=True):
    """A query and the grade (1 to 3) of each resource worth finding, by its identifier at the source."""

    kind: str
    query: str
    grades: Grades


def judged_set() -> list[Judged]:
    """Every query, each once."""
    shelf = judged_lessons.shelf()
    worded = [
        Judged("worded", topic.query, of_topic(shelf, topic)) for topic in judged_words.topics(judged_words.NATURAL)
    ]
    known, natural, topic = _known(shelf), _natural(shelf), _topics(shelf)
    precise = _precise(shelf)
    made = [
        *known,
        *_known_elsewhere(),
        *worded,
        *precise,
        *natural,
        *topic,
        *_misspelt([(known, 2, 15), (precise, 2, 15), (worded, 1, 20), (topic, 2, 10)]),
        *_cross(shelf),
        *_codes(),
        *_standards(shelf),
        *_years(shelf),
        *_types(),
        *_other_words(worded),
        *_spelling(shelf),
    ]
    return list({(each.kind, each.query): each for each in made}.values())


def of_lesson(shelf: Shelf, lesson: Lesson) -> Grades:
    """The grades where one lesson is what is looked for."""
    grades: Grades = {}
    for uri, _ in lesson.concepts:
        if len(shelf.by_concept[uri]) <= RARE:
            grades |= {each.identifier: 1 for each in shelf.by_concept[uri]}
    for unit in lesson.units:
        for each in shelf.by_unit[unit] if len(shelf.by_unit[unit]) <= LARGEST_UNIT else ():
            grades[each.identifier] = 2 if each.keywords & lesson.keywords else 1
    return grades | {lesson.identifier: 3}


def of_topic(shelf: Shelf, topic: Topic) -> Grades:
    """The grades where any lesson on a topic will do."""
    units = [unit for fragment in topic.units for unit in shelf.units_named(fragment)]
    if not topic.keywords:
        return {name: grade for unit in units for name, grade in _of_unit(shelf, unit).items()}
    holding = {each.identifier: each for keyword in topic.keywords for each in shelf.naming(keyword)}
    units = units or _homes(shelf, holding)
    inside = {each.identifier: each for unit in units for each in shelf.by_unit[unit]}
    if not holding.keys() & inside.keys():
        return dict.fromkeys(holding, 3)
    subjects = {subject for each in inside.values() for subject in each.subjects}
    grades = dict.fromkeys(inside, 1) if len(inside) <= 2 * LARGEST_UNIT else {}
    grades |= {name: 2 for name, each in holding.items() if each.subjects & subjects}
    return grades | dict.fromkeys(holding.keys() & inside.keys(), 3)


def _of_unit(shelf: Shelf, unit: str) -> Grades:
    held = Counter(keyword for each in shelf.by_unit[unit] for keyword in each.keywords)
    telling = {keyword for keyword, count in held.items() if count > 1}
    return {each.identifier: 2 if telling and not each.keywords & telling else 3 for each in shelf.by_unit[unit]}


def _homes(shelf: Shelf, holding: dict[str, Lesson]) -> list[str]:
    counts = Counter(unit for each in holding.values() for unit in each.units)
    return [unit for unit, count in counts.items() if count * 3 >= len(shelf.by_unit[unit]) <= LARGEST_UNIT]


def _drawn(shelf: Shelf, rule: str) -> Iterator[tuple[Lesson, random.Random]]:
    """The lessons of proper units in an order of this rule's own, each from another unit."""
    chance = random.Random(rule)
    used: set[str] = set()
    for lesson in chance.sample(shelf.lessons, len(shelf.lessons)):
        small = [unit for unit in lesson.units if 3 <= len(shelf.by_unit[unit]) <= LARGEST_UNIT]
        if small and not used & set(lesson.units):
            used |= set(lesson.units)
            yield lesson, chance


def _taken(made: Iterable[Judged | None], count: int) -> list[Judged]:
    found: list[Judged] = []
    for each in made:
        if each is not None:
            found.append(each)
        if len(found) == count:
            break
    return found


def _telling(text: str) -> list[str]:
    return [word for word in words(text) if word not in EMPTY and len(word) > 2]


def _part(title: str, chance: random.Random) -> str:
    """Three to six words of a title in their order; empty where it has fewer than four that tell something."""
    telling = _telling(title)
    if len(telling) < 4:
        return ""
    start = chance.randrange(len(telling) - 3 + 1)
    part = telling[start : start + chance.randint(3, 6)]
    return " ".join(word for word in part if len(part) < 4 or word != part[1])


def _known(shelf: Shelf) -> list[Judged]:
    def made(lesson: Lesson, chance: random.Random) -> Judged | None:
        part = _part(lesson.title, chance)
        return Judged("known", part, of_lesson(shelf, lesson)) if part else None

    return _taken((made(*each) for each in _drawn(shelf, "known")), 60)


def _known_elsewhere() -> list[Judged]:
    chance = random.Random("known elsewhere")
    titled = judged_lessons.titled()
    parts = ((_part(each.title, chance), each.identifier) for each in chance.sample(titled, len(titled)))
    return _taken((Judged("known elsewhere", part, {name: 3}) for part, name in parts if part), 25)


_ABLE = re.compile(r"^i can (?:\w+ly )?(?:\w+ )", re.IGNORECASE)
_PHRASES = ("{}", "how to teach {}", "lesson on {}", "{} for my class", "help with {}")


def _natural(shelf: Shelf) -> list[Judged]:
    def made(lesson: Lesson, chance: random.Random) -> Judged | None:
        said = _ABLE.sub("", lesson.description).split(".")[0]
        # The rarest words are the publisher's own terms; a teacher remembers two of three of them.
        told = sorted(dict.fromkeys(_telling(said)), key=lambda word: shelf.frequency[word])
        forgotten = set(told[:3]) - set(chance.sample(told[:3], min(2, len(told[:3]))))
        kept = judged_words.reworded([word for word in words(said) if word not in forgotten][:9], chance)
        while kept and kept[-1] in EMPTY:
            kept.pop()
        while kept and kept[0] in ("and", "or", "of", "to", "an", "a", "the"):
            kept.pop(0)
        if len(_telling(" ".join(kept))) < 3 or " ".join(kept) in lesson.title.casefold():
            return None
        return Judged("natural", chance.choice(_PHRASES).format(" ".join(kept)), of_lesson(shelf, lesson))

    return _taken((made(*each) for each in _drawn(shelf, "natural")), 50)


def _precise(shelf: Shelf) -> list[Judged]:
    def made(lesson: Lesson, chance: random.Random) -> Judged | None:
        titled = words(lesson.title)
        keyword = next((each for each in sorted(lesson.keywords) if len(each) > 3), "")
        rest = [word for word in titled if word in _telling(lesson.title) and word not in keyword]
        if not keyword or len(rest) < 3:
            return None
        first = chance.randrange(len(rest) - 1)
        parts = [keyword, " ".join(rest[first : first + 2])]
        chance.shuffle(parts)
        return Judged("precise", " ".join(parts), of_lesson(shelf, lesson))

    return _taken((made(*each) for each in _drawn(shelf, "precise")), 40)


def _topics(shelf: Shelf) -> list[Judged]:
    chance = random.Random("topic")
    units = sorted(unit for unit, lessons in shelf.by_unit.items() if 4 <= len(lessons) <= LARGEST_UNIT)

    def made(unit: str) -> Judged | None:
        telling = _telling(unit)
        if len(telling) < 2:
            return None
        first = chance.randrange(max(len(telling) - 4, 0) + 1)
        return Judged("topic", " ".join(telling[first : first + 4]), _of_unit(shelf, unit))

    return _taken((made(unit) for unit in chance.sample(units, len(units))), 40)


def _misspelt(several: Sequence[tuple[list[Judged], int, int]]) -> list[Judged]:
    chance = random.Random("misspelt")
    return [
        Judged("misspelt", judged_words.misspelt(each.query, mistakes, chance), each.grades)
        for judged, mistakes, count in several
        for each in chance.sample([each for each in judged if len(each.query.split()) <= 5], count)
    ]


def _cross(shelf: Shelf) -> list[Judged]:
    def made(lesson: Lesson, chance: random.Random) -> Judged | None:
        known = [keyword for keyword in sorted(lesson.keywords) if 3 <= len(shelf.by_keyword[keyword]) <= 40]
        for first, second in pairwise(known):
            homes = [set(_home(shelf, keyword)) for keyword in (first, second)]
            if not homes[0] & homes[1]:
                holding = [{each.identifier for each in shelf.by_keyword[keyword]} for keyword in (first, second)]
                rest = {each.identifier for home in homes for unit in home for each in shelf.by_unit[unit]}
                grades = dict.fromkeys((holding[0] | holding[1]) & rest, 1)
                joined = chance.choice(("{} and {}", "{} {}", "{} in {}", "{} with {}")).format(first, second)
                return Judged("cross-topic", joined, grades | dict.fromkeys(holding[0] & holding[1], 3))
        return None

    return _taken((made(*each) for each in _drawn(shelf, "cross")), 40)


def _home(shelf: Shelf, keyword: str) -> list[str]:
    counts = Counter(unit for each in shelf.by_keyword[keyword] for unit in each.units)
    return [unit for unit, _ in counts.most_common(1)]


_WRITTEN: tuple[Callable[[str], str], ...] = (
    lambda code: code,
    lambda code: code.lower(),
    lambda code: f"{code} practice",
    lambda code: f"activities for {code}",
    lambda code: code.replace(".", " "),
    lambda code: f"CCSS.MATH.CONTENT.{code}",
)


def _codes() -> list[Judged]:
    chance = random.Random("code")
    stated = judged_lessons.activities()
    codes = sorted({code for several in stated.values() for code in several})

    def made(number: int, code: str) -> Judged:
        parent = code.rpartition(".")[0]
        grades = {name: 1 for name, held in stated.items() if any(each.rpartition(".")[0] == parent for each in held)}
        grades |= {name: 3 for name, held in stated.items() if any(f"{each}.".startswith(f"{code}.") for each in held)}
        return Judged("code", _WRITTEN[number % len(_WRITTEN)](code), grades)

    return _taken((made(*each) for each in enumerate(chance.sample(codes, len(codes)))), 25)


def _standards(shelf: Shelf) -> list[Judged]:
    chance = random.Random("standard")
    uris = sorted(uri for uri, lessons in shelf.by_concept.items() if 3 <= len(lessons) <= LARGEST_UNIT)

    def made(uri: str) -> Judged | None:
        telling = _telling(shelf.statements[uri])[:5]
        years = sorted({year for each in shelf.by_concept[uri] for year in each.years})
        if len(telling) < 3 or not years:
            return None
        year = chance.choice(years)
        grades = {each.identifier: 3 if year in each.years else 2 for each in shelf.by_concept[uri]}
        return Judged("standard", f"{' '.join(telling)} {_said_year(year, chance)}", grades)

    return _taken((made(uri) for uri in chance.sample(uris, len(uris))), 30)


def _said_year(year: int, chance: random.Random) -> str:
    """An English year group in words: as it is, as a grade (one less), or as its key stage."""
    grade = "kindergarten" if year == 1 else chance.choice((f"grade {year - 1}", f"{_ordinal(year - 1)} grade"))
    return chance.choice((f"year {year}", f"y{year}", grade))


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _years(shelf: Shelf) -> list[Judged]:
    chance = random.Random("year")
    topics = list(judged_words.topics(judged_words.NATURAL))
    lessons = {each.identifier: each for each in shelf.lessons}

    def made(topic: Topic) -> Judged | None:
        grades = of_topic(shelf, topic)
        best = Counter(year for name, grade in grades.items() if grade == 3 for year in lessons[name].years)
        if not best:
            return None
        year = best.most_common(1)[0][0]
        kept = {name: grade if year in lessons[name].years else grade - 2 for name, grade in grades.items()}
        said = _said_year(year, chance)
        query = chance.choice((f"{said} {topic.query}", f"{topic.query} {said}"))
        return Judged("year", query, {name: grade for name, grade in kept.items() if grade > 0})

    return _taken((made(topic) for topic in chance.sample(topics, len(topics))), 30)


def _types() -> list[Judged]:
    chance = random.Random("type")
    problems = judged_lessons.problems()
    counts = Counter(skill for each in problems for skill in each.skills)
    skills = sorted(skill for skill, count in counts.items() if count >= 5 and 2 <= len(_telling(skill)) <= 5)

    def made(number: int, skill: str) -> Judged:
        holding = [each for each in problems if skill in each.skills]
        lessons = {each.lesson for each in holding}
        grades = {each.identifier: 1 for each in problems if each.lesson in lessons}
        query = ("{} exercises", "practice problems {}", "{} practice")[number % 3].format(skill)
        return Judged("type", query, grades | {each.identifier: 3 for each in holding})

    return _taken((made(*each) for each in enumerate(chance.sample(skills, len(skills)))), 15)


def _other_words(worded: list[Judged]) -> list[Judged]:
    chance = random.Random("words")
    said = ("{} under 20 minutes", "{} video", "30 min {}", "{} worksheet", "free {}")
    return [
        Judged("minutes and form", said[number % 5].format(each.query), each.grades)
        for number, each in enumerate(chance.sample(worded, 10))
    ]


def _spelling(shelf: Shelf) -> list[Judged]:
    def made(lesson: Lesson, chance: random.Random) -> Judged | None:
        telling = _telling(lesson.title)
        at = [place for place, word in enumerate(telling) if word in judged_words.AMERICAN]
        if not at or len(telling) < 2:
            return None
        start = max(0, at[0] - chance.randint(0, 2))
        part = [judged_words.AMERICAN.get(word, word) for word in telling[start : max(at[0] + 1, start + 3)]]
        return Judged("spelling", " ".join(part), of_lesson(shelf, lesson))

    return _taken((made(*each) for each in _drawn(shelf, "spelling")), 25)
