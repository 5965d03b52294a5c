"""A catalog of generated resources, taken in by the product as districts' records, and random questions to it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from registry.app import Registry
from registry.catalog.ingest import Batch, ingest
from registry.ports import Harvested
from registry.search import indexing
from registry.search.query import Query
from tests import factories
from vocab.frameworks.model import Association, Framework, Item

_SUBJECTS = ("mathematics", "number", "algebra", "science", "astronomy", "earth-science", "history", "reading")
_TYPES = ("lesson", "quiz", "video", "worksheet", "assessment", "game")
_GRADES = ("K", "1", "3", "4", "5", "8", "12")
_LANGUAGES = ("en", "es", "fr", "zh-Hans")
_LICENSES = {
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "cc-by": "CC BY",
    "cc-by-nc-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "all-rights-reserved": "All rights reserved",
    "": "",
}
_ACCESS = ("captions", "transcript", "alternativeText", "largePrint")
_MINUTES = (0, 5, 15, 16, 30, 31, 45, 60, 61, 120, 121, 300)
_RELATIONS = ("teaches", "assesses", "requires")
_LEVELS = ("beginning", "developing", "proficient", "extending")
_PROVIDERS = ("North District", "South District", 'The "Old" School \\ 50% Off', "Éducation: Ouest, [3]", "Everybody's")
_WORDS = (
    "fractions", "poems", "rain", "planets", "maps", "sums", "cells", "verbs", "rivers", "kings", "angles", "songs",
)  # fmt: skip


def fill(registry: Registry, chance: random.Random, count: int) -> list[str]:
    """The codes and addresses of the standards of a catalog of about this many live resources, all indexed.

    Some records are of two districts; some change, and some are withdrawn, after they have been indexed.
    """
    found = _frameworks()
    with registry.sessions.begin() as session:
        for each in found:
            factories.stored_framework(session, each, digest=each.code)
        batches = [
            factories.source(session, f"source-{number}", provider) for number, provider in enumerate(_PROVIDERS)
        ]
    standards = [item for each in found for item in each.items]
    codes = [item.codes[0] for item in standards if item.codes]
    aligned = [*codes, *(item.uri for item in standards), "9.ZZ.9"]
    records = [(chance.randrange(len(batches)), _lesson(chance, number, aligned)) for number in range(count)]
    _take_in(registry, batches, records)
    again = chance.sample(records, count // 6)
    changed = [(place, _changed(chance, record, aligned)) for place, record in again[::2]]
    gone = [
        (place, Harvested(record.identifier, deleted=True, datestamp="2026-02-01")) for place, record in again[1::2]
    ]
    shared = [((place + 1) % len(batches), record) for place, record in chance.sample(records, count // 8)]
    _take_in(registry, batches, [*changed, *gone, *shared])
    return [*codes, *(item.uri for item in standards)]


def questions(chance: random.Random, count: int, standards: Sequence[str]) -> Iterator[Query]:
    """Random combinations of up to six filters, of up to three values each, without text."""
    lists: dict[str, Sequence[str]] = {
        "standard": standards,
        "level": _LEVELS,
        "grade": _GRADES,
        "subject": _SUBJECTS,
        "type": _TYPES,
        "license": ("cc-by", "cc-by-4.0", "cc-by-nc-4.0", "cc0-1.0", "all-rights-reserved", "open"),
        "language": _LANGUAGES,
        "provider": _PROVIDERS,
        "access": _ACCESS,
    }
    names = [*lists, "standard", "level", "relation", "open", "minutes_max"]
    for _ in range(count):
        asked: dict[str, Any] = {}
        for name in chance.sample(names, chance.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 6))):
            if name in lists:
                asked[name] = tuple(chance.sample(lists[name], chance.choice((1, 1, 2, 3))))
            elif name == "relation":
                asked[name] = chance.choice(_RELATIONS)
            else:
                asked[name] = True if name == "open" else chance.choice((1, 15, 20, 30, 60, 200))
        sort = chance.choice(("relevance", "newest", "rating", "shortest"))
        yield Query(**asked, exact=chance.random() < 0.25, sort=sort, limit=chance.choice((7, 20, 100)))


def _frameworks() -> list[Framework]:
    """Three frameworks: a tree of three floors; one that equals parts of it; one that equals parts of the second.

    Some statements stand under two parents, some have no code, two codes are printed in two frameworks.
    """
    first = _tree("math", "M", 3, 4, twice=True)
    second = _tree("state", "S", 2, 3)
    third = _tree("city", "C", 2, 2)
    uri = factories.BASE
    second_links = (
        Association(f"{uri}state/S.1", "exactMatch", f"{uri}math/M.2"),
        Association(f"{uri}math/M.1.2.3", "exactMatch", f"{uri}state/S.2.1.1"),
        Association(f"{uri}state/S.2.2.1", "isTranslationOf", f"{uri}math/M.3.1"),
        Association(f"{uri}state/S.2.2.2", "closeMatch", f"{uri}math/M.1.1.1"),
        Association(f"{uri}state/S.1.1", "precedes", f"{uri}state/S.1.2"),
    )
    third_links = (
        Association(f"{uri}city/C.1.1", "exactMatch", f"{uri}state/S.2.1.1"),
        Association(f"{uri}city/C.2", "exactMatch", f"{uri}state/S.1.3"),
    )
    return [
        first,
        msgspec.structs.replace(second, associations=second_links),
        msgspec.structs.replace(third, associations=third_links),
    ]


def _tree(code: str, letter: str, wide: int, deep: int, twice: bool = False) -> Framework:
    base = f"{factories.BASE}{code}/"
    items = []
    for one in range(1, wide + 1):
        items.append(_item(base, f"{letter}.{one}", ()))
        for two in range(1, deep + 1):
            items.append(_item(base, f"{letter}.{one}.{two}", (f"{base}{letter}.{one}",)))
            for three in range(1, deep + 1):
                parents = [f"{base}{letter}.{one}.{two}"]
                if twice and three == deep:
                    parents.append(f"{base}{letter}.{one % wide + 1}.{two}")
                items.append(_item(base, f"{letter}.{one}.{two}.{three}", tuple(parents)))
    items.append(Item(uri=f"{base}same", statement=f"In two frameworks, here {code}", codes=("B.9.9",)))
    items.append(Item(uri=f"{base}bare", statement=f"A statement of {code} without a code"))
    return Framework(uri=f"{factories.BASE}{code}", code=code, title=f"Framework {code}", items=tuple(items))


def _item(base: str, code: str, parents: tuple[str, ...]) -> Item:
    return Item(uri=f"{base}{code}", statement=f"The statement of {code}", codes=(code,), parents=parents)


def _take_in(registry: Registry, batches: Sequence[Batch], records: Sequence[tuple[int, Harvested]]) -> None:
    with registry.sessions.begin() as session:
        for place, batch in enumerate(batches):
            ingest(session, batch, [record for at, record in records if at == place])
    indexing.sync(registry)


def _lesson(chance: random.Random, number: int, standards: Sequence[str]) -> Harvested:
    return factories.harvested(f"lesson-{number}", **_stated(chance, number, standards))


def _changed(chance: random.Random, record: Harvested, standards: Sequence[str]) -> Harvested:
    number = int(record.identifier.rpartition("-")[2])
    return factories.harvested(record.identifier, datestamp="2026-02-01", **_stated(chance, number, standards))


def _stated(chance: random.Random, number: int, standards: Sequence[str]) -> dict[str, Any]:
    minutes = chance.choice(_MINUTES)
    words = " ".join(chance.sample(_WORDS, 4))
    stated: dict[str, Any] = {
        "name": f"{words} {number}",
        "description": f"Number {number} is on {' and '.join(chance.sample(_WORDS, 6))}, part {number * 7919 % 1000}.",
        "learningResourceType": _some(chance, _TYPES, 2),
        "about": _some(chance, _SUBJECTS, 3),
        "educationalLevel": [f"Grade {grade}" for grade in _some(chance, _GRADES, 3)],
        "inLanguage": _some(chance, _LANGUAGES, 2),
        "license": _LICENSES[chance.choice(list(_LICENSES))],
        "accessibilityFeature": _some(chance, _ACCESS, 3),
        "dateModified": f"2025-0{chance.randint(1, 4)}-01",
        "educationalAlignment": [
            factories.aligned(standard, chance.choice(_RELATIONS), chance.choice((None, *_LEVELS)))
            for standard in _some(chance, standards, 4)
        ],
    }
    return stated | ({"timeRequired": f"PT{minutes}M"} if minutes else {})


def _some(chance: random.Random, values: Sequence[str], most: int) -> list[str]:
    return chance.sample(values, chance.randint(0, most))
