"""What the index holds of a resource's words, kept beside it for ranking: stems in their order, a few bytes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry.db import insert_many, one_of
from registry.models import SayingRow
from registry.ports import Document
from registry.search.stems import stems_in

Codes = NDArray[np.uint32]

_SAYING = SayingRow.__table__.c
_SAID_BY = select(_SAYING.resource_id, _SAYING.content).where(one_of(_SAYING.resource_id, "ids"))
_MOST_STEMS = 800
"""The beginning says what a resource is about."""
_MOST_WHOLES = 20
_AT_ONCE = 500


class Saying(Struct, frozen=True):
    """The codes of a resource's stems, title first, then keywords, then the rest; and of what it is part of.

    `prior` is how good it is by what others say of it, from 0 to 1.
    """

    stems: Codes
    title: int
    keywords: int
    wholes: Codes
    prior: float


@lru_cache(maxsize=200_000)
def code(stem: str) -> int:
    """Four bytes that stand for a stem, or for a name as it is written."""
    return int.from_bytes(blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


def packed_all(documents: Iterable[Document]) -> dict[str, bytes]:
    """The sayings of documents by their ids: to be made before a transaction that writes them begins."""
    return {each.id: packed(each) for each in documents}


def keep(session: Session, said: Mapping[str, bytes], gone: Sequence[str] = ()) -> None:
    """Write these in place of what there was, and forget those of resources that are gone."""
    ids = [*said, *gone]
    for start in range(0, len(ids), _AT_ONCE):
        session.execute(delete(SayingRow).where(SayingRow.resource_id.in_(ids[start : start + _AT_ONCE])))
    insert_many(session, SayingRow.__table__, said.items(), ("resource_id", "content"))  # type: ignore[arg-type]


def read(session: Session, ids: Sequence[str]) -> dict[str, Saying]:
    """What these resources say, without those of which nothing is kept yet."""
    if not ids:
        return {}
    rows = session.connection().execute(_SAID_BY, {"ids": ids}).all()
    return {each: unpacked(content) for each, content in rows}


def packed(document: Document) -> bytes:
    """The saying of a document: four counts and the prior, then the codes, four bytes each."""
    title, keywords = stems_in(document.title), stems_in(document.keywords)
    rest = stems_in(" ".join((document.wording, document.summary, document.text)))
    stems = list(islice(_in_order(title, keywords, rest), _MOST_STEMS))
    wholes = document.part_of[:_MOST_WHOLES]
    head = [len(stems), min(len(title), len(stems)), min(len(title) + len(keywords), len(stems)), len(wholes)]
    codes = [*head, round(document.prior * 1_000_000), *map(code, stems), *map(code, wholes)]
    return np.array(codes, "<u4").tobytes()


def unpacked(content: bytes) -> Saying:
    """The saying that was packed so."""
    codes = np.frombuffer(content, "<u4")
    count, title, keywords, wholes, prior = codes[:5].tolist()
    return Saying(codes[5 : 5 + count], title, keywords, codes[5 + count : 5 + count + wholes], prior / 1_000_000)


def _in_order(*parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        yield from part
