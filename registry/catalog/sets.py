"""The sets of the OAI-PMH provider: by provider, subject and framework, written when a resource is put together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from registry.db import insert_rows
from registry.models import FrameworkRow, MembershipRow, ProviderRow, ResourceRow
from vocab.schemes import scheme

HEADS = {"provider": "By provider", "subject": "By subject", "framework": "By framework of standards"}
"""The tops of the three hierarchies: each is all that is in a set under it."""

_NOT_IN_SPEC = re.compile(r"[^A-Za-z0-9\-_.!*'()]")


class Belongs(Struct, frozen=True):
    """Where a resource belongs: its subjects' keys, its providers' names, the codes of its standards' frameworks."""

    subjects: tuple[str, ...]
    providers: tuple[str, ...]
    frameworks: frozenset[str]


class OaiSet(Struct, frozen=True):
    """A set and what a person calls it."""

    spec: str
    name: str


def spec(head: str, key: str) -> str:
    """The setSpec `head:key`; what may not stand in one is written as `~` and the byte in hex."""
    return f"{head}:" + _NOT_IN_SPEC.sub(lambda found: "".join(f"~{byte:02x}" for byte in found[0].encode()), key)


def enroll(session: Session, found: Mapping[str, Belongs], new: Collection[str], stamp: datetime) -> None:
    """Write the sets of resources (by id) whose rows have just been written, at their `updated_at`.

    `new` are ids that cannot be in any set yet. Three statements, however many resources.
    """
    if not found:
        return
    slugs = _slugs(session, {name for belongs in found.values() for name in belongs.providers})
    if changed := [resource_id for resource_id in found if resource_id not in new]:
        session.execute(delete(MembershipRow).where(MembershipRow.resource_id.in_(changed)))
    rows = [
        {"spec": each, "stamp": stamp, "resource_id": resource_id}
        for resource_id, belongs in found.items()
        for each in sorted(_specs(belongs, slugs))
    ]
    insert_rows(session, MembershipRow, rows)


def restamp(session: Session, resource_ids: Sequence[str]) -> None:
    """Put resources where they now belong in their sets: after their `updated_at` moved and nothing else did."""
    stamp = select(ResourceRow.updated_at).where(ResourceRow.id == MembershipRow.resource_id).scalar_subquery()
    session.execute(
        update(MembershipRow)
        .where(MembershipRow.resource_id.in_(resource_ids))
        .values(stamp=stamp)
        .execution_options(synchronize_session=False)
    )


def sets_of(session: Session, resource_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The specs of each of these resources, in order of the alphabet."""
    rows = session.execute(
        select(MembershipRow.resource_id, MembershipRow.spec)
        .where(MembershipRow.resource_id.in_(list(resource_ids)))
        .order_by(MembershipRow.resource_id, MembershipRow.spec)
    )
    found: dict[str, tuple[str, ...]] = {}
    for resource_id, each in rows:
        found[resource_id] = (*found.get(resource_id, ()), each)
    return found


def list_sets(session: Session) -> tuple[OaiSet, ...]:
    """Every set that anything is or was in, each head before what is under it. Costs as much as there are sets."""
    names = {spec("subject", term.key): term.label for term in scheme("subjects").terms}
    names |= {
        spec("provider", slug): name for slug, name in session.execute(select(ProviderRow.slug, ProviderRow.name))
    }
    names |= {
        spec("framework", code): title for code, title in session.execute(select(FrameworkRow.code, FrameworkRow.title))
    }
    found = [OaiSet(each, names.get(each, each.partition(":")[2])) for each in _used(session)]
    heads = [OaiSet(head, name) for head, name in HEADS.items() if any(s.spec.startswith(f"{head}:") for s in found)]
    return tuple(sorted([*heads, *found], key=lambda each: each.spec))


def _used(session: Session) -> list[str]:
    """The distinct specs, found by leaping along the key instead of reading every membership."""
    first = select(func.min(MembershipRow.spec).label("spec")).cte("used", recursive=True)
    before = aliased(first)
    after = select(func.min(MembershipRow.spec)).where(MembershipRow.spec > before.c.spec).scalar_subquery()
    used = first.union_all(select(after).where(before.c.spec.is_not(None)))
    return list(session.scalars(select(used.c.spec).where(used.c.spec.is_not(None))))


def _specs(belongs: Belongs, slugs: Mapping[str, str]) -> set[str]:
    found = {spec("provider", slugs[name]) for name in belongs.providers if name in slugs}
    found.update(spec("framework", code) for code in belongs.frameworks)
    for key in belongs.subjects:
        while key:
            found.add(spec("subject", key))
            key = scheme("subjects").term(key).broader
    return found


def _slugs(session: Session, names: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(ProviderRow.name, ProviderRow.slug).where(ProviderRow.name.in_(names)))
    return dict(rows.all())
