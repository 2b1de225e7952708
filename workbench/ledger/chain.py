"""The chain: a hash over every row in order of writing, each over the one before.

Whoever alters, removes or inserts a row would have to compute every later hash anew, and the heads that stand
in published plans would no longer fit (after Haber & Stornetta, How to Time-Stamp a Digital Document, 1991).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from workbench.ledger.record import key, record
from workbench.ledger.schema import CHAIN, PLACE, TABLES, encoded

GENESIS = "0" * 64


def link(previous: str, text: str) -> str:
    """SHA-256 of the hash before it and a row's text in UTF-8, in hexadecimal.

    In a shell: `printf '%064d%s' 0 'runs;run_id=10:20261116-1;seq=1:1' | sha256sum`.

    >>> link(GENESIS, "runs;run_id=10:20261116-1;seq=1:1")[:16]
    '119436e03e1a4fc6'
    """
    return hashlib.sha256((previous + text).encode()).hexdigest()


def append(connection: Connection, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to a table and their hashes to the chain, in the transaction of the connection."""
    seq, previous = last(connection)
    stored, links = [], []
    for row in rows:
        seq += 1
        stored.append({**encoded(name, row), PLACE.get(name, "seq"): seq})
        previous = link(previous, record(name, stored[-1]))
        links.append({"seq": seq, "table_name": name, "row_key": key(name, stored[-1]), "hash": previous})
    if stored:
        connection.execute(insert(TABLES[name]), stored)
        connection.execute(insert(CHAIN), links)


def last(connection: Connection) -> tuple[int, str]:
    """Running number and hash of the last row; (0, GENESIS) of an empty ledger."""
    row = connection.execute(
        select(CHAIN.c.seq, CHAIN.c.hash).order_by(CHAIN.c.seq.desc()).limit(1)
    ).one_or_none()
    return (0, GENESIS) if row is None else (row.seq, row.hash)
