"""A whole search result as a file, page after page: a table for people, or schema.org for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.card import Card, CardAlignment
from registry.catalog.export import SCHEMA, to_jsonld
from registry.catalog.outgoing import Described
from registry.catalog.read import alignments_of
from registry.models import ResourceRow
from registry.search.query import Query, search
from vocab import languages, licenses
from vocab.crosswalks.xml_write import label

ROWS = 10_000
"""How many results a file holds; its last line says where the next one starts."""
PAGE = 100
_COLUMNS = (
    *("title", "link", "summary", "grades", "subjects", "types", "license"),
    *("minutes", "language", "providers", "standards", "page"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Form(Struct, frozen=True):
    """How a file is written: its rows from the cards of a page, what stands around and between them, and a last row
    that says `(sentence, address)` where it does not hold everything."""

    name: str
    media_type: str
    head: bytes
    between: bytes
    tail: bytes
    rows: Callable[[Session, Sequence[Card], str], dict[str, bytes]]
    note: Callable[[str, str], bytes]


class Part(Struct, frozen=True):
    """The rows of one page by the ids of their resources, how many results there are in all, and the next cursor."""

    rows: dict[str, bytes]
    total: int
    next: str | None


def part(session: Session, registry: Registry, query: Query, form: Form) -> Part:
    """One page of a result in a form, a hundred rows from the query's cursor on.

    The number of selects is fixed. Raises what `search` raises.
    """
    found = search(session, registry, msgspec.structs.replace(query, limit=PAGE, facets=False))
    rows = form.rows(session, found.items, registry.settings.base_url)
    return Part(rows, found.total, found.next)


def written(first: Part, follow: Callable[[str], Part], form: Form, address: str, most: int = ROWS) -> Iterator[bytes]:
    """The file in pieces, one a page: from the first page on, each next one asked for by its cursor when it is due.

    A resource that changes its place meanwhile is there once. Where more than `most` are left, to the page, the last
    row gives the address of the file that starts there: `address`, which ends with `cursor=`, and the cursor.
    """
    page, seen = first, set[str]()
    yield form.head
    for number in range(most // PAGE):
        if number and page.next:
            page = follow(page.next)
        elif number:
            break
        fresh = [row for id, row in page.rows.items() if id not in seen]
        if fresh:
            yield (form.between if seen else b"") + form.between.join(fresh)
        seen.update(page.rows)
    if page.next:
        told = f"This file ends after {len(seen):,} of {page.total:,} results. Another starts where it ends."
        yield (form.between if seen else b"") + form.note(told, f"{address}{page.next}")
    yield form.tail


def described(session: Session, ids: Sequence[str]) -> tuple[Described, ...]:
    """These resources whole, in this order, without those that are not here any more. Three selects."""
    if not ids:
        return ()
    row = ResourceRow
    held = row.id.in_(ids), row.withdrawn_at.is_(None)
    asked = select(row.id, row.body, row.card, row.updated_at, row.created_at).where(*held)
    rows = {found.id: found for found in session.execute(asked)}
    alignments = alignments_of(session, list(rows), suggested=False)
    return tuple(
        Described(
            id,
            rows[id].body,
            msgspec.json.decode(rows[id].card, type=Card),
            alignments.get(id, ()),
            rows[id].updated_at,
            rows[id].created_at,
        )
        for id in ids
        if id in rows
    )


def _table_rows(session: Session, cards: Sequence[Card], base_url: str) -> dict[str, bytes]:
    return {card.id: _line(_cells(card, base_url)) for card in cards}


def _cells(card: Card, base_url: str) -> tuple[str, ...]:
    return (
        card.title,
        card.url,
        card.summary,
        "; ".join(card.grades),
        "; ".join(label("subjects", key) for key in card.subjects),
        "; ".join(label("types", key) for key in card.types),
        _license(card.license.key or ""),
        str(card.minutes or ""),
        "; ".join(languages.label(tag) for tag in card.languages),
        "; ".join(card.providers),
        "; ".join(_claim(found) for found in card.alignments),
        f"{base_url}/resources/{card.id}",
    )


def _license(key: str) -> str:
    found = licenses.license_of(key)
    return found.label if found else key


def _claim(found: CardAlignment) -> str:
    """Standard, relation and level; what only a machine says is marked."""
    suggested = "(suggested)" if found.origin == "suggested" else ""
    return " ".join(filter(None, (found.code or found.uri, found.relation, found.level, suggested)))


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue().encode()


def _harmless(cell: str) -> str:
    """The text so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _table_note(sentence: str, address: str) -> bytes:
    return _line((sentence, address, *[""] * (len(_COLUMNS) - 2)))


def _nodes(session: Session, cards: Sequence[Card], base_url: str) -> dict[str, bytes]:
    return {
        told.id: _json({name: value for name, value in to_jsonld(told, base_url).items() if name != "@context"})
        for told in described(session, [card.id for card in cards])
    }


def _node_note(sentence: str, address: str) -> bytes:
    return _json({"@type": "SearchResultsPage", "name": sentence, "url": address})


def _json(node: dict[str, object]) -> bytes:
    return json.dumps(node, ensure_ascii=False).encode()


CSV = Form(
    name="search.csv",
    media_type="text/csv",
    # Without the byte order mark Excel reads UTF-8 as something else.
    head="\ufeff".encode() + _line(_COLUMNS),
    between=b"",
    tail=b"",
    rows=_table_rows,
    note=_table_note,
)
JSONLD = Form(
    name="search.jsonld",
    media_type="application/ld+json",
    head=b'{"@context": "%s", "@graph": [\n' % SCHEMA.encode(),
    between=b",\n",
    tail=b"\n]}\n",
    rows=_nodes,
    note=_node_note,
)
