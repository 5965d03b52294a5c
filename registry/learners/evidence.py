"""Evidence in: checked, stored as it came, and folded into its learner's state in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.db import new_id
from registry.errors import Conflict, FieldError, NotFound, Rejected
from registry.learners import access, arriving, folding, standards
from registry.learners.access import Reader
from registry.learners.mastery import Evidence
from registry.learners.models import EvidenceRow, EvidenceStandardRow, LearnerRow
from registry.learners.standards import Standard

MOST_AT_ONCE = 1000


class Added(Struct, frozen=True):
    """What became of one evidence; `new` is false where it was here already under its source's id."""

    id: str
    learner: str
    new: bool


class _Stated(Struct, frozen=True):
    """One item that can be taken; `at` is the stated moment, `row` what would be stored."""

    row: EvidenceRow
    standards: tuple[str, ...]
    at: datetime | None


def add(session: Session, catalog: Session, stated: object, at: datetime) -> tuple[Added, ...]:
    """Take one evidence or a list of them, all or nothing; `stated` is decoded JSON, `at` the moment it arrived.

    Sending an evidence again under its `source` changes nothing. Raises Rejected, which names every wrong field
    (`evidence[2].score`), or Conflict where a source's id comes again and says something else.
    """
    items = stated if isinstance(stated, list) else [stated]
    names = [f"evidence[{index}]." for index in range(len(items))] if isinstance(stated, list) else [""]
    if not 1 <= len(items) <= MOST_AT_ONCE:
        raise Rejected(f"Send 1 to {MOST_AT_ONCE} evidences at once; this is {len(items)}. Split the list.")
    errors: list[FieldError] = []
    read = [arriving.read(item, name, at, errors) for item, name in zip(items, names, strict=True)]
    learners = access.lock(session, [item["learner"] for item in read if "learner" in item])
    known = standards.resolved(catalog, {text for item in read for text in item.get("standards", ())})
    for item, name in zip(read, names, strict=True):
        if "learner" in item and item["learner"] not in learners:
            errors.append(FieldError(f"{name}learner", "there is no such learner here"))
        errors += standards.unknown(item.get("standards", ()), known, f"{name}standards")
    if errors:
        raise Rejected("Some evidence cannot be taken; none was stored.", errors)
    entries = [_entry(item, raw, known, at) for item, raw in zip(read, items, strict=True)]
    return _store(session, entries, names, learners, at)


def set_aside(session: Session, reader: Reader, evidence_id: str, aside: bool = True) -> None:
    """Contest an evidence: it is kept and counts for nothing, or counts again; the learner's state is folded anew."""
    learner_id = session.scalar(select(EvidenceRow.learner_id).where(EvidenceRow.id == evidence_id))
    if learner_id is None:
        raise NotFound("There is no such evidence here.")
    learner = access.lock(session, [learner_id])[learner_id]
    access.log(session, reader, [learner_id])
    session.execute(update(EvidenceRow).where(EvidenceRow.id == evidence_id).values(set_aside=aside))
    if aside:
        session.execute(
            update(EvidenceStandardRow).where(EvidenceStandardRow.evidence_id == evidence_id).values(delta=0.0)
        )
    folding.refold(session, learner)


def learner_of(session: Session, evidence_id: str) -> str:
    """The learner an evidence is about, for whoever decides who may contest it; raises NotFound."""
    learner_id = session.scalar(select(EvidenceRow.learner_id).where(EvidenceRow.id == evidence_id))
    if learner_id is None:
        raise NotFound("There is no such evidence here.")
    return learner_id


def folded(row: EvidenceRow, uris: Sequence[str]) -> Evidence:
    """A stored evidence as the filter takes it."""
    return Evidence(row.at.timestamp(), tuple(uris), row.kind, row.score, row.easiness, row.subject, row.id)


def _entry(item: Mapping[str, Any], raw: object, known: Mapping[str, Standard], now: datetime) -> _Stated:
    about = {known[text].uri: known[text].subject for text in item["standards"]}
    # The subject of most of its standards; the first in the alphabet of several, so that order never matters.
    subject = min(Counter(about.values()).items(), key=lambda pair: (-pair[1], pair[0]))[0]
    row = EvidenceRow(
        id=new_id(),
        learner_id=item["learner"],
        raw=msgspec.json.encode(raw).decode(),
        at=item.get("at") or now,
        kind=item["kind"],
        score=item.get("score", 0.0),
        easiness=item.get("easiness", 0.0),
        subject=subject,
        source=item.get("source"),
        set_aside=False,
        received_at=now,
    )
    return _Stated(row, tuple(sorted(about)), item.get("at"))


def _store(
    session: Session,
    entries: Sequence[_Stated],
    names: Sequence[str],
    learners: Mapping[str, LearnerRow],
    at: datetime,
) -> tuple[Added, ...]:
    held = _held(session, entries)
    added: list[Added] = []
    arrived: dict[str, list[Evidence]] = {}
    conflicts: list[FieldError] = []
    for entry, name in zip(entries, names, strict=True):
        row = entry.row
        before = held.get((row.learner_id, row.source)) if row.source else None
        if before and not _same(before, entry):
            conflicts.append(
                FieldError(
                    f"{name}source",
                    "came before with other content; contest that evidence, send the new one under its own id",
                )
            )
        elif before:
            added.append(Added(before.row.id, row.learner_id, new=False))
        else:
            session.add(row)
            session.add_all(EvidenceStandardRow(evidence_id=row.id, uri=uri, delta=0.0) for uri in entry.standards)
            arrived.setdefault(row.learner_id, []).append(folded(row, entry.standards))
            added.append(Added(row.id, row.learner_id, new=True))
            if row.source:
                held[row.learner_id, row.source] = entry
    if conflicts:
        raise Conflict("Some evidence is here already and says something else; none was stored.", conflicts)
    session.flush()
    for learner_id, evidences in sorted(arrived.items()):
        folding.add(session, learners[learner_id], evidences)
        learners[learner_id].updated_at = at
    return tuple(added)


def _held(session: Session, entries: Sequence[_Stated]) -> dict[tuple[str, str | None], _Stated]:
    """What is stored already under the sources' ids that these entries carry."""
    sources = sorted({entry.row.source for entry in entries if entry.row.source})
    learner_ids = sorted({entry.row.learner_id for entry in entries if entry.row.source})
    rows: list[EvidenceRow] = []
    for learner_id in learner_ids:
        rows += session.scalars(
            select(EvidenceRow).where(EvidenceRow.learner_id == learner_id, EvidenceRow.source.in_(sources))
        )
    uris: dict[str, list[str]] = {row.id: [] for row in rows}
    for evidence_id, uri in session.execute(
        select(EvidenceStandardRow.evidence_id, EvidenceStandardRow.uri).where(
            EvidenceStandardRow.evidence_id.in_(list(uris))
        )
    ):
        uris[evidence_id].append(uri)
    return {(row.learner_id, row.source): _Stated(row, tuple(sorted(uris[row.id])), row.at) for row in rows}


def _same(before: _Stated, entry: _Stated) -> bool:
    old, new = before.row, entry.row
    return (
        (old.kind, old.score, old.easiness, before.standards) == (new.kind, new.score, new.easiness, entry.standards)
    ) and (entry.at is None or entry.at == old.at)
