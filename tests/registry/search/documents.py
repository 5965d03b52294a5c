"""Documents for tests: everything empty but what a test is about."""

from __future__ import annotations

from typing import Any

import msgspec

from registry.ports import FACETS, Document, IndexQuery, SearchIndex

_EMPTY = Document(
    id="",
    title="",
    keywords="",
    wording="",
    summary="",
    text="",
    identifiers=(),
    aligned=(),
    **dict.fromkeys(FACETS, ()),
    minutes=0,
    modified=0,
    rating=0.0,
    revision=1,
)


def document(number: int, title: str = "", **fields: Any) -> Document:
    """Document `number`, its id made from it."""
    return msgspec.structs.replace(_EMPTY, id=doc_id(number), title=title, **fields)


def doc_id(number: int) -> str:
    return f"01kaz{number:021d}"


def found(index: SearchIndex, text: str = "", **asked: Any) -> list[int]:
    """The numbers of the documents a query finds, in order."""
    page = index.search(IndexQuery(text=text, **asked))
    return [int(hit.id[5:]) for hit in page.hits]
