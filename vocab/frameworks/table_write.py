"""A framework as a table for spreadsheets, nothing lost: what `table_own` reads back, links alone as a progression."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.table import guarded
from vocab.frameworks.table_own import BETWEEN, COLUMNS

_LINK_COLUMNS = ("identifier", "sequence", "grouping", "notes")
_CHUNK = 64 * 1024


def write(framework: Framework) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark and CRLF, in chunks: the columns of `table_own`, a row for everything.

    One of links only has from_code, to_code, relation and the columns that its links fill; what there is to say of
    the framework stands as JSON in the column `framework` of its first line. No cell begins a formula.
    """
    rows = _links_only(framework) if framework.only_links else _rows(framework)
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(text) for text in row])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def _rows(framework: Framework) -> Iterator[Sequence[str]]:
    yield COLUMNS
    yield _row("framework", _about(framework))
    for name, objects in framework.definitions.items():
        for each in objects or ({},):
            yield _row("definition", {"kind": name, "details": msgspec.json.encode(each).decode() if objects else ""})
    for rubric in framework.rubrics:
        yield _row("rubric", {"details": msgspec.json.encode(rubric).decode()})
    for item in framework.items:
        yield _row("standard", _item(item, framework.language))
    for link in framework.associations:
        yield _row("link", _link(link))


def _row(row: str, cells: dict[str, str]) -> list[str]:
    return [row, *(cells.get(column, "") for column in COLUMNS[1:])]


def _about(framework: Framework) -> dict[str, str]:
    return {
        "uri": framework.uri,
        "code": framework.code,
        "statement": framework.title,
        "subjects": _joined(framework.subjects),
        "language": framework.language,
        "other_uris": _joined(framework.aliases),
        "version": framework.version,
        "publisher": framework.publisher,
        "description": framework.description,
        "license": framework.license_url,
        "rights": framework.rights,
        "details": _json(framework.details),
    }


def _item(item: Item, language: str) -> dict[str, str]:
    return {
        "uri": item.uri,
        "code": item.codes[0] if item.codes else "",
        "other_codes": _joined(item.codes[1:]),
        "statement": item.statement,
        "parent": item.parents[0] if item.parents else "",
        "other_parents": _joined(item.parents[1:]),
        "position": str(item.position),
        "kind": item.kind,
        "label": item.label,
        "notes": item.notes,
        "grades": _joined(item.grades),
        "subjects": _joined(item.subjects),
        "language": item.language if item.language != language else "",
        "translations": _json(item.labels),
        "deprecated": "true" if item.deprecated else "",
        "other_uris": _joined(item.aliases),
        "details": _json(item.details),
    }


def _link(link: Association) -> dict[str, str]:
    return {
        "uri": link.source,
        "kind": link.kind,
        "target": link.target,
        "position": "" if link.sequence is None else str(link.sequence),
        "notes": link.notes,
        "details": _json({name: text for name in ("identifier", "grouping") if (text := getattr(link, name))}),
    }


def _links_only(framework: Framework) -> Iterator[Sequence[str]]:
    links = framework.associations
    used = [name for name in _LINK_COLUMNS if any(getattr(link, name) not in ("", None) for link in links)]
    about = _about_links(framework)
    yield ("from_code", "to_code", "relation", *used, *(["framework"] if about else []))
    for number, link in enumerate(links):
        said = ("" if (value := getattr(link, name)) is None else str(value) for name in used)
        own = [_json(about) if number == 0 else ""] if about else []
        yield (link.source, link.target, link.kind, *said, *own)


def _about_links(framework: Framework) -> dict[str, Any]:
    """What the framework says beyond what the reader of a bare progression says; empty where that is nothing."""
    fields: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(framework, associations=(), problems=()))
    own_links = any(link.source == link.target for link in framework.associations)
    usual = {"uri": f"urn:x-links:{framework.code}", "title": framework.code}
    said = {name: value for name, value in fields.items() if name != "code" and value != usual.get(name)}
    return {"uri": framework.uri, **said} if said or own_links else {}


def _joined(values: Iterable[str]) -> str:
    """The values between bars, or as a JSON list where one of them would not come back."""
    several = list(values)
    text = BETWEEN.join(several)
    back = [each.strip() for each in text.split(BETWEEN.strip())] if text else []
    return text if back == several and not text.startswith("[") else msgspec.json.encode(several).decode()


def _json(stated: Any) -> str:
    return msgspec.json.encode(stated).decode() if stated else ""
