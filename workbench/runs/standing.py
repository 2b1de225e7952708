"""How stock stands at the start of the day: the files, with what was released and is in none of them yet."""

from __future__ import annotations

import pandas as pd

from workbench.formulas import stock
from workbench.lake.store import Snapshot
from workbench.tables import TABLES

MOVING = ("redirect", "transfer")  # kinds that change where stock will be
# what these tables are made of: decisions that read them rest on these inputs
MADE_OF = {
    "outstanding": (),
    "stock": ("inventory", "transfers", "purchase_orders", "order_lines"),
    "inbound": ("transfers", "purchase_orders"),
    "open_lines": ("order_lines",),
    "channel_shares": ("channel_stock",),
}


def standing(files: Snapshot, outstanding: pd.DataFrame, *, time_zone: str) -> dict[str, pd.DataFrame]:
    """The tables stock, inbound, open_lines and channel_shares, by name."""
    return {
        "stock": stock.positions(
            files.inventory, files.transfers, files.purchase_orders, files.order_lines, outstanding
        ),
        "inbound": stock.inbound(files.transfers, files.purchase_orders, outstanding, time_zone=time_zone),
        "open_lines": stock.open_lines(files.order_lines, outstanding),
        "channel_shares": stock.channel_shares(files.channel_stock, outstanding),
    }


def carried_out(proposals: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Transfers and redirects that leave with this plan as rows of `outstanding`: what they bring is not
    bought again."""
    table = TABLES["outstanding"]
    moves = proposals[proposals["kind"].isin(MOVING) & (proposals["decision"] == "executed")]
    columns = (moves[name] for name in ("subject", "kind", "lines"))
    lines = [
        {"reference": line.get("purchase_order_id", subject)}
        | {**line, "proposal_id": subject, "kind": kind, "line": number}
        for subject, kind, records in zip(*columns, strict=True)
        for number, line in enumerate(records)
    ]
    if not lines:
        return table.empty()
    rows = pd.DataFrame.from_records(lines).reindex(columns=table.names)
    rows = rows.assign(reference_line=0, released_at=at, overdue=False)
    return rows.astype({column.name: column.dtype for column in table.columns})
