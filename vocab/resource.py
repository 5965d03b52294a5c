"""The canonical resource, LRMI-shaped, and the problems that travel with a record."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """Whether a record can be stored despite the problem (warning) or not (error)."""

    WARNING = "warning"
    ERROR = "error"


class Problem(Struct, frozen=True, omit_defaults=True):
    """Expected trouble inside one record, in words its publisher can act on.

    `code` is stable and machine-readable (`license-missing`), `field` names the field as the publisher
    knows it, `message` is one plain sentence, `hint` says how to mend it, `value` is what was stated
    (cut to 300 characters).
    """

    code: str
    field: str
    message: str
    hint: str
    value: str = ""
    severity: Severity = Severity.WARNING


class Alignment(Struct, frozen=True, omit_defaults=True):
    """What a resource does for one standard, as its publisher stated it; the registry resolves `standard`.

    `standard` is a URI or a code in any spelling; `relation` is a key of the relations list (teaches,
    assesses, requires); `level` a key of the competency levels or None where none is stated, with the
    publisher's own word in `level_stated`. `tentative` marks a value found where codes may but need not
    stand (a `dc:subject`): unresolved, it is no problem.
    """

    standard: str
    relation: str = "teaches"
    level: str | None = None
    level_stated: str = ""
    name: str = ""
    framework: str = ""
    tentative: bool = False


class Collection(Struct, frozen=True, omit_defaults=True):
    """A course, unit or collection that a resource is part of."""

    name: str
    url: str = ""


class GroupSize(Struct, frozen=True, omit_defaults=True):
    """How many learners work together, at least and at most."""

    least: int
    most: int


class Resource(Struct, frozen=True, omit_defaults=True):
    """One learning resource in canonical words.

    Closed-list fields hold keys of the schemes in `vocab/data` (`types`, `audiences`, `settings`,
    `access_features`, `access_hazards`, `license`); `grades` holds K, 1..12; `languages` BCP 47 tags;
    `minutes` whole minutes; `created` and `modified` ISO 8601 dates or datetimes in UTC. All text is
    plain: markup is gone, whitespace folded. A value no list knows stays in `stated`, as
    `field: value`, beside a Problem.
    """

    title: str
    url: str
    identifiers: tuple[str, ...] = ()
    summary: str = ""
    text: str = ""
    keywords: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    minutes: int | None = None
    license: str | None = None
    license_url: str = ""
    alignments: tuple[Alignment, ...] = ()
    access_features: tuple[str, ...] = ()
    access_hazards: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    group_size: GroupSize | None = None
    based_on: tuple[str, ...] = ()
    part_of: tuple[Collection, ...] = ()
    creators: tuple[str, ...] = ()
    publisher: str = ""
    created: str = ""
    modified: str = ""
    stated: tuple[str, ...] = ()


class Crosswalked(Struct, frozen=True):
    """What a crosswalk made of a payload: a resource (None where title or link is missing), and the problems.

    A record that another registry passes on also says who provides it and (ISO 8601) when it was first seen there.
    """

    resource: Resource | None
    problems: tuple[Problem, ...] = ()
    provider: str = ""
    first_seen: str = ""


class Context(Struct, frozen=True):
    """What a crosswalk may know beside the payload.

    `identifier` and `url` are the record's own at its source; `columns` maps our field names to a table's
    column names; `levels` maps a provider's words (casefolded) to level keys; `defaults` gives values
    (`license`, `language`, `publisher`) a source states once for all its records; `today` (ISO date) is
    the day by which a date counts as in the future.
    """

    identifier: str = ""
    url: str = ""
    columns: dict[str, str] = {}
    levels: dict[str, str] = {}
    defaults: dict[str, str] = {}
    today: str = ""
