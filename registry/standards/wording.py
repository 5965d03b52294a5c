"""The search of the statements themselves: by the beginning of a code, and by words, whatever somebody types."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session

from registry.models import AliasRow, ConceptRow
from vocab import codes

_LONGEST = 500
_MOST_WORDS = 12
_LONGEST_CODE = 60
_WORD = re.compile(r"[^\W_]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MOST_KEYS = 1_000
_MOST_RANKED = 2_000
"""Only so many matches are ranked: the most common words stand in half of all statements."""
_MORE = 4
"""How many times as many are looked at where most of them may be left out again."""
_STATEMENTS_KEPT = 64
_SYNTAX = re.compile("[%_/]")
_LAST = "\U0010ffff"
_VECTOR = "concept.concept_text"
"""PostgreSQL's own words of a statement, which it keeps beside it: to take them apart takes 60 µs a statement."""


class Within(Struct, frozen=True):
    """What a search is narrowed to: a framework by its id, a grade; 0 and "" narrow nothing."""

    framework_id: int = 0
    grade: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for a select."""
        found: list[ColumnElement[bool]] = []
        if self.framework_id:
            found.append(ConceptRow.framework_id == self.framework_id)
        if self.grade:
            stated = type_coerce(ConceptRow.grades, String)
            found.append(stated.contains(json.dumps(self.grade, ensure_ascii=False), autoescape=True))
        return found


def plain(stated: str) -> str:
    """What somebody typed, without what no database stores, cut to a length nobody types by hand."""
    return " ".join(_UNSTORABLE.sub(" ", stated[: 2 * _LONGEST]).split())[:_LONGEST]


def beginning(session: Session, stated: str, limit: int, within: Within) -> list[int]:
    """Live statements one of whose codes begins so, the shortest codes first."""
    begun = codes.key(stated)
    if not begun or len(begun) > _LONGEST_CODE:
        return []
    pattern = _SYNTAX.sub(r"/\g<0>", begun) + "%"
    asked = {"first": begun, "last": begun + _LAST, "pattern": pattern, "limit": limit}
    return list(session.connection().execute(_with_codes(within), asked).scalars())


def worded(session: Session, stated: str, limit: int, within: Within) -> list[int]:
    """Live statements that hold all the words, the last one maybe only begun, the best first."""
    words = _WORD.findall(stated)[:_MOST_WORDS]
    if not words:
        return []
    asked: dict[str, Any] = {"limit": limit}
    if session.get_bind().dialect.name == "sqlite":
        statement = _in_sqlite(within)
        asked["words"] = " ".join(f'"{word}"' for word in words) + _begun(words, "*")
        if within.framework_id:
            # The ids of a framework stand together, and the full-text table can be read from one to another.
            ends = select(func.min(ConceptRow.id), func.max(ConceptRow.id))
            first, last = session.execute(ends.where(*Within(within.framework_id).conditions())).one()
            asked |= {"first": first or 0, "last": last or 0}
    else:
        statement = _in_postgresql(within)
        asked["words"] = " & ".join(words) + _begun(words, ":*")
    return list(session.connection().execute(statement, asked).scalars())


# Statements are kept: to put one together takes longer than to have it answered.


@lru_cache(_STATEMENTS_KEPT)
def _with_codes(within: Within) -> Select[int]:
    conditions = within.conditions()
    keys = (
        select(AliasRow.key, AliasRow.concept_id)
        .where(AliasRow.key >= bindparam("first"), AliasRow.key < bindparam("last"))
        .order_by(AliasRow.key)
        .limit(_MOST_KEYS * (_MORE if conditions else 1))
        .subquery()
    )
    return (
        select(keys.c.concept_id)
        .join(ConceptRow, ConceptRow.id == keys.c.concept_id)
        .where(ConceptRow.gone.is_(False), keys.c.key.like(bindparam("pattern"), escape="/"), *conditions)
        # The keys of URIs stand in the same table.
        .where(keys.c.key.not_like("%/%"), keys.c.key.not_like("%:%"))
        .group_by(keys.c.concept_id)
        .order_by(func.min(func.length(keys.c.key)), func.min(keys.c.key), keys.c.concept_id)
        .limit(bindparam("limit"))
    )


@lru_cache(_STATEMENTS_KEPT)
def _in_sqlite(within: Within) -> Select[int]:
    """Through the full-text table alone first: joined with others it would be asked for each of their rows."""
    held = table("concept_text", column("rowid"))
    rank: ColumnElement[float] = literal_column("bm25(concept_text, 4.0, 2.0, 1.0)")
    matched = select(held.c.rowid, rank.label("rank")).select_from(held)
    matched = matched.where(text("concept_text MATCH :words"))
    if within.framework_id:
        matched = matched.where(held.c.rowid.between(bindparam("first"), bindparam("last")))
    some = matched.limit(_MOST_RANKED * (_MORE if within.grade else 1)).subquery()
    return (
        select(ConceptRow.id)
        .join(some, some.c.rowid == ConceptRow.id)
        .where(ConceptRow.gone.is_(False), *within.conditions())
        .order_by(some.c.rank, ConceptRow.id)
        .limit(bindparam("limit"))
    )


@lru_cache(_STATEMENTS_KEPT)
def _in_postgresql(within: Within) -> Select[int]:
    """What is asked stands beside the table, not in the condition: there it would be read again for each row."""
    vector: ColumnElement[str] = literal_column(_VECTOR)
    words = bindparam("words", type_=String)
    asked = func.to_tsquery(text("'english'"), words).table_valued("query").render_derived("asked")
    rank = func.ts_rank(vector, asked.c.query, 1).label("rank")
    matched = select(ConceptRow.id, rank).join(asked, vector.op("@@")(asked.c.query)).where(ConceptRow.gone.is_(False))
    some = matched.where(*within.conditions()).limit(_MOST_RANKED).subquery()
    return select(some.c.id).order_by(some.c.rank.desc(), some.c.id).limit(bindparam("limit"))


def _begun(words: Sequence[str], mark: str) -> str:
    """The mark that lets the last word be the beginning of others: a single letter begins too many."""
    return mark if len(words[-1]) > 1 else ""
