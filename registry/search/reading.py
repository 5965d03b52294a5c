"""What is asked of the index in the end: the question read, its words mended, and what is nearest to it in meaning."""

from __future__ import annotations

import msgspec
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.search import filters
from registry.search.filters import Asked
from registry.search.lexicon import Lexicon
from registry.search.question import Query, storable
from registry.search.words import identifier_in, replaced, wanted

_MOST_NEAR = 30
_NEAR = 0.35
"""The cosine from which a resource counts as found without any of the words."""


def read(session: Session, registry: Registry, query: Query) -> Asked:
    """What the query means. Raises BadRequest naming every parameter that cannot be read.

    What stands in quotes and what may be an identifier is meant to the letter: nothing is mended, nothing is near.
    """
    asked = filters.asked(session, registry.graphs, storable(query))
    if not asked.text or identifier_in(asked.text):
        return asked
    if mended := _mended(registry.lexicons.current(session), asked.text):
        asked = msgspec.structs.replace(asked, mended=mended)
    return msgspec.structs.replace(asked, near=near(registry, asked.text))


def near(registry: Registry, text: str) -> tuple[str, ...]:
    """The resources nearest to the text in meaning, as far as they are near at all."""
    if wanted(text).phrases:
        return ()
    return tuple(each for each, cosine in registry.vectors.nearest(text, _MOST_NEAR) if cosine >= _NEAR)


def _mended(lexicon: Lexicon, text: str) -> str:
    """The text with each mistyped word as the catalog spells it; empty where there is none."""
    mended = text
    for word in wanted(text).words:
        if (meant := lexicon.mended(word)) != word:
            mended = replaced(mended, word, meant)
    return mended if mended != text else ""
