"""CFDefinitions and CFRubrics: complete when written, as CASE wants them; when read, as their publisher had them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from vocab.frameworks.case_decode import Told, bounded
from vocab.frameworks.case_fields import DEFINITIONS, OURS, is_uri, link_uri, made_address, uuid_of
from vocab.frameworks.guid import made_of
from vocab.resource import Problem

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_CRITERIA, _LEVELS = "CFRubricCriteria", "CFRubricCriterionLevels"


class Shape(Struct, frozen=True):
    """The members of a kind of object beyond identifier, uri and lastChangeDateTime, and which of them it must have."""

    members: Mapping[str, Callable[[Any], bool]]
    required: tuple[str, ...] = ()


def read_definitions(stated: Any, told: Told) -> dict[str, tuple[dict[str, Any], ...]]:
    """CASE's lists out of a CFDefinitions object: those elements that are objects with an identifier."""
    if not isinstance(stated, dict):
        return {}
    found = {name: read_objects(stated.get(name), f"CFDefinitions.{name}", told) for name in DEFINITIONS}
    return {name: objects for name, objects in found.items() if objects}


def read_objects(stated: Any, where: str, told: Told) -> tuple[dict[str, Any], ...]:
    """The objects of one list as their publisher had them."""
    found = []
    for number, each in enumerate(stated if isinstance(stated, list) else []):
        if isinstance(each, dict) and isinstance(each.get("identifier"), str) and each["identifier"]:
            original = _original(bounded(each, f"{where}[{number}]", told))
            named = isinstance(original.get("identifier"), str)
            found.append(original if named else {**original, "identifier": each["identifier"]})
        else:
            message = f"{where}[{number}] has no identifier and was left out."
            hint = "Give it an identifier."
            told.add(Problem("identifier-missing", f"{where}[{number}]", message, hint, repr(each)[:300]), where)
    return tuple(found)


def whole(name: str, stated: dict[str, Any], changed: str, base: str = "", bare: bool = False) -> dict[str, Any]:
    """An object of the list `name` as the closed schema of CASE 1.1 has it, or `bare`, that of 1.0.

    What it lacks is made up, what CASE has no room for goes in its extensions, both so marked that reading gives
    the publisher's own object again.
    """
    shape = _SHAPES[name]
    own = uuid_of(_text(stated.get("identifier"))) or made_of(_text(stated.get("identifier")) or repr(stated))
    address = made_address(base, name, own) if base else f"urn:uuid:{own}"
    made = {"identifier": own, "uri": address, "lastChangeDateTime": changed}
    made |= {member: _default(member, stated) for member in shape.required}
    fits = {
        **shape.members,
        "identifier": lambda value: value == own,
        "uri": is_address,
        "lastChangeDateTime": is_moment,
    }
    found: dict[str, Any] = dict(made)
    kept: dict[str, Any] = {}
    for member, value in stated.items():
        if member in (_CRITERIA, _LEVELS) and member in fits and _objects(value):
            found[member] = [whole(member, each, changed, base, bare) for each in value]
        elif member in fits and fits[member](value):
            found[member] = value
        elif member != "extensions" or not _foreign(value, name):
            kept[member] = value
    added = [member for member in made if member not in stated]
    if bare:
        return found
    ours = {**({"added": added} if added else {}), **({"kept": kept} if kept else {})}
    foreign = stated["extensions"] if "extensions" in stated and "extensions" not in kept else None
    if name == _LEVELS and (ours or foreign):
        found["extensions"] = [*(foreign or ()), *([{OURS: ours}] if ours else ())]
    elif ours or foreign:
        found["extensions"] = {**(foreign or {}), **({OURS: ours} if ours else {})}
    return found


def is_moment(value: Any) -> bool:
    """Whether it is a date and time of RFC 3339, with its zone."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def moment(stated: Any) -> str:
    """The date and time it is or nearly is (UTC where it names no zone); empty where it is none."""
    text = stated.strip() if isinstance(stated, str) else ""
    if is_moment(text):
        return text
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text.replace(" ", "T", 1))
    return next((each for each in (text, f"{text}Z", f"{text}T00:00:00Z") if is_moment(each)), "")


def is_date(value: Any) -> bool:
    """Whether it is a full date of RFC 3339."""
    if not isinstance(value, str) or len(value) != 10:
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_address(value: Any) -> bool:
    """Whether it is the text of a URI."""
    return isinstance(value, str) and is_uri(value)


def _original(stated: dict[str, Any]) -> dict[str, Any]:
    found = dict(stated)
    for member in (_CRITERIA, _LEVELS):
        if _objects(found.get(member)):
            found[member] = [_original(each) for each in found[member]]
    extensions = found.pop("extensions", None)
    if isinstance(extensions, list):
        ours = next((each[OURS] for each in extensions if isinstance(each, dict) and OURS in each), None)
        rest: Any = [each for each in extensions if not (isinstance(each, dict) and OURS in each)]
    elif isinstance(extensions, dict):
        ours = extensions.get(OURS)
        rest = {key: value for key, value in extensions.items() if key != OURS}
    else:
        ours, rest = None, extensions
    if rest or (ours is None and rest is not None):
        found["extensions"] = rest
    if not isinstance(ours, dict):
        return found
    added, kept = ours.get("added"), ours.get("kept")
    without = {member: value for member, value in found.items() if not (isinstance(added, list) and member in added)}
    return {**without, **(kept if isinstance(kept, dict) else {})}


def _foreign(value: Any, name: str) -> bool:
    """Whether the publisher's own extensions can stay where they are: of the right type, and something."""
    if name == _LEVELS:
        return _objects(value) and not any(OURS in each for each in value)
    return isinstance(value, dict) and bool(value) and OURS not in value


def _default(member: str, stated: dict[str, Any]) -> str:
    if member == "hierarchyCode":
        return "1"
    described = _text(stated.get("title")) or _text(stated.get("description")) or _text(stated.get("identifier"))
    return _text(stated.get("description")) or described if member == "licenseText" else described


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_link(value: Any) -> bool:
    found: dict[Any, Any] = value if isinstance(value, dict) else {}
    return bool(found and link_uri(found) == found)


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and uuid_of(value) == value


def _objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _empty(value: Any) -> bool:
    return isinstance(value, list) and not value


_TITLED = {"title": _is_text, "description": _is_text}
_RANKED = {**_TITLED, "hierarchyCode": _is_text}
_SHAPES = {
    "CFConcepts": Shape({**_RANKED, "keywords": _is_text}, ("title", "hierarchyCode")),
    "CFSubjects": Shape(_RANKED, ("title", "hierarchyCode")),
    "CFLicenses": Shape({**_TITLED, "licenseText": _is_text}, ("title", "licenseText")),
    "CFItemTypes": Shape({**_RANKED, "typeCode": _is_text}, ("title", "description", "hierarchyCode")),
    "CFAssociationGroupings": Shape(_TITLED, ("title",)),
    "CFRubrics": Shape({**_TITLED, _CRITERIA: _empty}),
    _CRITERIA: Shape(
        {
            "category": _is_text,
            "description": _is_text,
            "CFItemURI": _is_link,
            "weight": _is_number,
            "position": _is_whole,
            "rubricId": _is_uuid,
            _LEVELS: _empty,
        }
    ),
    _LEVELS: Shape(
        {
            "description": _is_text,
            "quality": _is_text,
            "score": _is_number,
            "feedback": _is_text,
            "position": _is_whole,
            "rubricCriterionId": _is_uuid,
        }
    ),
}
