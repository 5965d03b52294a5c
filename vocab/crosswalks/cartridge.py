"""One part of a Common Cartridge, as JSON with its LOM in it, read into a resource."""

from __future__ import annotations

import re
from posixpath import splitext
from uuid import UUID

import msgspec
from msgspec import Struct

from vocab.codes import find_codes, looks_like_code
from vocab.crosswalks.canonical import TEXT, canonical
from vocab.crosswalks.lom import stated_in_lom
from vocab.crosswalks.notes import Notes, refused
from vocab.crosswalks.stated import Claim, Said, Stated
from vocab.crosswalks.xml_payload import root_of
from vocab.resource import Collection, Context, Crosswalked, Problem
from vocab.text import plain


class StandardName(Struct, frozen=True, omit_defaults=True):
    """A standard by the GUID and the label of curriculum-standards metadata, and the region it is used in."""

    guid: str
    label: str = ""
    region: str = ""


class Inherited(Struct, frozen=True, omit_defaults=True):
    """The cartridge a part stands in, and its LOM, for what the part does not say itself."""

    title: str
    url: str
    lom: str = ""


class PartRecord(Struct, frozen=True, omit_defaults=True):
    """The payload: a cartridge (`kind` cartridge) or a part of one (web-link, page, file, assessment …).

    `text` may be HTML, `path` are the folders above it in the table of contents, `lom` is its own LOM element.
    """

    kind: str
    title: str
    url: str
    text: str = ""
    file: str = ""
    path: tuple[str, ...] = ()
    standards: tuple[StandardName, ...] = ()
    lom: str = ""
    version: str = ""
    thin: bool = False
    cartridge: Inherited | None = None


_TYPES = {
    "cartridge": "course",
    "assessment": "assessment",
    "assignment": "homework",
    "discussion": "activity",
    "tool": "application",
    "book": "textbook",
    "lesson-plan": "lesson-plan",
    "syllabus": "syllabus",
}
_FILE_TYPES = {
    "video": (".mp4", ".m4v", ".mov", ".webm", ".avi"),
    "audio": (".mp3", ".m4a", ".wav", ".ogg"),
    "image": (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"),
    "presentation": (".ppt", ".pptx", ".odp", ".key"),
}
_TYPE_OF_FILE = {ending: type for type, endings in _FILE_TYPES.items() for ending in endings}
_INHERITED = ("licenses", "languages", "publishers", "creators", "levels", "ages", "audiences", "topics", "subjects")
_UNREADABLE = Problem(
    "metadata-unreadable",
    "lom",
    "The metadata (LOM) could not be read, and was left out.",
    "Export the cartridge again, without a document type in its manifest.",
)
_UUID = re.compile(r"(?:urn:uuid:|\{)?([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})\}?", re.I)


def from_cartridge(payload: bytes, context: Context) -> Crosswalked:
    """The resource in a `PartRecord`. What a part leaves open (license, language, grades …) its cartridge says."""
    try:
        part = msgspec.json.decode(payload, type=PartRecord)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return refused("payload-unreadable", "record", str(error))
    notes = Notes()
    stated = _lom(part.lom, notes)
    # The table of contents is what a teacher sees; a tool's own title often is only the file's.
    stated.titles.insert(0, Said("title", part.title))
    stated.links.insert(0, Said("url", part.url))
    if text := plain(part.text, TEXT):
        stated.texts.append(Said("text", text))
    own = _TYPES.get(part.kind) or _TYPE_OF_FILE.get(splitext(part.file.lower())[1])
    if own and not stated.types:
        stated.types.append(Said("type", own))
    stated.kept += [Said("file", part.file)] if part.file else []
    for each in part.standards:
        stated.claims += _claims(each, "assesses" if part.kind == "assessment" else "teaches")
    if part.cartridge:
        _inherit(stated, part, part.cartridge)
    return canonical(stated, context, notes)


def _lom(xml: str, notes: Notes) -> Stated:
    """What a LOM element says; nothing where it is missing or cannot be read, which is noted."""
    if not xml:
        return Stated()
    root = root_of(xml.encode())
    if isinstance(root, Crosswalked):
        notes.add(_UNREADABLE)
        return Stated()
    return stated_in_lom(root, notes)


def _inherit(stated: Stated, part: PartRecord, cartridge: Inherited) -> None:
    """What the part does not say, from its cartridge; and where it stands in that."""
    whole = _lom(cartridge.lom, Notes())
    for place in _INHERITED:
        if not getattr(stated, place):
            getattr(stated, place).extend(getattr(whole, place))
    name = cartridge.title or next((said.value for said in whole.titles), "")
    stated.part_of.append(Collection(name, cartridge.url))
    if part.path:
        stated.part_of.append(Collection(" / ".join((name, *part.path) if name else part.path), cartridge.url))


def _claims(standard: StandardName, relation: str) -> list[Claim]:
    """The standard by the code in its label, and by its GUID, which may or may not be known here."""
    field = "curriculumStandardsMetadata"
    codes = [standard.label] if looks_like_code(standard.label) else list(find_codes(standard.label))[:1]
    claims = [Claim(field, code, relation, name=standard.label if code != standard.label else "") for code in codes]
    if uri := _uri(standard.guid):
        claims.append(Claim(field, uri, relation, name=standard.label, tentative=bool(codes)))
    elif not codes and (known := standard.guid or standard.label):
        claims.append(Claim(field, known, relation, name=standard.label if known != standard.label else ""))
    return claims


def _uri(guid: str) -> str:
    if found := _UUID.fullmatch(guid):
        return f"urn:uuid:{UUID(found[1])}"
    return guid if guid.startswith(("http://", "https://", "urn:")) and " " not in guid else ""
