"""The addresses that the cells of an XLSX sheet are linked to, which its values do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from posixpath import join, normpath

from lxml import etree

from harvesters.archive import Archive
from vocab.crosswalks.cells import hyperlink, is_address

Place = tuple[int, int]
"""A cell by its row and column, both counted from 1."""

Link = tuple[str, str]
"""A web address, and the text that stands for it where the cell has no value."""

_MOST_PART = 4 * 1024**2
_MOST_SHEET = 128 * 1024**2
_MOST_LINKS = 200_000
_MOST_CELLS_OF_ONE = 10_000
# On bytes rather than parsed: a sheet's XML may be 100 MB, and nothing of it is wanted but these two.
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\s[^<>]{1,4000}>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^<>]{1,400})>\s*<(?:\w+:)?f(?:\s[^<>]{0,400})?>\s*(HYPERLINK\([^<>]{1,8000})</", re.I
)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")


def cell_links(archive: Archive, sheet: str) -> Mapping[Place, Link]:
    """The link of each cell that has one, set on it or by a HYPERLINK formula; empty where none can be read."""
    part = _part_of(archive, sheet)
    body = archive.read(part, _MOST_SHEET) if part else None
    if not part or not body:
        return {}
    folder, _, file = part.rpartition("/")
    targets = _relations(archive, f"{folder}/_rels/{file}.rels")
    found: dict[Place, Link] = {}
    for each in _LINK.finditer(body):
        attributes = _attributes(each[0])
        address = targets.get(attributes.get("id", ""), "")
        if is_address(address):
            found.update(dict.fromkeys(_places(attributes.get("ref", "")), (address, address)))
        if len(found) > _MOST_LINKS:
            break
    for each in _FORMULA.finditer(body):
        stated = hyperlink("=" + unescape(each[2].decode("utf-8", "replace")))
        if stated and is_address(stated[0]):
            found.update(dict.fromkeys(_places(_attributes(each[1]).get("r", "")), stated))
        if len(found) > _MOST_LINKS:
            break
    return found


def _part_of(archive: Archive, sheet: str) -> str | None:
    root = _parsed(archive, "xl/workbook.xml")
    targets = _relations(archive, "xl/_rels/workbook.xml.rels")
    for element in root.iter("{*}sheet") if root is not None else ():
        if element.get("name") == sheet:
            target = next((targets.get(value, "") for name, value in element.items() if name.endswith("}id")), "")
            return normpath(join("xl", target)).lstrip("/") if target else None
    return None


def _relations(archive: Archive, name: str) -> dict[str, str]:
    root = _parsed(archive, name)
    if root is None:
        return {}
    return {each.get("Id", ""): each.get("Target", "") for each in root.iter("{*}Relationship")}


def _parsed(archive: Archive, name: str) -> etree._Element | None:
    body = archive.read(name, _MOST_PART)
    if not body or b"<!DOCTYPE" in body[:4096]:
        return None
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return None


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        each[1].decode().rpartition(":")[2]: unescape((each[2] or each[3] or b"").decode("utf-8", "replace"))
        for each in _ATTRIBUTE.finditer(tag)
    }


def _places(stated: str) -> Iterator[Place]:
    """The cells of `B2` or `B2:B9`; none of a range too large to be meant."""
    found = _RANGE.fullmatch(stated)
    if found is None:
        return
    left, top = _column(found[1]), int(found[2])
    right, bottom = (_column(found[3]), int(found[4])) if found[3] else (left, top)
    if (right - left + 1) * (bottom - top + 1) > _MOST_CELLS_OF_ONE:
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield row, column


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
