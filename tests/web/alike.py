"""Three districts whose lessons look alike: one pair beyond doubt, one that a curator must look at."""

from __future__ import annotations

import json

from sqlalchemy import select

from registry.app import Registry
from registry.catalog.ingest import batch_for, ingest
from registry.catalog.sources import add_source
from registry.models import PairRow, RecordRow
from registry.ports import Harvested

TEXT = (
    "Learners fold a strip of paper into equal parts, shade some of them, and say which fraction of the strip is shaded."
    " They compare strips that were folded into different numbers of parts, and write down which one is more."
)


def receive_alike(registry: Registry) -> None:
    """The lessons `paper` and `copy` become one resource; `cardboard` is proposed as the same as `paper`."""
    with registry.sessions.begin() as session:
        for name, records in (
            ("eastfield", {"paper": "Fractions with paper strips"}),
            ("northwater", {"copy": "Lesson: Fractions with paper strips"}),
            ("southport", {"cardboard": "Fractions with cardboard strips"}),
        ):
            source_id = add_source(session, name, "oai", f"https://{name}.example/oai", f"{name.title()} Schools")
            batch = batch_for(session, source_id, f"run-of-{name}")
            ingest(session, batch, [_record(name, identifier, title) for identifier, title in records.items()])


def _record(district: str, identifier: str, title: str) -> Harvested:
    lesson = {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": f"urn:{district}:{identifier}",
        "url": f"https://{district}.example/lessons/{identifier}",
        "name": title,
        "description": TEXT,
        "learningResourceType": "Lesson",
        "educationalLevel": "Grade 4",
        "inLanguage": "en",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "keywords": ["fractions"] if identifier == "paper" else [],
        "timeRequired": "PT45M" if identifier == "paper" else "PT30M",
    }
    return Harvested(identifier=identifier, format="schema.org", payload=json.dumps(lesson).encode())


def resource_of(registry: Registry, identifier: str) -> str:
    with registry.reading.begin() as session:
        return session.scalars(select(RecordRow.resource_id).where(RecordRow.identifier == identifier)).one() or ""


def record_of(registry: Registry, identifier: str) -> str:
    with registry.reading.begin() as session:
        return session.scalars(select(RecordRow.id).where(RecordRow.identifier == identifier)).one()


def decisions(registry: Registry) -> list[str]:
    with registry.reading.begin() as session:
        return sorted(session.scalars(select(PairRow.decision)))
