"""What the members of a CASE object say in our words: reading uses it, and writing to see what they leave unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from vocab.frameworks.case_decode import Told, bounded
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
    Texts,
    compact_link,
    end_of,
    grades_in,
    identity,
    made_address,
    subject_key,
    tag_of,
    uuid_of,
)
from vocab.frameworks.guid import link_guid
from vocab.frameworks.model import Association, Framework, Item
from vocab.grades import GRADES
from vocab.resource import Problem

_NOTHING: dict[str, Any] = {}
_DOCUMENT_TEXTS = ("frameworkType", "officialSourceURL", "adoptionStatus", "statusStartDate", "statusEndDate")
_ITEM_TEXTS = ("alternativeLabel", "listEnumeration", "statusStartDate", "statusEndDate")
_ITEM_LINKS = ("CFItemTypeURI", "licenseURI", "conceptKeywordsURI", "subjectURI")
_Ours = TypeVar("_Ours", OurDocument, OurItem, OurLink)


class Head(Struct, frozen=True):
    """What the document says that its items are read by."""

    uri: str
    language: str = "en"
    stated_language: str = "en"
    changed: str = ""
    made: str = ""
    """How the addresses begin that the writer of the package made up; empty where it made none."""


def head_of(stated: CFDocument, framework: Framework, base: str) -> Head:
    """What a CFDocument and the framework it gave mean for its items."""
    made = made_address(base, "", "").rstrip("/") + "/" if base else ""
    return Head(
        uri=framework.uri,
        language=framework.language,
        stated_language=_text(stated.language) or framework.language,
        changed=_text(stated.lastChangeDateTime),
        made=made,
    )


def framework_of(stated: CFDocument, code: str, base: str, told: Told) -> Framework:
    """The framework that the members of a CFDocument tell of, without its items.

    The creator is the publisher where none is named, and a detail where one is.
    """
    uri = identity(stated.identifier, stated.uri)
    publisher, creator = _text(stated.publisher), _text(stated.creator)
    license_url = _address(stated.licenseURI)
    subjects, words = _subjects(stated.subject)
    details: dict[str, Any] = {member: _text(getattr(stated, member)) for member in _DOCUMENT_TEXTS}
    details["creator"] = creator if publisher else ""
    details["lastChangeDateTime"] = _text(stated.lastChangeDateTime)
    details["subject"] = words
    details["subjectURI"] = _links(stated.subjectURI)
    license = _links(stated.licenseURI)
    details["licenseURI"] = "" if license == license_url else license
    language = _text(stated.language)
    tag = tag_of(language) or "en"
    details["language"] = language if language != tag else ""
    made = made_address(base, "CFDocuments", "") if base else ""
    return Framework(
        uri=uri,
        code=code,
        title=_text(stated.title) or code,
        aliases=_aliases(uri, made, stated.uri),
        version=_text(stated.version),
        publisher=publisher or creator,
        description=_text(stated.description),
        language=tag,
        license_url=license_url,
        rights=_text(stated.notes),
        subjects=subjects,
        details=_kept(details, stated.extensions, "CFDocument", told),
    )


def item_of(stated: CFItem, uri: str, head: Head, where: str, told: Told) -> Item:
    """The item that the members of a CFItem tell of, without its place."""
    code = _text(stated.humanCodingScheme)
    subjects, words = _subjects(stated.subject)
    grades, levels = _grades(stated.educationLevel)
    language = _text(stated.language)
    tag = tag_of(language) or head.language
    details: dict[str, Any] = {}
    for member in _ITEM_TEXTS:
        if value := _text(getattr(stated, member)):
            details[member] = _same(value)
    for member in _ITEM_LINKS:
        if (value := getattr(stated, member)) is not None:
            details[member] = _links(value)
    details["conceptKeywords"] = texts(stated.conceptKeywords)
    details["subject"] = words
    details["educationLevel"] = levels
    details["language"] = language if language not in (tag, head.stated_language) else ""
    changed = _text(stated.lastChangeDateTime)
    details["lastChangeDateTime"] = _same(changed) if changed != head.changed else ""
    return Item(
        uri=uri,
        statement=_text(stated.fullStatement),
        codes=(code,) if code else (),
        aliases=_aliases(uri, head.made, stated.uri, stated.CFItemURI),
        kind=_same(_text(stated.CFItemType)),
        label=_text(stated.abbreviatedStatement) or _text(stated.alternativeLabel),
        notes=_text(stated.notes),
        grades=grades,
        subjects=subjects,
        language=tag,
        labels=_NOTHING,
        details=_kept(details, stated.extensions, where, told) or _NOTHING,
    )


def link_of(stated: CFAssociation, names: Mapping[str, str], framework: str) -> Association | None:
    """The link that the members of a CFAssociation tell of; None where its type is none or is the hierarchy's."""
    kind = kind_of(stated.associationType)
    if not kind or kind == HIERARCHY:
        return None
    source, target = end_of(stated.originNodeURI, names), end_of(stated.destinationNodeURI, names)
    own = uuid_of(stated.identifier) or _text(stated.identifier)
    if len(own) == 36 and own[14] == "5" and own == link_guid(framework, source, kind, target):
        own = ""
    return Association(source, kind, target, own, number_of(stated), _grouping(stated), _text(stated.notes))


def kind_of(stated: str | None) -> str:
    """Our kind for an association type, the type itself for the hierarchy and for extensions, empty for others."""
    text = (stated or "").strip()
    if found := TYPES.get(text):
        return found
    return _same(text) if text == HIERARCHY or (text.startswith("ext:") and 4 < len(text) <= 300) else ""


def number_of(stated: CFAssociation) -> int | None:
    """The sequence number, where it is one that a database holds."""
    number = stated.sequenceNumber
    return int(number) if number is not None and abs(number) < 2**31 else None


def ours(extensions: dict[str, Any] | None, kind: type[_Ours], where: str, told: Told) -> _Ours | None:
    """What the extensions say in our own words; None where they do not, or say it so that it cannot be read."""
    if not extensions or OURS not in extensions:
        return None
    try:
        return msgspec.convert(bounded(extensions[OURS], where, told), kind)
    except msgspec.ValidationError as error:
        message = f"{where}.extensions cannot be read ({error}) and were passed over."
        told.add(Problem("extensions-unknown", f"{where}.extensions", message, "Export the framework again."), "ours")
        return None


def stated_in(found: OurDocument | OurItem | OurLink | None) -> dict[str, Any]:
    """The fields that our extensions state."""
    if found is None:
        return {}
    every = ((name, getattr(found, name)) for name in found.__struct_fields__)
    return {name: value for name, value in every if value is not UNSET}


def amended(details: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    """Details, with those that our extensions correct; null takes one away."""
    return {member: value for member, value in {**details, **stated}.items() if value is not None}


def texts(stated: Texts) -> list[str]:
    """What is text among the stated, stripped."""
    each = [stated] if isinstance(stated, str) else stated or ()
    return [_same(text) for value in each if (text := value.strip())]


def _text(stated: str | None) -> str:
    return stated.strip() if stated else ""


@lru_cache(maxsize=1 << 15)
def _same(text: str) -> str:
    """The text, one object for equal ones: a framework says the same few words many thousand times."""
    return text


def _aliases(uri: str, made: str, *stated: Any) -> tuple[str, ...]:
    found = dict.fromkeys(_address(each) for each in stated)
    return tuple(each for each in found if each and each != uri and not (made and each.startswith(made)))


def _address(stated: Any) -> str:
    found = stated.get("uri") if isinstance(stated, dict) else stated
    return found.strip() if isinstance(found, str) else ""


def _links(stated: Any) -> Any:
    if isinstance(stated, list):
        return [_links(each) for each in stated]
    found = compact_link(stated)
    if isinstance(found, dict) and found.keys() == {"title", "identifier", "uri"}:
        title, identifier, uri = found["title"], found["identifier"], found["uri"]
        if isinstance(title, str) and isinstance(identifier, str) and isinstance(uri, str):
            return _shared_link(title, identifier, uri)
    return found


@lru_cache(maxsize=4096)
def _shared_link(title: str, identifier: str, uri: str) -> dict[str, str]:
    return {"title": title, "identifier": identifier, "uri": uri}


def _subjects(stated: Texts) -> tuple[tuple[str, ...], list[str]]:
    words = texts(stated)
    keys = tuple(dict.fromkeys(key for word in words if (key := subject_key(word))))
    return keys, [word for word in words if not subject_key(word)]


def _grades(stated: Texts) -> tuple[tuple[str, ...], list[str]]:
    if not stated:
        return (), []
    words = texts(stated)
    named = frozenset(grade for word in words for grade in grades_in(word))
    return _ordered(named), [word for word in words if not grades_in(word)]


@lru_cache(maxsize=4096)
def _ordered(named: frozenset[str]) -> tuple[str, ...]:
    return tuple(grade for grade in GRADES if grade in named)


def _grouping(stated: CFAssociation) -> str:
    link = stated.CFAssociationGroupingURI
    if link is None:
        return ""
    identifier, uri = (None, link) if isinstance(link, str) else (link.identifier, link.uri)
    found = identity(identifier, uri)
    return _same(uuid_of(found) if found.startswith("urn:uuid:") else found)


def _kept(details: dict[str, Any], extensions: dict[str, Any] | None, where: str, told: Told) -> dict[str, Any]:
    """The details that say something, and the publisher's own extensions."""
    found = {member: bounded(value, where, told) for member, value in details.items() if value not in ("", [], None)}
    foreign = {key: value for key, value in extensions.items() if key != OURS} if extensions else None
    if foreign:
        found["extensions"] = bounded(foreign, f"{where}.extensions", told)
    return found
