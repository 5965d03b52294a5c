"""CASE 1.0 and 1.1 packages (1EdTech Competencies and Academic Standards Exchange) as JSON, one Framework each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vocab.codes import uri_key
from vocab.frameworks.hierarchy import places
from vocab.frameworks.model import Association, Framework, Item
from vocab.grades import GRADES, grades_of
from vocab.languages import language_of
from vocab.resource import Problem
from vocab.schemes import scheme

# CASE 1.1, section 4: origin is the subject, destination the object of the association type.
_KINDS = {
    "precedes": "precedes",
    "exactMatchOf": "exactMatch",
    "isTranslationOf": "exactMatch",
    "isRelatedTo": "related",
    "isPeerOf": "related",
    "isPartOf": "related",
    "replacedBy": "related",
}
_HIERARCHY = "isChildOf"
_ABOUT_OTHER_THINGS = ("exemplar", "hasSkillLevel")


def read_package(package: dict[str, Any], name: str, code: str) -> Framework:
    """The framework of a CFPackage. Raises ValueError, naming the field, where it is not one.

    The UUID is the identity (`urn:uuid:…`) and every URI an alias. Several parents are kept in order.
    """
    document = _object(package.get("CFDocument"), f"{name}: CFDocument")
    stated = [_object(each, f"{name}: CFItems[{n}]") for n, each in enumerate(_list(package, "CFItems", name))]
    links = [
        _object(each, f"{name}: CFAssociations[{n}]") for n, each in enumerate(_list(package, "CFAssociations", name))
    ]
    problems: list[Problem] = []
    uri = _identity(document, f"{name}: CFDocument")
    language = language_of(_text(document, "language")) or "en"
    found: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(stated):
        identity = _identity(each, f"{name}: CFItems[{number}]")
        if identity in found:
            problems.append(_twice(identity))
        else:
            found[identity] = each
    tops = frozenset({uri, *_addresses(document)})
    place, missing = places(list(found), _edges(links), tops, dict(_positions(links)))
    replaced = {_end(link, "originNodeURI") for link in links if link.get("associationType") == "replacedBy"}
    associations, unknown = _associations(links)
    return Framework(
        uri=uri,
        code=code,
        title=_text(document, "title") or code,
        items=tuple(
            _item(identity, each, place[identity].parents, place[identity].position, language, identity in replaced)
            for identity, each in found.items()
        ),
        associations=associations,
        aliases=tuple(_addresses(document)),
        version=_text(document, "version"),
        publisher=_text(document, "publisher") or _text(document, "creator"),
        language=language,
        license_url=_link(document.get("licenseURI")),
        rights=_text(document, "notes"),
        subjects=_subjects(document),
        problems=(*problems, *missing, *unknown),
    )


def _item(
    uri: str, found: dict[str, Any], parents: tuple[str, ...], position: int, language: str, replaced: bool
) -> Item:
    code = _text(found, "humanCodingScheme")
    grades = {grade for level in _strings(found, "educationLevel") for grade in grades_of(level)}
    return Item(
        uri=uri,
        statement=_text(found, "fullStatement"),
        codes=(code,) if code else (),
        aliases=tuple(_addresses(found)),
        parents=parents,
        position=position,
        kind=_text(found, "CFItemType"),
        label=_text(found, "abbreviatedStatement") or _text(found, "alternativeLabel"),
        notes=_text(found, "notes"),
        grades=tuple(grade for grade in GRADES if grade in grades),
        subjects=_subjects(found),
        language=language_of(_text(found, "language")) or language,
        deprecated=replaced,
    )


def _edges(links: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for link in links:
        if link.get("associationType") == _HIERARCHY:
            yield _end(link, "destinationNodeURI"), _end(link, "originNodeURI")


def _positions(links: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for link in reversed(links):  # the first parent is the primary one, so its number is written last
        number = link.get("sequenceNumber")
        if link.get("associationType") == _HIERARCHY and isinstance(number, int | float) and abs(number) < 2**31:
            yield _end(link, "originNodeURI"), int(number)


def _associations(links: list[dict[str, Any]]) -> tuple[tuple[Association, ...], tuple[Problem, ...]]:
    found: dict[Association, None] = {}
    unknown: dict[str, Problem] = {}
    for link in links:
        stated = str(link.get("associationType") or "")
        source, target = _end(link, "originNodeURI"), _end(link, "destinationNodeURI")
        if stated in _KINDS and source and target:
            found[Association(source, _KINDS[stated], target)] = None
        elif stated not in (_HIERARCHY, *_ABOUT_OTHER_THINGS):
            unknown[stated] = Problem(
                "association-unknown",
                "associationType",
                f"Associations of type {stated or '(none)'} are not understood and were left out.",
                f"Use one of {', '.join((_HIERARCHY, *_KINDS))}.",
                value=stated[:300],
            )
    return tuple(found), tuple(unknown.values())


def _end(link: dict[str, Any], field: str) -> str:
    """The identity of an association's end; CASE 1.0 exports also give it as a bare URI."""
    end = link.get(field)
    if isinstance(end, str):
        end = {"uri": end}
    if not isinstance(end, dict):
        return ""
    return _urn(str(end.get("identifier") or "")) or _urn(str(end.get("uri") or "")) or str(end.get("uri") or "")


def _identity(found: dict[str, Any], where: str) -> str:
    stated = _text(found, "identifier") or _text(found, "uri")
    if not stated:
        raise ValueError(f"{where} has neither identifier nor uri.")
    return _urn(stated) or _text(found, "uri") or stated


def _urn(text: str) -> str:
    folded = uri_key(text)
    return f"urn:{folded}" if folded.startswith("uuid:") else ""


def _addresses(found: dict[str, Any]) -> list[str]:
    stated = [_link(found.get(field)) for field in ("uri", "CFItemURI", "officialSourceURL")]
    return list(dict.fromkeys(uri for uri in stated if uri))


def _subjects(found: dict[str, Any]) -> tuple[str, ...]:
    known = scheme("subjects")
    return tuple(dict.fromkeys(key for stated in _strings(found, "subject") if (key := known.key_of(stated))))


def _link(stated: Any) -> str:
    uri = stated.get("uri") if isinstance(stated, dict) else stated
    return uri.strip() if isinstance(uri, str) else ""


def _text(found: dict[str, Any], field: str) -> str:
    stated = found.get(field)
    return stated.strip() if isinstance(stated, str) else ""


def _strings(found: dict[str, Any], field: str) -> list[str]:
    stated = found.get(field)
    return [each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, str)]


def _object(stated: Any, where: str) -> dict[str, Any]:
    if not isinstance(stated, dict):
        raise ValueError(f"{where} should be an object.")
    return stated


def _list(package: dict[str, Any], field: str, name: str) -> list[Any]:
    stated = package.get(field)
    if stated is None:
        return []
    if not isinstance(stated, list):
        raise ValueError(f"{name}: {field} should be a list.")
    return stated


def _twice(identity: str) -> Problem:
    return Problem(
        "item-twice",
        identity,
        f"{identity} stands twice in the file; the first was kept.",
        "Give every item an identifier of its own.",
        value=identity,
    )
