"""A table by its address: each row of a workbook's sheet or of a CSV or TSV file is a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice

import msgspec
from msgspec import Struct

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetched, Fetcher
from harvesters.oai_records import duplicate
from harvesters.sheet_address import file_address
from harvesters.source import SourceConfig
from harvesters.table_header import HEADER_WITHIN, Header, Row, find_header, is_total
from harvesters.table_text import TableText, read_text
from harvesters.workbook import Sheet, is_workbook, read_workbook
from registry.ports import Harvested, HarvestFailed, Page
from vocab.crosswalks.cells import hyperlink
from vocab.crosswalks.columns import field_named, guess_columns
from vocab.resource import Problem

_ROWS_A_PAGE = 250
_MOST_ROWS = 500_000
_MOST_COLUMNS = 1_000
_ACCEPT = (
    "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, "
    "application/vnd.oasis.opendocument.spreadsheet, text/tab-separated-values;q=0.9, text/plain;q=0.8, */*;q=0.1"
)


class _Keys(Struct, frozen=True):
    """Where in a row its identifier, its link and its title stand; each None where no column is it."""

    identifier: int | None
    link: int | None
    title: int | None


class TableHarvester:
    """The rows of one file, which is read whole or, while the server says it has not changed, not at all."""

    def __init__(self, config: SourceConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """All rows, or one empty page that is not complete where the file has not changed."""
        known = self._config.state
        read_as = self._read_as()
        if known.get("read_as", "") != read_as:  # another sheet of the same file was never read
            known = {}
        fetched = self._fetcher.get(
            file_address(self._config.url, whole_workbook="sheet" in self._config.options),
            accept=_ACCEPT,
            etag=known.get("etag", ""),
            last_modified=known.get("last_modified", ""),
        )
        if fetched.not_modified:
            yield Page(())
            return
        table = self._table(fetched)
        header = find_header(list(islice(table.rows(), HEADER_WITHIN)), self._config.url)
        if len(header.columns) > _MOST_COLUMNS:
            raise self._too_large(f"more than {_MOST_COLUMNS:,} columns")
        state = {"etag": fetched.etag, "last_modified": fetched.last_modified, "read_as": read_as}
        yield from self._records(table, header, state)

    def _read_as(self) -> str:
        """Which sheet and which identifiers the options ask for; empty where they ask for none."""
        asked = [
            f"{name}={self._config.options[name]}" for name in ("sheet", "id_column") if name in self._config.options
        ]
        return "; ".join(asked)[:500]

    def _table(self, fetched: Fetched) -> TableText | Sheet:
        url, sheet = self._config.url, self._config.options.get("sheet", "")
        if is_workbook(fetched.body):
            return read_workbook(fetched.body, url, sheet)
        return read_text(fetched.body, fetched.content_type, url)

    def _records(self, table: TableText | Sheet, header: Header, state: dict[str, str]) -> Iterator[Page]:
        keys, unknown = self._keys(header.columns)
        problems = (*table.problems, *unknown)
        seen: set[int] = set()
        records: list[Harvested] = []
        count = 0
        for row in table.rows():
            if row.line <= header.line:
                continue
            if is_total(row):
                problems = (*problems, _total(row))
                continue
            count += 1
            if count > _MOST_ROWS:
                raise self._too_large(f"more than {_MOST_ROWS:,} rows")
            records.append(_record(row, header.columns, keys, seen))
            if len(records) == _ROWS_A_PAGE:
                yield Page(tuple(records), problems=problems, whole=True)
                records, problems = [], ()
        kept = {name: value for name, value in state.items() if value}
        yield Page(tuple(records), problems=problems, whole=True, complete=True, state=kept)

    def _too_large(self, said: str) -> HarvestFailed:
        hint = "Delete what is no record, or split the table into several sources."
        return failed("table-too-large", ANSWER, f"The table has {said}.", hint, self._config.url)

    def _keys(self, columns: Sequence[str]) -> tuple[_Keys, tuple[Problem, ...]]:
        """The key columns, and the columns that the source's options name but the table does not have.

        Raises HarvestFailed where nothing is left of what an option names.
        """
        options = self._config.options
        guessed = guess_columns(columns)
        chosen = {field_named(name[7:]): named for name, named in options.items() if name.startswith("column.")}
        places = {column: place for place, column in enumerate(columns)}

        def place(field: str) -> int | None:
            stated = chosen.get(field) or guessed.get(field, "")
            return next((places[name] for name in (stated, *stated.split("|")) if name in places), None)

        stated = options.get("id_column")
        problems = [
            problem
            for option, named in options.items()
            if option.startswith("column.")
            for problem in _unknown_columns(option, named, columns)
        ]
        if stated and stated not in places:
            raise _no_column("id_column", stated, columns)
        identifier = places[stated] if stated else place("identifier")
        return _Keys(identifier=identifier, link=place("url"), title=place("title")), tuple(problems)


def _unknown_columns(option: str, named: str, columns: Sequence[str]) -> list[Problem]:
    parts = [named] if named in columns else named.split("|")
    missing = [part for part in parts if part not in columns]
    if len(missing) == len(parts):
        raise _no_column(option, named, columns)
    return [_no_column(option, part, columns).problem for part in missing]


def _no_column(option: str, named: str, columns: Sequence[str]) -> HarvestFailed:
    return failed(
        "column-unknown",
        option,
        f"The option {option} names the column {named[:80]}, which the table does not have.",
        "Name one of its columns: " + ", ".join(columns)[:300] + ".",
        named,
    )


def _total(row: Row) -> Problem:
    return list_problem(
        "total-passed-over",
        f"line {row.line}",
        "The row sums up others, and was taken for no record.",
        "Leave totals out of the table, or keep them on another sheet.",
        "; ".join(cell for cell in row.cells if cell.strip()),
    )


def _record(row: Row, columns: Sequence[str], keys: _Keys, seen: set[int]) -> Harvested:
    width = len(columns)
    cells = [cell.strip() for cell in row.cells[: width + _MOST_COLUMNS]]
    cells += [""] * (width - len(cells))
    problems = []
    content = dict(zip(columns, cells, strict=False))
    surplus = {f"column {number}": cell for number, cell in enumerate(cells[width:], width + 1) if cell}
    if surplus:
        content |= surplus
        problems.append(
            list_problem(
                "cells-surplus",
                f"line {row.line}",
                "The row has more cells than the header has columns.",
                "Put cells that hold the delimiter in quotation marks, and give every column a name.",
                "; ".join(surplus.values()),
            )
        )
    identifier = _identifier(cells, keys, seen)
    if hash(identifier) in seen:
        problems.append(duplicate(identifier, f"line {row.line}"))
    seen.add(hash(identifier))
    return Harvested(
        identifier=identifier,
        format="csv",
        payload=msgspec.json.encode(content),
        problems=tuple(problems),
    )


def _identifier(cells: Sequence[str], keys: _Keys, seen: set[int]) -> str:
    """The row's own identifier, else its link, else one that stays while its title and link do.

    A link that another row has already is the address of a page with several resources on it.
    """
    if own := _cell(cells, keys.identifier):
        return own
    named = [_cell(cells, keys.title), link := _link(cells, keys)]
    made_up = "row-" + sha256("\n".join(named if any(named) else cells).encode()).hexdigest()[:24]
    if not link or (hash(link) in seen and hash(made_up) not in seen):
        return made_up
    seen.add(hash(made_up))
    return link


def _link(cells: Sequence[str], keys: _Keys) -> str:
    """Where the link column leads, else where the title does."""
    for place in (keys.link, keys.title):
        cell = cells[place] if place is not None else ""
        if linked := hyperlink(cell):
            return linked[0]
        if cell and place == keys.link:
            return cell
    return ""


def _cell(cells: Sequence[str], place: int | None) -> str:
    """A cell's text, also where the cell is a link."""
    cell = cells[place] if place is not None else ""
    linked = hyperlink(cell)
    return linked[1] if linked else cell
