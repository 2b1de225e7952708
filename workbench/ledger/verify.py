"""The proof that no row was altered, removed, inserted or moved since it was written.

The chain holds the hash of every row, so a stretch of it is proved beside the others: from the hash before it
to its last.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Engine, func, select

from workbench.ledger.chain import GENESIS, link
from workbench.ledger.database import connected, reading
from workbench.ledger.record import RECORDS, RecordOf
from workbench.ledger.schema import CHAIN, TABLES

STRETCH = 20_000  # rows that are held in memory at once
HEAD = RECORDS["manifests"].columns.index("head")
Stretch = tuple[int | None, int | None]  # places from, up to without; None: whatever lies beyond
Found = tuple[str | None, dict[str, str]]  # the first fault in a sentence, and heads by run
Row = tuple[RecordOf, Sequence[Any]]


class Entry(NamedTuple):
    """A row of the chain."""

    seq: Any
    table_name: Any
    row_key: Any
    hash: Any


def first_fault(engine: Engine, published: Mapping[str, str], processes: int) -> str | None:
    """A sentence that names the first row that does not fit, or None when the chain is whole.

    `published` holds heads that stand outside the ledger, in exported plans, by run, in order of publishing:
    they show a ledger that was cut off, or written anew as a whole.
    """
    with reading(engine) as connection:
        rows = connection.scalar(select(func.count()).select_from(CHAIN)) or 0
    bounds: list[int | None] = [None, *range(STRETCH, rows, STRETCH), None]
    stretches = list(pairwise(bounds))
    prove = partial(_of_stretch, engine.url.render_as_string(hide_password=False))
    heads: dict[str, str] = {}
    for fault, found in _each(prove, stretches, min(processes, len(stretches))):
        if fault:
            return fault
        heads |= found
    return _lost_head(heads, published)


def _each(prove: Callable[[Stretch], Found], stretches: list[Stretch], processes: int) -> Iterator[Found]:
    if processes == 1:
        yield from map(prove, stretches)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        try:
            yield from pool.map(prove, stretches)
        finally:
            pool.shutdown(cancel_futures=True)


def _of_stretch(url: str, stretch: Stretch) -> Found:
    start, end = stretch
    with _uncollected(), reading(connected(url)) as connection:
        fault, heads, after = _proved(connection, start, end)
        if fault is None and end is not None and after != end:
            # its last rows are gone: the row that follows, wherever it is, tells so
            fault, _, _ = _proved(connection, after, None)
    return fault, heads


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: rows have none, and it would walk through all of them all the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _proved(
    connection: Connection, start: int | None, end: int | None
) -> tuple[str | None, dict[str, str], int]:
    """The first fault from one place up to another, the heads by run, and the place after the last row."""
    entries = {
        values[0]: Entry(*values) for values in _values(connection, [*CHAIN.c], CHAIN.c.seq, start, end)
    }
    rows: dict[Any, list[Row]] = {}
    for name, record in RECORDS.items():
        columns = [TABLES[name].c[column] for column in record.columns]
        for values in _values(connection, columns, columns[record.place], start, end):
            rows.setdefault(values[record.place], []).append((record, values))
    heads: dict[str, str] = {}
    place = start or 1
    previous = GENESIS if start is None else _hash_at(connection, place - 1)
    for seq in _in_order(entries.keys() | rows.keys()):
        entry, found = entries.get(seq), rows.get(seq, [])
        if entry is None or len(found) != 1 or seq != place:
            return _gap(place, seq, entry, found), heads, place
        record, values = found[0]
        if fault := _misfit(previous, entry, record, values):
            return fault, heads, place
        if record.name == "manifests":
            heads[record.key(values)] = values[HEAD]
        previous = entry.hash
        place += 1
    return None, heads, place


def _values(
    connection: Connection, columns: list[Column[Any]], place: Column[Any], start: int | None, end: int | None
) -> Sequence[Any]:
    """Rows as the driver gives them: to make objects of a million would take longer than the hashes."""
    within = [] if start is None else [place >= start]
    within += [] if end is None else [place < end]
    return connection.execute(select(*columns).where(*within)).cursor.fetchall()


def _hash_at(connection: Connection, place: int) -> str:
    return connection.scalar(select(CHAIN.c.hash).where(CHAIN.c.seq == place)) or ""


def _in_order(places: set[Any]) -> list[Any]:
    """By number; what is no number, as a database without strict types may hold, comes last."""
    try:
        return sorted(places)
    except TypeError:
        return sorted(places, key=lambda place: place if isinstance(place, int | float) else math.inf)


def _gap(place: int, seq: Any, entry: Entry | None, found: list[Row]) -> str:
    """Why an entry of the chain and the rows in its place are not one and one, in order."""
    there = [_which(record, values) for record, values in found]
    if entry is None:
        return f"{there[0]}: the chain does not know the row; it was written past the ledger."
    which = f"{entry.table_name} {entry.row_key}"
    if seq != place:
        return f"{which}: the row before it is gone, and its place {place} in the chain with it."
    if not there:
        return f"{which}: the row is gone; its place {place} in the chain is still there."
    stranger = next(other for other in there if other != which)
    return f"{stranger}: the chain does not know the row; place {place} is another's."


def _misfit(previous: str, entry: Entry, record: RecordOf, values: Sequence[Any]) -> str | None:
    if entry.row_key != record.key(values) or entry.table_name != record.name:
        known = f"{entry.table_name} {entry.row_key}"
        return f"{_which(record, values)}: the chain has {known} in its place."
    try:
        written = link(previous, record.text(values))
    except (KeyError, TypeError, struct.error):  # a value that its column cannot hold
        written = None
    if entry.hash != written:
        return f"{_which(record, values)}: the row is not as it was written."
    if record.name == "manifests" and values[HEAD] != previous:
        return f"{_which(record, values)}: its head is not that of the rows before it."
    return None


def _which(record: RecordOf, values: Sequence[Any]) -> str:
    return f"{record.name} {record.key(values)}"


def _lost_head(heads: Mapping[str, str], published: Mapping[str, str]) -> str | None:
    for run_id, head in published.items():
        if heads.get(run_id) != head:
            return (
                f"manifests {run_id}: the plan was published on head {head[:12]}…, which the ledger no "
                "longer has; it was cut off or written anew."
            )
    return None
