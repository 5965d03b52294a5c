"""A framework as every reader of a framework file returns it."""

from __future__ import annotations

from msgspec import Struct

from vocab.resource import Problem


class Item(Struct, frozen=True, omit_defaults=True):
    """One statement of a framework: a standard, a competency, or a heading above them.

    `uri` is its identity (CASE items: `urn:uuid:…`); `aliases` every other URI it is known by; `codes`
    every spelling its publisher prints, the preferred one first; `parents` URIs, the primary one first,
    empty at the top; `position` orders siblings; `kind` the publisher's word (Standard, Cluster, …);
    `labels` maps a language tag to a translated statement.
    """

    uri: str
    statement: str
    codes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    position: int = 0
    kind: str = ""
    label: str = ""
    notes: str = ""
    grades: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    language: str = "en"
    labels: dict[str, str] = {}
    deprecated: bool = False


class Association(Struct, frozen=True):
    """A link between two items by URI or code, either end possibly outside the framework.

    `kind` is one of precedes (from the prerequisite to what follows), related, exactMatch, closeMatch,
    broadMatch, narrowMatch.
    """

    source: str
    kind: str
    target: str


class Framework(Struct, frozen=True):
    """A framework and what was wrong with its file. Errors among `problems` mean: do not store."""

    uri: str
    code: str
    title: str
    items: tuple[Item, ...]
    associations: tuple[Association, ...] = ()
    aliases: tuple[str, ...] = ()
    version: str = ""
    publisher: str = ""
    language: str = "en"
    license_url: str = ""
    rights: str = ""
    subjects: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
