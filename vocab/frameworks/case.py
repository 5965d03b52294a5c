"""CASE 1.0 and 1.1 packages (1EdTech Competencies and Academic Standards Exchange) as JSON, one Framework each."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct, field
from msgspec.structs import replace

from vocab.frameworks.case_decode import Told, bounded, list_of, object_of, utf8, well_formed
from vocab.frameworks.case_definitions import read_definitions, read_objects
from vocab.frameworks.case_fields import (
    HIERARCHY,
    OURS,
    TYPES,
    CFAssociation,
    CFDocument,
    CFItem,
    OurDocument,
    OurItem,
    OurLink,
    end_of,
    identity,
    subject_key,
    uuid_of,
)
from vocab.frameworks.case_meaning import (
    Head,
    amended,
    framework_of,
    head_of,
    item_of,
    link_of,
    number_of,
    ours,
    stated_in,
)
from vocab.frameworks.hierarchy import Place, places
from vocab.frameworks.model import KINDS, Association, Framework, Item
from vocab.grades import GRADES
from vocab.resource import Problem


class _Package(Struct, frozen=True):
    CFDocument: Raw = Raw()
    CFItems: Raw = Raw()
    CFAssociations: Raw = Raw()
    CFDefinitions: Raw = Raw()
    CFRubrics: Raw = Raw()
    extensions: Raw = Raw()
    CFPackage: Raw = Raw()


class _OwnUri(Struct, frozen=True):
    uri: str = ""


class _OwnName(Struct, frozen=True):
    ours: _OwnUri = field(default=_OwnUri(), name=OURS)


class _Named(Struct, frozen=True):
    identifier: str | None = None
    uri: str | None = None
    extensions: _OwnName | None = None


class _Order(Struct, frozen=True):
    """Where every item of a package stands, its numbers under its other parents, and the links besides."""

    placed: dict[str, Place]
    numbers: dict[str, dict[str, int]]
    links: tuple[Association, ...]


def read(content: bytes, name: str, code: str) -> Framework:
    """The framework of a CFPackage in JSON, bare or as the member `CFPackage` of an object.

    The UUID is the identity (`urn:uuid:…`) and the address an alias, unless the UUID is made of the address: then
    that is the identity. Several parents are kept in order. Raises ValueError, naming the member, where it is none.
    """
    told = Told()
    package = _package(utf8(content, name, told), name)
    stated = object_of(package.CFDocument, CFDocument, f"{name}: CFDocument", told)
    framework, head = _document(stated, name, code, told)
    items = list_of(package.CFItems, f"{name}: CFItems")
    identities, order, problems = _order_of(package, stated, items, framework, name, told)
    found = _items(items, identities, order, head, told)
    return replace(
        framework,
        items=found,
        associations=order.links,
        definitions=read_definitions(_any(package.CFDefinitions, f"{name}: CFDefinitions"), told),
        rubrics=read_objects(_any(package.CFRubrics, f"{name}: CFRubrics"), "CFRubrics", told),
        details=amended(framework.details, _extensions(package, name, told)),
        problems=(*problems, *told.problems()),
    )


def _package(content: bytes | Raw, name: str) -> _Package:
    try:
        package: _Package = well_formed(content, _Package, name)
    except msgspec.ValidationError as error:
        raise ValueError(f"{name} is JSON, but no CASE package: it holds no CFDocument.") from error
    if not memoryview(package.CFDocument).nbytes:
        if memoryview(package.CFPackage).nbytes:
            return _package(package.CFPackage, f"{name}: CFPackage")
        raise ValueError(f"{name} is no CASE package: CFDocument should be an object.")
    return package


def _document(stated: CFDocument, name: str, code: str, told: Told) -> tuple[Framework, Head]:
    own = ours(stated.extensions, OurDocument, f"{name}: CFDocument", told)
    fields = stated_in(own)
    base = fields.pop("base", "")
    framework = framework_of(stated, code, base, told)
    details = amended(framework.details, fields.pop("details", {}))
    framework = replace(framework, details=details, **_sound(fields))
    if not framework.uri:
        raise ValueError(f"{name}: CFDocument has neither identifier nor uri.")
    return framework, head_of(stated, framework, base)


def _order_of(
    package: _Package, document: CFDocument, items: list[Raw], framework: Framework, name: str, told: Told
) -> tuple[list[str], _Order, list[Problem]]:
    """The URI of every item, and how they stand to each other."""
    names = {uuid_of(document.identifier) or document.identifier or "": framework.uri}
    twice: list[Problem] = []
    identities = _identities(items, name, names, twice)
    edges, links = _links(package, name, names, framework.uri, told)
    tops = frozenset({framework.uri, *framework.aliases})
    numbers = _numbers(edges, frozenset(identities))
    placed, missing = places([each for each in identities if each], edges, tops, numbers)
    return identities, _Order(placed, _other_numbers(edges, placed), links), [*twice, *missing]


def _identities(items: list[Raw], name: str, names: dict[str, str], twice: list[Problem]) -> list[str]:
    """The URI of every item, empty for one that stands there before; `names` learns what it is called by others."""
    decoder = msgspec.json.Decoder(_Named)
    found: dict[str, None] = {}
    identities: list[str] = []
    for number, raw in enumerate(items):
        try:
            stated = decoder.decode(raw)
            identifier, address = stated.identifier, stated.uri
            own = stated.extensions.ours.uri if stated.extensions else ""
        except msgspec.DecodeError:
            item = object_of(raw, CFItem, f"{name}: CFItems[{number}]", Told())
            identifier, address = item.identifier, item.uri
            told = ours(item.extensions, OurItem, "", Told())
            own = told.uri if told and isinstance(told.uri, str) else ""
        uri = own or identity(identifier, address)
        if not uri:
            raise ValueError(f"{name}: CFItems[{number}] has neither identifier nor uri.")
        if uri in found:
            twice.append(_twice(uri, f"CFItems[{number}]"))
            identities.append("")
            continue
        found[uri] = None
        identities.append(uri)
        key = uuid_of(identifier) or identifier or ""
        if key:
            names.setdefault(key, uri)
        if address and key and key not in address:
            names.setdefault(address.strip(), uri)
    return identities


def _links(
    package: _Package, name: str, names: dict[str, str], framework: str, told: Told
) -> tuple[dict[tuple[str, str], int | None], tuple[Association, ...]]:
    """The hierarchy as (parent, child) with its numbers, and the other links."""
    decoder = msgspec.json.Decoder(CFAssociation)
    edges: dict[tuple[str, str], int | None] = {}
    seen: set[Association] = set()
    found: list[Association] = []
    for number, raw in enumerate(list_of(package.CFAssociations, f"{name}: CFAssociations")):
        try:
            link = decoder.decode(raw)
        except msgspec.DecodeError:
            link = object_of(raw, CFAssociation, f"{name}: CFAssociations[{number}]", told)
        if link.associationType == HIERARCHY:
            edge = (end_of(link.destinationNodeURI, names), end_of(link.originNodeURI, names))
            if all(edge):
                edges.setdefault(edge, number_of(link))
            else:
                told.add(_endless(f"CFAssociations[{number}]"), "end")
            continue
        association = link_of(link, names, framework)
        if association is None:
            told.add(_unknown(link.associationType or ""), link.associationType or "")
            continue
        if own := ours(link.extensions, OurLink, f"CFAssociations[{number}]", told):
            association = _corrected(association, stated_in(own))
        if not association.source or not association.target:
            told.add(_endless(f"CFAssociations[{number}]"), "end")
        elif association not in seen:
            seen.add(association)
            found.append(association)
    return edges, tuple(found)


def _corrected(link: Association, fields: dict[str, Any]) -> Association:
    kind = str(fields.pop("kind", link.kind))
    return replace(link, kind=kind if kind in KINDS or kind.startswith("ext:") else link.kind, **_sound(fields))


def _numbers(edges: dict[tuple[str, str], int | None], items: frozenset[str]) -> dict[str, int]:
    """The number of every item in its first link to a parent, else in its link to the document."""
    found: dict[str, int] = {}
    for among_items in (True, False):
        for (parent, child), number in edges.items():
            if number is not None and (parent in items) is among_items:
                found.setdefault(child, number)
    return found


def _items(items: list[Raw], identities: list[str], order: _Order, head: Head, told: Told) -> tuple[Item, ...]:
    decoder = msgspec.json.Decoder(CFItem)
    replaced = {each.source for each in order.links if each.kind == "replacedBy"}
    found: list[Item] = []
    for number, (raw, uri) in enumerate(zip(items, identities, strict=True)):
        if not uri:
            continue
        where = f"CFItems[{number}]"
        try:
            stated = decoder.decode(raw)
        except msgspec.DecodeError:
            stated = object_of(raw, CFItem, where, told)
        item = item_of(stated, uri, head, where, told)
        fields = stated_in(ours(stated.extensions, OurItem, where, told))
        fields["uri"] = uri
        fields["details"] = amended(item.details, {**_numbered(order.numbers, uri), **fields.get("details", {})})
        stands = order.placed[uri]
        place = {"parents": stands.parents, "position": stands.position, "deprecated": uri in replaced}
        item = replace(item, **{**place, **_sound(fields)})
        if not item.statement:
            told.add(_wordless(where, item), "fullStatement")
        found.append(item)
    return tuple(found)


def _other_numbers(edges: dict[tuple[str, str], int | None], placed: dict[str, Place]) -> dict[str, dict[str, int]]:
    """The numbers of an item under its other parents, where they are not its position."""
    found: dict[str, dict[str, int]] = {}
    for (parent, child), number in edges.items():
        place = placed.get(child)
        if place and number not in (None, place.position) and parent in place.parents[1:]:
            found.setdefault(child, {})[parent] = number
    return found


def _numbered(numbers: dict[str, dict[str, int]], uri: str) -> dict[str, Any]:
    return {"sequenceNumber": numbers[uri]} if uri in numbers else {}


def _sound(fields: dict[str, Any]) -> dict[str, Any]:
    """The stated fields, without grades and subjects that our lists do not hold, and numbers that no database holds."""
    if "grades" in fields:
        fields["grades"] = tuple(each for each in fields["grades"] if each in GRADES)
    if "subjects" in fields:
        fields["subjects"] = tuple(each for each in fields["subjects"] if subject_key(each) == each)
    return {field: value for field, value in fields.items() if not isinstance(value, int) or -(2**31) <= value < 2**31}


def _any(raw: Raw, where: str) -> Any:
    if not memoryview(raw).nbytes:
        return None
    try:
        return well_formed(raw, object, where)
    except msgspec.ValidationError as error:
        raise ValueError(f"{where} cannot be read: {error}.") from error


def _extensions(package: _Package, name: str, told: Told) -> dict[str, Any]:
    definitions = _any(package.CFDefinitions, f"{name}: CFDefinitions")
    inner = definitions.get("extensions") if isinstance(definitions, dict) else None
    stated = {"CFPackage": _any(package.extensions, f"{name}: extensions"), "CFDefinitions": inner}
    return {
        f"{place}.extensions": bounded(value, f"{place}.extensions", told)
        for place, value in stated.items()
        if isinstance(value, dict) and value
    }


def _twice(identity: str, where: str) -> Problem:
    message = f"{identity} stands twice in the file; {where} was left out, the first was kept."
    return Problem("item-twice", identity, message, "Give every item an identifier of its own.", value=identity[:300])


def _endless(where: str) -> Problem:
    message = f"{where} does not say what it links, and was left out."
    return Problem("association-end", where, message, "Give it originNodeURI and destinationNodeURI.")


def _unknown(stated: str) -> Problem:
    return Problem(
        "association-unknown",
        "associationType",
        f"Associations of type {stated[:300] or '(none)'} are not understood and were left out.",
        f"Use one of {', '.join((HIERARCHY, *TYPES))}.",
        value=stated[:300],
    )


def _wordless(where: str, item: Item) -> Problem:
    message = f"{where} has no fullStatement."
    return Problem("statement-missing", f"{where}.fullStatement", message, "Write its statement.", value=item.uri[:300])
