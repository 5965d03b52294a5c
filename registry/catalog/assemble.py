"""A resource put together from its live records: merged, tagged, carded, stored, or withdrawn when none is left."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Text, bindparam, case, delete, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from registry.catalog import sets
from registry.catalog.candidates import drop_fingerprints, write_fingerprints
from registry.catalog.card import Card, CardAlignment, CardLicense
from registry.catalog.context import crosswalk_context
from registry.catalog.identity import identifiers_of
from registry.catalog.levels import mapped
from registry.catalog.records import registry_id
from registry.catalog.uniting import license_conflict, precedence, united
from registry.db import insert_rows, now
from registry.models import (
    AlignmentRow,
    IdentifierRow,
    PayloadRow,
    ProviderRow,
    RecordRow,
    ResourceRow,
    SourceRow,
)
from registry.standards import lookup
from registry.standards.lookup import ConceptRef
from registry.standards.retagging import in_force
from registry.tagging.declared import Tag, stated_in, tags
from vocab import licenses
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Problem, Resource

CURATED = ("accepted", "added")
"""Origins a person stands behind: no harvest touches them."""


class Member(Struct, frozen=True):
    """One live record's contribution to a resource.

    `origin` is the address of the record where it was first harvested, here or in another registry, and `hops` how
    many registries it came through: with them two registries come to the same resource from the same records.
    """

    record_id: str
    first_seen: datetime
    source: str
    provider: str
    identifier: str
    resource: Resource
    origin: str = ""
    hops: int = 0


def assemble(
    session: Session,
    members: Mapping[str, Sequence[Member]],
    new: Collection[str] = (),
    even_unchanged: bool = False,
) -> dict[str, tuple[Problem, ...]]:
    """Store the resources (id -> the records just read, maybe none); the tagging problems of each given record.

    Records already stored are read from their payloads and count beside the given ones. `new` are ids without a row
    yet. A resource that comes out as it stands is not written, so that nobody is told of a change that is none,
    unless `even_unchanged`. Costs a fixed number of statements, however many resources.
    """
    known = [resource_id for resource_id in members if resource_id not in new]
    given = {member.record_id for group in members.values() for member in group}
    everyone = {resource_id: list(group) for resource_id, group in members.items()}
    for resource_id, member in _stored_members(session, known, given):
        everyone[resource_id].append(member)
    curated = _curated(session, known)
    meanings = lookup.resolve(
        session,
        (text for group in everyone.values() for member in group for text in stated_in(member.resource.alignments)),
    )
    replaced = in_force(session, {ref for several in meanings.values() for ref in several[:1]})
    _withdraw(session, [resource_id for resource_id, group in everyone.items() if not group])
    live = {resource_id: sorted(_nearest(group), key=precedence) for resource_id, group in everyone.items() if group}
    problems: dict[str, tuple[Problem, ...]] = {}
    writes = _Writes(new=new, moment=now(), standing={} if even_unchanged else _standing(session, known))
    for resource_id, group in live.items():
        body = group[0].resource if len(group) == 1 else united(group)
        found, trouble = tags(body.alignments, meanings, replaced)
        for member in everyone[resource_id]:
            if member.record_id in given:
                own = trouble if len(group) == 1 else tags(member.resource.alignments, meanings)[1]
                conflict = license_conflict(member, body)
                problems[member.record_id] = (*own, conflict) if conflict else own
        writes.take(resource_id, body, group, found, curated.get(resource_id, ()))
    writes.carry_out(session)
    return problems


def reassemble(session: Session, resource_ids: Iterable[str]) -> None:
    """Put resources together again from their stored records: after a record went, or a framework came."""
    assemble(session, dict.fromkeys(resource_ids, ()), even_unchanged=True)


def members_of(session: Session, resource_id: str) -> list[Member]:
    """The live records of a resource as they speak for it, the one whose word goes first at the front."""
    members = [member for _, member in _stored_members(session, [resource_id], ())]
    return sorted(_nearest(members), key=precedence)


def _nearest(group: Sequence[Member]) -> list[Member]:
    """The records, of those with one origin only the one that came the shortest way: it is the freshest."""
    best: dict[str, Member] = {}
    for member in sorted(group, key=lambda member: (member.hops, member.record_id)):
        best.setdefault(member.origin, member)
    return list(best.values())


def _standing(session: Session, resource_ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """Body (its JSON) and card of those of the resources that are live, as they stand."""
    rows = session.execute(
        select(ResourceRow.id, type_coerce(ResourceRow.body, Text), ResourceRow.card).where(
            ResourceRow.id.in_(resource_ids), ResourceRow.withdrawn_at.is_(None)
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows} if resource_ids else {}


class _Writes:
    """The rows of one `assemble`, gathered so that each table is written once."""

    def __init__(self, new: Collection[str], moment: datetime, standing: Mapping[str, tuple[str, bytes]]) -> None:
        self.new = new
        self.moment = moment
        self.standing = standing
        self.inserts: list[dict[str, object]] = []
        self.updates: list[dict[str, object]] = []
        self.identifiers: list[dict[str, str]] = []
        self.alignments: list[dict[str, object]] = []
        self.belongs: dict[str, sets.Belongs] = {}
        self.bodies: dict[str, Resource] = {}

    def take(
        self,
        resource_id: str,
        body: Resource,
        group: Sequence[Member],
        found: Sequence[Tag],
        curated: Sequence[tuple[CardAlignment, str]],
    ) -> None:
        """Note down everything to be written for one resource."""
        known_by = sorted(
            {
                identifier
                for member in group
                for identifier in identifiers_of(member.resource, member.identifier, member.source)
            }
        )
        told = [*(alignment for alignment, _ in curated), *map(_card_alignment, found)]
        card = msgspec.json.encode(_card(resource_id, body, group, told))
        if self.standing.get(resource_id) == (msgspec.json.encode(body).decode(), card):
            return
        self.bodies[resource_id] = body
        frameworks = {tag.ref.framework for tag in found if tag.ref} | {code for _, code in curated if code}
        providers = tuple(member.provider for member in group)
        self.belongs[resource_id] = sets.Belongs(body.subjects, providers, frozenset(frameworks))
        if resource_id in self.new:
            self.inserts.append(
                {
                    "id": resource_id,
                    "title": body.title,
                    "body": body,
                    "card": card,
                    "created_at": self.moment,
                    "updated_at": self.moment,
                }
            )
        else:
            self.updates.append({"key": resource_id, "title": body.title, "body": body, "card": card})
        for identifier in known_by:
            self.identifiers.append({"scope": identifier.scope, "value": identifier.value, "resource_id": resource_id})
        for tag in found:
            self.alignments.append(
                {
                    "resource_id": resource_id,
                    "concept_id": tag.ref.id if tag.ref else None,
                    "stated": tag.stated,
                    "relation": tag.relation,
                    "level": tag.level,
                    "level_stated": tag.level_stated,
                    "origin": "accepted" if tag.retagged else "declared",
                    "retagged": tag.retagged,
                }
            )

    def carry_out(self, session: Session) -> None:
        """Write all rows, table by table."""
        insert_rows(session, ResourceRow, self.inserts)
        if self.updates:
            changed = [row["key"] for row in self.updates]
            table = ResourceRow.__table__
            session.connection().execute(
                update(table)  # type: ignore[arg-type]
                .where(table.c.id == bindparam("key"))
                .values(
                    title=bindparam("title"),
                    body=bindparam("body", type_=table.c.body.type),
                    card=bindparam("card", type_=table.c.card.type),
                    updated_at=self.moment,
                    revision=table.c.revision + 1,
                    # What a person took down stays down, whatever its source says.
                    withdrawn_at=case((table.c.taken_down == "", None), else_=table.c.withdrawn_at),
                ),
                self.updates,
            )
            session.execute(
                delete(AlignmentRow).where(
                    AlignmentRow.resource_id.in_(changed),
                    or_(AlignmentRow.origin == "declared", AlignmentRow.retagged),
                )
            )
        # In one order everywhere: two harvests that write the same links must not wait for each other in a ring.
        self.identifiers.sort(key=lambda row: (row["scope"], row["value"]))
        insert_rows(session, IdentifierRow, self.identifiers, new_only=True)
        insert_rows(session, AlignmentRow, self.alignments)
        write_fingerprints(session, self.bodies, self.new)
        sets.enroll(session, self.belongs, self.new, self.moment)


def _stored_members(
    session: Session, resource_ids: Sequence[str], but: Collection[str]
) -> Iterable[tuple[str, Member]]:
    if not resource_ids:
        return
    rows = session.execute(
        select(RecordRow, PayloadRow.content, SourceRow.name, SourceRow.options, ProviderRow.name)
        .join(PayloadRow, PayloadRow.record_id == RecordRow.id)
        .join(SourceRow, SourceRow.id == RecordRow.source_id)
        .join(ProviderRow, ProviderRow.id == SourceRow.provider_id)
        .where(RecordRow.resource_id.in_(resource_ids), RecordRow.outcome == "stored")
    )
    found = rows.all()
    words = mapped(session, {row[-1] for row in found})
    home = registry_id(session)
    for record, content, source, options, provider in found:
        if record.id in but or record.resource_id is None:
            continue
        context = crosswalk_context(options, record.identifier, record.url, provider, words.get(provider))
        read = crosswalk(record.format, zlib.decompress(content), context)
        if read.resource is not None:
            yield (
                record.resource_id,
                Member(
                    record_id=record.id,
                    first_seen=record.first_seen,
                    source=source,
                    provider=read.provider or provider,
                    identifier=record.identifier,
                    resource=read.resource,
                    origin=record.origin or f"{home}/{record.id}",
                    hops=len(record.path),
                ),
            )


def _curated(session: Session, resource_ids: Sequence[str]) -> dict[str, list[tuple[CardAlignment, str]]]:
    """What a person stands behind, by resource: the alignment, and the code of its framework where one knows it."""
    found: dict[str, list[tuple[CardAlignment, str]]] = {}
    if not resource_ids:
        return found
    rows = session.scalars(
        select(AlignmentRow)
        .where(
            AlignmentRow.resource_id.in_(resource_ids),
            AlignmentRow.origin.in_(CURATED),
            AlignmentRow.retagged.is_(False),
        )
        .order_by(AlignmentRow.id)
    ).all()
    refs = lookup.refs(session, (row.concept_id for row in rows if row.concept_id is not None))
    for row in rows:
        ref = refs.get(row.concept_id) if row.concept_id is not None else None
        told = _on_card(row.stated, ref, row.relation, row.level, row.origin, row.confidence)
        found.setdefault(row.resource_id, []).append((told, ref.framework if ref else ""))
    return found


def _withdraw(session: Session, resource_ids: Sequence[str]) -> None:
    if resource_ids:
        moment = now()
        session.execute(
            update(ResourceRow)
            .where(ResourceRow.id.in_(resource_ids), ResourceRow.withdrawn_at.is_(None))
            .values(withdrawn_at=moment, updated_at=moment, revision=ResourceRow.revision + 1)
        )
        sets.restamp(session, resource_ids)
        drop_fingerprints(session, resource_ids)


def _card(resource_id: str, body: Resource, group: Sequence[Member], alignments: list[CardAlignment]) -> Card:
    license_ = licenses.license(body.license) if body.license else None
    return Card(
        id=resource_id,
        url=body.url,
        title=body.title,
        summary=body.summary,
        identifiers=tuple(
            dict.fromkeys(text for member in group for text in (member.identifier, *member.resource.identifiers))
        ),
        types=body.types,
        subjects=body.subjects,
        grades=body.grades,
        languages=body.languages,
        minutes=body.minutes,
        license=CardLicense(
            key=body.license,
            open=license_.open if license_ else False,
            url=body.license_url or (license_.url if license_ else ""),
        ),
        providers=tuple(dict.fromkeys(member.provider for member in group)),
        alignments=tuple(alignments),
        access=body.access_features,
    )


def _card_alignment(tag: Tag) -> CardAlignment:
    origin = "accepted" if tag.retagged else "declared"
    return _on_card(tag.stated, tag.ref, tag.relation, tag.level, origin, 1.0)


def _on_card(
    stated: str, ref: ConceptRef | None, relation: str, level: str | None, origin: str, confidence: float
) -> CardAlignment:
    return CardAlignment(
        uri=ref.uri if ref else "",
        code=(ref.code or ref.statement) if ref else stated,
        relation=relation,
        level=level,
        origin=origin,
        confidence=confidence,
    )
