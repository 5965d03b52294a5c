"""The formats a framework is written in; all but CASE 1.0, which has no room, are read back as the same framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from vocab.frameworks import case_write, skos_write, table_write
from vocab.frameworks.model import Framework


class Writer(Protocol):
    """Writes a framework. `base` is the address this registry serves CASE at, `changed` when the framework last did."""

    def __call__(self, framework: Framework, base: str = "", changed: str = "") -> Iterator[bytes]:
        """The framework in UTF-8, in chunks."""
        ...


class Format(Struct, frozen=True):
    """A format: what people call it, its media type, the end of its file names, and the function that writes it."""

    label: str
    media_type: str
    suffix: str
    write: Writer


def _case(version: str) -> Writer:
    def write(framework: Framework, base: str = "", changed: str = "") -> Iterator[bytes]:
        return case_write.write(framework, version, base, changed)

    return write


def _skos(format: str) -> Writer:
    def write(framework: Framework, base: str = "", changed: str = "") -> Iterator[bytes]:
        return skos_write.write(framework, format)

    return write


def _table(framework: Framework, base: str = "", changed: str = "") -> Iterator[bytes]:
    return table_write.write(framework)


FORMATS: dict[str, Format] = {
    "case": Format("CASE 1.1 (JSON)", "application/json", ".case.json", _case("1.1")),
    "case1.0": Format("CASE 1.0 (JSON)", "application/json", ".case10.json", _case("1.0")),
    "ttl": Format("SKOS (Turtle)", "text/turtle", ".ttl", _skos("ttl")),
    "jsonld": Format("SKOS (JSON-LD)", "application/ld+json", ".jsonld", _skos("jsonld")),
    "csv": Format("Table (CSV)", "text/csv", ".csv", _table),
}
