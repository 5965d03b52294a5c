"""JSON objects of strangers into typed ones: a member of a wrong type is mended or left out, and told of."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct, ValidationError

from vocab.resource import Problem

_MOST_TEXT = 20_000
_MOST_DEEP = 20
_RAWS = list[Raw] | None
_BOM = b"\xef\xbb\xbf"
_Kind = TypeVar("_Kind", bound=Struct)


class Told:
    """The problems met in a file; those of one code about one member are told once, with how often they were met."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Problem] = {}
        self._times: dict[tuple[str, str], int] = {}

    def add(self, problem: Problem, about: str) -> None:
        """Keep the first of its kind, count the rest."""
        self._first.setdefault((problem.code, about), problem)
        self._times[problem.code, about] = self._times.get((problem.code, about), 0) + 1

    def problems(self) -> Iterator[Problem]:
        """Each once, in the order they were met."""
        for key, problem in self._first.items():
            others = self._times[key] - 1
            if others:
                problem = msgspec.structs.replace(problem, message=f"{problem.message} (And {others} more like it.)")
            yield problem


def utf8(content: bytes, name: str, told: Told) -> bytes:
    """The content in UTF-8 without byte order mark; what is not UTF-8 is taken for Windows-1252, and told of."""
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return content.decode("utf-16", "replace").encode()
    content = content.removeprefix(_BOM)
    if content.isascii() or _is_utf8(content):
        return content
    message = f"{name} is not in UTF-8; it was read as Windows-1252."
    told.add(Problem("encoding", name, message, "Save it in UTF-8."), name)
    return content.decode("cp1252", "replace").encode()


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(view), 1 << 20):
            decoder.decode(view[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def well_formed(content: bytes | Raw, kind: Any, where: str) -> Any:
    """The JSON as this type. Raises ValueError with one sentence where it is none; ValidationError for another type."""
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError as error:
        raise ValueError(f"{where} is nested too deeply.") from error
    except ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{where} is not well-formed JSON: {error}.") from error


def object_of(raw: Raw, kind: type[_Kind], where: str, told: Told) -> _Kind:
    """The object in this JSON. Raises ValueError where it is no object, or no JSON."""
    try:
        found: _Kind = well_formed(raw, kind, where)
    except ValidationError:
        return _mended(raw, kind, where, told)
    return found


def list_of(raw: Raw, where: str) -> list[Raw]:
    """The elements of a list, each still to be decoded; none where nothing is stated."""
    if not memoryview(raw).nbytes:
        return []
    try:
        found: list[Raw] | None = well_formed(raw, _RAWS, where)
    except ValidationError as error:
        raise ValueError(f"{where} should be a list.") from error
    return found or []


def _mended(raw: Raw, kind: type[_Kind], where: str, told: Told) -> _Kind:
    try:
        stated = well_formed(raw, object, where)
    except ValidationError as error:
        raise ValueError(f"{where} cannot be read: {error}.") from error
    if not isinstance(stated, dict):
        raise ValueError(f"{where} should be an object.")
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        value = stated.get(field.encode_name)
        if value is None:
            continue
        for attempt in (value, _as_text(value)):
            try:
                kept[field.name] = msgspec.convert(attempt, field.type)
            except ValidationError:
                continue
            break
        if kept.get(field.name) != value:
            told.add(_of_wrong_type(where, field.encode_name, value, field.name in kept), field.encode_name)
    return kind(**kept)


def _as_text(value: Any) -> Any:
    """Numbers as text, and of a list what is text or a number."""
    if isinstance(value, list):
        return [str(each) for each in value if isinstance(each, str | int | float) and not isinstance(each, bool)]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _of_wrong_type(where: str, member: str, value: Any, kept: bool) -> Problem:
    what = (
        "what is none was left out" if isinstance(value, list) else "it was read as such" if kept else "it was left out"
    )
    return Problem(
        "member-type",
        f"{where}.{member}",
        f"{where}.{member} is not of the type that CASE has for it; {what}.",
        "Write it as the CASE schema has it.",
        value=repr(value)[:300],
    )


def bounded(value: Any, where: str, told: Told, depth: int = 0) -> Any:
    """The JSON value as a database holds it: long texts cut, NUL characters and what is nested too deeply left out."""
    if isinstance(value, str) and "\x00" in value:
        value = value.replace("\x00", "")
    if isinstance(value, str) and len(value) > _MOST_TEXT:
        message = f"{where} holds a text of {len(value)} characters, which was cut."
        told.add(Problem("text-cut", where, message, f"Write {_MOST_TEXT} characters at most."), "text")
        return value[:_MOST_TEXT]
    if isinstance(value, int) and abs(value) >= 2**63:
        return float(value) if abs(value) < 2**1023 else None
    if isinstance(value, dict | list) and depth >= _MOST_DEEP:
        message = f"{where} is nested too deeply; its inner parts were left out."
        told.add(Problem("nested-too-deeply", where, message, "Keep extensions flat."), "depth")
        return None
    if isinstance(value, dict):
        return {
            key[:_MOST_TEXT].replace("\x00", ""): bounded(each, where, told, depth + 1) for key, each in value.items()
        }
    if isinstance(value, list):
        return [bounded(each, where, told, depth + 1) for each in value]
    return value
