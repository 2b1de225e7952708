"""The SQL tables, made from the dictionary, and the way of a row into them and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    MetaData,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
)

from workbench import tables
from workbench.ledger.canonical import canonical, day, instant

METADATA = MetaData()
# a row's place in the chain is its running number, under the dictionary's name for it where there is one
PLACE = {"decisions": "decision_id", "events": "event_id", "authority_changes": "change_id"}
_LOOKED_UP_BY = {"decisions": {"proposal_id"}, "releases": {"proposal_id"}, "proposals": {"run_id"}}
# what the ledger keeps beside the dictionary's columns of a proposal
_BESIDE = {
    "proposals": (
        tables.Column("run_id", "str", "", "the run that made it"),
        tables.Column("recorded_at", tables.INSTANT, "UTC instant", "when it was written"),
        tables.Column("own", "object", "", "the agent's own columns"),
    )
}
_SQL_TYPES: dict[str, Any] = {"int64": BigInteger, "float64": Double, "bool": Boolean}


def _text(value: Any) -> str:
    """Text that every database takes: half of a surrogate pair becomes a "?", the character 0 goes."""
    return str(value).encode(errors="replace").decode().replace("\0", "")


def _double(value: Any) -> float:
    """A number that every database gives back as it was: SQLite has no negative zero."""
    return float(value) + 0.0


# text for lists, days and instants, the same in every database, so that hashes are too
_TO_SQL: dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "float64": _double,
    "int64": int,
    "bool": bool,
    tables.DAY: day,
    tables.INSTANT: instant,
}
_FROM_SQL: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "object": json.loads,
    tables.DAY: date.fromisoformat,
    tables.INSTANT: datetime.fromisoformat,
}


def _columns(name: str) -> tuple[tables.Column, ...]:
    return (*tables.TABLES[name].columns, *_BESIDE.get(name, ()))


def _table(entry: tables.Table) -> Table:
    name = entry.name
    place = Column(PLACE.get(name, "seq"), BigInteger, primary_key=True, autoincrement=False)
    others: list[Column[Any]] = [
        Column(
            column.name,
            _SQL_TYPES.get(column.dtype, Text),
            nullable=not column.required,
            index=column.name in _LOOKED_UP_BY.get(name, ()),
        )
        for column in _columns(name)
        if column.name != place.name
    ]
    unique = [] if place.name in entry.key else [UniqueConstraint(*entry.key)]
    return Table(name, METADATA, place, *others, *unique)


TABLES = {entry.name: _table(entry) for entry in tables.TABLES.values() if entry.kind == "ledger"}
# working state beside the chain: its rows change in place, their keys are the dictionary's
STATE = {
    entry.name: Table(
        entry.name,
        METADATA,
        *(
            Column(
                column.name,
                _SQL_TYPES.get(column.dtype, Text),
                nullable=not column.required,
                primary_key=column.name in entry.key,
                autoincrement=False,
            )
            for column in entry.columns
        ),
    )
    for entry in tables.TABLES.values()
    if entry.kind == "state"
}
# whatever goes wrong above it, the database itself lets no unit go twice
STATE["stock_left"].append_constraint(CheckConstraint("units_left BETWEEN 0 AND units"))
CHAIN = Table(
    "chain",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("table_name", Text, nullable=False),
    Column("row_key", Text, nullable=False),
    Column("hash", Text, nullable=False),
)


def encoded(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as SQL stores it; columns that it does not name are blank."""
    return {column.name: _encode(column.dtype, row.get(column.name)) for column in _columns(name)}


def _encode(dtype: str, value: Any) -> Any:
    if dtype == "object":
        return None if value is None else canonical(value)
    return None if value is None or pd.isna(value) else _TO_SQL[dtype](value)


def decoded(name: str, row: RowMapping) -> dict[str, Any]:
    """A stored row with lists and dicts, days and instants as Python values again."""
    return {column.name: _decode(column.dtype, row[column.name]) for column in _columns(name)}


def _decode(dtype: str, value: Any) -> Any:
    return value if value is None or dtype not in _FROM_SQL else _FROM_SQL[dtype](value)


def frame(name: str, rows: Iterable[RowMapping], also: Sequence[tables.Column] = ()) -> pd.DataFrame:
    """Stored rows as a table with the dictionary's types; `also`: columns of the query beside the table's."""
    columns = (*_columns(name), *also)
    records = [{column.name: _decode(column.dtype, row[column.name]) for column in columns} for row in rows]
    table = pd.DataFrame.from_records(records, columns=[column.name for column in columns])
    return table.astype({column.name: column.dtype for column in columns})
