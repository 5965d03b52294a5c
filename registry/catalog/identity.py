"""What a record's resource is known by, and where that is unique."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

from vocab.resource import Resource
from vocab.text import canonical_url

WORLDWIDE = ""
"""The scope of identifiers that mean one thing wherever they stand."""


class Identifier(Struct, frozen=True, order=True):
    """An identifier and where it is unique: worldwide, or within one source."""

    scope: str
    value: str


def identifiers_of(resource: Resource, record_identifier: str, source: str) -> tuple[Identifier, ...]:
    """Everything this record's resource is known by, the strongest first: its link, then its identifiers.

    A link to the front page of a site identifies nobody's lesson, and an ISBN names the book that many lessons
    come from: both are known within the source only.
    """
    found: dict[Identifier, None] = {}
    for stated in (resource.url, *resource.identifiers, record_identifier):
        if stated:
            found[_identifier(stated, source)] = None
    return tuple(found)


def same_work(title: str, other: str) -> bool:
    """Whether two titles at one link of one source are the same lesson listed twice, rather than parts of a page."""
    return _folded(title) == _folded(other)


def worldwide(identifiers: Iterable[Identifier]) -> list[Identifier]:
    """Only those by which records of different sources are recognized as one resource."""
    return [identifier for identifier in identifiers if identifier.scope == WORLDWIDE]


@lru_cache(maxsize=8_192)
def _identifier(stated: str, source: str) -> Identifier:
    lowered = stated.lower()
    if lowered.startswith(("http://", "https://")):
        return _link(stated, source)
    if lowered.startswith("doi:"):
        return Identifier(WORLDWIDE, f"https://doi.org/{lowered[4:].strip()}")
    if lowered.startswith(("urn:uuid:", "oai:", "ark:", "hdl:")):
        return Identifier(WORLDWIDE, lowered)
    return Identifier(source, stated)


def _link(stated: str, source: str) -> Identifier:
    url = canonical_url(stated)
    if url is None:
        return Identifier(source, stated)
    parts = urlsplit(url)
    if parts.netloc in ("doi.org", "dx.doi.org", "www.doi.org"):
        return Identifier(WORLDWIDE, f"https://doi.org{parts.path.lower()}")
    if parts.path.strip("/") == "" and not parts.query:
        return Identifier(source, url)
    # The same page is linked with and without TLS; which one a district writes says nothing about the page.
    return Identifier(WORLDWIDE, "https" + url[4:] if url.startswith("http:") else url)


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
