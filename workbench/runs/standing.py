"""How stock stands at the start of the day: the files, with what was released and is in none of them yet."""

from __future__ import annotations

import pandas as pd

from workbench.formulas import stock
from workbench.lake.store import Snapshot
from workbench.tables import TABLES

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
    """Transfers that leave with this plan as rows of `outstanding`: what they bring is not bought again."""
    table = TABLES["outstanding"]
    moves = proposals[(proposals["kind"] == "transfer") & (proposals["decision"] == "executed")]
    lines = [
        {**line, "proposal_id": subject, "reference": subject, "line": number}
        for subject, records in zip(moves["subject"], moves["lines"], strict=True)
        for number, line in enumerate(records)
    ]
    if not lines:
        return table.empty()
    rows = pd.DataFrame.from_records(lines).reindex(columns=table.names)
    rows = rows.assign(kind="transfer", reference_line=0, released_at=at, overdue=False)
    return rows.astype({column.name: column.dtype for column in table.columns})
