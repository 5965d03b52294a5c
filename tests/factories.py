"""Records, frameworks and sources as tests want them, with everything unsaid filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from registry.catalog import sources
from registry.catalog.ingest import Batch, batch_for
from registry.ports import Harvested
from registry.standards.load import LoadReport
from registry.standards.versions import receive
from vocab.frameworks.model import Association, Framework, Item

BASE = "https://standards.example/"


def framework(
    codes: Sequence[str] = ("4.NF.1", "4.NF.2", "4.NF.3"),
    code: str = "state",
    links: Sequence[Association] = (),
    statements: dict[str, str] | None = None,
) -> Framework:
    """A framework with one heading and these standards under it."""
    root = f"{BASE}{code}/root"
    items = [Item(uri=root, statement="Fractions", kind="Domain")]
    items += [
        Item(
            uri=f"{BASE}{code}/{each}",
            statement=(statements or {}).get(each, f"The statement of {each}"),
            codes=(each,),
            parents=(root,),
            position=position,
            grades=("4",),
            subjects=("mathematics",),
        )
        for position, each in enumerate(codes)
    ]
    return Framework(
        uri=f"{BASE}{code}", code=code, title=f"Framework {code}", items=tuple(items), associations=tuple(links)
    )


def stored_framework(session: Session, found: Framework | None = None, digest: str = "1") -> LoadReport:
    return receive(session, found or framework(), digest, at_once=True)


def lesson(identifier: str = "lesson-1", **stated: Any) -> dict[str, Any]:
    """A schema.org lesson in good order."""
    return {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": f"https://district.example/lessons/{identifier}",
        "url": f"https://district.example/lessons/{identifier}",
        "name": f"The title of {identifier}",
        "description": f"What {identifier} is about.",
        "inLanguage": "en",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "learningResourceType": "lesson",
        **stated,
    }


def harvested(identifier: str = "lesson-1", datestamp: str = "2026-01-01", **stated: Any) -> Harvested:
    """The record of a lesson as a harvester hands it on."""
    return Harvested(
        identifier=identifier,
        format="schema.org",
        payload=msgspec.json.encode(lesson(identifier, **stated)),
        datestamp=datestamp,
    )


def aligned(code: str, relation: str = "teaches", level: str | None = None) -> dict[str, Any]:
    """An AlignmentObject."""
    node = {"@type": "AlignmentObject", "alignmentType": relation, "targetName": code, "identifier": code}
    return {**node, "educationalLevel": level} if level else node


def source(session: Session, name: str = "lakeside", provider: str = "", **options: str) -> Batch:
    """A new source and the batch of its first run."""
    source_id = sources.add_source(session, name, "oai", f"https://{name}.example/oai", provider, options)
    return batch_for(session, source_id, f"run-of-{name}")
