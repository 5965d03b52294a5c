"""schema.org and LRMI in JSON-LD, as plain as pages write it or as odd as contexts allow, read into a resource."""

from __future__ import annotations

import re
from typing import Any

from vocab.crosswalks.canonical import canonical
from vocab.crosswalks.jsonld import Node, is_elsewhere, kinds, nodes, parse, resources_in, weight
from vocab.crosswalks.notes import Notes, refused
from vocab.crosswalks.stated import Claim, Said, Stated
from vocab.crosswalks.words import known_type, standards
from vocab.resource import Collection, Context, Crosswalked
from vocab.text import canonical_url

__all__ = ["from_schemaorg", "resources_in"]

_LISTS = (
    ("name", "titles"),
    ("headline", "titles"),
    ("title", "titles"),
    ("url", "links"),
    ("description", "summaries"),
    ("abstract", "texts"),
    ("text", "texts"),
    ("hasLearningObjective", "texts"),
    ("learningObjective", "texts"),
    ("learningResourceType", "types"),
    ("educationalUse", "uses"),
    ("subject", "subjects"),
    ("about", "topics"),
    ("educationalLevel", "levels"),
    ("typicalAgeRange", "ages"),
    ("inLanguage", "languages"),
    ("license", "licenses"),
    ("useRightsUrl", "licenses"),
    ("timeRequired", "durations"),
    ("duration", "durations"),
    ("accessibilityFeature", "features"),
    ("accessibilityHazard", "hazards"),
    ("isBasedOn", "based_on"),
    ("isBasedOnUrl", "based_on"),
    ("author", "creators"),
    ("creator", "creators"),
    ("contributor", "creators"),
    ("publisher", "publishers"),
    ("provider", "publishers"),
    ("dateCreated", "created"),
    ("datePublished", "created"),
    ("dateModified", "modified"),
)
_COMPETENCIES = (("teaches", "teaches"), ("assesses", "assesses"), ("competencyRequired", "requires"))
_ADDRESS_FIRST = frozenset(("url", "license", "useRightsUrl", "isBasedOn", "isBasedOnUrl"))
_LABELS = ("@value", "name", "prefLabel", "headline", "title", "termCode", "@id", "id", "url", "identifier", "value")
_ADDRESSES = ("url", "@id", "id", "@value", "name")


def from_schemaorg(payload: bytes, context: Context) -> Crosswalked:
    """The resource a JSON-LD document describes: its learning resource where it holds several things.

    Names follow https://schema.org/LearningResource; the older LRMI properties are read too.
    """
    try:
        document = parse(payload)
        found, understood = nodes(document, context.url)
    except (ValueError, RecursionError) as error:
        return refused("payload-unreadable", "record", str(error))
    if not found:
        return refused("payload-unreadable", "record", "no JSON object")
    node = _main(found, context)
    if is_elsewhere(node):
        return refused("not-a-resource", "@type", ", ".join(kinds(node)))
    notes = Notes()
    if not understood:
        notes.note("context-unreadable", "@context")
    return canonical(_stated(node, notes), context, notes)


def _main(found: list[Node], context: Context) -> Node:
    if len(found) == 1:
        return found[0]
    own = {context.identifier, context.url, canonical_url(context.url)} - {"", None}

    def rank(node: Node) -> tuple[bool, int]:
        return any(node.get(name) in own for name in ("@id", "url") if isinstance(node.get(name), str)), weight(node)

    return max((node for node in found if not is_elsewhere(node)), key=rank, default=found[0])


def _stated(node: Node, notes: Notes) -> Stated:
    stated = Stated()
    for name, place in _LISTS:
        if (value := node.get(name)) is not None:
            getattr(stated, place).extend(_said(name, value))
    for name in ("@id", "id", "identifier", "sameAs"):
        if (value := node.get(name)) is not None:
            stated.identifiers += [Said(name, text) for each in _many(value) if (text := _identifier(each))]
    stated.keywords += _keywords(node.get("keywords"))
    if not stated.types:
        stated.types += [Said("@type", kind) for kind in kinds(node) if known_type(kind)]
    if (audience := node.get("audience")) is not None:
        _read_audience(audience, stated)
    for each in (*_many(node.get("isPartOf")), *_many(node.get("forCourse"))):
        stated.part_of.append(_collection(each))
    for name, relation in _COMPETENCIES:
        for each in _many(node.get(name)):
            stated.claims += _competency(name, relation, each, stated, notes)
    for each in _many(node.get("educationalAlignment")):
        _read_alignment(each, stated, notes)
    for name, value in node.items():
        if name.startswith("ocx:"):  # K-12 Open Content Exchange: terms of its own beside schema.org's
            stated.kept += _said(name, value)
    return stated


def _many(value: Any) -> list[Any]:
    if isinstance(value, dict):
        for wrapper in ("@list", "@set"):
            if wrapper in value:
                return _many(value[wrapper])
        return [value]
    if isinstance(value, list):
        return (
            value if not any(isinstance(each, list) for each in value) else [x for y in value for x in _many(y)][:1000]
        )
    return [] if value is None else [value]


def _said(name: str, value: Any) -> list[Said]:
    """The values of a property; those in English first where languages are marked."""
    if isinstance(value, str):
        return [Said(name, value)] if value else []
    found = [(each, _texts(each, _ADDRESSES if name in _ADDRESS_FIRST else _LABELS)) for each in _many(value)]
    found.sort(key=lambda pair: not _is_english(pair[0]))
    return [Said(name, texts[0], tuple(texts[1:])) for _, texts in found if texts]


def _is_english(value: Any) -> bool:
    return not isinstance(value, dict) or str(value.get("@language", "en")).lower().startswith("en")


def _texts(value: Any, order: tuple[str, ...], depth: int = 0) -> list[str]:
    """Every writing of one value: the text itself, or a term's label, code and URI in this order."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [f"{value:g}" if isinstance(value, float) else str(value)[:40]]
    if depth > 3:
        return []
    if isinstance(value, list):
        return [text for each in value[:5] for text in _texts(each, order, depth + 1)][:5]
    if not isinstance(value, dict):
        return []
    found = [text for name in order if name in value for text in _texts(value[name], order, depth + 1)]
    if not found and depth:  # a language map: {"de": …, "en": …}
        plain = value.get("en") or next((each for each in value.values() if isinstance(each, str)), "")
        found = _texts(plain, order, depth + 1)
    return [text for text in dict.fromkeys(found) if not text.startswith("_:")]


def _text(node: Node, *names: str) -> str:
    """The first text under any of these names."""
    return next((texts[0] for name in names if name in node and (texts := _texts(node[name], _LABELS))), "")


def _identifier(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value, "value", "@value", "@id", "url", "identifier", "name")
    texts = _texts(value, _LABELS)
    return texts[0] if texts and not texts[0].startswith(("_:", "#")) else ""  # a name within one page names nothing


def _keywords(value: Any) -> list[Said]:
    if isinstance(value, str):
        return [Said("keywords", part) for part in re.split("[,;\n]", value)]
    found = _said("keywords", value) if value is not None else []
    if len(found) == 1:
        return [Said("keywords", part) for part in re.split("[,;\n]", found[0].value)]
    return found


def _read_audience(value: Any, stated: Stated) -> None:
    for each in _many(value):
        if not isinstance(each, dict) or "@value" in each:
            stated.audiences += _said("audience", each)
            continue
        roles = [said for name in ("educationalRole", "audienceType") for said in _said(name, each.get(name, []))]
        stated.audiences += roles or _said("audience", each.get("name", []))
        low, high = _text(each, "suggestedMinAge"), _text(each, "suggestedMaxAge")
        if low or high:
            stated.ages.append(Said("audience", f"{low or high}-{high}"))


def _collection(value: Any) -> Collection:
    if isinstance(value, dict):
        return Collection(_text(value, "name", "headline", "@value"), _text(value, "url", "@id", "id"))
    texts = _texts(value, _LABELS) or [""]
    return Collection("", texts[0]) if canonical_url(texts[0]) else Collection(texts[0])


def _competency(name: str, relation: str, value: Any, stated: Stated, notes: Notes) -> list[Claim]:
    if not isinstance(value, dict) or "@value" in value:
        said = next(iter(_said(name, value)), None)
        return [Claim(name, code, relation) for code in standards(said, notes)] if said else []
    code, label = _text(value, "termCode", "identifier"), _text(value, "name", "description", "prefLabel")
    address = next((text for key in ("@id", "id", "url") if _is_address(text := _text(value, key))), "")
    claim = Claim(
        name,
        address or code or label,
        relation,
        _text(value, "educationalLevel"),
        " ".join(part for part in ((code if address else ""), label) if part),
        _text(value, "inDefinedTermSet", "educationalFramework"),
    )
    return [claim] if claim.standard else []


def _read_alignment(value: Any, stated: Stated, notes: Notes) -> None:
    """One AlignmentObject: a standard taught, assessed or required, or a level, grade or subject said this way."""
    field = "educationalAlignment"
    if not isinstance(value, dict) or "@value" in value:
        for said in _said(field, value):
            stated.claims += [Claim(field, code) for code in standards(said, notes)]
        return
    kind = _text(value, "alignmentType")
    address, label = _text(value, "targetUrl", "@id"), _text(value, "targetName", "name")
    code, description = _text(value, "identifier"), _text(value, "targetDescription", "description")
    folded = re.sub(r"[\W_]+", "", kind).lower()
    main = label or address
    if folded == "educationallevel" and main:
        stated.levels.append(Said(field, main, (address,) if address else ()))
    elif folded == "educationalsubject" and main:
        stated.subjects.append(Said(field, main, (address,) if address else ()))
    elif folded in ("readinglevel", "textcomplexity") and main:
        stated.kept.append(Said(f"{field} {kind}", " ".join(part for part in (label, description, address) if part)))
    elif standard := (address if _is_address(address) else "") or code or label or description:
        name = " ".join(part for part in (code, label, description) if part and part != standard)
        framework, level = _text(value, "educationalFramework"), _text(value, "educationalLevel")
        stated.claims.append(Claim(field, standard, kind, level, name, framework))


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:"))
