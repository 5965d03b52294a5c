"""Fingerprints in the store: written with their resources, and asked which resources share one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from registry.catalog.fingerprint import keys_of
from registry.models import FingerprintRow
from vocab.resource import Resource

MOST_SHARED = 60
"""A key that more resources share is a template's: it tells nothing, and is not followed."""
MOST_COMPARED = 20
"""With how many others a resource is compared, those first that share most keys with it."""


def write_fingerprints(session: Session, bodies: Mapping[str, Resource], new: Collection[str]) -> None:
    """Store the keys of these resources (id -> body); `new` have none yet. Writes only what differs."""
    wanted = {(key, resource_id) for resource_id, body in bodies.items() for key in keys_of(body)}
    known = [resource_id for resource_id in bodies if resource_id not in new]
    held: set[tuple[int, str]] = set()
    if known:
        held = {
            (key, resource_id)
            for key, resource_id in session.execute(
                select(FingerprintRow.key, FingerprintRow.resource_id).where(FingerprintRow.resource_id.in_(known))
            )
        }
    table: Any = FingerprintRow.__table__
    if gone := held - wanted:
        session.connection().execute(
            delete(table).where(table.c.key == bindparam("k"), table.c.resource_id == bindparam("r")),
            [{"k": key, "r": resource_id} for key, resource_id in sorted(gone)],
        )
    if fresh := wanted - held:
        session.connection().execute(
            insert(table), [{"key": key, "resource_id": resource_id} for key, resource_id in sorted(fresh)]
        )


def drop_fingerprints(session: Session, resource_ids: Collection[str]) -> None:
    """Forget the keys of resources that are gone, so that nothing is found to be like them."""
    if resource_ids:
        session.execute(delete(FingerprintRow).where(FingerprintRow.resource_id.in_(resource_ids)))


class Candidates:
    """Which resources share keys with which: those stored, and those of the batch at hand."""

    def __init__(self, session: Session, asked: Iterable[Resource]) -> None:
        """Look up the keys of these resources; one select, whatever the number of resources and of those alike."""
        keys = sorted({key for resource in asked for key in keys_of(resource)})
        self._holders: dict[int, list[str]] = {}
        if keys:
            telling = (
                select(FingerprintRow.key)
                .where(FingerprintRow.key.in_(keys))
                .group_by(FingerprintRow.key)
                .having(func.count() <= MOST_SHARED)
            )
            for key, resource_id in session.execute(
                select(FingerprintRow.key, FingerprintRow.resource_id).where(FingerprintRow.key.in_(telling))
            ):
                self._holders.setdefault(key, []).append(resource_id)

    def add(self, resource_id: str, resource: Resource) -> None:
        """Let later ones of the batch find this one."""
        for key in keys_of(resource):
            holders = self._holders.setdefault(key, [])
            if resource_id not in holders:
                holders.append(resource_id)

    def of(self, resource: Resource) -> list[str]:
        """The ids of those that share a key with it, those that share most first, at most `MOST_COMPARED`."""
        shared = Counter(
            resource_id
            for key in keys_of(resource)
            if len(holders := self._holders.get(key, ())) <= MOST_SHARED
            for resource_id in holders
        )
        ranked = sorted(shared.items(), key=lambda each: (-each[1], each[0]))
        return [resource_id for resource_id, _ in ranked[:MOST_COMPARED]]
