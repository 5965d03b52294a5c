"""One door for every format: a payload in, a canonical `Resource` and its problems out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vocab.crosswalks.cartridge import from_cartridge
from vocab.crosswalks.csv import from_row
from vocab.crosswalks.feed import from_feed_entry
from vocab.crosswalks.lom import from_lom
from vocab.crosswalks.notes import refused
from vocab.crosswalks.oai_dc import from_oai_dc
from vocab.crosswalks.rdf import from_rdf
from vocab.crosswalks.registry import from_registry
from vocab.crosswalks.schemaorg import from_schemaorg
from vocab.resource import Context, Crosswalked

FORMATS: Mapping[str, Callable[[bytes, Context], Crosswalked]] = {
    "schema.org": from_schemaorg,
    "rdf": from_rdf,
    "lom": from_lom,
    "oai_dc": from_oai_dc,
    "csv": from_row,
    "cartridge": from_cartridge,
    "feed": from_feed_entry,
    "registry": from_registry,
}


def crosswalk(format: str, payload: bytes, context: Context) -> Crosswalked:
    """The resource in a payload of one of `FORMATS`, with its problems; ValueError for a format that is none of them.

    Nothing in a payload raises: one that cannot be read gives no resource and the problem that says why.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}: it must be one of {', '.join(sorted(FORMATS))}")
    try:
        return FORMATS[format](payload, context)
    except RecursionError:  # nesting deep enough for this is no record
        return refused("payload-unreadable", "record", "nested too deeply")
