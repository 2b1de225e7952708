"""Opening the database, and its two kinds of transaction: reading one state, and writing alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from workbench.errors import AlreadyDecided, LedgerError, StateMoved
from workbench.ledger.schema import METADATA

BUSY_TIMEOUT_MS = 30_000
# how long to wait, then the lock, under a number of our own; held until the commit
ONE_WRITER = text(
    f"SELECT set_config('lock_timeout', '{BUSY_TIMEOUT_MS}', true), pg_advisory_xact_lock(20261116)"
)

# what the doors of doors.sql answer, by their error codes
REFUSALS = {"WB001": AlreadyDecided, "WB002": StateMoved, "WB003": LedgerError}


def open_database(url: str) -> Engine:
    """The database behind a URL, its tables and columns created when absent.

    A column that came later is blank in older rows, whose hashes stay. Raises LedgerError when it cannot be
    opened, and for a login that may not add what this version has more: its owner may.
    """
    engine = connected(url)
    with reading(engine) as connection:
        lacking = _lacking(connection)
    if lacking:
        try:
            with writing(engine) as connection:
                complete(connection)
        except LedgerError as error:
            raise LedgerError(
                f"The ledger lacks {', '.join(lacking)}, which this version has more, and this login may not "
                "add it; let the ledger's owner run `workbench grant` again."
            ) from error
    return engine


def complete(connection: Connection) -> None:
    """Create the tables and columns that are absent."""
    lacking = _lacking(connection)
    METADATA.create_all(connection)
    for table in METADATA.tables.values():
        for column in table.columns:
            if f"{table.name}.{column.name}" in lacking:
                added = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {added}"))


def _lacking(connection: Connection) -> list[str]:
    """Tables that are absent, and columns that are absent in others, as table.column."""
    there = inspect(connection)
    known = set(there.get_table_names())
    return [
        *(name for name in METADATA.tables if name not in known),
        *(
            f"{table.name}.{column.name}"
            for table in METADATA.tables.values()
            if table.name in known
            for column in table.columns
            if column.name not in {found["name"] for found in there.get_columns(table.name)}
        ),
    ]


def connected(url: str) -> Engine:
    """The database behind a URL as it is.

    On SQLite no connection outlives its transaction, so that the file can be copied while nobody writes. On
    PostgreSQL, where logging in costs more than a decision, one is kept; a process that was forked makes its
    own. Raises LedgerError for a URL that names no database.
    """
    try:
        keeps = make_url(url).get_backend_name() == "postgresql"
        kept = (
            {"pool_size": 1, "max_overflow": -1, "pool_pre_ping": True} if keeps else {"poolclass": NullPool}
        )
        engine = create_engine(url, **kept)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise LedgerError(f"The ledger cannot be opened: {error}; give a database URL.") from error
    if keeps:
        event.listen(engine, "connect", _note_process)
        event.listen(engine, "checkout", _refuse_of_another_process)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _note_process(_connection: Any, record: Any) -> None:
    record.info["process"] = os.getpid()


def _refuse_of_another_process(_connection: Any, record: Any, proxy: Any) -> None:
    """Leave the parent's connection to the parent; the pool then makes another."""
    if record.info["process"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None
        raise DisconnectionError


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the ledger throughout."""
    seeing_one = engine
    if engine.dialect.name == "postgresql":
        seeing_one = engine.execution_options(isolation_level="REPEATABLE READ")
    with _explained("read"), seeing_one.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer can come between; it is committed whole or not at all.

    SQLite takes the write lock at its start, PostgreSQL a lock that only writers ask for. In another database
    two writers at once would claim the same place in the chain: one commits, the other is refused.
    """
    with reserving(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(ONE_WRITER)
        yield connection


@contextmanager
def reserving(engine: Engine) -> Iterator[Connection]:
    """A transaction on the state beside the chain, where rows are locked one by one as they change.

    So on PostgreSQL those who want different stock do not wait for each other; SQLite has one writer anyway.
    """
    with _explained("written"), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def _explained(verb: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        refused = REFUSALS.get(getattr(getattr(error, "orig", None), "sqlstate", ""))
        if refused:
            raise refused(error.orig.diag.message_primary) from error  # type: ignore[attr-defined]
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise LedgerError(f"The ledger could not be {verb}: {cause}; nothing was recorded.") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's begin event starts transactions; the driver must not start its own
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")


def only_read(engine: Engine) -> None:
    """From now on the database itself refuses whatever this engine would write."""
    engine.dispose()  # a kept connection would still write
    event.listen(engine, "connect", _refuse_writing)


def _refuse_writing(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.read_only = True  # psycopg: every transaction is READ ONLY


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
