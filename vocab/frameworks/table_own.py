"""The table that `table_write` writes, read back as the same framework, also after someone edited it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

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


class Row(Struct, frozen=True, gc=False):
    """A row with its line and where the columns are: a table of 200,000 rows has no room for a dictionary a row."""

    line: int
    cells: tuple[str, ...]
    at: dict[str, int]

    def get(self, column: str, otherwise: str = "") -> str:
        """The text under a column, or something else where there is none."""
        return unguarded(cell(self.cells, self.at.get(column))) or otherwise


def is_ours(header: Sequence[str]) -> bool:
    """Whether a table with this header is one of ours; columns may have been moved, added or taken away."""
    return {"row", "uri", "statement", "details"} <= set(header)


def framework_of_rows(table: Table, code: str) -> Framework:
    """The framework of such a table. Raises ValueError, naming line and column, for JSON that is broken."""
    at = {column: table.header.index(column) for column in COLUMNS if column in table.header}
    rows: dict[str, list[Row]] = {kind: [] for kind in _ROWS}
    problems: list[Problem] = []
    for line, cells in table.rows:
        row = Row(line, cells, at)
        kind = row.get("row").strip().lower()
        if kind in rows:
            rows[kind].append(row)
        else:
            hint = f"Write one of {', '.join(_ROWS)} in the column row."
            problems.append(
                Problem("row-unknown", f"line {line}", f"Line {line} was left out.", hint, value=kind[:300])
            )
    about = rows["framework"][0] if rows["framework"] else Row(1, (), at)
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
        associations=tuple(_link(row) for row in rows["link"]),
        aliases=tuple(_several(about, "other_uris")),
        version=about.get("version"),
        publisher=about.get("publisher"),
        description=about.get("description"),
        language=language,
        license_url=about.get("license"),
        rights=about.get("rights"),
        subjects=tuple(_several(about, "subjects")),
        definitions=_definitions(rows["definition"]),
        rubrics=tuple(_object(row, "details") for row in rows["rubric"]),
        details=_object(about, "details"),
        problems=(*problems, *twice, *missing),
    )


def _items(rows: Iterable[Row], code: str, language: str) -> tuple[dict[str, Item], list[Problem]]:
    found: dict[str, Item] = {}
    problems: list[Problem] = []
    for row in rows:
        uri = row.get("uri")
        named = uri or row.get("code")
        item = _item(row, uri or address_of(named, code), language) if named else None
        if item is None or item.uri in found:
            problems.append(unusable(row.line, item))
        else:
            found[item.uri] = item
    return found, problems


def _item(row: Row, uri: str, language: str) -> Item:
    first = (code,) if (code := row.get("code")) else ()
    parent = (above,) if (above := row.get("parent")) else ()
    return Item(
        uri=uri,
        statement=row.get("statement"),
        codes=(*first, *_several(row, "other_codes")),
        aliases=tuple(_several(row, "other_uris")),
        parents=(*parent, *_several(row, "other_parents")),
        kind=row.get("kind"),
        label=row.get("label"),
        notes=row.get("notes"),
        grades=tuple(_several(row, "grades")),
        subjects=tuple(_several(row, "subjects")),
        language=row.get("language", language),
        labels=_object(row, "translations"),
        deprecated=row.get("deprecated").lower() in ("true", "1", "yes"),
        details=_object(row, "details"),
    )


def _order(rows: Iterable[Row], items: dict[str, Item]) -> Iterator[tuple[str, int]]:
    for row in rows:
        if (position := number_in(row.get("position"))) is not None and (uri := row.get("uri")) in items:
            yield uri, position


def _edges(items: dict[str, Item]) -> Iterator[tuple[str, str]]:
    """Parent and child; a parent that someone wrote by its code is found too."""
    coded: dict[str, str] = {}
    for item in items.values():
        for code in item.codes:
            coded.setdefault(key(code), item.uri)
    for item in items.values():
        for parent in item.parents:
            yield parent if parent in items else coded.get(key(parent), parent), item.uri


def _link(row: Row) -> Association:
    if not row.get("uri") or not row.get("target") or not row.get("kind"):
        raise ValueError(f"Line {row.line}: a link needs uri (where from), kind and target.")
    details = _object(row, "details")
    return Association(
        row.get("uri"),
        row.get("kind"),
        row.get("target"),
        identifier=str(details.get("identifier", "")),
        sequence=number_in(row.get("position")),
        grouping=str(details.get("grouping", "")),
        notes=row.get("notes"),
    )


def _definitions(rows: Iterable[Row]) -> dict[str, tuple[dict[str, Any], ...]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        several = found.setdefault(row.get("kind"), [])
        if row.get("details"):
            several.append(_object(row, "details"))
    return {name: tuple(each) for name, each in found.items()}


def _several(row: Row, column: str) -> list[str]:
    """The values of a cell: between bars, or a JSON list where one of them holds a bar itself."""
    text = row.get(column)
    if text.startswith("["):
        several: list[str] = _decoded(row, column, text, list[str])
        return several
    return [each.strip() for each in text.split(BETWEEN.strip())] if text else []


def _object(row: Row, column: str) -> dict[str, Any]:
    text = row.get(column)
    found: dict[str, Any] = _decoded(row, column, text, dict[str, Any]) if text else {}
    return found


def _decoded(row: Row, column: str, text: str, type: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=type)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"Line {row.line}: the JSON under {column} is broken: {error}.") from error
