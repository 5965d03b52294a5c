"""The content of a version as it was imported: kept compressed, in pieces, and read back whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry.models import VersionPartRow
from vocab.frameworks.model import Association, Framework, Item

_T = TypeVar("_T")
_A_PIECE = 2_000
_FAST = 1
"""Compression level: five times smaller already, at a fifth of the default's time."""


def keep_content(session: Session, version_id: int, framework: Framework) -> None:
    """Store a framework as the content of a version; holds one piece in memory at a time."""
    head = msgspec.structs.replace(framework, items=(), associations=(), problems=())
    for position, (kind, piece) in enumerate(_pieces(head, framework)):
        content = zlib.compress(msgspec.msgpack.encode(piece), _FAST)
        row = {"version_id": version_id, "position": position, "kind": kind, "content": content}
        session.execute(insert(VersionPartRow), [row])


def content(session: Session, version_id: int) -> Framework | None:
    """The framework as this version has it, without the problems of its file; None where nothing was kept."""
    rows = session.execute(
        select(VersionPartRow.kind, VersionPartRow.content)
        .where(VersionPartRow.version_id == version_id)
        .order_by(VersionPartRow.position)
        .execution_options(yield_per=20)
    )
    head: Framework | None = None
    items: list[tuple[Item, ...]] = []
    links: list[tuple[Association, ...]] = []
    for kind, packed in rows:
        unpacked = zlib.decompress(packed)
        if kind == "head":
            head = msgspec.msgpack.decode(unpacked, type=Framework)
        elif kind == "items":
            items.append(msgspec.msgpack.decode(unpacked, type=tuple[Item, ...]))
        else:
            links.append(msgspec.msgpack.decode(unpacked, type=tuple[Association, ...]))
    if head is None:
        return None
    return msgspec.structs.replace(
        head, items=tuple(chain.from_iterable(items)), associations=tuple(chain.from_iterable(links))
    )


def _pieces(head: Framework, framework: Framework) -> Iterator[tuple[str, Any]]:
    yield "head", head
    for some in _cut(framework.items):
        yield "items", some
    for links in _cut(framework.associations):
        yield "links", links


def _cut(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (values[start : start + _A_PIECE] for start in range(0, len(values), _A_PIECE))
