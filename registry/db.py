"""Engines, sessions and column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Engine,
    FunctionElement,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DataError, DisconnectionError, IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator, TypeEngine

Sessions = sessionmaker[Session]

_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_IDLE_SECONDS = 5.0
_AT_ONCE = 5_000
_MANY = 10_000
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A new identifier: 26 characters, sortable by time (ULID: 48 bits of milliseconds, 80 random)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def now() -> datetime:
    """The present moment in UTC, to the second: what OAI-PMH and people can use."""
    return datetime.now(UTC).replace(microsecond=0)


class Utc(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A typed value as JSON text, through msgspec: `Json(dict[str, str])`, `Json(tuple[Problem, ...])`."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The value as JSON text."""
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value in its declared shape."""
        return None if value is None else msgspec.json.decode(value, type=self.shape)


class JsonBytes(TypeDecorator[bytes]):
    """JSON that is handed on as bytes without being decoded; kept as text, which drivers carry faster than bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> str | None:
        """The JSON as text."""
        return None if value is None else value.decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> bytes | None:
        """The JSON as bytes."""
        return None if value is None else value.encode()


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the values given as the parameter `name`.

    The statement is the same however many they are, so it is put together and planned once; an IN is so for each
    number of values, which takes longer than to have it answered.
    """
    return _OneOf(column, bindparam(name, type_=_Several(column.type)))


class _Several(TypeDecorator[Sequence[Any]]):
    """Values as one parameter: an array for PostgreSQL, JSON for SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        many = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(self.each)) if many else dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return msgspec.json.encode(value).decode()


class _OneOf(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself: it would be put as `… = 1` on SQLite, which then reads the whole table."""
        return self


@compiles(_OneOf, "sqlite")
def _one_of_sqlite(element: _OneOf, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(_OneOf, "postgresql")
def _one_of_postgresql(element: _OneOf, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"


def make_engine(url: str, pool_size: int = 24) -> Engine:
    """An engine with the same transaction rules on both databases.

    The pool equals the number of threads that serve requests, so that none waits for a connection.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=8,
        # The connection used last has what the next one needs at hand: pages, and statements already planned.
        pool_use_lifo=True,
        # An error message is logged: it must not carry what was stored, a learner's id least of all.
        hide_parameters=True,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _ask_if_alive)
    return engine


def insert_new(session: Session, table: type[DeclarativeBase]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that leaves alone what is there already; both databases can, each in its own construct."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def insert_rows(
    session: Session, model: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]], new_only: bool = False
) -> None:
    """Insert rows of one shape, as fast as the database can; with `new_only` those that are not there yet.

    The model's own defaults are filled in. Raises IntegrityError or DataError as any statement does.
    """
    if not rows:
        return
    table: Any = model.__table__
    columns = list(rows[0])
    filled = {
        column.name: column.default.arg if column.default.is_scalar else column.default.arg(None)
        for column in table.columns
        if column.default is not None and column.name not in rows[0]
    }
    values = [*columns, *filled]
    insert_many(session, table, ([*map(row.get, columns), *filled.values()] for row in rows), values, new_only)


def insert_many(
    session: Session, table: Table, rows: Iterable[Sequence[Any]], columns: Sequence[str], new_only: bool = False
) -> int:
    """Insert rows given as values of these columns, as fast as the database can (COPY on PostgreSQL); how many.

    The rows may be a generator: none is kept, but with `new_only`, which leaves alone what is there already. Columns
    left out must have defaults in the database or be NULL.
    """
    connection = session.connection()
    dialect = connection.dialect
    binds = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    ready = ([value if bind is None else bind(value) for bind, value in zip(binds, row, strict=True)] for row in rows)
    cursor: Any = connection.connection.cursor()
    fill = _fill_postgresql if dialect.name == "postgresql" else _fill_sqlite
    driver = dialect.loaded_dbapi
    try:
        count = fill(cursor, table, columns, ready, new_only)
    except driver.IntegrityError as error:
        raise IntegrityError(f"INSERT INTO {table.name}", None, error, hide_parameters=True) from error
    except driver.DataError as error:
        raise DataError(f"INSERT INTO {table.name}", None, error, hide_parameters=True) from error
    finally:
        cursor.close()
    return count


def _fill_postgresql(
    cursor: Any, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], new_only: bool
) -> int:
    quoted = ", ".join(f'"{name}"' for name in columns)
    if new_only:
        kinds = [table.c[name].type.compile(_POSTGRESQL) for name in columns]
        arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
        given = [list(values) for values in zip(*rows, strict=True)]
        cursor.execute(
            f'INSERT INTO "{table.name}" ({quoted}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING',  # noqa: S608
            given,
        )
        return int(cursor.rowcount)
    count = 0
    with cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    if count > _MANY:
        # Nothing is known of rows just loaded, and a plan made without would read the whole table for each lookup.
        cursor.execute(f'ANALYZE "{table.name}"')
    return count


def _fill_sqlite(
    cursor: Any, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], new_only: bool
) -> int:
    quoted, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    # Not OR IGNORE: that would pass over a missing value as well.
    also = " ON CONFLICT DO NOTHING" if new_only else ""
    pending, count = iter(rows), 0
    while some := list(islice(pending, _AT_ONCE)):
        cursor.executemany(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({places}){also}', some)  # noqa: S608
        count += len(some)
    return count


def take_ids(session: Session, table: Table, count: int, above: int = 0) -> Sequence[int]:
    """Ids for rows about to be inserted, so that they can refer to each other; nobody else gets them.

    On SQLite the transaction must hold the write lock, as all that may write do, and ids of deleted rows are given out
    again unless they are told as not `above`; PostgreSQL never does that.
    """
    if session.get_bind().dialect.name == "postgresql":
        taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(session.scalars(taken, {"name": table.name, "count": count}))
    highest = max(above, session.scalar(select(func.max(table.c.id))) or 0)
    return range(highest + 1, highest + 1 + count)


def make_sessions(engine: Engine) -> Sessions:
    """The factory for units of work that write: `with sessions.begin() as session:`.

    On SQLite the write lock is taken at the start: a transaction that reads first and writes later would
    fail at once, without waiting, when another one wrote in between.
    """
    return sessionmaker(engine.execution_options(sqlite_begin="BEGIN IMMEDIATE"), expire_on_commit=False)


def make_reading(engine: Engine) -> Sessions:
    """The factory for units of work that only read; PostgreSQL refuses a write in them."""
    return sessionmaker(engine.execution_options(postgresql_readonly=True), expire_on_commit=False)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _ask_if_alive(connection: Any, record: Any, _proxy: Any) -> None:
    """Whether a connection that was idle for a while still stands; if not, the pool brings another.

    Asked before every use (`pool_pre_ping`) it costs a quarter of what a small page's transaction takes.
    """
    if time.monotonic() - record.info.get("used", 0.0) < _IDLE_SECONDS:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:  # Whatever the driver says, the connection is of no use.
        raise DisconnectionError from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver commits at the end of a SAVEPOINT unless it is told to leave transactions alone.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
        "mmap_size=268435456",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
