"""What a proposal that is carried out takes of the stock of its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workbench.ledger import reservations
from workbench.ledger.reservations import Place, Wanted

FROM = {"transfer": "from_warehouse", "shipment": "warehouse"}  # the kinds that take units, and from where


def order_line(order_id: object, line: object) -> str:
    """An order line as holder of what is promised to it.

    >>> order_line("O1", 2)
    'O1/2'
    """
    return f"{order_id}/{line}"


def give(
    connection: Connection,
    run_id: str,
    key: str,
    proposals: Iterable[Mapping[Any, Any]],
    at: datetime,
    versions: Mapping[Place, int] | None = None,
) -> None:
    """Reserve the units that these proposals take, in the transaction that says they are carried out.

    `proposals`: records with `proposal_id`, `kind` and `lines`. A run that opened no stock, as those of
    before there were reservations, gives without. Raises StateMoved when something is no longer there.
    """
    if not reservations.is_open(connection, run_id):
        return
    wanted: list[Wanted] = []
    shipped: Counter[str] = Counter()
    for proposal in proposals:
        origin = FROM.get(proposal["kind"], "")
        leaving = [line for line in proposal["lines"] if line.get(origin) and line["quantity"] > 0]
        wanted += [
            Wanted(proposal["proposal_id"], line["sku"], line[origin], int(line["quantity"]))
            for line in leaving
        ]
        if proposal["kind"] == "shipment":
            for line in leaving:
                shipped[order_line(line["order_id"], line["line"])] += int(line["quantity"])
    if wanted:
        reservations.take(connection, run_id, key, wanted, at, versions=versions, shipped=shipped)
