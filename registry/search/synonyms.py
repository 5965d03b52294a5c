"""Other words for a word: the field's synonyms, British and American spelling, and labels in other languages.

The list is `vocab/data/synonyms.ttl`; verbs in -ise and -ize are told by rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import pyoxigraph as ox
from msgspec import Struct

from vocab.namespaces import SKOS

_LONGEST_PHRASE = 4
_ENDINGS = (
    *("s", "es", "d", "ed", "ing", "ings", "er", "ers", "al", "ally", "ful", "fully", "less", "ist", "ists", "hood"),
    *("hoods", "able", "y", "ly", "ation", "ism", "ic", "ally"),
)
_IZE = re.compile(r"(\w{3,})([sz])(e|es|ed|ing|er|ers|ation|ations|able)")
_ONLY_S = (
    "exercise advise revise supervise surprise comprise compromise improvise televise advertise disguise enterprise"
    " franchise promise precise concise arise otherwise likewise expertise paradise premise merchandise devise demise"
    " excise incise despise mayonnaise treatise tortoise porpoise turquoise appraise circumcise malaise disenfranchise"
    " sunrise moonrise liaise clockwise edgewise reprise apprise noise raise praise poise cruise bruise prise braise"
)
_ONLY_Z = "seize capsize prize maize baize resize downsize"
_NEVER_CHANGED = frozenset((*_ONLY_S.split(), *_ONLY_Z.split()))


class Expansion(Struct, frozen=True):
    """The words from `start` to before `end` of a text mean as much as any of the `alternatives`."""

    start: int
    end: int
    alternatives: tuple[str, ...]


def alternatives(text: str) -> tuple[str, ...]:
    """Other words or phrases for one word or phrase, the likeliest first; none where nothing is known.

    The plural finds what the singular does. What is given is never the word itself, and stands as the list has it.
    """
    word = _folded(text)
    for form in _singulars(word):
        if found := _table().synonyms.get(form):
            return tuple(each for each in dict.fromkeys((*_spelled(word), *found)) if _folded(each) not in (word, form))
    return _spelled(word)


def expansions(words: Sequence[str]) -> tuple[Expansion, ...]:
    """What in a row of words has other words, the longest phrases first to be seen; none share a word."""
    found: list[Expansion] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            if several := alternatives(" ".join(words[place : place + length])):
                found.append(Expansion(place, place + length, several))
                place += length - 1
                break
        place += 1
    return tuple(found)


class _Table(Struct, frozen=True):
    synonyms: dict[str, tuple[str, ...]]
    spellings: dict[str, str]


@cache
def _table() -> _Table:
    labels: dict[str, list[ox.Literal]] = defaultdict(list)
    content = files("vocab").joinpath("data/synonyms.ttl").read_bytes()
    for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
        named = quad.predicate.value in (f"{SKOS}prefLabel", f"{SKOS}altLabel")
        if named and "/synonyms/" in str(quad.subject) and isinstance(quad.object, ox.Literal):
            labels[str(quad.subject)].append(quad.object)
    synonyms: dict[str, dict[str, None]] = defaultdict(dict)
    spellings: dict[str, str] = {}
    for several in labels.values():
        if any(each.language in ("en-us", "en-gb") for each in several):
            one, other = (each.value for each in several)
            spellings |= {one: other, other: one}
            continue
        # A word of another language is a way in; what is looked for is what the catalog's records say in English.
        english = [each.value for each in several if each.language == "en"]
        for each in several:
            synonyms[_folded(each.value)].update(dict.fromkeys(english))
    return _Table({word: tuple(found) for word, found in synonyms.items()}, spellings)


def _spelled(word: str) -> tuple[str, ...]:
    """The word as the other side of the ocean spells it."""
    spellings = _table().spellings
    if word in spellings:
        return (spellings[word],)
    for ending in _ENDINGS:
        other = spellings.get(word.removesuffix(ending)) if word.endswith(ending) else None
        if other:
            return (other + ("e" if ending == "d" and not other.endswith("e") else "") + ending,)
    if match := _IZE.fullmatch(word):
        stem = f"{match[1]}{match[2]}e"
        if stem not in _NEVER_CHANGED and match[1][-1] in "iy":
            return (f"{match[1]}{'z' if match[2] == 's' else 's'}{match[3]}",)
    return ()


def _singulars(word: str) -> tuple[str, ...]:
    forms = [word]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        forms += [word[:-1], *((f"{word[:-3]}y",) if word.endswith("ies") else ())]
        forms += [word[:-2]] if word.endswith("es") else []
    else:
        forms.append(f"{word}s")
    return tuple(forms)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
