"""A schema.org LearningResource told in simple Dublin Core, as district servers do for oai_dc."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

JsonLd = dict[str, Any]


def dublin_core(resource: JsonLd) -> Iterator[tuple[str, str]]:
    """Pairs of element and value, in the order Dublin Core lists them; what is absent is left out."""
    for element, keys in _ELEMENTS:
        for key in keys:
            for value in _many(resource.get(key)):
                text = _address(value) if element in _ADDRESSES else _name(value)
                if text:
                    yield element, text
    for alignment in _many(resource.get("educationalAlignment")):
        target = _name(alignment.get("targetUrl") or alignment.get("identifier")) if isinstance(alignment, dict) else ""
        if target:
            yield "relation", target


_ELEMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("title", ("name",)),
    ("creator", ("creator", "author")),
    ("subject", ("about", "keywords")),
    ("description", ("description",)),
    ("publisher", ("publisher",)),
    ("date", ("dateModified", "dateCreated")),
    ("type", ("learningResourceType",)),
    ("identifier", ("url", "identifier")),
    ("language", ("inLanguage",)),
    ("relation", ("isBasedOn", "isPartOf", "teaches", "assesses")),
    ("rights", ("license",)),
)
_ADDRESSES = frozenset({"identifier", "relation", "rights"})


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name(value: Any) -> str:
    """The words of a value that may be text or an object."""
    if isinstance(value, dict):
        return _name(value.get("name") or value.get("@id"))
    return "" if value is None or isinstance(value, (list, bool)) else str(value).strip()


def _address(value: Any) -> str:
    """The URI or code of a value that may be text or an object."""
    if not isinstance(value, dict):
        return _name(value)
    return next((_name(value[key]) for key in ("@id", "url", "identifier", "termCode", "name") if value.get(key)), "")
