"""The manifest of a Common Cartridge (full or thin, 1.0 to 1.4): its metadata, its table of contents, its resources.

Source: https://www.imsglobal.org/activity/common-cartridge. Every version has namespaces of its own, and tools mix
them, so elements are known by their local names and types by their pattern (`imswl_xmlv1p3`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree
from msgspec import Struct

MOST_ITEMS = 20_000

_VERSION = re.compile(r"imsccv1p(\d)")
_MOST_STANDARDS = 300
_LONGEST = 2_000


class Standard(Struct, frozen=True):
    """A standard as curriculum-standards metadata names it: its GUID, and its label where there is one."""

    guid: str
    label: str = ""
    region: str = ""


class Metadata(Struct, frozen=True):
    """What is said of a cartridge or of a part of it; `lom` is its LOM element as XML, empty where there is none."""

    lom: str = ""
    standards: tuple[Standard, ...] = ()


class Entry(Struct, frozen=True):
    """Where a resource stands in the table of contents; `path` are the titles of the folders above it."""

    title: str
    path: tuple[str, ...]
    metadata: Metadata


class ResourceElement(Struct, frozen=True):
    """A resource of the manifest; `inline` is the link, topic or tool that stands in the manifest itself."""

    identifier: str
    type: str
    href: str
    files: tuple[str, ...]
    intended_use: str
    metadata: Metadata
    inline: etree._Element | None = None


class Manifest(Struct, frozen=True):
    """A cartridge's manifest: `entries` by the identifier of the resource they lead to, in the order of the tree."""

    identifier: str
    title: str
    version: str
    thin: bool
    metadata: Metadata
    entries: dict[str, Entry]
    resources: tuple[ResourceElement, ...]


def read_manifest(root: etree._Element) -> Manifest:
    """The manifest under a `manifest` element."""
    declared = first(root, "metadata")
    organization = next(iter(found(first(root, "organizations"), "organization")), None)
    stated = text(first(declared, "schemaversion"))
    spaces = " ".join([etree.QName(root).namespace or "", *(uri for uri in root.nsmap.values() if uri)])
    by_namespace = _VERSION.search(spaces)
    version = ".".join(stated.split(".")[:2]) or (f"1.{by_namespace[1]}" if by_namespace else "")
    base = root.get("{http://www.w3.org/XML/1998/namespace}base", "")
    resources = first(root, "resources")
    base += resources.get("{http://www.w3.org/XML/1998/namespace}base", "") if resources is not None else ""
    return Manifest(
        identifier=root.get("identifier", ""),
        title=text(first(organization, "title")),
        version=version,
        thin="thin" in text(first(declared, "schema")).lower() or "thin" in spaces.lower(),
        metadata=_metadata(declared),
        entries=_entries(organization),
        resources=tuple(_resource(each, base) for each in found(resources, "resource")[:MOST_ITEMS]),
    )


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def found(element: etree._Element | None, *names: str) -> list[etree._Element]:
    """The children of these local names."""
    return [] if element is None else [child for child in element if local(child) in names]


def first(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The first child of these local names."""
    return next(iter(found(element, *names)), None)


def text(element: etree._Element | None) -> str:
    """The text of an element, on one line."""
    return " ".join("".join(element.itertext()).split())[:_LONGEST] if element is not None else ""


def _entries(organization: etree._Element | None) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for title, path, item in _items(organization, ()):
        target = item.get("identifierref", "")
        if target and target not in entries:
            entries[target] = Entry(title, path, _metadata(first(item, "metadata")))
        if len(entries) >= MOST_ITEMS:
            break
    return entries


def _items(
    parent: etree._Element | None, path: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], etree._Element]]:
    """Every item below, with its title and the titles above it (the root of the tree has none)."""
    for item in found(parent, "item"):
        title = text(first(item, "title"))
        yield title, path, item
        yield from _items(item, (*path, title) if title else path)


def _resource(element: etree._Element, base: str) -> ResourceElement:
    inline = next((each for each in element if local(each) in _INLINE), None)
    return ResourceElement(
        identifier=element.get("identifier", ""),
        type=element.get("type", ""),
        href=base + element.get("href", "") if element.get("href") else "",
        files=tuple(base + href for each in found(element, "file") if (href := each.get("href", ""))),
        intended_use=element.get("intendeduse", "").lower(),
        metadata=_metadata(first(element, "metadata")),
        inline=inline,
    )


_INLINE = ("webLink", "topic", "cartridge_basiclti_link", "assignment", "questestinterop")


def _metadata(element: etree._Element | None) -> Metadata:
    if element is None:
        return Metadata()
    lom = next((each for each in element.iter("{*}lom")), None)
    said = etree.tostring(lom, encoding="unicode", with_tail=False) if lom is not None else ""
    return Metadata(said, tuple(_standards(element))[:_MOST_STANDARDS])


def _standards(element: etree._Element) -> Iterator[Standard]:
    """The labels and GUIDs of curriculum-standards metadata, each once."""
    seen: set[tuple[str, str]] = set()
    for group in element.iter("{*}setOfGUIDs"):
        for each in found(group, "labelledGUID"):
            guid, label = text(first(each, "GUID", "guid")), text(first(each, "label"))
            if (guid or label) and (guid, label) not in seen:
                seen.add((guid, label))
                yield Standard(guid, label, group.get("region", ""))


def joined(one: Metadata, other: Metadata) -> Metadata:
    """What is said of a part at two places; the first one's LOM counts."""
    both: Sequence[Standard] = (*one.standards, *other.standards)
    return Metadata(one.lom or other.lom, tuple(dict.fromkeys(both)))
