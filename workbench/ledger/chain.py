"""The chain: a hash over every row in order of writing, each over the one before.

Whoever alters, removes or inserts a row would have to compute every later hash anew, and the heads that stand
in published plans would no longer fit (after Haber & Stornetta, How to Time-Stamp a Digital Document, 1991).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, insert, select

from workbench.ledger.canonical import TEXT
from workbench.ledger.schema import CHAIN, PLACE, TABLES, encoded, row_key

GENESIS = "0" * 64
Place = tuple[int, str, Any]  # running number, table, row


def link(previous: str, name: str, row: Mapping[str, Any]) -> str:
    """The hash of a stored row of a table after the hash before it; blanks do not count.

    So a column that is added later leaves the hashes of older rows as they are.

    >>> link(GENESIS, "runs", {"run_id": "20261116-1", "seq": 1})[:16]
    '2ec02169f4ae3dde'
    """
    known = {column: value for column, value in row.items() if value is not None}
    return hashlib.sha256((previous + TEXT([name, known])).encode()).hexdigest()


def append(connection: Connection, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to a table and their hashes to the chain, in the transaction of the connection."""
    seq, previous = last(connection)
    stored, links = [], []
    for row in rows:
        seq += 1
        stored.append({**encoded(name, row), PLACE.get(name, "seq"): seq})
        previous = link(previous, name, stored[-1])
        links.append({"seq": seq, "table_name": name, "row_key": row_key(name, stored[-1]), "hash": previous})
    if stored:
        connection.execute(insert(TABLES[name]), stored)
        connection.execute(insert(CHAIN), links)


def last(connection: Connection) -> tuple[int, str]:
    """Running number and hash of the last row; (0, GENESIS) of an empty ledger."""
    row = connection.execute(
        select(CHAIN.c.seq, CHAIN.c.hash).order_by(CHAIN.c.seq.desc()).limit(1)
    ).one_or_none()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def first_fault(connection: Connection, published: Mapping[str, str]) -> str | None:
    """A sentence that names the first row that does not fit, or None when the chain is whole.

    `published` holds heads that stand outside the ledger, in exported plans, by run: they show a ledger that
    was cut off, or written anew as a whole.
    """
    heads: dict[str, str] = {}
    previous = GENESIS
    for place, (seq, entries) in enumerate(groupby(_in_order(connection), key=itemgetter(0)), start=1):
        found = [(name, row) for _, name, row in entries]
        fault = _gap(place, seq, found) or _misfit(previous, found)
        if fault:
            return fault
        (_, entry), (name, row) = found
        if name == "manifests":
            heads[row["run_id"]] = row["head"]
        previous = entry["hash"]
    return _lost_head(heads, published)


def _in_order(connection: Connection) -> Iterator[Place]:
    """Every entry of the chain, followed by the row it stands for: running number, table, row."""

    def rows_of(name: str) -> Iterator[Place]:
        table = CHAIN if name == "chain" else TABLES[name]
        place = PLACE.get(name, "seq")
        for row in connection.execute(select(table).order_by(table.c[place])).mappings():
            yield row[place], name, row

    return heapq.merge(*(rows_of(name) for name in ("chain", *TABLES)), key=itemgetter(0))


def _gap(place: int, seq: int, found: list[tuple[str, Any]]) -> str | None:
    name, row = found[0]
    which = f"{row['table_name']} {row['row_key']}" if name == "chain" else f"{name} {row_key(name, row)}"
    if seq != place:
        return f"{which}: the row before it is gone, and its place {place} in the chain with it."
    if name != "chain":
        return f"{which}: the chain does not know the row; it was written past the ledger."
    if len(found) == 1:
        return f"{which}: the row is gone; its place {place} in the chain is still there."
    if len(found) > 2:
        other, extra = found[2]
        return (
            f"{other} {row_key(other, extra)}: the chain does not know the row; place {place} is another's."
        )
    return None


def _misfit(previous: str, found: list[tuple[str, Any]]) -> str | None:
    (_, entry), (name, row) = found
    which = f"{name} {row_key(name, row)}"
    if (entry["table_name"], entry["row_key"]) != (name, row_key(name, row)):
        return f"{which}: the chain has {entry['table_name']} {entry['row_key']} in its place."
    if entry["hash"] != link(previous, name, row):
        return f"{which}: the row is not as it was written."
    if name == "manifests" and row["head"] != previous:
        return f"{which}: its head is not that of the rows before it."
    return None


def _lost_head(heads: Mapping[str, str], published: Mapping[str, str]) -> str | None:
    for run_id, head in sorted(published.items()):
        if heads.get(run_id) != head:
            return (
                f"manifests {run_id}: the plan was published on head {head[:12]}…, which the ledger no "
                "longer has; it was cut off or written anew."
            )
    return None
