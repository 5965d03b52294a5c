"""A framework as every reader of a framework file returns it, and every writer takes it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from vocab.resource import Problem

KINDS = (
    "precedes",
    "related",
    "exactMatch",
    "closeMatch",
    "broadMatch",
    "narrowMatch",
    "isPartOf",
    "isPeerOf",
    "isTranslationOf",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
)
"""What an association may say; a publisher's own type is kept as `ext:…` (CASE 1.1)."""


class Item(Struct, frozen=True, omit_defaults=True):
    """One statement of a framework: a standard, a competency, or a heading above them.

    `uri` is its identity (CASE items: `urn:uuid:…`); `aliases` every other URI it is known by; `codes`
    every spelling its publisher prints, the preferred one first; `parents` URIs, the primary one first,
    empty at the top; `position` orders siblings; `kind` the publisher's word (Standard, Cluster, …);
    `labels` maps a language tag to a translated statement. `details` is what the file says besides, under the
    names CASE 1.1 has for it (`listEnumeration`, `conceptKeywords`, `statusStartDate`, …).
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
    details: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """What a person calls it: its code, or its wording where it has none."""
        return self.codes[0] if self.codes else self.label or self.statement


class Association(Struct, frozen=True, omit_defaults=True):
    """A link between two items by URI or code, either end possibly outside the framework.

    `kind` is one of `KINDS`: precedes runs from the prerequisite to what follows, replacedBy from the old to the new.
    `identifier` is the publisher's UUID for the link, `grouping` that of the CFAssociationGrouping it belongs to.
    Who stands under whom is not among them: `Item.parents` says that.
    """

    source: str
    kind: str
    target: str
    identifier: str = ""
    sequence: int | None = None
    grouping: str = ""
    notes: str = ""


class Framework(Struct, frozen=True, omit_defaults=True):
    """A framework and what was wrong with its file. Errors among `problems` mean: do not store.

    One without items but with associations is a table of links: a progression, or a crosswalk between frameworks.
    `definitions` are CASE's lists (CFConcepts, CFSubjects, CFLicenses, CFItemTypes, CFAssociationGroupings) and
    `rubrics` its CFRubrics, as JSON objects of CASE 1.1; `details` as in `Item`.
    """

    uri: str
    code: str
    title: str
    items: tuple[Item, ...] = ()
    associations: tuple[Association, ...] = ()
    aliases: tuple[str, ...] = ()
    version: str = ""
    publisher: str = ""
    description: str = ""
    language: str = "en"
    license_url: str = ""
    rights: str = ""
    subjects: tuple[str, ...] = ()
    definitions: dict[str, tuple[dict[str, Any], ...]] = {}
    rubrics: tuple[dict[str, Any], ...] = ()
    details: dict[str, Any] = {}
    problems: tuple[Problem, ...] = ()

    @property
    def only_links(self) -> bool:
        """Whether it is a table of links between the statements of other frameworks."""
        return not self.items and bool(self.associations)
