"""One object of CASE 1.1 or 1.0 out of ours: a CFDocument, CFItem or CFAssociation, in a package or alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from vocab.frameworks.case_decode import Told
from vocab.frameworks.case_definitions import is_date, moment, whole
from vocab.frameworks.case_fields import (
    HIERARCHY,
    OURS,
    TYPES,
    CFAssociation,
    CFDocument,
    CFItem,
    address_of,
    code_uri,
    identity,
    is_uri,
    link_uri,
    made_address,
    uuid_of,
)
from vocab.frameworks.case_meaning import Head, framework_of, head_of, item_of, link_of
from vocab.frameworks.guid import guid, link_guid, made_of
from vocab.frameworks.model import Association, Framework, Item
from vocab.grades import GRADES
from vocab.schemes import scheme

VERSIONS = ("1.1", "1.0")
_TYPE_OF = {kind: stated for stated, kind in TYPES.items()}
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+")
_LEVELS = {grade: "KG" if grade == "K" else grade.zfill(2) for grade in GRADES}  # as CEDS, which CASE names, has them
_NOT_IN_1_0 = {
    "CFDocument": ("frameworkType", "caseVersion", "extensions"),
    "CFItem": ("subject", "subjectURI", "extensions"),
    "CFAssociation": ("notes", "extensions"),
}
_TYPES_OF_1_0 = (
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar",
    "hasSkillLevel",
)  # fmt: skip
_NO_DATE = "1970-01-01T00:00:00Z"
_MOST_TITLE = 300


class Package(Struct, frozen=True):
    """What the objects of one package are made with. `found` gives the item with a URI, where it is known."""

    framework: Framework
    head: Head
    version: str
    base: str
    changed: str
    found: Callable[[str], Item | None]
    names: Mapping[str, str]
    """The identifiers of the package's items and document, and whose they are."""
    identifiers: Mapping[str, str]
    """The identifiers of items by URI, where they are at hand; others are made as `guid` makes them."""
    groupings: Mapping[str, dict[str, Any]]


def package(
    framework: Framework,
    found: Callable[[str], Item | None],
    version: str = "1.1",
    base: str = "",
    changed: str = "",
    names: Mapping[str, str] | None = None,
    identifiers: Mapping[str, str] | None = None,
) -> Package:
    """What to make the objects of this framework with; its items are not looked at.

    `base` (`https://host`) is where CASE's REST binding is served, `changed` the date and time for what has none.
    """
    if version not in VERSIONS:
        raise ValueError(f"CASE {version} is not known; write {' or '.join(VERSIONS)}.")
    date = moment(framework.details.get("lastChangeDateTime")) or moment(changed) or _NO_DATE
    groupings = {each["identifier"]: each for each in framework.definitions.get("CFAssociationGroupings", ())}
    head = Head(framework.uri)
    made = Package(framework, head, version, base, date, found, names or {}, identifiers or {}, groupings)
    stated = msgspec.convert(_document(made), CFDocument)
    natural = msgspec.structs.replace(
        framework_of(stated, framework.code, base, Told()), uri=framework.uri, language=framework.language
    )
    return msgspec.structs.replace(made, head=head_of(stated, natural, base))


def document(made: Package, alone: bool = False) -> dict[str, Any]:
    """The CFDocument of the framework: as CFPckgDocument, or `alone` with its CFPackageURI."""
    framework = made.framework
    found = _document(made)
    natural = framework_of(msgspec.convert(found, CFDocument), framework.code, made.base, Told())
    foreign = ("CFPackage.extensions", "CFDefinitions.extensions")
    meant = {key: value for key, value in framework.details.items() if key not in foreign or not _is_object(value)}
    ours = _unsaid(framework, natural, meant, ("items", "associations", "definitions", "rubrics", "problems", "code"))
    if made.base:
        ours["base"] = made.base
    found = _with_extensions(found, framework.details, ours, "CFDocument", made.version)
    if alone:
        uri = made_address(made.base, "CFPackages", found["identifier"]) if made.base else found["uri"]
        found["CFPackageURI"] = {"title": found["title"], "identifier": found["identifier"], "uri": uri}
    return found


def item(stated: Item, made: Package, replaced: bool = False, alone: bool = False) -> dict[str, Any]:
    """The CFItem of an item: as CFPckgItem, or `alone` with its CFDocumentURI.

    `replaced` says that a link of the package tells what replaces it.
    """
    found = _item(stated, made)
    natural = item_of(msgspec.convert(found, CFItem), stated.uri, made.head, "", Told())
    meant = {key: value for key, value in stated.details.items() if key != "sequenceNumber"}
    numbers = stated.details.get("sequenceNumber")
    if numbers is not None and numbers != _other_numbers(stated):
        meant["sequenceNumber"] = numbers
    ours = _unsaid(stated, natural, meant, ("parents", "position", "deprecated"))
    if identity(found["identifier"], found["uri"]) != stated.uri:
        ours["uri"] = stated.uri
    if stated.deprecated != replaced:
        ours["deprecated"] = stated.deprecated
    if not stated.parents and is_an_item(made):
        ours["position"] = stated.position
    found = _with_extensions(found, stated.details, ours, "CFItem", made.version)
    if alone:
        found["CFDocumentURI"] = document_link(made)
    return found


def association(link: Association, made: Package, alone: bool = False) -> dict[str, Any]:
    """The CFAssociation of a link: as CFPckgAssociation, or `alone` with its CFDocumentURI."""
    own = uuid_of(link.identifier) or link_guid(made.framework.uri, link.source, link.kind, link.target)
    kind = _TYPE_OF.get(link.kind) or (link.kind if _EXTENSION.fullmatch(link.kind) else "isRelatedTo")
    found = _association(own, link.source, kind, link.target, link.sequence, made)
    if link.grouping:
        found["CFAssociationGroupingURI"] = _grouping(link.grouping, made)
    if link.notes:
        found["notes"] = link.notes
    natural = link_of(msgspec.convert(found, CFAssociation), made.names, made.framework.uri)
    ours = {
        name: getattr(link, name)
        for name in link.__struct_fields__
        if natural is None or getattr(link, name) != getattr(natural, name)
    }
    found = _with_extensions(found, {}, ours, "CFAssociation", made.version)
    if made.version == "1.0" and kind not in _TYPES_OF_1_0:
        found["associationType"] = "isRelatedTo"
    if alone:
        found["CFDocumentURI"] = document_link(made)
    return found


def child_of(child: Item, parent: str, made: Package, alone: bool = False) -> dict[str, Any]:
    """The isChildOf CFAssociation that puts an item under a parent, or under the document where `parent` is empty."""
    above = parent or made.framework.uri
    own = link_guid(made.framework.uri, child.uri, HIERARCHY, above)
    numbers = child.details.get("sequenceNumber")
    number = numbers.get(parent, child.position) if isinstance(numbers, dict) else child.position
    found = _association(own, child.uri, HIERARCHY, above, number if _holds(number) else None, made)
    if alone:
        found["CFDocumentURI"] = document_link(made)
    return found


def definition(name: str, stated: dict[str, Any], made: Package) -> dict[str, Any]:
    """An object of the list `name` (CFConcepts, CFSubjects, …, CFRubrics) as the closed schema has it."""
    return whole(name, stated, made.changed, made.base, bare=made.version == "1.0")


def document_link(made: Package) -> dict[str, Any]:
    """The LinkURI of the document."""
    framework = made.framework
    own = guid(framework.uri)
    address = address_of(framework.uri, framework.aliases, "CFDocuments", made.base)
    return {"title": framework.title[:_MOST_TITLE] or framework.code, "identifier": own, "uri": address}


def is_an_item(made: Package) -> bool:
    """Whether the document is one of its own items too, so that no link to it can say that another is at the top."""
    return made.found(made.framework.uri) is not None


def identifier_of(stated: Item, made: Package) -> str:
    """The identifier of an item in this package."""
    return made.identifiers.get(stated.uri) or guid(stated.uri)


def _document(made: Package) -> dict[str, Any]:
    framework, details = made.framework, made.framework.details
    found: dict[str, Any] = {
        "identifier": guid(framework.uri),
        "uri": address_of(framework.uri, framework.aliases, "CFDocuments", made.base),
        "caseVersion": "1.1",
        "creator": _text(details.get("creator")) or framework.publisher or "Unknown",
        "title": framework.title,
        "lastChangeDateTime": made.changed,
        "language": _text(details.get("language")) or framework.language,
    }
    if "creator" in details and framework.publisher:
        found["publisher"] = framework.publisher
    _put_texts(found, details, "frameworkType", "officialSourceURL", "adoptionStatus")
    _put_dates(found, details)
    _put_subjects(found, framework.subjects, details)
    license = details.get("licenseURI") or framework.license_url
    said = {"description": framework.description, "version": framework.version, "notes": framework.rights}
    found |= {member: value for member, value in said.items() if value}
    if license:
        found["licenseURI"] = link_uri(license)
    return found


def _item(stated: Item, made: Package) -> dict[str, Any]:
    details = stated.details
    own = identifier_of(stated, made)
    found: dict[str, Any] = {
        "identifier": own,
        "uri": address_of(stated.uri, stated.aliases, "CFItems", made.base, own),
        "fullStatement": stated.statement,
        "lastChangeDateTime": moment(details.get("lastChangeDateTime")) or made.changed,
    }
    label = "" if stated.label == details.get("alternativeLabel") else stated.label
    code = stated.codes[0] if stated.codes else ""
    said = {"humanCodingScheme": code, "CFItemType": stated.kind, "abbreviatedStatement": label, "notes": stated.notes}
    found |= {member: value for member, value in said.items() if value}
    _put_subjects(found, stated.subjects, details)
    levels = [_LEVELS[grade] for grade in stated.grades if grade in _LEVELS] + _texts(details.get("educationLevel"))
    if levels:
        found["educationLevel"] = levels
    if language := _text(details.get("language")) or (
        stated.language if stated.language != made.framework.language else ""
    ):
        found["language"] = language
    if not details:
        return found
    _put_texts(found, details, "alternativeLabel", "listEnumeration")
    _put_dates(found, details)
    if words := _texts(details.get("conceptKeywords")):
        found["conceptKeywords"] = words
    for member in ("CFItemTypeURI", "licenseURI", "conceptKeywordsURI"):
        if details.get(member):
            found[member] = link_uri(details[member])
    return found


def _association(own: str, source: str, kind: str, target: str, number: int | None, made: Package) -> dict[str, Any]:
    found: dict[str, Any] = {
        "identifier": own,
        "associationType": kind,
        "uri": made_address(made.base, "CFAssociations", own) if made.base else f"urn:uuid:{own}",
        "originNodeURI": _end(source, made),
        "destinationNodeURI": _end(target, made),
        "lastChangeDateTime": made.changed,
    }
    if number is not None and _holds(number):
        found["sequenceNumber"] = number
    return found


def _end(uri: str, made: Package) -> dict[str, Any]:
    if known := made.found(uri):
        own = identifier_of(known, made)
        address = address_of(uri, known.aliases, "CFItems", made.base, own)
        return {"title": _title(known), "identifier": own, "uri": address}
    if uri == made.framework.uri:
        return document_link(made)
    if is_uri(uri):
        return {"title": uri[:_MOST_TITLE], "identifier": guid(uri), "uri": uri}
    found = {"title": uri[:_MOST_TITLE], "identifier": uri, "uri": code_uri(uri)}
    return found if made.version == "1.0" else {**found, "targetType": "ext:code"}


def _title(stated: Item) -> str:
    return stated.name[:_MOST_TITLE] or stated.uri


def _grouping(grouping: str, made: Package) -> dict[str, str]:
    known = made.groupings.get(grouping, {})
    if uuid_of(grouping) == grouping:
        address = made_address(made.base, "CFAssociationGroupings", grouping) if made.base else f"urn:uuid:{grouping}"
        title, uri = known.get("title") or grouping, known.get("uri") or address
        return link_uri({"title": title, "identifier": grouping, "uri": uri})
    uri = grouping if is_uri(grouping) else code_uri(grouping)
    return {"title": grouping[:_MOST_TITLE], "identifier": made_of(uri), "uri": uri}


def _unsaid(meant: Any, natural: Any, details: dict[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """The fields that reading the members would not give as they are meant."""
    ours = {
        name: getattr(meant, name)
        for name in meant.__struct_fields__
        if name != "details" and name not in without and getattr(meant, name) != getattr(natural, name)
    }
    stated = {key: value for key, value in details.items() if key != "extensions" or not _is_object(value)}
    if stated != natural.details:
        every = stated | natural.details
        ours["details"] = {
            key: stated.get(key)
            for key in every
            if (key in stated) is not (key in natural.details) or stated[key] != natural.details[key]
        }
    return ours


def _with_extensions(
    found: dict[str, Any], details: dict[str, Any], ours: dict[str, Any], kind: str, version: str
) -> dict[str, Any]:
    if version == "1.0":
        return {member: value for member, value in found.items() if member not in _NOT_IN_1_0[kind]}
    foreign: dict[str, Any] = details["extensions"] if _is_object(details.get("extensions")) else {}
    extensions = {**foreign, **({OURS: ours} if ours else {})}
    return {**found, "extensions": extensions} if extensions else found


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and OURS not in value


def _put_texts(found: dict[str, Any], details: dict[str, Any], *members: str) -> None:
    for member in members:
        if value := _text(details.get(member)):
            found[member] = value


def _put_dates(found: dict[str, Any], details: dict[str, Any]) -> None:
    """Dates alone: of a date and time, which CASE 1.0 lets stand here, its date."""
    for member in ("statusStartDate", "statusEndDate"):
        if is_date(value := _text(details.get(member))[:10]):
            found[member] = value


def _put_subjects(found: dict[str, Any], keys: tuple[str, ...], details: dict[str, Any]) -> None:
    if words := [_subject(key) for key in keys] + _texts(details.get("subject")):
        found["subject"] = words
    if links := details.get("subjectURI"):
        found["subjectURI"] = [link_uri(each) for each in (links if isinstance(links, list) else [links])]


def _subject(key: str) -> str:
    try:
        return scheme("subjects").term(key).label
    except KeyError:
        return key


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _holds(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**31


def _other_numbers(stated: Item) -> dict[str, int]:
    """The numbers under other parents, as far as the associations say them."""
    numbers = stated.details.get("sequenceNumber")
    if not isinstance(numbers, dict):
        return {}
    others = {parent: number for parent, number in numbers.items() if parent in stated.parents[1:]}
    return {parent: number for parent, number in others.items() if _holds(number) and number != stated.position}
