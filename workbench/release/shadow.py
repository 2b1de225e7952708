"""What agents in the shadow would have done, beside what people did meanwhile."""

from __future__ import annotations

import pandas as pd

from workbench.lake.store import Snapshot

# by kind: the file that shows what people did, what names its rows, and what a row has in common with a line
_SHOWN_IN = {
    "purchase_order": ("purchase_orders", "purchase_order_id", ["sku", "supplier", "warehouse"]),
    "transfer": ("transfers", "transfer_id", ["sku", "from_warehouse", "to_warehouse"]),
}
_SHARE = ["sku", "warehouse", "channel"]
_WAY = ["warehouse", "carrier", "service"]
COLUMNS = ["proposal_id", "kind", "line", "sku", "proposed", "done"]


def compared(proposals: pd.DataFrame, read: Snapshot, later: Snapshot) -> pd.DataFrame:
    """A row for every line that stood in the shadow: units `proposed` and units `done` by people.

    `proposals` as `Ledger.proposals` has them, `read` the files that they rest on, `later` those of a later
    day. Done is what the later files have of the same SKU, supplier and places that the earlier ones had not,
    of a redirect on the same purchase order;
    of a channel's share what it has now; of a shipment its units, where they left from the same warehouse by
    the same service, else 0. Of a forecast people do nothing that a file shows: it is not here.
    """
    lines = [
        {**line, "proposal_id": row["proposal_id"], "kind": row["kind"], "place": place}
        for row in proposals[proposals["decision"] == "shadowed"].to_dict("records")
        for place, line in enumerate(row["lines"])
    ]
    parts = [_part(kind, [line for line in lines if line["kind"] == kind], read, later) for kind in _DONE]
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values(["proposal_id", "line"], ignore_index=True)


def _part(kind: str, lines: list[dict[str, object]], read: Snapshot, later: Snapshot) -> pd.DataFrame:
    if not lines:
        return pd.DataFrame(columns=COLUMNS)
    frame = pd.DataFrame(lines)
    found = frame[["proposal_id", "kind", "sku"]].assign(line=frame["place"], proposed=frame["quantity"])
    return found.assign(done=_DONE[kind](frame, read, later).to_numpy())[COLUMNS]


def _newly(kind: str, lines: pd.DataFrame, read: Snapshot, later: Snapshot) -> pd.Series[float]:
    table, name, same = _SHOWN_IN[kind]
    rows: pd.DataFrame = getattr(later, table)
    new = rows[~rows[name].isin(getattr(read, table)[name])].groupby(same)[["quantity"]].sum()
    return _beside(lines, new.reset_index(), same)["quantity_done"].fillna(0.0)


def _redirected(lines: pd.DataFrame, read: Snapshot, later: Snapshot) -> pd.Series[float]:
    same = ["purchase_order_id", "sku", "to_warehouse"]
    there, then = (
        _beside(
            lines,
            files.purchase_orders.rename(columns={"warehouse": "to_warehouse"})[[*same, "quantity"]],
            same,
        )
        for files in (later, read)
    )
    more: pd.Series[float] = there["quantity_done"].fillna(0.0) - then["quantity_done"].fillna(0.0)
    return more.clip(lower=0.0)


def _fenced(lines: pd.DataFrame, _read: Snapshot, later: Snapshot) -> pd.Series[float]:
    return _beside(lines, later.channel_stock[[*_SHARE, "quantity"]], _SHARE)["quantity_done"].fillna(0.0)


def _shipped(lines: pd.DataFrame, _read: Snapshot, later: Snapshot) -> pd.Series[float]:
    shipped = later.order_lines.query("status == 'shipped'")[["order_id", "line", "quantity", *_WAY]]
    found = _beside(lines, shipped, ["order_id", "line"])
    same = [found[name] == found[f"{name}_done"] for name in _WAY]
    return found["quantity_done"].where(same[0] & same[1] & same[2], 0.0)


def _beside(lines: pd.DataFrame, done: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    return lines.merge(done, on=same, how="left", suffixes=("", "_done"), validate="many_to_one")


_DONE = {
    "purchase_order": lambda *given: _newly("purchase_order", *given),
    "redirect": _redirected,
    "transfer": lambda *given: _newly("transfer", *given),
    "channel_share": _fenced,
    "shipment": _shipped,
}
