"""The districts and other publishers, each known by a name and a slug."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import ProviderRow


def make_providers(session: Session, names: Iterable[str]) -> None:
    """See that there is a provider of each name; costs one select where there is."""
    wanted = set(names)
    if not wanted:
        return
    known = set(session.scalars(select(ProviderRow.name).where(ProviderRow.name.in_(wanted))))
    for name in sorted(wanted - known):
        provider_named(session, name)


def provider_named(session: Session, name: str) -> int:
    """The id of the provider of this name, who is made where there is none."""
    found = session.scalar(select(ProviderRow.id).where(ProviderRow.name == name))
    if found:
        return found
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "provider"
    taken = set(session.scalars(select(ProviderRow.slug).where(ProviderRow.slug.startswith(slug))))
    number = 2
    while slug in taken:
        slug = f"{slug.rstrip('0123456789').rstrip('-')}-{number}"
        number += 1
    row = ProviderRow(slug=slug, name=name)
    session.add(row)
    session.flush()
    return row.id
