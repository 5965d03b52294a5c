"""A table by its address: each row of a CSV or TSV file is a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from harvesters.failures import failed, list_problem
from harvesters.http import Fetcher
from harvesters.oai_records import duplicate
from harvesters.source import SourceConfig
from harvesters.table_text import Row, TableText, read_table, rows_of
from registry.ports import Harvested, Page
from vocab.crosswalks.columns import guess_columns

_ROWS_A_PAGE = 250


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
        url = self._config.url
        known = self._config.state
        fetched = self._fetcher.get(
            url,
            accept="text/csv, text/tab-separated-values;q=0.9, text/plain;q=0.8, */*;q=0.1",
            etag=known.get("etag", ""),
            last_modified=known.get("last_modified", ""),
        )
        if fetched.not_modified:
            yield Page(())
            return
        table = read_table(fetched.body, fetched.content_type, url)
        keys = self._keys(table.columns)
        state = {"etag": fetched.etag, "last_modified": fetched.last_modified}
        seen: set[int] = set()
        problems = table.problems
        records: list[Harvested] = []
        for row in rows_of(table, url):
            records.append(_record(row, table, keys, seen))
            if len(records) == _ROWS_A_PAGE:
                yield Page(tuple(records), problems=problems)
                records, problems = [], ()
        yield Page(tuple(records), problems=problems, complete=True, state={k: v for k, v in state.items() if v})

    def _keys(self, columns: Sequence[str]) -> _Keys:
        options = self._config.options
        guessed = guess_columns(columns)
        places = {column: place for place, column in enumerate(columns)}

        def place(field: str) -> int | None:
            return places.get(options.get(f"column.{field}") or guessed.get(field, ""))

        stated = options.get("id_column")
        if stated and stated not in places:
            raise failed(
                "column-unknown",
                "id_column",
                f"The table has no column named {stated[:80]}.",
                "Name one of its columns: " + ", ".join(columns)[:300] + ".",
            )
        identifier = places[stated] if stated else place("identifier")
        return _Keys(identifier=identifier, link=place("url"), title=place("title"))


def _record(row: Row, table: TableText, keys: _Keys, seen: set[int]) -> Harvested:
    width = len(table.columns)
    cells = [cell.strip() for cell in row.cells]
    cells += [""] * (width - len(cells))
    problems = []
    content = dict(zip(table.columns, cells, strict=False))
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
    link = _cell(cells, keys.link)
    named = [_cell(cells, keys.title), link]
    made_up = "row-" + sha256("\n".join(named if any(named) else cells).encode()).hexdigest()[:24]
    if not link or (hash(link) in seen and hash(made_up) not in seen):
        return made_up
    seen.add(hash(made_up))
    return link


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None else ""
