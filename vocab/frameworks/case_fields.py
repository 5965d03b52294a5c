"""What reading and writing CASE share: the members of its objects, identities, the ends and the types of links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from msgspec import UNSET, Struct, UnsetType

from vocab.codes import uri_key
from vocab.frameworks.guid import guid, made_of
from vocab.grades import grades_of
from vocab.languages import language_of
from vocab.namespaces import TERMS
from vocab.schemes import scheme

OURS = TERMS
"""The member of `extensions` that holds what CASE has no member for."""
HIERARCHY = "isChildOf"
TYPES = {
    "precedes": "precedes",
    "isRelatedTo": "related",
    "exactMatchOf": "exactMatch",
    "ext:closeMatch": "closeMatch",
    "ext:broadMatch": "broadMatch",
    "ext:narrowMatch": "narrowMatch",
    "isPartOf": "isPartOf",
    "isPeerOf": "isPeerOf",
    "isTranslationOf": "isTranslationOf",
    "replacedBy": "replacedBy",
    "exemplar": "exemplar",
    "hasSkillLevel": "hasSkillLevel",
}
"""CASE 1.1, section 4: the association types and our kinds; origin is the subject, destination the object."""
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")
CODE = "urn:x-code:"
"""Before a code that stands where CASE wants a URI."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+")

Text = str | None
Texts = list[str] | str | None


class Link(Struct, frozen=True):
    """LinkGenURI and LinkURI: what another object is called and where it is."""

    identifier: Text = None
    uri: Text = None


class CFDocument(Struct, frozen=True):
    """The members of a CFDocument, of 1.0 and 1.1, as leniently typed as they are found."""

    identifier: Text = None
    uri: Text = None
    title: Text = None
    creator: Text = None
    publisher: Text = None
    description: Text = None
    version: Text = None
    language: Text = None
    notes: Text = None
    subject: Texts = None
    subjectURI: Any = None
    licenseURI: Any = None
    frameworkType: Text = None
    officialSourceURL: Text = None
    adoptionStatus: Text = None
    statusStartDate: Text = None
    statusEndDate: Text = None
    lastChangeDateTime: Text = None
    extensions: dict[str, Any] | None = None


class CFItem(Struct, frozen=True):
    """The members of a CFItem, of 1.0 and 1.1, and the CFItemURI that some exports add."""

    identifier: Text = None
    uri: Text = None
    CFItemURI: Any = None
    fullStatement: Text = None
    alternativeLabel: Text = None
    CFItemType: Text = None
    CFItemTypeURI: Any = None
    humanCodingScheme: Text = None
    listEnumeration: Text = None
    abbreviatedStatement: Text = None
    conceptKeywords: Texts = None
    conceptKeywordsURI: Any = None
    notes: Text = None
    subject: Texts = None
    subjectURI: Any = None
    language: Text = None
    educationLevel: Texts = None
    licenseURI: Any = None
    statusStartDate: Text = None
    statusEndDate: Text = None
    lastChangeDateTime: Text = None
    extensions: dict[str, Any] | None = None


class CFAssociation(Struct, frozen=True):
    """The members of a CFAssociation."""

    identifier: Text = None
    associationType: Text = None
    sequenceNumber: int | float | None = None
    originNodeURI: Link | str | None = None
    destinationNodeURI: Link | str | None = None
    CFAssociationGroupingURI: Link | str | None = None
    notes: Text = None
    extensions: dict[str, Any] | None = None


class OurDocument(Struct, frozen=True):
    """What the members of a CFDocument do not say of a Framework; null among `details` means the source had none."""

    uri: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    aliases: tuple[str, ...] | UnsetType = UNSET
    version: str | UnsetType = UNSET
    publisher: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    license_url: str | UnsetType = UNSET
    rights: str | UnsetType = UNSET
    subjects: tuple[str, ...] | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET
    base: str | UnsetType = UNSET
    """Addresses below it were made by whoever wrote the package; they are no publisher's aliases."""


class OurItem(Struct, frozen=True):
    """What the members of a CFItem do not say of an Item."""

    uri: str | UnsetType = UNSET
    statement: str | UnsetType = UNSET
    codes: tuple[str, ...] | UnsetType = UNSET
    aliases: tuple[str, ...] | UnsetType = UNSET
    position: int | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET
    grades: tuple[str, ...] | UnsetType = UNSET
    subjects: tuple[str, ...] | UnsetType = UNSET
    language: str | UnsetType = UNSET
    labels: dict[str, str] | UnsetType = UNSET
    deprecated: bool | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class OurLink(Struct, frozen=True):
    """What the members of a CFAssociation do not say of an Association."""

    source: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    target: str | UnsetType = UNSET
    identifier: str | UnsetType = UNSET
    sequence: int | UnsetType | None = UNSET
    grouping: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET


def uuid_of(text: str | None) -> str:
    """The UUID that a text is or a URI ends in, in lower case with its dashes; empty where there is none."""
    if not text:
        return ""
    if len(text) == 36 and _UUID.fullmatch(text):
        return text
    folded = uri_key(text)
    return folded[5:] if folded.startswith("uuid:") else ""


def identity(identifier: str | None, uri: str | None) -> str:
    """The URI of what has this identifier and address, empty where both are missing.

    An identifier made of the address says that the address is the identity.
    """
    found, address = uuid_of(identifier), (uri or "").strip()
    if found:
        return address if found[14] == "5" and address and made_of(address) == found else f"urn:uuid:{found}"
    stated = (identifier or "").strip()
    own = "" if stated else uuid_of(address)
    return f"urn:uuid:{own}" if own else address or stated


def end_of(end: Link | str | None, names: Mapping[str, str]) -> str:
    """The URI or code at an association's end; `names` maps the package's own identifiers and addresses to URIs."""
    if end is None:
        return ""
    identifier, uri = (None, end) if isinstance(end, str) else (end.identifier, end.uri)
    found = (identifier and names.get(identifier)) or ((own := uuid_of(identifier)) and names.get(own))
    if found or own:
        return found or identity(own, uri)
    address = (uri or "").strip()
    if address.startswith(CODE):
        return unquote(address[len(CODE) :])
    own = uuid_of(address)
    return (
        names.get(address) or (own and (names.get(own) or f"urn:uuid:{own}")) or address or (identifier or "").strip()
    )


def code_uri(code: str) -> str:
    """A URI for a code, or for anything else that is none."""
    return CODE + quote(code, safe="")


def is_uri(text: str) -> bool:
    """Whether the text is a URI (RFC 3986, or 3987 with letters of any script)."""
    return _URI.fullmatch(text) is not None


def link_uri(stated: Any) -> dict[str, str]:
    """A whole LinkURI out of one, out of part of one, or out of a bare URI."""
    found = stated if isinstance(stated, dict) else {"uri": stated}
    uri, identifier, title = (str(found.get(member) or "") for member in ("uri", "identifier", "title"))
    own = uuid_of(identifier) or made_of(identifier or uri)
    return {
        "title": title or uri or identifier,
        "identifier": own,
        "uri": uri if is_uri(uri) else f"urn:uuid:{own}",
    }


def compact_link(stated: Any) -> Any:
    """The bare URI of a LinkURI that says nothing else; anything else as it is."""
    if isinstance(stated, str):
        return stated.strip()
    if isinstance(stated, dict) and len(stated) == 3:
        uri = stated.get("uri")
        if isinstance(uri, str) and stated == {"title": uri, "identifier": made_of(uri), "uri": uri}:
            return uri
    return stated


def address_of(uri: str, aliases: tuple[str, ...], members: str, base: str, identifier: str = "") -> str:
    """Where it is to be found: its own web address, else one below `base`, else its URI or the URN of its UUID."""
    web = next((each for each in (uri, *aliases) if each.startswith(("http://", "https://")) and is_uri(each)), "")
    if web or not base:
        return web or (uri if is_uri(uri) else f"urn:uuid:{identifier or guid(uri)}")
    return made_address(base, members, identifier or guid(uri))


def made_address(base: str, members: str, identifier: str) -> str:
    """The address of CASE 1.1's REST binding for an object."""
    return f"{base.rstrip('/')}/ims/case/v1p1/{members}/{identifier}"


@lru_cache(maxsize=4096)
def subject_key(stated: str) -> str:
    """The key of a stated subject; empty where our list does not know it."""
    return scheme("subjects").key_of(stated) or ""


@lru_cache(maxsize=4096)
def grades_in(stated: str) -> tuple[str, ...]:
    """`grades_of`, remembered: a framework states few levels many times."""
    return grades_of(stated)


@lru_cache(maxsize=1024)
def tag_of(stated: str) -> str:
    """`language_of`, remembered; empty where it knows no language."""
    return language_of(stated) or ""
