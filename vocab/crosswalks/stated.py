"""What a payload says, sorted by what it is about, before any of it is put into our words."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from vocab.resource import Collection


class Said(NamedTuple):
    """One value as stated: the field's name at its publisher, the value, and other writings of the same value.

    `also` holds a term's URI and code beside its label, so that whichever of them is known to us finds it.
    """

    field: str
    value: str
    also: tuple[str, ...] = ()


class Claim(Struct, frozen=True):
    """One alignment as stated, its relation and level still in the publisher's words.

    `level_field` names where the level stood, if not in `field`.
    """

    field: str
    standard: str
    relation: str = ""
    level: str = ""
    name: str = ""
    framework: str = ""
    tentative: bool = False
    level_field: str = ""


class Stated(Struct):
    """Everything one payload says, in the order it says it.

    `subjects` are what was given as school subjects, `topics` what may be a subject, a keyword or a standard;
    `levels` are educational levels of any kind (a grade, a year with its subject, a competency level), `uses`
    educational uses (a type or a setting); `kept` has no place in our words and is kept beside the record.
    """

    titles: list[Said] = []
    links: list[Said] = []
    identifiers: list[Said] = []
    summaries: list[Said] = []
    texts: list[Said] = []
    keywords: list[Said] = []
    types: list[Said] = []
    uses: list[Said] = []
    subjects: list[Said] = []
    topics: list[Said] = []
    levels: list[Said] = []
    ages: list[Said] = []
    languages: list[Said] = []
    audiences: list[Said] = []
    durations: list[Said] = []
    licenses: list[Said] = []
    claims: list[Claim] = []
    features: list[Said] = []
    hazards: list[Said] = []
    settings: list[Said] = []
    group_sizes: list[Said] = []
    based_on: list[Said] = []
    part_of: list[Collection] = []
    creators: list[Said] = []
    publishers: list[Said] = []
    created: list[Said] = []
    modified: list[Said] = []
    kept: list[Said] = []
