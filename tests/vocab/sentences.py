"""Sentences as standards have them, frameworks made up of them, and the ways a committee writes them anew."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import lru_cache

from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.wording import content, near, typographic

_VERBS_LISTED = """
    analyze apply build calculate classify combine compare compose contrast construct create debate defend
    describe design develop discuss draw estimate evaluate examine explain explore identify illustrate infer
    interpret investigate judge justify label list locate measure model name observe order organize outline plan
    predict present produce prove question recall recognize record represent research retell review select sketch
    solve sort state summarize support test trace transform translate use verify weigh write
"""
_VERBS = tuple(_VERBS_LISTED.split())
_NOUNS_LISTED = """
    adaptation angle argument atmosphere ballad barter battery boundary budget canal canyon cell census chart
    circuit citizen claim climate colony column comet compass composer constitution coral council crystal currency
    dance decimal delta density dialect diagram dialogue election ellipse empire energy engine equator erosion
    essay estuary fable factory famine ferry festival fiber filter flood forest fossil fraction friction furnace
    galaxy gear genre glacier gravity guild habitat harbor harmony harvest heredity hexagon import index inertia
    insect irrigation island journal kingdom lagoon ledger legend lens lever lyric magnet mammal manuscript market
    membrane meter migration mineral molecule monarch mosaic myth narrator nutrient oasis orbit orchestra organ
    oxygen parliament pattern percussion perimeter petition pigment planet poem pollen port prairie predator prism
    profit propaganda protein province pulley quadrilateral quota rainfall ratio refugee reptile republic rhyme
    rhythm ritual river rotation salary satire savanna scale sculpture sediment seed sonnet species spectrum
    staircase statute strait suffrage symmetry tariff telescope temple tempo tissue tolerance trade treaty tribe
    tundra vaccine valley velocity verdict vertex village vitamin volcano voter voyage waterway weather wetland
    width workshop
"""
_NOUNS = tuple(_NOUNS_LISTED.split())
_QUALITIES_LISTED = """
    ancient average circular coastal common complex cultural daily distant domestic economic equal familiar
    federal foreign formal global historical industrial informal linear local medieval modern musical native
    natural negative oral original parallel persuasive physical polar public rational regional repeated rural
    scientific seasonal simple solid spoken symbolic traditional tropical unfamiliar urban visual whole
"""
_QUALITIES = tuple(_QUALITIES_LISTED.split())
_WAYS = (
    "by sorting examples",
    "from memory",
    "in a small group",
    "on a number line",
    "over a longer period",
    "through guided practice",
    "using a table",
    "using evidence from two sources",
    "with and without digital tools",
    "with growing independence",
    "with the help of pictures",
    "within a given budget of time",
)
_SAME = {
    "analyze": "examine",
    "describe": "explain",
    "determine": "establish",
    "explain": "describe",
    "identify": "recognize",
    "including": "such as",
    "know": "understand",
    "solve": "work out",
    "students": "learners",
    "understand": "grasp",
    "use": "employ",
    "using": "by means of",
    "write": "compose",
    "demonstrate": "show",
    "compare": "contrast",
    "important": "significant",
    "develop": "form",
    "problems": "tasks",
    "various": "different",
    "create": "produce",
}
_WORD = re.compile(r"[^\W_]+")
_DIVIDES = re.compile(r"; and |; |\. (?=[A-Z])|, and |, or |, including | and | in order to |, such as ")


def sentence(chosen: random.Random, clauses: int = 0) -> str:
    """A statement of so many clauses, or of one to three."""
    made = [_clause(chosen) for _ in range(clauses or chosen.choice((1, 1, 2, 2, 2, 3)))]
    text = made[0] + "".join(chosen.choice(("; ", ", and ", "; and ")) + each for each in made[1:])
    return text[0].upper() + text[1:] + "."


@lru_cache(maxsize=8)
def synthetic(seed: int, size: int = 400, coded: bool = True) -> Framework:
    """A framework of grades, domains, clusters and standards with prerequisites; the last level holds most of it."""
    chosen = random.Random(seed)
    items: list[Item] = []
    lists: dict[str, list[str]] = {}

    def add(parent: Item | None, code: str, text: str, kind: str) -> Item:
        number = len(lists.setdefault(parent.uri if parent else "", []))
        uri = f"https://standards.example/{seed}/{len(items)}"
        lists[parent.uri if parent else ""].append(uri)
        codes = (code,) if coded else ()
        items.append(Item(uri, text, codes, (), (parent.uri,) if parent else (), number + 1, kind))
        return items[-1]

    strand = 0
    while len(items) < size:
        strand += 1
        grade = add(None, f"S{strand}", f"{chosen.choice(_QUALITIES)} {chosen.choice(_NOUNS)}".title(), "Strand")
        for domain in range(1, 4):
            middle = add(grade, f"S{strand}.{domain}", sentence(chosen), "Cluster")
            for number in range(1, chosen.randint(4, 14)):
                add(middle, f"S{strand}.{domain}.{number}", sentence(chosen), "Standard")
    leaves = [item for item in items if item.kind == "Standard"]
    links = {(one.uri, other.uri) for one, other in zip(leaves, leaves[3:], strict=False) if chosen.random() < 0.5}
    return Framework(
        f"https://standards.example/{seed}",
        f"made-{seed}",
        "Made Standards",
        tuple(items),
        tuple(Association(source, "precedes", target) for source, target in sorted(links)),
    )


def lightly(text: str, chosen: random.Random) -> str:
    """The statement with one word changed."""
    while (found := _rewritten(text, chosen, 1)) == typographic(text):
        pass
    return found


def heavily(text: str, chosen: random.Random) -> str:
    """The statement with one to two words of five changed or left out, and not nearly the same any more."""
    count = max(3, round(chosen.uniform(0.2, 0.4) * len(set(content(text)))))
    while True:
        found = _rewritten(text, chosen, count)
        if not near(text, found):
            return found
        count += 1


def slightly(text: str, chosen: random.Random) -> str:
    """The statement as it is, or with up to one word in six changed."""
    return _rewritten(text, chosen, chosen.randint(0, len(set(content(text))) // 6))


def divided(text: str, chosen: random.Random) -> list[str]:
    """The clauses of a statement as two or three statements, where each says something the others do not."""
    cuts = [found for found in _DIVIDES.finditer(text) if found.start() > 12 and len(text) - found.end() > 12]
    chosen.shuffle(cuts)
    first = (_WORD.search(text) or [""])[0]
    tried: list[list[str]] = []
    for index, cut in enumerate(cuts):
        tried.append([text[: cut.start()], text[cut.end() :]])
        if index and abs(cut.start() - cuts[0].start()) > 20:
            one, two = sorted((cuts[0], cut), key=lambda found: found.start())
            tried.insert(0, [text[: one.start()], text[one.end() : two.start()], text[two.end() :]])
    for parts in tried:
        parts = [part.strip(" ,;.") for part in parts]
        if all(_says_its_own(part, [each for each in parts if each is not part]) for part in parts):
            return [
                _sentence(part if index == 0 or chosen.random() < 0.5 else f"{first} {part}")
                for index, part in enumerate(parts)
            ]
    return []


def joined(one: str, other: str, chosen: random.Random) -> str:
    """Two statements as one, with a word or two changed."""
    one, other = slightly(one.rstrip(" .;"), chosen), slightly(other.rstrip(" .;"), chosen)
    return _sentence(one + chosen.choice(("; ", ", and ", "; and ", ". ")) + (other[0].lower() + other[1:]))


def differ(one: str, other: str) -> bool:
    """Whether each says a good deal that the other does not."""
    left, right = set(content(one)), set(content(other))
    common = len(left & right)
    return common <= 0.5 * min(len(left), len(right)) and 3 * min(len(left), len(right)) >= max(len(left), len(right))


def _says_its_own(part: str, others: Sequence[str]) -> bool:
    words, rest = set(content(part)), set(content(" ".join(others)))
    return len(words - rest) >= 4 and len(words - rest) >= 0.18 * len(words | rest)


def _rewritten(text: str, chosen: random.Random, count: int) -> str:
    known = set(content(text))
    words = [found for found in _WORD.finditer(text) if len(found[0]) > 3 and set(content(found[0])) <= known]
    by_stem = {content(found[0]): found[0] for found in words}
    picked = chosen.sample(sorted(set(by_stem.values())), min(count, len(by_stem)))
    for word in picked:
        new = _SAME.get(word.lower(), "") if chosen.random() < 0.7 else ""
        if not new:
            new = chosen.choice(("", *_QUALITIES, *_NOUNS)) if count > 2 else chosen.choice((*_QUALITIES, *_NOUNS))
        new = new.capitalize() if word[0].isupper() else new
        text = re.sub(rf"\b{re.escape(word)}\b", new, text)
    return typographic(text)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(" .,;") + "."


def _clause(chosen: random.Random) -> str:
    def thing() -> str:
        return f"{chosen.choice(_QUALITIES)} {chosen.choice(_NOUNS)}"

    return chosen.choice(
        (
            lambda: f"{chosen.choice(_VERBS)} how the {thing()} shaped the {thing()} of a {chosen.choice(_NOUNS)}",
            lambda: (
                f"{chosen.choice(_VERBS)} the {thing()}, {chosen.choice(_NOUNS)} and {chosen.choice(_NOUNS)} {chosen.choice(_WAYS)}"
            ),
            lambda: f"{chosen.choice(_VERBS)} and {chosen.choice(_VERBS)} {thing()}s {chosen.choice(_WAYS)}",
            lambda: (
                f"{chosen.choice(_VERBS)} a {thing()} within {chosen.choice((10, 20, 100, 1000))} {chosen.choice(_WAYS)}"
            ),
            lambda: (
                f"{chosen.choice(_VERBS)} {thing()} from {thing()} and {chosen.choice(_VERBS)} its {chosen.choice(_NOUNS)}"
            ),
        )
    )()
