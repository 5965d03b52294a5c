"""The table that `table_write` writes, read back as the same framework, also after someone edited it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from vocab.codes import key
from vocab.frameworks.hierarchy import places
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.table import Table, address_of, cell, number_in, unguarded, unusable
from vocab.resource import Problem

COLUMNS = (
    "row",
    "uri",
    "code",
    "other_codes",
    "statement",
    "parent",
    "other_parents",
    "position",
    "kind",
    "label",
    "notes",
    "grades",
    "subjects",
    "language",
    "translations",
    "deprecated",
    "other_uris",
    "target",
    "version",
    "publisher",
    "description",
    "license",
    "rights",
    "details",
)
"""`row` says what a row is: framework (one, its title under `statement`), standard, link (from `uri` to `target`, its
sequence number under `position`), definition (of the CASE list under `kind`, as JSON in `details`) or rubric."""
BETWEEN = " | "
_ROWS = ("framework", "standard", "link", "definition", "rubric")
Row = dict[str, str]


def is_ours(header: Sequence[str]) -> bool:
    """Whether a table with this header is one of ours; columns may have been moved, added or taken away."""
    return {"row", "uri", "statement", "details"} <= set(header)


def framework_of_rows(table: Table, name: str, code: str) -> Framework:
    """The framework of such a table. Raises ValueError, naming line and column, for JSON that is broken."""
    at = {column: table.header.index(column) for column in COLUMNS if column in table.header}
    rows: dict[str, list[tuple[str, Row]]] = {kind: [] for kind in _ROWS}
    problems: list[Problem] = []
    for line, cells in table.rows:
        row = {column: text for column, number in at.items() if (text := unguarded(cell(cells, number)))}
        kind = row.get("row", "").strip().lower()
        if kind in rows:
            rows[kind].append((f"{name}, line {line}", row))
        else:
            hint = f"Write one of {', '.join(_ROWS)} in the column row."
            problems.append(
                Problem("row-unknown", f"line {line}", f"Line {line} was left out.", hint, value=kind[:300])
            )
    where, about = rows["framework"][0] if rows["framework"] else (name, {})
    language = about.get("language", "en")
    items, twice = _items(rows["standard"], code, language)
    placed, missing = places(list(items), _edges(items), frozenset(), dict(_order(rows["standard"], items)))
    return Framework(
        uri=about.get("uri", f"urn:x-framework:{code}"),
        code=code,
        title=about.get("statement", code),
        items=tuple(
            msgspec.structs.replace(item, parents=placed[uri].parents, position=placed[uri].position)
            for uri, item in items.items()
        ),
        associations=tuple(_link(where, row) for where, row in rows["link"]),
        aliases=tuple(_several(where, about, "other_uris")),
        version=about.get("version", ""),
        publisher=about.get("publisher", ""),
        description=about.get("description", ""),
        language=language,
        license_url=about.get("license", ""),
        rights=about.get("rights", ""),
        subjects=tuple(_several(where, about, "subjects")),
        definitions=_definitions(rows["definition"]),
        rubrics=tuple(_object(where, row, "details") for where, row in rows["rubric"]),
        details=_object(where, about, "details"),
        problems=(*problems, *twice, *missing),
    )


def _items(rows: Iterable[tuple[str, Row]], code: str, language: str) -> tuple[dict[str, Item], list[Problem]]:
    found: dict[str, Item] = {}
    problems: list[Problem] = []
    for where, row in rows:
        uri = row.get("uri", "")
        named = uri or row.get("code", "")
        item = _item(where, row, uri or address_of(named, code), language) if named else None
        if item is None or item.uri in found:
            problems.append(unusable(int(where.rpartition(" ")[2]), item))
        else:
            found[item.uri] = item
    return found, problems


def _item(where: str, row: Row, uri: str, language: str) -> Item:
    first = (row["code"],) if "code" in row else ()
    parent = (row["parent"],) if "parent" in row else ()
    return Item(
        uri=uri,
        statement=row.get("statement", ""),
        codes=(*first, *_several(where, row, "other_codes")),
        aliases=tuple(_several(where, row, "other_uris")),
        parents=(*parent, *_several(where, row, "other_parents")),
        kind=row.get("kind", ""),
        label=row.get("label", ""),
        notes=row.get("notes", ""),
        grades=tuple(_several(where, row, "grades")),
        subjects=tuple(_several(where, row, "subjects")),
        language=row.get("language", language),
        labels=_object(where, row, "translations"),
        deprecated=row.get("deprecated", "").lower() in ("true", "1", "yes"),
        details=_object(where, row, "details"),
    )


def _order(rows: Iterable[tuple[str, Row]], items: dict[str, Item]) -> Iterator[tuple[str, int]]:
    for _, row in rows:
        if (position := number_in(row.get("position", ""))) is not None and row.get("uri") in items:
            yield row["uri"], position


def _edges(items: dict[str, Item]) -> Iterator[tuple[str, str]]:
    """Parent and child; a parent that someone wrote by its code is found too."""
    coded: dict[str, str] = {}
    for item in items.values():
        for code in item.codes:
            coded.setdefault(key(code), item.uri)
    for item in items.values():
        for parent in item.parents:
            yield parent if parent in items else coded.get(key(parent), parent), item.uri


def _link(where: str, row: Row) -> Association:
    if not row.get("uri") or not row.get("target") or not row.get("kind"):
        raise ValueError(f"{where}: a link needs uri (where from), kind and target.")
    details = _object(where, row, "details")
    return Association(
        row["uri"],
        row["kind"],
        row["target"],
        identifier=str(details.get("identifier", "")),
        sequence=number_in(row.get("position", "")),
        grouping=str(details.get("grouping", "")),
        notes=row.get("notes", ""),
    )


def _definitions(rows: Iterable[tuple[str, Row]]) -> dict[str, tuple[dict[str, Any], ...]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for where, row in rows:
        several = found.setdefault(row.get("kind", ""), [])
        if "details" in row:
            several.append(_object(where, row, "details"))
    return {name: tuple(each) for name, each in found.items()}


def _several(where: str, row: Row, column: str) -> list[str]:
    """The values of a cell: between bars, or a JSON list where one of them holds a bar itself."""
    text = row.get(column, "")
    if text.startswith("["):
        several: list[str] = _decoded(where, column, text, list[str])
        return several
    return [each.strip() for each in text.split(BETWEEN.strip())] if text else []


def _object(where: str, row: Row, column: str) -> dict[str, Any]:
    found: dict[str, Any] = _decoded(where, column, row[column], dict[str, Any]) if column in row else {}
    return found


def _decoded(where: str, column: str, text: str, type: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=type)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"{where}: the JSON under {column} is broken: {error}.") from error
