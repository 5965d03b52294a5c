"""IEEE Learning Object Metadata in any of its XML bindings (IEEE, IMS 1.2, cartridges), read into a resource.

Source: IEEE 1484.12.1 and 1484.12.3; https://www.imsglobal.org/metadata/imsmdv1p2p1/imsmd_bindv1p2p1.html. Bindings
differ in namespaces, in case (`lifeCycle`, `lifecycle`) and in what a text stands in (`string`, `langstring`), so
elements are known by their local name in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree
from msgspec import Struct

from vocab.codes import looks_like_code
from vocab.crosswalks.canonical import canonical
from vocab.crosswalks.lom_classification import read_classification
from vocab.crosswalks.lom_elements import Texts, all_in, first_in, text_of
from vocab.crosswalks.notes import Notes, refused
from vocab.crosswalks.stated import Claim, Said, Stated
from vocab.crosswalks.xml_payload import root_of
from vocab.resource import Collection, Context, Crosswalked
from vocab.text import canonical_url, minutes_of

_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_VCARD_NAME = re.compile(r"^(FN|ORG|N)(?:;[^:\r\n]*)?:(.+)$", re.IGNORECASE | re.MULTILINE)
_NO_LEVEL = frozenset(("school", "highereducation", "training", "other", "universityfirstcycle",
                       "universitysecondcycle", "universitypostgrade", "professionalformation",
                       "continuousformation", "vocationaltraining", "vocationaleducation"))  # fmt: skip
_REVISING = frozenset(("editor", "technicalimplementer", "technicalvalidator", "educationalvalidator", "scriptwriter",
                       "validator", "subjectmatterexpert", "terminator"))  # fmt: skip
_BASED_ON = frozenset(("isbasedon", "isversionof", "isformatof"))


class _Lom(Struct):
    """One record while it is read."""

    stated: Stated
    notes: Notes
    texts: Texts


def from_lom(payload: bytes, context: Context) -> Crosswalked:
    """The resource that the first `lom` element in the payload describes. A DOCTYPE is refused."""
    root = root_of(payload)
    if isinstance(root, Crosswalked):
        return root
    lom = next((each for each in root.iter("{*}*") if etree.QName(each).localname.lower() == "lom"), None)
    if lom is None:
        return refused("payload-unreadable", "record", "no lom element")
    notes = Notes()
    return canonical(stated_in_lom(lom, notes), context, notes)


def stated_in_lom(lom: etree._Element, notes: Notes) -> Stated:
    """What a `lom` element of any binding says."""
    languages = [text_of(each) for general in all_in(lom, "general") for each in all_in(general, "language")]
    read = _Lom(Stated(), notes, Texts(languages))
    for section in lom.iterchildren("{*}*"):
        reader = _SECTIONS.get(etree.QName(section).localname.lower())
        if reader:
            reader(section, read)
    return read.stated


def _general(section: etree._Element, read: _Lom) -> None:
    stated, texts = read.stated, read.texts
    for element in all_in(section, "title"):
        stated.titles += [Said("general.title", text) for text in texts.ranked(element)]
    for value in _identifiers(section):
        stated.identifiers.append(Said("general.identifier", value))
        if (doi := _DOI.fullmatch(value)) and not value.startswith("http"):
            stated.identifiers.append(Said("general.identifier", f"https://doi.org/{doi[1]}"))
    for element in all_in(section, "language"):
        if (code := text_of(element)).lower() not in ("x-none", "xx"):
            stated.languages.append(Said("general.language", code))
    for number, element in enumerate(all_in(section, "description")):
        place = stated.texts if number else stated.summaries
        place += [Said("general.description", text) for text in texts.best(element)]
    for element in all_in(section, "keyword", "keywords"):
        for text in texts.best(element):
            stated.topics += [Said("general.keyword", part) for part in re.split("[,;\n]", text) if part.strip()]
    for element in all_in(section, "coverage", "structure"):
        stated.kept += [Said(f"general.{_name(element)}", text) for text in texts.best(element)]


def _identifiers(section: etree._Element) -> Iterator[str]:
    """The identifiers of an element: their entries, or what IMS 1.2 has in `catalogentry`."""
    for element in all_in(section, "identifier", "catalogentry"):
        entry = first_in(element, "entry")
        if value := text_of(element if entry is None and len(element) == 0 else entry):
            yield value


def _life_cycle(section: etree._Element, read: _Lom) -> None:
    stated = read.stated
    for contribute in all_in(section, "contribute"):
        role = re.sub(r"[\W_]+", "", read.texts.value(first_in(contribute, "role"))).lower()
        for entity in all_in(contribute, "entity", "centity"):
            if name := _vcard_name(text_of(entity)):
                place = stated.publishers if role == "publisher" else stated.creators
                place.append(Said("lifeCycle.contribute", name))
        for date in all_in(contribute, "date"):
            if stood := text_of(first_in(date, "datetime")) or (text_of(date) if len(date) == 0 else ""):
                place = stated.modified if role in _REVISING else stated.created
                place.append(Said("lifeCycle.contribute.date", stood))
    for element in all_in(section, "version", "status"):
        if text := read.texts.value(element):
            stated.kept.append(Said(f"lifeCycle.{_name(element)}", text))


def _vcard_name(text: str) -> str:
    """The person or organization of a vCard, or the text itself where it is none."""
    if "BEGIN:VCARD" not in text.upper():
        return text
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    if "\n" not in unfolded:  # a vCard whose line ends were folded away
        unfolded = re.sub(r"\s+(?=(?:FN|ORG|N|EMAIL|VERSION|END|TEL|ADR|URL|UID|TITLE|NOTE)[;:])", "\n", unfolded)
    found = {match[1].upper(): match[2].strip() for match in reversed(list(_VCARD_NAME.finditer(unfolded)))}
    name = found.get("FN") or found.get("ORG") or ""
    if not name and (parts := [part.strip() for part in found.get("N", "").split(";")]):
        name = " ".join(part for part in (*parts[1:2], *parts[:1]) if part)
    return re.sub(r"\\([,;])", r"\1", name).strip("; ")


def _technical(section: etree._Element, read: _Lom) -> None:
    for element in all_in(section, "location"):
        if address := text_of(element):
            read.stated.links.append(Said("technical.location", address))
    for element in all_in(section, "format"):
        if text := text_of(element):
            read.stated.kept.append(Said("technical.format", text))


def _educational(section: etree._Element, read: _Lom) -> None:
    stated, texts = read.stated, read.texts
    for name, field, place in (
        ("learningresourcetype", "learningResourceType", stated.types),
        ("intendedenduserrole", "intendedEndUserRole", stated.audiences),
        ("difficulty", "difficulty", stated.levels),
    ):
        for element in all_in(section, name):
            if (value := texts.value(element)) and value.lower() != "other":
                place.append(Said(f"educational.{field}", value))
    for element in all_in(section, "context"):
        if value := texts.value(element):
            coarse = re.sub(r"[\W_]+", "", value).lower() in _NO_LEVEL
            (stated.kept if coarse else stated.levels).append(Said("educational.context", value))
    for element in all_in(section, "typicalagerange"):
        stated.ages += [Said("educational.typicalAgeRange", text) for text in texts.best(element)]
    for element in all_in(section, "typicallearningtime"):
        duration = first_in(element, "duration", "datetime")
        text = text_of(element if duration is None and len(element) == 0 else duration)
        if text:
            stated.durations.append(Said("educational.typicalLearningTime", _without_zeros(text)))
    for element in all_in(section, "description"):
        stated.texts += [Said("educational.description", text) for text in texts.best(element)]
    for element in all_in(section, "interactivitytype", "interactivitylevel", "semanticdensity"):
        if value := texts.value(element):
            stated.kept.append(Said(f"educational.{_name(element)}", value))


def _without_zeros(duration: str) -> str:
    """`PT1H` of `P0Y0M0DT1H0M0S`, as many tools write every part of a duration."""
    if minutes_of(duration) is not None or not duration.upper().startswith("P"):
        return duration
    return re.sub(r"(?<![\d.])0+(?:\.0+)?[YMWDHS]", "", duration, flags=re.IGNORECASE) or duration


def _rights(section: etree._Element, read: _Lom) -> None:
    described = [text for element in all_in(section, "description") for text in read.texts.best(element)]
    read.stated.licenses += [Said("rights.description", text) for text in described]
    for element in all_in(section, "copyrightandotherrestrictions", "cost"):
        value = read.texts.value(element)
        if value.startswith(("http://", "https://")):  # profiles put the license's address here
            read.stated.licenses.append(Said("rights.copyrightAndOtherRestrictions", value))
        elif value:
            read.stated.kept.append(Said(f"rights.{_name(element)}", value))


def _relation(section: etree._Element, read: _Lom) -> None:
    """What the resource is part of, made from or needs; other relations are kept as they stand."""
    stated = read.stated
    kind = re.sub(r"[\W_]+", "", read.texts.value(first_in(section, "kind"))).lower()
    field = f"relation.{kind or 'unknown'}"
    for resource in all_in(section, "resource"):
        named = list(_identifiers(resource))
        described = [text for each in all_in(resource, "description") for text in read.texts.best(each)]
        address = next((value for value in named if canonical_url(value)), "")
        label = next(iter(described), "") or next((value for value in named if value != address), "")
        if not (address or label):
            continue
        whole = Said(field, address or label, (label,) if address and label else ())
        code = next((value for value in (*named, label) if looks_like_code(value)), "")
        if kind == "ispartof":
            stated.part_of.append(Collection(label, address))
        elif kind in _BASED_ON:
            stated.based_on.append(whole)
        elif kind in ("requires", "teaches", "assesses") and code:
            stated.claims.append(Claim(field, code, kind, name=label if label != code else "", tentative=True))
        else:
            stated.kept.append(Said(field, " ".join(part for part in (label, address) if part)))


def _classification(section: etree._Element, read: _Lom) -> None:
    read_classification(section, read.texts, read.stated, read.notes)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


_SECTIONS: Mapping[str, Callable[[etree._Element, _Lom], None]] = {
    "general": _general,
    "lifecycle": _life_cycle,
    "technical": _technical,
    "educational": _educational,
    "rights": _rights,
    "relation": _relation,
    "classification": _classification,
}
