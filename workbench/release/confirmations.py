"""What was released and stands in no file yet; it counts until one confirms it or the policy's days pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.lake.store import Snapshot
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.tables import DAY, TABLES

CONFIRMED = "confirmed"
_SHARE = ["sku", "to_warehouse", "channel"]
# what is read of a released line
_TEXTS = [
    *("kind", "subject", "sku", "supplier", "order_id", "purchase_order_id", "channel"),
    *("warehouse", "from_warehouse", "to_warehouse"),
]
_NUMBERS = ["line", "quantity", "quantity_before", "on_order"]
_DAYS = ["date", "expected_on"]


def outstanding(ledger: Ledger, inputs: Snapshot, policy: Policy, as_of: datetime) -> pd.DataFrame:
    """The table `outstanding`: a row for every released line that no file has confirmed.

    A purchase order is confirmed when its id stands in purchase_orders or receipts; a transfer when it stands
    in transfers, or its destination was counted after its arrival; a redirect when the files have no more of
    the order's line for its first warehouse than was left there, or nothing more to come; a shipment when its
    order line is open no more; a channel's share when the file's figure is nearer to it than to the share
    before (units are sold in between). A later release on the same order line or share takes the place of an
    earlier one. Days count from the plan's business day, or from the release's where that is later.
    """
    rows = _unconfirmed(ledger)
    rows = rows[~_in_files(rows, inputs) & ~_replaced(rows)].copy()
    rows["overdue"] = _overdue(rows, policy, as_of)
    table = TABLES["outstanding"]
    rows = rows.astype({column.name: column.dtype for column in table.columns})
    return rows[table.names].sort_values(list(table.key), ignore_index=True)


def confirm(ledger: Ledger, inputs: Snapshot, at: datetime) -> int:
    """Record what these files confirm for the first time, and return the number of lines.

    From then on the files are believed: a transfer that arrived early, an order that the supplier cancelled,
    a share that was sold down is not outstanding again. Order lines need no memory: they are open or not.
    """
    rows = _unconfirmed(ledger)
    seen = rows[_in_files(rows, inputs) & (rows["kind"] != "shipment")]
    if len(seen):
        lines = {str(proposal): sorted(line) for proposal, line in seen.groupby("proposal_id")["line"]}
        ledger.log(CONFIRMED, "released lines", lines, at)
    return len(seen)


def _unconfirmed(ledger: Ledger) -> pd.DataFrame:
    """Released lines that no earlier file confirmed and no person has settled, in order of release."""
    released = _released(ledger)
    settled = released[released["kind"] == "unconfirmed_release"]
    settled_by = settled.groupby(settled["subject"].str.removeprefix("UR-"))["release"].max()
    rows = released[released["kind"].isin(TABLES["outstanding"]["kind"].one_of)]
    rows = rows[(rows["quantity"] > 0) | ((rows["kind"] == "channel_share") & rows["quantity"].notna())]
    rows = rows[~(rows["release"] <= rows["proposal_id"].map(settled_by).astype("float64"))]
    return rows[~pd.MultiIndex.from_frame(rows[["proposal_id", "line"]]).isin(_confirmed_before(ledger))]


def _confirmed_before(ledger: Ledger) -> list[tuple[str, int]]:
    return [
        (proposal_id, line)
        for lines in ledger.events(CONFIRMED)["detail"]
        for proposal_id, positions in lines.items()
        for line in positions
    ]


def _released(ledger: Ledger) -> pd.DataFrame:
    """Every line ever released, its content as columns of `outstanding`; `release` numbers the releases."""
    released = ledger.releases()
    content = pd.DataFrame(list(released["content"])).reindex(columns=[*_TEXTS, *_NUMBERS, *_DAYS])
    content = content.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "float64"))
    content[_DAYS] = content[_DAYS].apply(pd.to_datetime).astype(DAY)
    of_order, of_purchase = content["kind"] == "shipment", content["kind"] == "redirect"
    own = released["proposal_id"].where(~of_purchase, content["purchase_order_id"])
    return content.assign(
        proposal_id=released["proposal_id"],
        line=released["line"],
        release=released["release_id"].factorize()[0],
        released_at=released["released_at"],
        reference=content["order_id"].where(of_order, own),
        reference_line=content["line"].where(of_order, 0).fillna(0).astype("int64"),
        from_warehouse=content["warehouse"].where(of_order, content["from_warehouse"]),
        to_warehouse=content["to_warehouse"].fillna(content["warehouse"]).mask(of_order),
    )


def _replaced(rows: pd.DataFrame) -> pd.Series[bool]:
    """Whether a later release says something else of the same order line or the same channel's share."""
    newest = rows["release"].copy()
    for kind, thing in (("shipment", ["reference", "reference_line"]), ("channel_share", _SHARE)):
        same = rows[rows["kind"] == kind].groupby(thing)["release"]
        newest.update(same.transform("max"))
    return rows["release"] < newest


def _in_files(rows: pd.DataFrame, inputs: Snapshot) -> pd.Series[bool]:
    confirmed = pd.Series(False, index=rows.index)
    for kind, in_files in _CHECKS.items():
        part = rows[rows["kind"] == kind]
        confirmed[part.index] = in_files(part, inputs)
    return confirmed


def _order_known(rows: pd.DataFrame, inputs: Snapshot) -> NDArray[np.bool_]:
    known = {*inputs.purchase_orders["purchase_order_id"], *inputs.receipts["purchase_order_id"]}
    return rows["reference"].isin(known).to_numpy()


def _transfer_known(rows: pd.DataFrame, inputs: Snapshot) -> NDArray[np.bool_]:
    counts = inputs.inventory[["sku", "warehouse", "counted_on"]].rename(
        columns={"warehouse": "to_warehouse"}
    )
    counted = rows.merge(counts, on=["sku", "to_warehouse"], how="left", validate="many_to_one")
    arrived = (counted["counted_on"] > counted["expected_on"]).to_numpy()
    return rows["reference"].isin(inputs.transfers["transfer_id"]).to_numpy() | arrived


def _redirect_shown(rows: pd.DataFrame, inputs: Snapshot) -> NDArray[np.bool_]:
    orders = inputs.purchase_orders.rename(
        columns={"purchase_order_id": "reference", "warehouse": "from_warehouse", "quantity": "ordered"}
    )
    line = ["reference", "sku", "from_warehouse"]
    shown = rows.merge(
        orders[[*line, "ordered", "quantity_received"]], on=line, how="left", validate="many_to_one"
    ).fillna({"ordered": 0, "quantity_received": 0})
    came = inputs.receipts.rename(
        columns={"purchase_order_id": "reference", "warehouse": "from_warehouse", "quantity_received": "came"}
    )
    before = shown[[*line, "date"]].reset_index(names="row").merge(came, on=line, validate="many_to_many")
    then = before[before["received_on"] < before["date"]].groupby("row")["came"].sum()
    # what has come since is part of what was to come, and says nothing of the rest
    still = shown["ordered"] - then.reindex(shown.index, fill_value=0)
    whole = shown["ordered"] <= shown["quantity_received"]
    return np.asarray(whole | (still <= shown["on_order"] - shown["quantity"]))


def _line_closed(rows: pd.DataFrame, inputs: Snapshot) -> NDArray[np.bool_]:
    lines = inputs.order_lines
    still_open = pd.MultiIndex.from_frame(lines.loc[lines["status"] == "open", ["order_id", "line"]])
    return np.asarray(~pd.MultiIndex.from_frame(rows[["reference", "reference_line"]]).isin(still_open))


def _share_taken_over(rows: pd.DataFrame, inputs: Snapshot) -> NDArray[np.bool_]:
    """Whether a file's figure is nearer to the newest share than to any share before those released."""
    fenced = inputs.channel_stock.rename(columns={"warehouse": "to_warehouse", "quantity": "fenced"})
    shares = rows.merge(fenced, on=_SHARE, how="left", validate="many_to_one").fillna({"fenced": 0})
    same = shares.assign(to_before=(shares["fenced"] - shares["quantity_before"]).abs()).groupby(_SHARE)
    to_newest = (shares["fenced"] - same["quantity"].transform("last")).abs()
    return np.asarray(to_newest <= same["to_before"].transform("min"))


_CHECKS: dict[str, Callable[[pd.DataFrame, Snapshot], NDArray[np.bool_]]] = {
    "purchase_order": _order_known,
    "redirect": _redirect_shown,
    "transfer": _transfer_known,
    "shipment": _line_closed,
    "channel_share": _share_taken_over,
}


def _overdue(rows: pd.DataFrame, policy: Policy, as_of: datetime) -> pd.Series[bool]:
    zone = policy.business.time_zone
    left_on = rows["released_at"].dt.tz_convert(zone).dt.normalize().dt.tz_localize(None).astype(DAY)
    counted_from = rows["date"].where(rows["date"] > left_on, left_on)
    waited: pd.Series[int] = (pd.Timestamp(policy.business.day(as_of)) - counted_from).dt.days
    return waited > rows["kind"].map(policy.release.confirm_days).astype("float64")
