"""A framework as a CFPackage of CASE 1.1 or 1.0, streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from vocab.frameworks import case_objects as objects
from vocab.frameworks.case_fields import DEFINITIONS
from vocab.frameworks.guid import guid, made_of
from vocab.frameworks.model import Framework

_CHUNK = 64 * 1024


def write(framework: Framework, version: str = "1.1", base: str = "", changed: str = "") -> Iterator[bytes]:
    """The JSON of the whole package in pieces of some 64 KB; `vocab.frameworks.case.read` gives the framework again.

    1.1 says in `extensions` what CASE has no member for; 1.0 has no room for it. `base` (`https://host`) is where
    CASE's REST binding is served: what has no web address of its own gets one below it. `changed` is the date and
    time of what has none. Raises ValueError for another version.
    """
    items = {each.uri: each for each in framework.items}
    identifiers, names = _identifiers(framework)
    made = objects.package(framework, items.get, version, base, changed, names, identifiers)
    return _chunks(_pieces(framework, made))


def _identifiers(framework: Framework) -> tuple[dict[str, str], dict[str, str]]:
    """The identifier of every item, and whose it is. Two URIs may end in one UUID: the second gets another."""
    names = {guid(framework.uri): framework.uri}
    identifiers: dict[str, str] = {}
    for item in framework.items:
        own = guid(item.uri)
        if names.setdefault(own, item.uri) != item.uri:
            own = made_of(item.uri)
            names[own] = item.uri
        identifiers[item.uri] = own
    return identifiers, names


def _pieces(framework: Framework, made: objects.Package) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    yield b'{"CFDocument":' + encode(objects.document(made))
    replaced = {each.source for each in framework.associations if each.kind == "replacedBy"}
    yield from _list("CFItems", (objects.item(each, made, each.uri in replaced) for each in framework.items))
    yield from _list("CFAssociations", _associations(framework, made))
    closed = made.version == "1.0"
    definitions: dict[str, Any] = {
        name: [objects.definition(name, each, made) for each in framework.definitions[name]]
        for name in DEFINITIONS
        if framework.definitions.get(name)
    }
    inner = framework.details.get("CFDefinitions.extensions")
    if isinstance(inner, dict) and inner and not closed:
        definitions["extensions"] = inner
    if definitions:
        yield b',"CFDefinitions":' + encode(definitions)
    if framework.rubrics:
        yield from _list("CFRubrics", (objects.definition("CFRubrics", each, made) for each in framework.rubrics))
    outer = framework.details.get("CFPackage.extensions")
    if isinstance(outer, dict) and outer and not closed:
        yield b',"extensions":' + encode(outer)
    yield b"}\n"


def _associations(framework: Framework, made: objects.Package) -> Iterator[dict[str, Any]]:
    top = () if objects.is_an_item(made) else ("",)
    for item in framework.items:
        for parent in item.parents or top:
            yield objects.child_of(item, parent, made)
    for link in framework.associations:
        yield objects.association(link, made)


def _list(name: str, stated: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    yield f',"{name}":['.encode()
    separator = b""
    for each in stated:
        yield separator + encode(each)
        separator = b","
    yield b"]"


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= _CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)
