"""A version of a framework as a file: which one, under what name, and its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import NotFound
from registry.models import VersionRow
from registry.standards.versions import framework_row, read_content
from vocab.frameworks.write import FORMATS, Format

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Edition(Struct, frozen=True):
    """A version that can be downloaded. `hash` changes whenever its content does."""

    code: str
    number: int
    label: str
    state: str
    concepts: int
    hash: str
    imported_at: datetime

    def name(self, format: Format) -> str:
        """A file name that every system takes."""
        parts = (_UNSAFE.sub("-", part).strip("-.")[:60] for part in (self.code, self.label or f"v{self.number}"))
        return "-".join(part for part in parts if part) + format.suffix


def edition(session: Session, code: str, number: int | None = None) -> Edition:
    """A version of a framework, the live one where none is named. Raises NotFound."""
    row = framework_row(session, code)
    wanted = number or row.live
    found = session.scalar(select(VersionRow).where(VersionRow.framework_id == row.id, VersionRow.number == wanted))
    if found is None:
        raise NotFound(f"{row.code} has no version {wanted} that can be downloaded.")
    return Edition(row.code, wanted, found.label, found.state, found.concepts, found.hash, found.imported_at)


def format_named(name: str) -> Format:
    """The format of this name. Raises NotFound, naming those there are."""
    if name not in FORMATS:
        raise NotFound(f"There is no format “{name[:40]}”. Choose one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def written(session: Session, found: Edition, format: Format, base: str) -> Iterator[bytes]:
    """The bytes of a version in a format; `base` is the public address of this registry. O(the framework).

    The content is read at once, so the session may end before the bytes are taken.
    """
    content = read_content(session, found.code, found.number)
    return format.write(content, base, found.imported_at.isoformat())
