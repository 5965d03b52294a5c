"""Dublin Core in XML, as OAI-PMH carries it, with the qualified terms where a repository sends them too."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from vocab.codes import looks_like_code
from vocab.crosswalks.canonical import canonical
from vocab.crosswalks.notes import Notes
from vocab.crosswalks.stated import Claim, Said, Stated
from vocab.crosswalks.words import standards
from vocab.crosswalks.xml_payload import root_of
from vocab.namespaces import DC, DCTERMS
from vocab.resource import Collection, Context, Crosswalked
from vocab.text import canonical_url, iso_date, minutes_of

_PREFIXES = {
    DC: "dc",
    DCTERMS: "dcterms",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://www.ieee.org/xsd/LOMv1p0": "ieee",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PART_OF = re.compile(r"(?:is\s?part\s?of|part of)\s*[:;]?\s*(.+)", re.IGNORECASE | re.DOTALL)
_BASED_ON = re.compile(r"is\s?(?:version\s?of|based\s?on|format\s?of)\s*[:;]?\s*(.+)", re.IGNORECASE | re.DOTALL)
_PLACES = {
    "description": "summaries",
    "abstract": "texts",
    "tableOfContents": "texts",
    "type": "types",
    "language": "languages",
    "rights": "licenses",
    "license": "licenses",
    "accessRights": "licenses",
    "creator": "creators",
    "contributor": "creators",
    "publisher": "publishers",
    "audience": "audiences",
    "mediator": "audiences",
    "educationLevel": "levels",
    "typicalLearningTime": "durations",
    "created": "created",
    "issued": "created",
    "available": "created",
    "modified": "modified",
    "isVersionOf": "based_on",
    "source": "based_on",
    "hasVersion": "kept",
    "alternative": "kept",
    "coverage": "kept",
    "spatial": "kept",
    "temporal": "kept",
    "format": "kept",
    "medium": "kept",
    "instructionalMethod": "kept",
    "provenance": "kept",
    "rightsHolder": "kept",
    "bibliographicCitation": "kept",
}


def from_oai_dc(payload: bytes, context: Context) -> Crosswalked:
    """The resource that Dublin Core elements describe, wherever in the XML they stand.

    Read are http://purl.org/dc/elements/1.1/ and http://purl.org/dc/terms/, and of what nsdl_dc adds to them the
    elements of http://www.ieee.org/xsd/LOMv1p0. A DOCTYPE is refused.
    """
    root = root_of(payload)
    if isinstance(root, Crosswalked):
        return root
    notes = Notes()
    return canonical(_stated(root, context, notes), context, notes)


def _stated(root: etree._Element, context: Context, notes: Notes) -> Stated:
    stated = Stated()
    titles: list[tuple[str, Said]] = []
    for element in root.iter("{*}*"):
        name = etree.QName(element)
        prefix = _PREFIXES.get(name.namespace or "")
        value = "".join(element.itertext()).strip() if prefix and len(element) == 0 else ""
        if not value:
            continue
        said = Said(f"{prefix}:{name.localname}", value)
        if name.localname == "title":
            titles.append((element.get(_LANG, ""), said))
        elif name.localname in _READERS:
            _READERS[name.localname](said, stated, context, notes)
        else:
            getattr(stated, _PLACES.get(name.localname, "kept")).append(said)
    titles.sort(key=lambda pair: _rank(pair[0], stated))
    stated.titles += [said for _, said in titles]
    return stated


def _rank(lang: str, stated: Stated) -> int:
    """English first, then the record's own language, then what is unmarked."""
    own = stated.languages[0].value[:2].lower() if stated.languages else "en"
    return {"en": 0, own: 1 if own != "en" else 0, "": 2}.get(lang[:2].lower(), 3)


def _identifier(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    stated.identifiers.append(said)
    if canonical_url(said.value):
        stated.links.append(said)
    elif doi := _DOI.fullmatch(said.value):
        stated.identifiers.append(Said(said.field, f"https://doi.org/{doi[1]}"))


def _subject(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    parts = [said.value] if _is_uri(said.value) else said.value.split(";")
    stated.topics += [Said(said.field, part.strip()) for part in parts if part.strip()]


def _date(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    """A repository states several: when it took the record, when the work came out. The earliest is the work's."""
    stated.created.append(Said(said.field, said.value.partition("/")[0] if _is_interval(said.value) else said.value))


def _relation(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    """What is related, seldom said how: a whole it is part of, a source, perhaps a standard."""
    if part := _PART_OF.fullmatch(said.value):
        stated.part_of.append(_collection(part[1]))
    elif based := _BASED_ON.fullmatch(said.value):
        stated.based_on.append(Said(said.field, based[1]))
    elif _is_uri(said.value) or looks_like_code(said.value):
        stated.claims.append(Claim(said.field, said.value, tentative=True))
        stated.kept.append(said)
    else:
        stated.kept.append(said)


def _part_of(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    stated.part_of.append(_collection(said.value))


def _conforms_to(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    stated.claims += [Claim(said.field, code) for code in standards(said, notes)]


def _requires(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    if _is_uri(said.value) or looks_like_code(said.value):
        stated.claims.append(Claim(said.field, said.value, "requires", tentative=True))
    stated.kept.append(said)


def _extent(said: Said, stated: Stated, context: Context, notes: Notes) -> None:
    """A duration where it is one; pages and megabytes are no problem and no minutes."""
    (stated.kept if minutes_of(said.value) is None else stated.durations).append(said)


_READERS: dict[str, Callable[[Said, Stated, Context, Notes], None]] = {
    "identifier": _identifier,
    "subject": _subject,
    "date": _date,
    "relation": _relation,
    "isPartOf": _part_of,
    "conformsTo": _conforms_to,
    "requires": _requires,
    "extent": _extent,
}


def _collection(text: str) -> Collection:
    return Collection("", text) if canonical_url(text) else Collection(text)


def _is_uri(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:")) and not any(ch.isspace() for ch in text)


def _is_interval(text: str) -> bool:
    start, slash, _ = text.partition("/")
    return bool(slash) and iso_date(start, "")[0] is not None
