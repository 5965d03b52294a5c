"""Rows put straight into the store: standards with codes, and resources aligned with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.catalog.card import Card, CardLicense
from registry.models import (
    AliasRow,
    AlignmentRow,
    AssociationRow,
    ConceptRow,
    FrameworkRow,
    ProviderRow,
    ResourceRow,
    StampRow,
)
from tests.registry.search.documents import doc_id
from vocab import codes, licenses
from vocab.resource import Resource

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

STANDARDS = {
    "4.NF": ("Number and operations: fractions", None),
    "4.NF.B.3": ("Understand a fraction a/b with a > 1 as a sum", "4.NF"),
    "4.NF.B.3a": ("Joining and separating parts of the same whole", "4.NF.B.3"),
    "4.OA.A.1": ("Interpret a multiplication equation as a comparison", None),
}
EQUIVALENT = ("DC.4.F.7", "4.NF.B.3a")
"""A standard of another framework, and the one it exactly matches."""


def add_standards(session: Session) -> None:
    """Two small frameworks: one with a tree, one with an exact match into it."""
    for number, name in ((1, "CCSS"), (2, "DC")):
        session.add(FrameworkRow(id=number, code=name, uri=f"urn:{name}", title=name, hash="1", imported_at=MOMENT))
    session.flush()
    ids = {code: number for number, code in enumerate((*STANDARDS, EQUIVALENT[0]), 1)}
    for code, number in ids.items():
        statement = STANDARDS[code][0] if code in STANDARDS else "Put parts together"
        session.add(
            ConceptRow(
                id=number,
                framework_id=1 if code in STANDARDS else 2,
                uri=f"https://standards.example/{code}",
                code=code,
                statement=statement,
            )
        )
    session.flush()
    for code, number in ids.items():
        for key in dict.fromkeys((*codes.spellings([code]), codes.uri_key(f"https://standards.example/{code}"))):
            session.add(AliasRow(key=key, concept_id=number, printed=True))
    links = [("isChildOf", code, parent) for code, (_, parent) in STANDARDS.items() if parent]
    for kind, source, target in (*links, ("exactMatch", *EQUIVALENT)):
        session.add(
            AssociationRow(
                kind=kind,
                source_uri=source,
                target_uri=target,
                source_id=ids[source],
                target_id=ids[target],
                origin="test",
            )
        )
    session.merge(StampRow(name="standards", value=1))
    for slug, name in (("north", "North District"), ("south", "South District")):
        session.add(ProviderRow(slug=slug, name=name))


def add_resource(
    session: Session, number: int, title: str, aligned: Sequence[tuple[str, str, str | None]] = (), **fields: object
) -> None:
    """One resource with its card; `aligned` are (code, relation, level), `fields` are those of a Resource."""
    providers = fields.pop("providers", ("North District",))
    body = msgspec.convert({"title": title, "url": f"https://x.example/{number}", **fields}, Resource)
    known = licenses.license(body.license) if body.license else None
    card = Card(
        id=doc_id(number),
        url=body.url,
        title=title,
        summary=body.summary,
        identifiers=body.identifiers,
        types=body.types,
        subjects=body.subjects,
        grades=body.grades,
        languages=body.languages,
        minutes=body.minutes,
        license=CardLicense(body.license, known.open if known else False, known.url if known else ""),
        providers=msgspec.convert(providers, tuple[str, ...]),
        alignments=(),
        access=body.access_features,
    )
    session.add(
        ResourceRow(
            id=card.id,
            title=title,
            body=body,
            card=msgspec.json.encode(card),
            revision=1,
            indexed_revision=0,
            created_at=MOMENT,
            updated_at=MOMENT,
        )
    )
    session.flush()
    for stated, relation, level in aligned:
        concept = session.scalar(select(ConceptRow.id).where(ConceptRow.code == stated))
        session.add(
            AlignmentRow(resource_id=card.id, concept_id=concept, stated=stated, relation=relation, level=level)
        )


def change(session: Session, number: int, title: str | None = None, withdrawn: bool = False) -> None:
    """Give a resource another title or withdraw it, as a harvest would."""
    row = session.get_one(ResourceRow, doc_id(number))
    values: dict[str, object] = {"revision": ResourceRow.revision + 1, "withdrawn_at": MOMENT if withdrawn else None}
    if title is not None:
        card = msgspec.structs.replace(msgspec.json.decode(row.card, type=Card), title=title)
        values |= {"title": title, "body": msgspec.structs.replace(row.body, title=title)}
        values["card"] = msgspec.json.encode(card)
    session.execute(update(ResourceRow).where(ResourceRow.id == row.id).values(values))
