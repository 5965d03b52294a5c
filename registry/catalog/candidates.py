"""Fingerprints in the store: written with their resources, and asked which resources share one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from registry.catalog.fingerprint import keys_of
from registry.db import insert_many
from registry.models import FingerprintRow
from vocab.resource import Resource

MOST_SHARED = 60
"""A key that more resources share is a template's: it tells nothing, and is not followed."""
MOST_COMPARED = 20
"""With how many others a resource is compared, those first that share most keys with it."""
LEAST_IN_SOURCE = 4
"""How many keys two resources of one source must share to be compared: there nothing is joined, and what is proposed
must be nearly equal, for a source lists many lessons made after one pattern."""


def write_fingerprints(session: Session, bodies: Mapping[str, Resource], new: Collection[str]) -> None:
    """Store the keys of these resources (id -> body); `new` have none yet. Writes only what differs."""
    wanted = {
        (key, resource_id)
        for resource_id, keys in zip(bodies, keys_of(list(bodies.values())), strict=True)
        for key in keys
    }
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
        insert_many(session, table, sorted(fresh), ("key", "resource_id"))


def drop_fingerprints(session: Session, resource_ids: Collection[str]) -> None:
    """Forget the keys of resources that are gone, so that nothing is found to be like them."""
    if resource_ids:
        session.execute(delete(FingerprintRow).where(FingerprintRow.resource_id.in_(resource_ids)))


class Candidates:
    """Which resources share keys with which: those stored, and those of the batch at hand."""

    def __init__(self, session: Session, keys: Iterable[int]) -> None:
        """Look up who holds these keys; one select, whatever the number of keys and of those alike."""
        asked = sorted(set(keys))
        self._holders: dict[int, list[str]] = {}
        if asked:
            telling = (
                select(FingerprintRow.key)
                .where(FingerprintRow.key.in_(asked))
                .group_by(FingerprintRow.key)
                .having(func.count() <= MOST_SHARED)
            )
            for key, resource_id in session.execute(
                select(FingerprintRow.key, FingerprintRow.resource_id).where(FingerprintRow.key.in_(telling))
            ):
                self._holders.setdefault(key, []).append(resource_id)

    def add(self, resource_id: str, keys: Iterable[int]) -> None:
        """Let later ones of the batch find this one."""
        for key in keys:
            self._holders.setdefault(key, []).append(resource_id)

    def of(self, keys: Iterable[int]) -> list[tuple[str, int]]:
        """Those that share a key, with how many they share; those that share most first, at most `MOST_COMPARED`."""
        shared: dict[str, int] = {}
        for key in keys:
            holders = self._holders.get(key, ())
            if len(holders) <= MOST_SHARED:
                for resource_id in holders:
                    shared[resource_id] = shared.get(resource_id, 0) + 1
        ranked = sorted(shared.items(), key=lambda each: (-each[1], each[0]))
        return ranked[:MOST_COMPARED]
